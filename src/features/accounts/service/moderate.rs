//! What moderators do to an account, within their transaction at hand.

use crate::features::accounts::model::{Account, AccountStatus};
use crate::features::accounts::problems::SUSPENSION_REFUSED;
use crate::features::accounts::{ACCOUNT_CHANGED, store};
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{Actor, Allowed, Error, Result};

/// Locks an account out: its sessions end, and neither sign-ins nor tokens are taken until it is let in again. It must be
/// locked, and a policy must have allowed it.
///
/// # Errors
/// 409 when it is not in use.
pub fn suspend_in(conn: &mut Conn, ctx: &Ctx, actor: &Actor, account: &Allowed<Account>, reason: &str) -> Result<()> {
    if account.status != AccountStatus::Active {
        let detail = format!("The account is {}.", account.status);
        let allowed = if account.status == AccountStatus::Suspended { vec!["unsuspend"] } else { Vec::new() };
        return Err(Error::new(&SUSPENSION_REFUSED, detail).with_allowed(allowed));
    }
    store::end_sessions(conn, account.id, None, "suspended", ctx.now())?;
    go(conn, ctx, actor, account, AccountStatus::Suspended, Some(reason))
}

/// Lets a suspended account in again. It must be locked, and a policy must have allowed it.
///
/// # Errors
/// 409 when it is not suspended.
pub fn unsuspend_in(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    account: &Allowed<Account>,
    reason: Option<&str>,
) -> Result<()> {
    if account.status != AccountStatus::Suspended {
        let detail = format!("The account is {}.", account.status);
        let allowed = if account.status == AccountStatus::Active { vec!["suspend"] } else { Vec::new() };
        return Err(Error::new(&SUSPENSION_REFUSED, detail).with_allowed(allowed));
    }
    go(conn, ctx, actor, account, AccountStatus::Active, reason)
}

fn go(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    account: &Allowed<Account>,
    to: AccountStatus,
    reason: Option<&str>,
) -> Result<()> {
    store::set_status(conn, account, to, ctx.now())?;
    let change = audit::Change {
        machine: "account",
        entity: account.id.into(),
        actor: Some(actor.account_id),
        from: Some(account.status.as_str()),
        to: to.as_str(),
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), ACCOUNT_CHANGED, account.id)
}
