//! Counting, and leaving out what would tell on somebody.

use super::cells::{SMALLEST, breakdown, told};
use super::store;
use crate::features::pledges::ledger::hours;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{OrganizationId, Result};
use std::collections::BTreeSet;

/// A count with its parts, as far as they may be told.
#[derive(Debug)]
pub(super) struct Count {
    pub total: Option<i64>,
    pub parts: Vec<(String, i64)>,
}

/// The figures of this moment.
#[derive(Debug)]
pub(super) struct Figures {
    pub projects: Count,
    pub needs: Count,
    pub seats: Option<i64>,
    pub volunteers: Option<i64>,
    pub offered_hours: Option<f64>,
    pub at_work: Option<i64>,
    pub organizations: Count,
    pub pledging: Option<i64>,
    pub pledged_hours: Option<f64>,
    pub confirmed_hours: Option<f64>,
}

fn count(rows: Vec<(String, i64)>) -> Count {
    let total = told(rows.iter().map(|(_, count)| *count).sum());
    let parts = if total.is_some() { breakdown(rows) } else { Vec::new() };
    Count { total, parts }
}

fn named<T: std::fmt::Display>(rows: Vec<(T, i64)>) -> Vec<(String, i64)> {
    rows.into_iter().map(|(name, count)| (name.to_string(), count)).collect()
}

fn gather(conn: &mut Conn) -> Result<Figures> {
    let tier = |tier: Option<i16>| tier.map_or_else(|| "none".to_owned(), |tier| tier.to_string());
    let tiers = store::count_projects(conn)?.into_iter().map(|(of, count)| (tier(of), count)).collect();
    let needs = count(named(store::count_needs(conn)?));
    let seats = needs.total.map(|_| store::sum_seats(conn)).transpose()?;
    let (people, offered) = store::count_volunteers(conn)?;
    let pledged = store::list_pledged(conn)?;
    let running: Vec<_> = pledged.iter().filter(|(_, _, status)| status.is_running()).collect();
    let pledging: BTreeSet<OrganizationId> = running.iter().map(|(whose, ..)| *whose).collect();
    // Hours are told when they were given by at least five: people in their own time, and organizations.
    let (confirmed, enough) = store::sum_confirmed(conn, SMALLEST)?;
    let size = |set: &BTreeSet<OrganizationId>| i64::try_from(set.len()).unwrap_or(i64::MAX);
    let pledged_hours: f64 = running.iter().map(|(_, hours, ..)| hours).fold(0.0, |sum, hours| sum + hours);
    Ok(Figures {
        projects: count(tiers),
        needs,
        seats,
        volunteers: told(people),
        offered_hours: told(people).map(|_| offered),
        at_work: told(store::count_people_at_work(conn)?),
        organizations: count(named(store::count_organizations(conn)?)),
        pledging: told(size(&pledging)),
        pledged_hours: told(size(&pledging)).map(|_| pledged_hours),
        confirmed_hours: enough.then(|| hours(confirmed)),
    })
}

/// The figures of this moment.
pub(super) async fn figures(ctx: &Ctx) -> Result<Figures> {
    ctx.store().read(gather).await
}
