//! The mails of this feature.

mod notice;

pub(super) use notice::Notice;

use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "accounts/letters/verify_email.txt")]
struct VerifyText<'a> {
    name: &'a str,
    link: &'a str,
    token: &'a str,
    hours: u32,
}

#[derive(Template)]
#[template(path = "accounts/letters/verify_email.html")]
struct VerifyHtml<'a> {
    name: &'a str,
    link: &'a str,
    hours: u32,
}

#[derive(Template)]
#[template(path = "accounts/letters/already_registered.txt")]
struct AlreadyText<'a> {
    name: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/letters/already_registered.html")]
struct AlreadyHtml<'a> {
    name: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/letters/reset_password.txt")]
struct ResetText<'a> {
    name: &'a str,
    link: &'a str,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/letters/reset_password.html")]
struct ResetHtml<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "accounts/letters/change_email.txt")]
struct ChangeText<'a> {
    name: &'a str,
    link: &'a str,
    token: &'a str,
    hours: u32,
}

#[derive(Template)]
#[template(path = "accounts/letters/change_email.html")]
struct ChangeHtml<'a> {
    name: &'a str,
    link: &'a str,
    hours: u32,
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

/// Asks for a click that proves that the address is read by its owner.
pub(super) fn verify_email(ctx: &Ctx, to: Email, name: &str, token: &str) -> Result<Message> {
    let hours = ctx.settings().auth.verification_hours;
    let link = format!("{}/verify-email?token={token}", site(ctx));
    let text = render(&VerifyText { name, link: &link, token, hours })?;
    let html = render(&VerifyHtml { name, link: &link, hours })?;
    Ok(Message::new(ctx.ids().make::<MessageId>(), to, "Verify your mail address for Mainstay", text).with_html(html))
}

/// Tells the owner of an address that somebody tried to register with it again.
pub(super) fn already_registered(ctx: &Ctx, to: Email, name: &str) -> Result<Message> {
    let text = render(&AlreadyText { name, site: &site(ctx) })?;
    let html = render(&AlreadyHtml { name, site: &site(ctx) })?;
    Ok(Message::new(ctx.ids().make::<MessageId>(), to, "You already have a Mainstay account", text).with_html(html))
}

/// Holds the link that sets a new password.
pub(super) fn reset_password(ctx: &Ctx, to: Email, name: &str, token: &str) -> Result<Message> {
    let link = format!("{}/reset-password?token={token}", site(ctx));
    let text = render(&ResetText { name, link: &link, token })?;
    let html = render(&ResetHtml { name, link: &link })?;
    Ok(Message::new(ctx.ids().make::<MessageId>(), to, "Set a new password for Mainstay", text).with_html(html))
}

/// Asks the new address for the proof that the account's owner reads it.
pub(super) fn change_email(ctx: &Ctx, to: Email, name: &str, token: &str) -> Result<Message> {
    let hours = ctx.settings().auth.verification_hours;
    let link = format!("{}/verify-email?token={token}", site(ctx));
    let text = render(&ChangeText { name, link: &link, token, hours })?;
    let html = render(&ChangeHtml { name, link: &link, hours })?;
    Ok(Message::new(ctx.ids().make::<MessageId>(), to, "Verify your new mail address for Mainstay", text)
        .with_html(html))
}

fn site(ctx: &Ctx) -> String {
    ctx.settings().server.public_url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests;
