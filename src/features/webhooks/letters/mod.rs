//! The mail of this feature.

use crate::features::accounts::Account;
use crate::features::organizations::Organization;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

#[derive(Template)]
#[template(path = "webhooks/letters/disabled.txt")]
struct DisabledText<'a> {
    name: &'a str,
    organization: &'a str,
    host: &'a str,
    why: &'a str,
    path: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "webhooks/letters/disabled.html")]
struct DisabledHtml<'a> {
    name: &'a str,
    organization: &'a str,
    host: &'a str,
    why: &'a str,
    path: &'a str,
    site: &'a str,
}

/// Tells an owner that a webhook is not called any more. Only the host is named: the rest of the address may be a secret.
pub(super) fn disabled(
    ctx: &Ctx,
    (organization, owner): (&Organization, &Account),
    (host, path): (&str, &str),
    why: &str,
) -> Result<Message> {
    let (name, called, site) = (&owner.display_name, &organization.name, ctx.site());
    let text = DisabledText { name, organization: called, host, why, path, site }.render().map_err(Error::internal)?;
    let html = DisabledHtml { name, organization: called, host, why, path, site }.render().map_err(Error::internal)?;
    let address = Email::parse(&owner.email)
        .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
    let subject = format!("A webhook of {called} was disabled");
    Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject.as_str(), text).with_html(html))
}

#[cfg(test)]
mod tests;
