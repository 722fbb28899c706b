//! The trail that changes to an account's credentials leave in the audit log.

use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::failures::WINDOW;
use crate::kernel::{AccountId, RequestId, Result};

/// What the trail is called in the log.
const MACHINE: &str = "credentials";

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
        machine: MACHINE,
        entity: account.into(),
        actor,
        from: None,
        to: what,
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// What the trail says of wrong passwords.
const WRONG_PASSWORD: &str = "wrong_password";

/// Notes the wrong passwords that were tried since the last time: one record for each account and quarter of an hour, also
/// when several nodes are asked, so that guessing does not flood the log. Returns how many.
pub async fn note_failures(ctx: &Ctx) -> Result<usize> {
    let now = ctx.now();
    let tried = ctx.failures().take(now);
    if tried.is_empty() {
        return Ok(0);
    }
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let mut noted = 0;
            for (account, request_id) in &tried {
                if !audit::tells_since(conn, (*account).into(), MACHINE, WRONG_PASSWORD, now - WINDOW)? {
                    note(conn, &inner, *account, None, WRONG_PASSWORD, request_id)?;
                    noted += 1;
                }
            }
            Ok(noted)
        })
        .await
}
