//! The mails of this feature. Under embargo they say no more than the call.

use super::model::{ParticipantOrigin, Swarm};
use crate::features::advisories::{self, policy::is_embargoed};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};

/// What the mails of one swarm have in common.
#[derive(Debug)]
pub(super) struct Facts {
    title: String,
    link: String,
    embargoed: bool,
    /// What it is about; only where everybody may know.
    about: Option<String>,
}

impl Facts {
    pub(super) fn of(conn: &mut Conn, ctx: &Ctx, swarm: &Swarm) -> Result<Self> {
        let embargoed = is_embargoed(swarm.embargo_until, ctx.now());
        let about = if embargoed {
            None
        } else {
            let advisory = advisories::get_advisory(conn, swarm.advisory_id)?;
            Some(format!("{}: {}", advisory.osv_id, advisory.summary))
        };
        let link = format!("{}/api/v1/swarms/{}", ctx.site(), swarm.id);
        Ok(Self { title: swarm.title.clone(), link, embargoed, about })
    }

    fn next(&self) -> String {
        let consent = format!("{}/consent", self.link);
        if self.embargoed {
            format!(
                "There is an embargo: you read more once you have consented to its terms. Until then, and whatever you answer, \
                 tell nobody of this mail.\n\nRead the terms: {}\nAnswer: POST {consent}",
                self.link
            )
        } else {
            format!("Look at it: {}\nAnswer: POST {consent}", self.link)
        }
    }
}

fn why(origin: ParticipantOrigin) -> &'static str {
    match origin {
        ParticipantOrigin::Maintainer => "You get this as a maintainer of the project.",
        ParticipantOrigin::OnCall => "You get this because your organization's pledge is on call.",
        ParticipantOrigin::Matched => {
            "You get this because you offer to help with vulnerabilities, and your skills fit."
        }
        ParticipantOrigin::Notified => {
            "You get this because you run an organization whose products contain a component that this is about. Please find out \
             how you are affected, and say so in the swarm."
        }
        ParticipantOrigin::Caller | ParticipantOrigin::Invited => "You get this because you were invited by name.",
    }
}

fn message(ctx: &Ctx, address: &str, subject: &str, text: String) -> Result<Message> {
    let address = Email::parse(address)
        .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
    Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject, text))
}

/// The call.
pub(super) fn call(ctx: &Ctx, facts: &Facts, origin: ParticipantOrigin, address: &str, name: &str) -> Result<Message> {
    let about = facts.about.as_ref().map(|about| format!("\n\n{about}")).unwrap_or_default();
    let text = format!(
        "Hello {name},\n\na swarm was called at Mainstay: {}{about}\n\n{}\n\n{}\n",
        facts.title,
        why(origin),
        facts.next()
    );
    message(ctx, address, &format!("Swarm: {}", facts.title), text)
}

/// To those whose consent lapsed.
pub(super) fn new_terms(ctx: &Ctx, facts: &Facts, address: &str, name: &str) -> Result<Message> {
    let text = format!(
        "Hello {name},\n\nthe terms of the embargo of this swarm changed: {}\n\nYour consent was to the old ones and counts no more. \
         {}\n",
        facts.title,
        facts.next()
    );
    message(ctx, address, &format!("New terms: {}", facts.title), text)
}
