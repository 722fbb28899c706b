//! All queries of the public figures.

use crate::features::accounts::AccountStatus;
use crate::features::assignments::LIVE;
use crate::features::needs::{NeedStatus, NeedVisibility};
use crate::features::organizations::OrganizationKind;
use crate::features::pledges::PledgeStatus;
use crate::features::projects::ProjectStatus;
use crate::features::volunteers::ProfileVisibility;
use crate::infra::db::Conn;
use crate::infra::db::schema::{
    accounts, assignments, needs, organizations, pledge_balances, pledges, projects, time_entries, volunteer_profiles,
};
use crate::kernel::{AccountId, NeedKind, OrganizationId, Result};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;

/// Listed projects by their tier.
pub(super) fn count_projects(conn: &mut Conn) -> Result<Vec<(Option<i16>, i64)>> {
    Ok(projects::table
        .filter(projects::status.eq(ProjectStatus::Listed))
        .group_by(projects::criticality_tier)
        .select((projects::criticality_tier, count_star()))
        .load(conn)?)
}

/// Needs that everybody may see and answer, by their kind.
pub(super) fn count_needs(conn: &mut Conn) -> Result<Vec<(NeedKind, i64)>> {
    Ok(needs::table
        .inner_join(projects::table)
        .filter(projects::status.eq(ProjectStatus::Listed))
        .filter(needs::status.eq_any([NeedStatus::Open, NeedStatus::InProgress]))
        .filter(needs::visibility.eq(NeedVisibility::Public))
        .group_by(needs::kind)
        .select((needs::kind, count_star()))
        .load(conn)?)
}

/// The seats of these needs.
pub(super) fn sum_seats(conn: &mut Conn) -> Result<i64> {
    let seats: Option<i64> = needs::table
        .inner_join(projects::table)
        .filter(projects::status.eq(ProjectStatus::Listed))
        .filter(needs::status.eq_any([NeedStatus::Open, NeedStatus::InProgress]))
        .filter(needs::visibility.eq(NeedVisibility::Public))
        .select(sum(needs::seats))
        .first(conn)?;
    Ok(seats.unwrap_or(0))
}

/// People whose profile others may see, and the hours a week that they offer.
pub(super) fn count_volunteers(conn: &mut Conn) -> Result<(i64, f64)> {
    let (people, hours): (i64, Option<f64>) = volunteer_profiles::table
        .inner_join(accounts::table)
        .filter(accounts::status.eq(AccountStatus::Active))
        .filter(volunteer_profiles::visibility.ne(ProfileVisibility::Hidden))
        .filter(volunteer_profiles::suspended_at.is_null())
        .select((count_star(), sum(volunteer_profiles::hours_per_week)))
        .first(conn)?;
    Ok((people, hours.unwrap_or(0.0)))
}

/// People who are at work on something.
pub(super) fn count_people_at_work(conn: &mut Conn) -> Result<i64> {
    let working = assignments::table.filter(assignments::status.eq_any(LIVE)).select(assignments::account_id);
    Ok(accounts::table.filter(accounts::id.eq_any(working)).count().get_result(conn)?)
}

/// Organizations by their kind.
pub(super) fn count_organizations(conn: &mut Conn) -> Result<Vec<(OrganizationKind, i64)>> {
    let shown = organizations::table.filter(organizations::suspended_at.is_null());
    Ok(shown.group_by(organizations::kind).select((organizations::kind, count_star())).load(conn)?)
}

/// Minutes of confirmed work, and whether they were given by so many at least: people in their own time, and organizations.
pub(super) fn sum_confirmed(conn: &mut Conn, least: i64) -> Result<(i64, bool)> {
    let minutes: Option<i64> = time_entries::table.select(sum(time_entries::confirmed_minutes)).first(conn)?;
    let worked = || time_entries::table.filter(time_entries::confirmed_minutes.gt(0));
    let people: Vec<AccountId> = worked()
        .filter(time_entries::employer_id.is_null())
        .select(time_entries::account_id)
        .distinct()
        .limit(least)
        .load(conn)?;
    let organizations: Vec<OrganizationId> = worked()
        .filter(time_entries::employer_id.is_not_null())
        .select(time_entries::employer_id.assume_not_null())
        .distinct()
        .limit(least)
        .load(conn)?;
    let enough = i64::try_from(people.len() + organizations.len()).is_ok_and(|givers| givers >= least);
    Ok((minutes.unwrap_or(0), enough))
}

/// What pledges give now: whose each is, hours a week, and whether it runs.
pub(super) fn list_pledged(conn: &mut Conn) -> Result<Vec<(OrganizationId, f64, PledgeStatus)>> {
    Ok(pledges::table
        .inner_join(pledge_balances::table)
        .select((pledges::organization_id, pledges::hours_per_week, pledges::status))
        .load(conn)?)
}
