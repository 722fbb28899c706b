//! The mails of this feature.

use super::model::{Project, ProjectRole};
use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result, Timestamp};
use askama::Template;

#[derive(Template)]
#[template(path = "projects/letters/invitation.txt")]
struct InvitationText<'a> {
    name: &'a str,
    inviter: &'a str,
    project: &'a str,
    role: &'a str,
    link: &'a str,
    token: &'a str,
    days: i64,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "projects/letters/invitation.html")]
struct InvitationHtml<'a> {
    name: &'a str,
    inviter: &'a str,
    project: &'a str,
    role: &'a str,
    link: &'a str,
    days: i64,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "projects/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "projects/letters/notice.html")]
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

fn address(to: &Account) -> Result<Email> {
    let unreadable = |detail: String| Error::internal(format!("a stored address can't be read: {detail}"));
    Email::parse(&to.email).map_err(|fault| unreadable(fault.detail))
}

/// What an invitation's mail tells.
pub(super) struct InvitationLetter<'a> {
    pub project: &'a Project,
    pub inviter: &'a Account,
    pub role: ProjectRole,
    pub token: &'a str,
    pub days: i64,
}

impl InvitationLetter<'_> {
    /// Holds the link behind which the invited person answers.
    pub(super) fn letter(&self, ctx: &Ctx, to: &Account) -> Result<Message> {
        let (token, days, site) = (self.token, self.days, ctx.site());
        let link = &format!("{site}/project-invitation?token={token}");
        let (name, inviter, project) = (&to.display_name, &self.inviter.display_name, &self.project.name);
        let role = match self.role {
            ProjectRole::Lead => "a lead",
            ProjectRole::Maintainer => "a maintainer",
        };
        let text = render(&InvitationText { name, inviter, project, role, link, token, days, site })?;
        let html = render(&InvitationHtml { name, inviter, project, role, link, days, site })?;
        let subject = format!("Maintain {project} at Mainstay");
        Ok(Message::new(ctx.ids().make::<MessageId>(), address(to)?, subject.as_str(), text).with_html(html))
    }
}

/// News that somebody is told. They hold no link that does anything.
#[derive(Debug, Clone, Copy)]
pub(super) enum Notice<'a> {
    /// To the inviter: this person joined.
    Joined(&'a str),
    /// To a lead: the proof lapses at this instant.
    Lapsing(Timestamp),
}

impl Notice<'_> {
    /// The mail to this person.
    pub(super) fn letter(self, ctx: &Ctx, project: &Project, to: &Account) -> Result<Message> {
        let called = &project.name;
        let (subject, what, advice) = match self {
            Self::Joined(handle) => (
                format!("{handle} maintains {called} at Mainstay"),
                format!("{handle} accepted your invitation and is with {called} now."),
                "If you did not expect this, take them off the project at once.".to_owned(),
            ),
            Self::Lapsing(at) => (
                format!("Prove again that you lead {called} at Mainstay"),
                format!(
                    "the proof that you lead {called} lapses on {}. Without a verified lead the project is dormant then, and its needs rest.",
                    at.date_naive()
                ),
                format!(
                    "Ask for a new token at POST /api/v1/projects/{slug}/verification, put it up, and have it looked for at POST /api/v1/projects/{slug}/verification/check.",
                    slug = project.slug
                ),
            ),
        };
        let (name, site) = (&to.display_name, ctx.site());
        let text = render(&NoticeText { name, what: &what, advice: &advice, site })?;
        let html = render(&NoticeHtml { subject: &subject, name, what: &what, advice: &advice, site })?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), address(to)?, subject.as_str(), text).with_html(html))
    }
}

#[cfg(test)]
mod tests;
