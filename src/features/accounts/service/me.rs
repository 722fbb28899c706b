//! The caller's own account.

use crate::features::accounts::model::{Account, AccountChanges};
use crate::features::accounts::problems::HANDLE_TAKEN;
use crate::features::accounts::{ACCOUNT_CHANGED, store};
use crate::infra::Ctx;
use crate::infra::db::{feed, unique_violation_on};
use crate::kernel::{Actor, Check, DisplayName, Error, Handle, IfMatch, PlatformRole, Result};

/// The own account and its platform roles.
pub(in crate::features::accounts) async fn me(ctx: &Ctx, actor: &Actor) -> Result<(Account, Vec<PlatformRole>)> {
    let id = actor.account_id;
    ctx.store().read(move |conn| Ok((store::get_account(conn, id)?, store::list_roles(conn, id)?))).await
}

/// Changes handle and name.
pub(in crate::features::accounts) async fn update_me(
    ctx: &Ctx,
    actor: &Actor,
    if_match: IfMatch,
    handle: Option<String>,
    display_name: Option<String>,
) -> Result<(Account, Vec<PlatformRole>)> {
    let mut check = Check::default();
    let handle = check.optional("/handle", handle.as_deref().map(Handle::parse));
    let display_name = check.optional("/display_name", display_name.as_deref().map(DisplayName::parse));
    check.done()?;
    let changes = AccountChanges {
        handle: handle?.map(Handle::into_string),
        display_name: display_name?.map(DisplayName::into_string),
    };
    let (id, now, ids) = (actor.account_id, ctx.now(), ctx.ids().clone());
    ctx.store()
        .write(move |conn| {
            let account = store::lock_account(conn, id)?;
            if_match.require(account.version)?;
            store::update_account(conn, &account, &changes, now).map_err(|error| {
                if unique_violation_on(&error, "accounts", "handle") {
                    Error::new(&HANDLE_TAKEN, "This handle belongs to somebody else; choose another.")
                } else {
                    error
                }
            })?;
            feed::note(conn, &ids, ACCOUNT_CHANGED, id)?;
            Ok((store::get_account(conn, id)?, store::list_roles(conn, id)?))
        })
        .await
}
