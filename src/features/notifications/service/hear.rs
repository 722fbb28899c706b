//! Turning news into notices.

use super::Reader;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::notifications::model::{Cadence, Notice, Preferences};
use crate::features::notifications::{letters, store};
use crate::features::organizations;
use crate::features::projects::{self, ProjectStatus};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Result, Timestamp};
use std::collections::BTreeSet;

/// Makes one notice for each person who is to hear this, and mails those who want it at once; hearing it again makes no
/// second one.
pub fn hear(conn: &mut Conn, ctx: &Ctx, news: &News) -> Result<()> {
    let Some((news_id, at)) = news.announced() else { return Ok(()) };
    let readers: Vec<AccountId> = readers(conn, news)?.into_iter().collect();
    if readers.is_empty() {
        return Ok(());
    }
    let mut preferences = store::list_preferences(conn, &readers)?;
    let now = ctx.now();
    for account in accounts::list_accounts(conn, &readers)?.iter().filter(|one| one.status == AccountStatus::Active) {
        let own = preferences.remove(&account.id).unwrap_or_else(|| Preferences::unset(account.id, now));
        let cadence = if may_be_mailed(account, now) { own.cadence(news.topic) } else { Cadence::None };
        let due = Reader::load(conn, own)?.due(cadence, now);
        let at_once = cadence == Cadence::AtOnce && due.is_some_and(|due| due <= now);
        let notice = Notice {
            id: ctx.ids().make(),
            account_id: account.id,
            news_id,
            topic: news.topic.as_str().to_owned(),
            title: news.title.clone(),
            path: news.path.clone(),
            at,
            read_at: None,
            cadence,
            mail_due_at: due.filter(|_| !at_once),
            mailed_at: at_once.then_some(now),
        };
        if store::insert_notice(conn, &notice)? && at_once {
            outbox::post(conn, ctx, &letters::notice(ctx, account, &notice)?)?;
        }
    }
    Ok(())
}

/// Nobody is written to at an address that may be another person's or that no mail reaches, or while the account is being
/// ended.
pub(super) fn may_be_mailed(account: &Account, now: Timestamp) -> bool {
    account.status == AccountStatus::Active
        && account.email_verified_at.is_some()
        && account.deletes_at.is_none()
        && !account.rests_from_mail(now)
}

fn readers(conn: &mut Conn, news: &News) -> Result<BTreeSet<AccountId>> {
    let mut readers: BTreeSet<AccountId> = news.accounts.iter().copied().collect();
    // Whoever has not claimed a project, or wants nothing of it any more, hears nothing of it.
    let claimed = projects::list_projects_by_id(conn, &news.maintainers_of)?
        .into_iter()
        .filter(|project| !matches!(project.status, ProjectStatus::Unclaimed | ProjectStatus::OptedOut))
        .map(|project| project.id);
    let claimed: Vec<_> = claimed.collect();
    for people in projects::list_maintainer_ids(conn, &claimed)?.into_values() {
        readers.extend(people);
    }
    for organization in &news.managers_of {
        readers.extend(organizations::list_manager_ids(conn, *organization)?);
    }
    if let Some(by) = news.by {
        readers.remove(&by);
    }
    Ok(readers)
}
