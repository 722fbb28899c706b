//! The trail that changes to an account's credentials leave in the audit log.

use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, RequestId, Result};

/// Notes what was done to the account's credentials, such as `password_changed`; `actor` is none for the system itself.
pub(super) fn note(
    conn: &mut Conn,
    ctx: &Ctx,
    account: AccountId,
    actor: Option<AccountId>,
    what: &'static str,
    request_id: &RequestId,
) -> Result<()> {
    let change = audit::Change {
        machine: "credentials",
        entity: account.into(),
        actor,
        from: None,
        to: what,
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)
}
