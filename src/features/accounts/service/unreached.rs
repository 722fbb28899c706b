//! Addresses at which nobody is reached.

use super::trail;
use crate::features::accounts::model::AccountStatus;
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::outbox::Unreached;
use crate::kernel::{RequestId, Result};

/// Most characters that are kept of what a server said.
const MOST: usize = 200;

/// Notes with the account that nobody is reached at its address; gives its handle, if there is one with this address. Its
/// owner sees it at `GET /me`, administrators in the audit log, where it is told once until the address is proven again.
pub async fn note_unreached(ctx: &Ctx, unreached: Unreached, request_id: RequestId) -> Result<Option<String>> {
    let (ctx, now) = (ctx.clone(), ctx.now());
    let store = ctx.store().clone();
    let line = |c: char| if c.is_control() { ' ' } else { c };
    let why: String = unreached.why.chars().map(line).take(MOST).collect();
    store
        .write(move |conn| {
            let found = store::find_account_by_email(conn, &unreached.to.folded())?;
            let Some(account) = found.filter(|account| account.status != AccountStatus::Deleted) else {
                return Ok(None);
            };
            store::set_undeliverable(conn, account.id, now, &why)?;
            if account.undeliverable_since.is_none() {
                trail::note(conn, &ctx, account.id, None, "address_undeliverable", &request_id)?;
            }
            Ok(Some(account.handle))
        })
        .await
}
