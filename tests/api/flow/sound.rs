//! What must hold at any time, read from the rows: each violation is a sentence.

use crate::app::TestApp;
use diesel::prelude::*;
use mainstay::features::assignments;
use mainstay::features::pledges::ledger::{Effect, EntryKind};
use mainstay::infra::db::{Conn, schema};
use mainstay::kernel::{AccountId, AssignmentId, NeedId, PledgeId, ProjectId, Result};
use std::collections::HashMap;

/// A live assignment: need, project, volunteer, pledge, hours a week.
type Live = (NeedId, ProjectId, AccountId, Option<PledgeId>, f64);

/// Notes what does not hold.
pub(super) fn note(found: &mut Vec<String>, holds: bool, what: impl FnOnce() -> String) {
    if !holds {
        found.push(what());
    }
}

/// Everything that is wrong with hours, seats and ledgers now (invariants 1 and 7).
pub(super) async fn violations(app: &TestApp) -> Vec<String> {
    let read = app.ctx.store().read(|conn| {
        use schema::assignments as work;
        let live: Vec<Live> = work::table
            .filter(work::status.eq_any(assignments::LIVE))
            .select((work::need_id, work::project_id, work::account_id, work::pledge_id, work::hours_per_week))
            .load(conn)?;
        let mut found = Vec::new();
        hours(conn, &live, &mut found)?;
        seats(conn, &live, &mut found)?;
        ledgers(conn, &live, &mut found)?;
        sums(conn, &mut found)?;
        Ok(found)
    });
    read.await.unwrap()
}

/// 1. Hours of live assignments stay within the volunteer's, the project's and the need's.
fn hours(conn: &mut Conn, live: &[Live], found: &mut Vec<String>) -> Result<()> {
    use schema::{needs, projects, volunteer_profiles as profiles};
    let taken = |of: &dyn Fn(&Live) -> bool| live.iter().filter(|row| of(row)).map(|row| row.4).sum::<f64>();
    let offered: Vec<(AccountId, f64)> =
        profiles::table.select((profiles::account_id, profiles::hours_per_week)).load(conn)?;
    for (account, most) in offered {
        let taken = taken(&|row| row.2 == account);
        note(found, taken <= most, || format!("hours: volunteer {account} gives {taken} of {most}"));
    }
    let budgets: Vec<(ProjectId, f64)> =
        projects::table.select((projects::id, projects::review_hours_per_week)).load(conn)?;
    for (project, most) in budgets {
        let taken = taken(&|row| row.1 == project);
        note(found, taken <= most, || format!("hours: project {project} looks after {taken} of {most}"));
    }
    let asked: Vec<(NeedId, f64, i32)> =
        needs::table.select((needs::id, needs::hours_per_week, needs::seats)).load(conn)?;
    for (need, one, seats) in asked {
        let (taken, most) = (taken(&|row| row.0 == need), one * f64::from(seats));
        note(found, taken <= most, || format!("hours: need {need} gets {taken} of {most}"));
    }
    Ok(())
}

/// 1. A seat is held by one proposal or one assignment, and there are no more of them than the need has.
fn seats(conn: &mut Conn, live: &[Live], found: &mut Vec<String>) -> Result<()> {
    use schema::{needs, proposals};
    let held: Vec<NeedId> =
        proposals::table.filter(proposals::holds_seat.eq(true)).select(proposals::need_id).load(conn)?;
    let all: Vec<(NeedId, i32, i32)> = needs::table.select((needs::id, needs::seats, needs::seats_taken)).load(conn)?;
    for (need, seats, taken) in all {
        let at_work = live.iter().filter(|row| row.0 == need).count();
        let counted = i32::try_from(at_work + held.iter().filter(|id| **id == need).count()).unwrap();
        note(found, taken == counted, || format!("seats: need {need} counts {taken}, and {counted} are held"));
        note(found, counted <= seats, || format!("seats: need {need} gave {counted} of {seats}"));
    }
    Ok(())
}

