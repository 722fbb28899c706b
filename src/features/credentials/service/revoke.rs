//! Taking credentials back.

use super::read::{CredentialCard, card};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::audit;
use crate::features::credentials::model::{Credential, CredentialAction, advance};
use crate::features::credentials::{policy, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, IfMatch, RequestId, Result};

/// A moderator takes one back, for a reason that stands in it from then on.
pub(in crate::features::credentials) async fn revoke(
    ctx: &Ctx,
    actor: &Actor,
    name: String,
    if_match: IfMatch,
    reason: String,
) -> Result<CredentialCard> {
    policy::may_revoke(actor).prove((), "credential")?;
    require_verified(actor)?;
    require_fresh_factor(actor, ctx.now())?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let found = store::find_by_name(conn, &name)?.ok_or_else(|| Error::not_found("credential"))?;
            let credential = store::lock_credential(conn, found.id)?;
            if_match.check(credential.version)?;
            let why = (CredentialAction::Revoke, Some(reason.as_str()));
            let ended = end(conn, &inner, &credential, why, Some(actor.account_id), &actor.request_id)?;
            card(conn, ended)
        })
        .await
}

/// Ends a locked credential: its bit is set from now on.
pub(super) fn end(
    conn: &mut Conn,
    ctx: &Ctx,
    old: &Credential,
    (action, reason): (CredentialAction, Option<&str>),
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Credential> {
    let new = Credential {
        status: advance(old.status, action)?,
        reason: reason.map(str::to_owned),
        ended_at: Some(ctx.now()),
        ended_by: by,
        version: old.version + 1,
        ..old.clone()
    };
    store::move_credential(conn, &new)?;
    let change = audit::Change {
        machine: "credential",
        entity: old.id.into(),
        actor: by,
        from: Some(old.status.as_str()),
        to: new.status.as_str(),
        reason,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(new)
}
