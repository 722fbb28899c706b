//! The mails of this feature.

use super::model::Notice;
use super::unsubscribe;
use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{Email, Error, Result};
use askama::Template;

/// So many pieces of news stand in one digest; the others are counted.
const MOST_IN_DIGEST: usize = 50;

#[derive(Template)]
#[template(path = "notifications/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    title: &'a str,
    link: &'a str,
    what: &'a str,
    site: &'a str,
    unsubscribe: &'a str,
}

#[derive(Template)]
#[template(path = "notifications/letters/notice.html")]
struct NoticeHtml<'a> {
    name: &'a str,
    title: &'a str,
    link: &'a str,
    what: &'a str,
    site: &'a str,
    unsubscribe: &'a str,
}

struct Item<'a> {
    title: &'a str,
    link: String,
}

#[derive(Template)]
#[template(path = "notifications/letters/digest.txt")]
struct DigestText<'a> {
    name: &'a str,
    items: &'a [Item<'a>],
    more: usize,
    fewer: bool,
    site: &'a str,
    unsubscribe: &'a str,
}

#[derive(Template)]
#[template(path = "notifications/letters/digest.html")]
struct DigestHtml<'a> {
    name: &'a str,
    subject: &'a str,
    items: &'a [Item<'a>],
    more: usize,
    fewer: bool,
    site: &'a str,
    unsubscribe: &'a str,
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

/// What people call a kind of thing.
pub(super) fn plural(thing: &str) -> &'static str {
    match thing {
        "proposal" => "proposals",
        "assignment" => "assignments",
        "time_entry" => "logged time",
        "pledge" => "pledges",
        "need" => "needs",
        "project" => "projects",
        "advisory" => "advisories",
        "swarm" => "swarms",
        _ => "what comes in digests",
    }
}

fn thing(topic: &str) -> &str {
    topic.split_once('.').map_or(topic, |(thing, _)| thing)
}

fn address(to: &Account) -> Result<Email> {
    Email::parse(&to.email)
        .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))
}

fn link(ctx: &Ctx, notice: &Notice) -> String {
    format!("{}/api/v1{}", ctx.site(), notice.path)
}

/// One piece of news.
pub(super) fn notice(ctx: &Ctx, to: &Account, notice: &Notice) -> Result<Message> {
    let (name, title, site) = (&to.display_name, &notice.title, ctx.site());
    let about = thing(&notice.topic);
    let (link, what) = (&link(ctx, notice), plural(about));
    let (unsubscribe, header) = unsubscribe::address(ctx, to.id, about)?;
    let unsubscribe = unsubscribe.as_str();
    let text = render(&NoticeText { name, title, link, what, site, unsubscribe })?;
    let html = render(&NoticeHtml { name, title, link, what, site, unsubscribe })?;
    let message = Message::new(ctx.ids().make::<MessageId>(), address(to)?, title.as_str(), text).with_html(html);
    Ok(match header {
        Some(url) => message.with_unsubscribe(url),
        None => message,
    })
}

/// All the news of some time; `fewer` says that digests come less often now.
pub(super) fn digest(ctx: &Ctx, to: &Account, notices: &[Notice], fewer: bool) -> Result<Message> {
    let (name, site) = (&to.display_name, ctx.site());
    let shown = notices.iter().take(MOST_IN_DIGEST);
    let items: Vec<Item<'_>> = shown.map(|notice| Item { title: &notice.title, link: link(ctx, notice) }).collect();
    let (items, more) = (items.as_slice(), notices.len().saturating_sub(MOST_IN_DIGEST));
    let (unsubscribe, header) = unsubscribe::address(ctx, to.id, unsubscribe::DIGESTS)?;
    let unsubscribe = unsubscribe.as_str();
    let subject = match notices {
        [one] => one.title.clone(),
        many => format!("{} pieces of news from Mainstay", many.len()),
    };
    let subject = subject.as_str();
    let text = render(&DigestText { name, items, more, fewer, site, unsubscribe })?;
    let html = render(&DigestHtml { name, subject, items, more, fewer, site, unsubscribe })?;
    let message = Message::new(ctx.ids().make::<MessageId>(), address(to)?, subject, text).with_html(html);
    Ok(match header {
        Some(url) => message.with_unsubscribe(url),
        None => message,
    })
}

#[cfg(test)]
mod tests;
