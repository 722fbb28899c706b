//! What is held of the caller, handed out; and leaving, with time to think again.

use super::{mailed, trail};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, AccountStatus};
use crate::features::accounts::personal::{Nobody, Parts, Tie};
use crate::features::accounts::problems::{HAND_OVER, NOT_LEAVING};
use crate::features::accounts::{policy, store};
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, PlatformRole, RequestId, Result, Timestamp};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How long somebody who asked to leave can come back.
const GRACE: TimeDelta = TimeDelta::days(14);
/// So many accounts are looked up at once.
const BATCH: i64 = 100;

/// Everything that is held of the caller, by feature.
pub(in crate::features::accounts) struct Export {
    pub(in crate::features::accounts) at: Timestamp,
    pub(in crate::features::accounts) handle: String,
    pub(in crate::features::accounts) sections: BTreeMap<String, Value>,
}

/// When the caller's account ends, and what comes of it.
pub(in crate::features::accounts) struct Departure {
    pub(in crate::features::accounts) deletes_at: Timestamp,
    pub(in crate::features::accounts) ties: Vec<Tie>,
}

/// Gathers everything in one transaction, so that its parts fit together.
pub(in crate::features::accounts) async fn export(ctx: &Ctx, actor: &Actor, parts: Parts) -> Result<Export> {
    let (id, at) = (actor.account_id, ctx.now());
    policy::require_fresh_factor(actor, at)?;
    ctx.store()
        .read(move |conn| {
            let handle = store::get_account(conn, id)?.handle;
            let mut sections = BTreeMap::new();
            for part in parts.0 {
                for (name, value) in (part.export)(conn, id)? {
                    sections.insert(name.to_owned(), value);
                }
            }
            Ok(Export { at, handle, sections })
        })
        .await
}

fn ties(conn: &mut Conn, parts: Parts, id: AccountId) -> Result<Vec<Tie>> {
    let mut all = Vec::new();
    for part in parts.0 {
        all.extend((part.ties)(conn, id)?);
    }
    Ok(all)
}

fn hand_over(ties: &[Tie]) -> Result<()> {
    let blocking: Vec<Value> = ties
        .iter()
        .filter(|tie| tie.blocks)
        .map(|tie| json!({"kind": tie.kind, "slug": tie.slug, "detail": tie.detail}))
        .collect();
    if blocking.is_empty() {
        return Ok(());
    }
    let detail = "Others rest on this account alone; hand over what `hand_over` names first.";
    Err(Error::new(&HAND_OVER, detail).with_extra("hand_over", blocking))
}

/// Lets the account end after the grace, and ends its other sessions. Asking again changes nothing.
pub(in crate::features::accounts) async fn leave(ctx: &Ctx, actor: &Actor, parts: Parts) -> Result<Departure> {
    let now = ctx.now();
    policy::require_fresh_sign_in(actor, now)?;
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let id = actor.account_id;
            let account = store::lock_account(conn, id)?;
            let ties = ties(conn, parts, id)?;
            if let Some(deletes_at) = account.deletes_at {
                return Ok(Departure { deletes_at, ties });
            }
            hand_over(&ties)?;
            let deletes_at = now + GRACE;
            store::set_deletes_at(conn, &account, Some(deletes_at), now)?;
            store::end_sessions(conn, id, Some(actor.session_id), "leaving", now)?;
            mailed::tell(conn, &ctx, &account, &Notice::Leaving(deletes_at.date_naive().to_string()))?;
            trail::note(conn, &ctx, id, Some(id), "deletion_asked", &actor.request_id)?;
            Ok(Departure { deletes_at, ties })
        })
        .await
}

/// Takes [`leave`] back.
pub(in crate::features::accounts) async fn restore(ctx: &Ctx, actor: &Actor) -> Result<(Account, Vec<PlatformRole>)> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let id = actor.account_id;
            let account = store::lock_account(conn, id)?;
            if account.deletes_at.is_none() {
                return Err(Error::new(&NOT_LEAVING, "Nobody asked for the deletion of this account."));
            }
            store::set_deletes_at(conn, &account, None, ctx.now())?;
            mailed::tell(conn, &ctx, &account, &Notice::Stayed)?;
            trail::note(conn, &ctx, id, Some(id), "deletion_cancelled", &actor.request_id)?;
            Ok((store::get_account(conn, id)?, store::list_roles(conn, id)?))
        })
        .await
}

/// Anonymises the accounts whose grace is over, each in a transaction of its own; returns how many. Safe to repeat, and for
/// several nodes at once.
pub async fn erase_due(ctx: &Ctx, parts: Parts, request_id: RequestId) -> Result<usize> {
    let now = ctx.now();
    let due = ctx.store().read(move |conn| store::list_leaving(conn, now, BATCH)).await?;
    let mut erased = 0;
    for id in due {
        let (inner, request_id) = (ctx.clone(), request_id.clone());
        let gone = ctx.store().write(move |conn| erase(conn, &inner, parts, id, &request_id)).await?;
        erased += usize::from(gone);
    }
    Ok(erased)
}

/// The account's own row comes last: projects are locked before it, as everywhere.
fn erase(conn: &mut Conn, ctx: &Ctx, parts: Parts, id: AccountId, request_id: &RequestId) -> Result<bool> {
    let now = ctx.now();
    let account = store::get_account(conn, id)?;
    if account.deletes_at.is_none_or(|at| at > now) {
        return Ok(false);
    }
    for part in parts.0 {
        (part.erase)(conn, ctx, id, request_id)?;
    }
    if !store::anonymize(conn, id, &Nobody::instead_of(id, now))? {
        // The person came back meanwhile: everything above must not have happened.
        return Err(Error::unavailable("an account was restored while it was being anonymised"));
    }
    mailed::tell(conn, ctx, &account, &Notice::Left)?;
    let change = audit::Change {
        machine: "account",
        entity: id.into(),
        actor: None,
        from: Some(account.status.as_str()),
        to: AccountStatus::Deleted.as_str(),
        reason: Some("the grace after its owner's wish is over"),
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(true)
}
