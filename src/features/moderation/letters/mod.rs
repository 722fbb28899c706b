//! The mails of this feature. They never say who reported.

use super::model::SubjectKind;
use super::subject::Subject;
use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "moderation/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    reason: Option<&'a str>,
    appeal: Option<(&'a str, &'a str)>,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "moderation/letters/notice.html")]
struct NoticeHtml<'a> {
    subject: &'a str,
    name: &'a str,
    what: &'a str,
    reason: Option<&'a str>,
    appeal: Option<&'a str>,
    site: &'a str,
}

/// What somebody is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notice<'a> {
    /// To those concerned: it was suspended for this reason; this token appeals.
    Suspended { reason: &'a str, token: &'a str },
    /// To those concerned: the suspension is over.
    Lifted { reason: Option<&'a str> },
    /// To those concerned: the suspension stays.
    AppealDismissed { reason: &'a str },
    /// To whoever reported: a moderator has looked.
    Decided { upheld: bool },
}

/// How the thing is called in a sentence to those concerned.
fn theirs(subject: &Subject) -> String {
    let title = subject.title();
    match subject.kind() {
        SubjectKind::Project => format!("the listing of {title}"),
        SubjectKind::Need => format!("the need \"{title}\""),
        SubjectKind::Organization => format!("the organization {title}"),
        SubjectKind::Volunteer => "your volunteer profile".to_owned(),
        SubjectKind::Account => "your account".to_owned(),
    }
}

/// How it is called to somebody else.
fn others(subject: &Subject) -> String {
    match subject.kind() {
        SubjectKind::Volunteer => format!("the volunteer profile of {}", subject.title()),
        SubjectKind::Account => format!("the account of {}", subject.title()),
        _ => theirs(subject),
    }
}

/// What the suspension means.
fn meaning(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Project | SubjectKind::Need => {
            "It is shown to its maintainers, coordinators and moderators alone."
        }
        SubjectKind::Organization => "It is shown to its members alone, invites nobody, and its pledges rest.",
        SubjectKind::Volunteer => "It is shown to nobody but you.",
        SubjectKind::Account => "Nobody can sign in to it, and its tokens are refused.",
    }
}

impl Notice<'_> {
    /// The mail to this person.
    pub(super) fn letter(self, ctx: &Ctx, about: &Subject, to: &Account) -> Result<Message> {
        let site = ctx.settings().server.public_url.trim_end_matches('/').to_owned();
        let (subject, what, reason) = match self {
            Self::Suspended { reason, .. } => (
                format!("Suspended at Mainstay: {}", theirs(about)),
                format!("a moderator suspended {}. {}", theirs(about), meaning(about.kind())),
                Some(reason),
            ),
            Self::Lifted { reason } => (
                format!("No longer suspended at Mainstay: {}", theirs(about)),
                format!("a moderator lifted the suspension of {}.", theirs(about)),
                reason,
            ),
            Self::AppealDismissed { reason } => (
                format!("Your appeal at Mainstay: {}", theirs(about)),
                format!("another moderator looked at the appeal; {} stays suspended.", theirs(about)),
                Some(reason),
            ),
            Self::Decided { upheld } => {
                let outcome = if upheld { "agrees with you" } else { "found nothing that has to be done" };
                let what = format!("you reported {}. A moderator looked at it and {outcome}.", others(about));
                ("Your report at Mainstay".to_owned(), what, None)
            }
        };
        let token = if let Self::Suspended { token, .. } = self { Some(token) } else { None };
        let link = token.map(|token| format!("{site}/appeal?token={token}"));
        let (name, appeal) = (&to.display_name, link.as_deref());
        let text = NoticeText { name, what: &what, reason, appeal: appeal.zip(token), site: &site };
        let html = NoticeHtml { subject: &subject, name, what: &what, reason, appeal, site: &site };
        let (text, html) = (text.render().map_err(Error::internal)?, html.render().map_err(Error::internal)?);
        let address = Email::parse(&to.email)
            .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject.as_str(), text).with_html(html))
    }
}

#[cfg(test)]
mod tests;
