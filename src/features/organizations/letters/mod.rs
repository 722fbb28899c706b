//! The mails of this feature.

use super::model::{Organization, OrganizationRole};
use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "organizations/letters/invitation.txt")]
struct InvitationText<'a> {
    inviter: &'a str,
    organization: &'a str,
    role: &'a str,
    link: &'a str,
    token: &'a str,
    days: i64,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "organizations/letters/invitation.html")]
struct InvitationHtml<'a> {
    inviter: &'a str,
    organization: &'a str,
    role: &'a str,
    link: &'a str,
    days: i64,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "organizations/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "organizations/letters/notice.html")]
struct NoticeHtml<'a> {
    subject: &'a str,
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

fn site(ctx: &Ctx) -> String {
    ctx.settings().server.public_url.trim_end_matches('/').to_owned()
}

/// The word with its article.
fn place(role: OrganizationRole) -> &'static str {
    match role {
        OrganizationRole::Owner => "an owner",
        OrganizationRole::Manager => "a manager",
        OrganizationRole::Member => "a member",
    }
}

/// What an invitation's mail tells.
pub(super) struct InvitationLetter<'a> {
    pub organization: &'a Organization,
    pub inviter: &'a Account,
    pub role: OrganizationRole,
    pub token: &'a str,
    pub days: i64,
}

impl InvitationLetter<'_> {
    /// Holds the link behind which the invited person answers.
    pub(super) fn letter(&self, ctx: &Ctx, to: Email) -> Result<Message> {
        let (token, days, site) = (self.token, self.days, &site(ctx));
        let link = &format!("{site}/organization-invitation?token={token}");
        let (inviter, organization, role) = (&self.inviter.display_name, &self.organization.name, place(self.role));
        let text = render(&InvitationText { inviter, organization, role, link, token, days, site })?;
        let html = render(&InvitationHtml { inviter, organization, role, link, days, site })?;
        let subject = format!("Join {organization} at Mainstay");
        Ok(Message::new(ctx.ids().make::<MessageId>(), to, subject.as_str(), text).with_html(html))
    }
}

/// News that somebody is told. They hold no link that does anything.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notice<'a> {
    /// To the inviter: this person joined.
    Joined(&'a str),
    /// To a member: another role.
    RoleChanged(OrganizationRole),
    /// To somebody who was a member.
    Removed,
    /// To an owner: the proof of this domain can't be found.
    DomainFailing(&'a str),
    /// To an owner: this domain is the organization's no more.
    DomainLapsed(&'a str),
}

impl Notice<'_> {
    /// The mail to this person.
    pub(super) fn letter(self, ctx: &Ctx, organization: &Organization, to: &Account) -> Result<Message> {
        let called = &organization.name;
        let (subject, what) = match self {
            Self::Joined(handle) => (
                format!("{handle} joined {called} at Mainstay"),
                format!("{handle} accepted your invitation and belongs to {called} now."),
            ),
            Self::RoleChanged(role) => (
                format!("Your role in {called} at Mainstay"),
                format!("you are {} of {called} from now on.", place(role)),
            ),
            Self::DomainFailing(domain) => (
                format!("The proof of {domain} is gone"),
                format!(
                    "{domain} counts as a domain of {called} at Mainstay, but its proof was not found. After 7 days it lapses."
                ),
            ),
            Self::DomainLapsed(domain) => (
                format!("{domain} has lapsed"),
                format!(
                    "{domain} does not count as a domain of {called} at Mainstay any more: its proof was gone for 7 days."
                ),
            ),
            Self::Removed => (
                format!("You don't belong to {called} at Mainstay any more"),
                format!("your membership of {called} was ended. What you did as its member stays on record."),
            ),
        };
        let advice = match self {
            Self::DomainFailing(_) | Self::DomainLapsed(_) => {
                "Publish the text record or the file again that the organization's list of domains names, and verify the domain."
            }
            _ => "If you did not expect this, ask one of the organization's owners.",
        };
        let (name, site) = (&to.display_name, &site(ctx));
        let text = render(&NoticeText { name, what: &what, advice, site })?;
        let html = render(&NoticeHtml { subject: &subject, name, what: &what, advice, site })?;
        let address = Email::parse(&to.email)
            .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject.as_str(), text).with_html(html))
    }
}

#[cfg(test)]
mod tests;
