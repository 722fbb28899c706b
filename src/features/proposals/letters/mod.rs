//! The mails of this feature. They hold no link that does anything.

use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "proposals/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "proposals/letters/notice.html")]
struct NoticeHtml<'a> {
    subject: &'a str,
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

/// What somebody is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    pub subject: &'a str,
    pub what: &'a str,
    pub advice: &'a str,
}

impl Letter<'_> {
    /// The mail to this person.
    pub(super) fn to(self, ctx: &Ctx, to: &Account) -> Result<Message> {
        let Self { subject, what, advice } = self;
        let (name, site) = (&to.display_name, ctx.site());
        let text = NoticeText { name, what, advice, site }.render().map_err(Error::internal)?;
        let html = NoticeHtml { subject, name, what, advice, site }.render().map_err(Error::internal)?;
        let address = Email::parse(&to.email)
            .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject, text).with_html(html))
    }
}

#[cfg(test)]
mod tests;
