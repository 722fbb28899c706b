//! From rows to sums.

use crate::features::impact::store::{self, Days, LedgerRow, Whose, WorkRow};
use crate::features::impact::tally::{Key, Minutes, Month, Tally};
use crate::features::time_entries::TimeEntryStatus;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, AssignmentId, NeedKind, OrganizationId, ProjectId, Result};
use std::collections::{BTreeSet, HashMap};

/// Adds up logged work.
pub(super) fn work(conn: &mut Conn, whose: Whose, days: Days, tally: &mut Tally) -> Result<()> {
    store::each_work(conn, whose, days, |row| {
        let key = Key {
            month: Month::from(row.worked_on),
            project: Some(row.project_id),
            account: Some(row.account_id),
            kind: Some(row.kind),
            employer: row.employer_id,
        };
        tally.add(key, minutes_of(&row));
    })
}

fn minutes_of(row: &WorkRow) -> Minutes {
    let (confirmed, pledged) = (i64::from(row.confirmed_minutes), i64::from(row.pledged_minutes));
    let logged = match row.status {
        TimeEntryStatus::Rejected => 0,
        TimeEntryStatus::Adjusted => confirmed,
        // An entry that was undone and the one that undoes it sum to nothing.
        _ => i64::from(row.minutes),
    };
    let if_automatic = |minutes| if row.confirmed_auto { minutes } else { 0 };
    Minutes {
        logged,
        delivered: i64::from(row.delivered_minutes),
        confirmed,
        pledged,
        automatic: if_automatic(confirmed),
        automatic_pledged: if_automatic(pledged),
        ..Minutes::default()
    }
}

/// Adds up what an organization's pledges granted and reserved.
pub(super) fn movements(conn: &mut Conn, organization: OrganizationId, days: Days, tally: &mut Tally) -> Result<()> {
    let mut purposes: HashMap<AssignmentId, (ProjectId, AccountId, NeedKind)> = HashMap::new();
    store::each_movement(conn, organization, days, |conn, rows| {
        let unknown: BTreeSet<AssignmentId> = rows.iter().filter_map(assignment).collect();
        let unknown: Vec<_> = unknown.into_iter().filter(|id| !purposes.contains_key(id)).collect();
        purposes.extend(store::list_purposes(conn, &unknown)?);
        for row in rows {
            let purpose = assignment(&row).and_then(|id| purposes.get(&id)).copied();
            let key = Key {
                month: Month::from(row.at.date_naive()),
                project: purpose.map(|(project, ..)| project),
                account: purpose.map(|(_, account, _)| account),
                kind: purpose.map(|(.., kind)| kind),
                employer: Some(organization),
            };
            tally.add(key, moved(&row));
        }
        Ok(())
    })
}

fn assignment(row: &LedgerRow) -> Option<AssignmentId> {
    row.reference.map(|id| AssignmentId(id.0))
}

/// What was delivered and confirmed is told by the day worked on, from the entries; the ledger says the rest.
fn moved(row: &LedgerRow) -> Minutes {
    let effect = row.kind.effect(row.minutes);
    Minutes { granted: effect.granted, reserved: effect.reserved, ..Minutes::default() }
}
