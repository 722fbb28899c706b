//! Moving minutes in a pledge's ledger.

use super::transitions::Step;
use crate::features::pledges::ledger::{EntryKind, hours};
use crate::features::pledges::model::{LedgerEntry, Pledge, PledgeAction, PledgeStatus};
use crate::features::pledges::problems::{NOT_ACTIVE, OVERDRAWN};
use crate::features::pledges::{PLEDGE_CHANGED, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, EntityId, Error, RequestId, Result};

/// A movement to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// What kind of movement.
    pub kind: EntryKind,
    /// How many minutes; below zero to reverse an entry, or to grant less.
    pub minutes: i64,
    /// What it is for, such as an assignment.
    pub reference: Option<EntityId>,
    /// A sentence on why.
    pub note: Option<&'a str>,
}

/// Posts a movement and returns the pledge as it is then: `exhausted` once no minute is free, `active` again when some are.
/// The pledge must be locked.
///
/// # Errors
/// 409 when more would be promised than is granted, a sum would fall below zero, or hours are to be reserved of a pledge
/// that is not active; nothing is written then.
pub fn post(
    conn: &mut Conn,
    ctx: &Ctx,
    pledge: &Pledge,
    posting: Posting<'_>,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Pledge> {
    // A pledge that is exhausted has nothing left to reserve, and is told so below.
    let gives = matches!(pledge.status, PledgeStatus::Active | PledgeStatus::Exhausted);
    if posting.kind == EntryKind::Reserve && posting.minutes > 0 && !gives {
        return Err(Error::new(&NOT_ACTIVE, format!("This pledge is {}.", pledge.status)));
    }
    if !store::apply(conn, pledge.id, posting.kind.effect(posting.minutes))? {
        return Err(overdrawn(conn, pledge, posting)?);
    }
    let entry = LedgerEntry {
        id: ctx.ids().make(),
        pledge_id: pledge.id,
        kind: posting.kind,
        minutes: posting.minutes,
        reference: posting.reference,
        note: posting.note.map(str::to_owned),
        at: ctx.now(),
    };
    store::insert_entry(conn, &entry)?;
    feed::note(conn, ctx.ids(), PLEDGE_CHANGED, pledge.id)?;
    settle(conn, ctx, pledge, by, request_id)
}

fn overdrawn(conn: &mut Conn, pledge: &Pledge, posting: Posting<'_>) -> Result<Error> {
    let Some(balance) = store::find_balance(conn, pledge.id)? else {
        return Ok(Error::new(&OVERDRAWN, "This pledge has not granted any hours yet."));
    };
    let (moved, granted) = (hours(posting.minutes.abs()), hours(balance.granted_minutes));
    let taken =
        format!("{} are reserved and {} confirmed", hours(balance.reserved_minutes), hours(balance.confirmed_minutes));
    let detail = if posting.kind == EntryKind::Adjust {
        format!("This would take back {moved} of the {granted} hours granted, of which {taken}.")
    } else {
        format!("This would {} {moved} hours; {granted} are granted, of which {taken}.", posting.kind)
    };
    Ok(Error::new(&OVERDRAWN, detail))
}

/// Brings the state in step with the balance: free hours decide between active and exhausted, and expire once it has ended.
pub(super) fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    pledge: &Pledge,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Pledge> {
    let free = store::find_balance(conn, pledge.id)?.map_or(0, |balance| balance.available_minutes());
    let action = match (pledge.status, free > 0) {
        (PledgeStatus::Active, false) => PledgeAction::Exhaust,
        (PledgeStatus::Exhausted, true) => PledgeAction::Replenish,
        (PledgeStatus::Ended | PledgeStatus::Withdrawn, true) => {
            let note = Some("The pledge has ended; nobody had reserved these hours.");
            let expiry = Posting { kind: EntryKind::Expire, minutes: free, reference: None, note };
            return post(conn, ctx, pledge, expiry, by, request_id);
        }
        _ => return store::get_pledge(conn, pledge.id),
    };
    Step { action, reason: None, by, request_id }.take(conn, ctx, pledge)
}