/// 1 and 7. A pledge's balance is the sum of its entries, and what is reserved is what its assignments hold.
fn ledgers(conn: &mut Conn, live: &[Live], found: &mut Vec<String>) -> Result<()> {
    use schema::{assignments as work, ledger_entries as ledger, pledge_balances as balances, pledges};
    let all: Vec<(PledgeId, f64)> = pledges::table.select((pledges::id, pledges::hours_per_week)).load(conn)?;
    for (pledge, most) in all {
        let taken: f64 = live.iter().filter(|row| row.3 == Some(pledge)).map(|row| row.4).sum();
        note(found, taken <= most, || format!("hours: pledge {pledge} gives {taken} of {most}"));
        let entries: Vec<(EntryKind, i64)> =
            ledger::table.filter(ledger::pledge_id.eq(pledge)).select((ledger::kind, ledger::minutes)).load(conn)?;
        let mut sum = Effect::default();
        for (kind, minutes) in entries {
            let one = kind.effect(minutes);
            sum.granted += one.granted;
            sum.reserved += one.reserved;
            sum.delivered += one.delivered;
            sum.confirmed += one.confirmed;
        }
        let balance: (i64, i64, i64, i64) = balances::table
            .find(pledge)
            .select((
                balances::granted_minutes,
                balances::reserved_minutes,
                balances::delivered_minutes,
                balances::confirmed_minutes,
            ))
            .first(conn)?;
        let summed = (sum.granted, sum.reserved, sum.delivered, sum.confirmed);
        note(found, balance == summed, || format!("ledger: pledge {pledge} shows {balance:?}, its entries {summed:?}"));
        let within = sum.reserved + sum.confirmed <= sum.granted;
        note(found, within, || format!("ledger: pledge {pledge} promised more than it has: {summed:?}"));
        let held: Vec<i64> =
            work::table.filter(work::pledge_id.eq(pledge)).select(work::reserved_minutes).load(conn)?;
        let held: i64 = held.iter().sum();
        note(found, sum.reserved == held, || {
            format!("ledger: pledge {pledge} reserves {}, its assignments {held}", sum.reserved)
        });
    }
    Ok(())
}

/// 7. Time entries sum up to what assignments and pledges say was confirmed.
fn sums(conn: &mut Conn, found: &mut Vec<String>) -> Result<()> {
    use schema::{assignments as work, pledge_balances as balances, time_entries as entries};
    type Entry = (AssignmentId, Option<PledgeId>, i32, i32, i32);
    let logged: Vec<Entry> = entries::table
        .select((
            entries::assignment_id,
            entries::pledge_id,
            entries::confirmed_minutes,
            entries::pledged_minutes,
            entries::delivered_minutes,
        ))
        .load(conn)?;
    let mut sums: HashMap<AssignmentId, i64> = HashMap::new();
    for entry in &logged {
        *sums.entry(entry.0).or_default() += i64::from(entry.2);
    }
    let said: Vec<(AssignmentId, i64)> = work::table.select((work::id, work::confirmed_minutes)).load(conn)?;
    for (assignment, minutes) in said {
        let sum = sums.get(&assignment).copied().unwrap_or_default();
        note(found, minutes == sum, || format!("sums: assignment {assignment} says {minutes}, its entries {sum}"));
    }
    let paid: Vec<(PledgeId, i64, i64)> = balances::table
        .select((balances::pledge_id, balances::confirmed_minutes, balances::delivered_minutes))
        .load(conn)?;
    for (pledge, confirmed, delivered) in paid {
        let of = || logged.iter().filter(|entry| entry.1 == Some(pledge));
        let sums = (of().map(|entry| i64::from(entry.3)).sum(), of().map(|entry| i64::from(entry.4)).sum());
        note(found, (confirmed, delivered) == sums, || {
            format!("sums: pledge {pledge} says {:?}, the entries {sums:?}", (confirmed, delivered))
        });
    }
    Ok(())
}
