//! Mailing what waited: digests, and what fell into quiet hours.

use super::Reader;
use super::hear::may_be_mailed;
use crate::features::accounts;
use crate::features::notifications::model::{Cadence, Notice, Preferences};
use crate::features::notifications::when::{UNREAD_BEFORE_FEWER, not_quiet};
use crate::features::notifications::{letters, store};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{AccountId, Result};
use chrono::TimeDelta;

/// People looked after at a time.
const BATCH: i64 = 100;
/// For so long notices are kept.
const KEPT: TimeDelta = TimeDelta::days(180);

/// Mails everybody what is due; returns to how many. Safe to repeat, and for several nodes at once.
pub async fn send_due(ctx: &Ctx) -> Result<usize> {
    let mut sent = 0;
    loop {
        let now = ctx.now();
        let due = ctx.store().read(move |conn| store::list_due_accounts(conn, now, BATCH)).await?;
        if due.is_empty() {
            return Ok(sent);
        }
        for account in due {
            let inner = ctx.clone();
            sent += usize::from(ctx.store().write(move |conn| send_to(conn, &inner, account)).await?);
        }
    }
}

/// Mails one person what is due; whether that was anything.
fn send_to(conn: &mut Conn, ctx: &Ctx, id: AccountId) -> Result<bool> {
    // One node at a time looks after a person.
    let account = accounts::lock_account(conn, id)?;
    let now = ctx.now();
    let waiting = store::list_waiting(conn, id)?;
    let stored = store::find_preferences(conn, id)?.unwrap_or_else(|| Preferences::unset(id, now));
    let reader = Reader::load(conn, stored)?;
    let free_at = not_quiet(now, reader.zone, reader.quiet);
    if !may_be_mailed(&account, now) {
        for notice in waiting {
            store::set_mailing(conn, &Notice { cadence: Cadence::None, mail_due_at: None, ..notice })?;
        }
        return Ok(false);
    }
    if free_at > now {
        for notice in waiting.into_iter().filter(|one| one.mail_due_at.is_some_and(|due| due <= now)) {
            store::set_mailing(conn, &Notice { mail_due_at: Some(free_at), ..notice })?;
        }
        return Ok(false);
    }
    let is_due = |one: &Notice| one.mail_due_at.is_some_and(|due| due <= now);
    let (held, together): (Vec<Notice>, Vec<Notice>) =
        waiting.into_iter().partition(|one| one.cadence == Cadence::AtOnce);
    let mut mailed: Vec<Notice> = held.into_iter().filter(is_due).collect();
    for notice in &mailed {
        outbox::post(conn, ctx, &letters::notice(ctx, &account, notice)?)?;
    }
    // What is due a little later comes along: one mail is better than two.
    if together.iter().any(is_due) {
        let unread = reader.unread + 1;
        let fewer = unread == UNREAD_BEFORE_FEWER || unread == 2 * UNREAD_BEFORE_FEWER;
        outbox::post(conn, ctx, &letters::digest(ctx, &account, &together, fewer)?)?;
        let noted = Preferences { unread_digests: unread, last_digest_at: Some(now), ..reader.preferences };
        store::put_preferences(conn, &noted)?;
        mailed.extend(together);
    }
    let any = !mailed.is_empty();
    for notice in mailed {
        store::set_mailing(conn, &Notice { mail_due_at: None, mailed_at: Some(now), ..notice })?;
    }
    Ok(any)
}

/// Forgets old notices; returns how many.
pub async fn prune_notices(ctx: &Ctx) -> Result<usize> {
    let before = ctx.now() - KEPT;
    ctx.store().write(move |conn| store::delete_old(conn, before, 1_000)).await
}
