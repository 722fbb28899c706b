//! What moderators do to an organization as a whole, within their transaction at hand.

use crate::features::audit;
use crate::features::organizations::model::Organization;
use crate::features::organizations::problems::SUSPENSION_REFUSED;
use crate::features::organizations::store;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Allowed, Error, Result};

/// Keeps an organization from acting. It must be locked, and a policy must have allowed it.
///
/// # Errors
/// 409 when it is suspended already.
pub fn suspend_in(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    organization: &Allowed<Organization>,
    reason: &str,
) -> Result<()> {
    if organization.suspended_at.is_some() {
        let detail = format!("{} is suspended already.", organization.name);
        return Err(Error::new(&SUSPENSION_REFUSED, detail).with_allowed(vec!["unsuspend"]));
    }
    store::set_suspended(conn, organization, Some(ctx.now()), ctx.now())?;
    record(conn, ctx, actor, organization, ("active", "suspended"), Some(reason))
}

/// Lets a suspended organization act again. It must be locked, and a policy must have allowed it.
///
/// # Errors
/// 409 when it is not suspended.
pub fn unsuspend_in(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    organization: &Allowed<Organization>,
    reason: Option<&str>,
) -> Result<()> {
    if organization.suspended_at.is_none() {
        let detail = format!("{} is not suspended.", organization.name);
        return Err(Error::new(&SUSPENSION_REFUSED, detail).with_allowed(vec!["suspend"]));
    }
    store::set_suspended(conn, organization, None, ctx.now())?;
    record(conn, ctx, actor, organization, ("suspended", "active"), reason)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    organization: &Organization,
    (from, to): (&'static str, &'static str),
    reason: Option<&str>,
) -> Result<()> {
    let change = audit::Change {
        machine: "organization",
        entity: organization.id.into(),
        actor: Some(actor.account_id),
        from: Some(from),
        to,
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)
}
