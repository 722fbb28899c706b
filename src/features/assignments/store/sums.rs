//! How many hours and minutes are taken.

use crate::features::assignments::model::LIVE;
use crate::infra::db::schema::{assignments, time_entries};
use crate::infra::db::{Among, Conn, among};
use crate::kernel::{AccountId, AssignmentId, NeedId, OrganizationId, PledgeId, ProjectId, Result};
use chrono::NaiveDate;
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use std::collections::HashMap;

/// What live assignments take of something.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::features::assignments) struct Hours {
    /// Hours a week.
    pub taken: f64,
    /// Of how many assignments.
    pub by: i64,
}

/// Of what they are taken.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::assignments) enum Of {
    Volunteer(AccountId),
    Need(NeedId),
    Project(ProjectId),
    Pledge(PledgeId),
    /// A person's hours out of one pledge.
    OnePerson(PledgeId, AccountId),
    /// A person's hours out of all pledges of an organization.
    Employer(OrganizationId, AccountId),
}

/// What live assignments take; whoever decides by it holds the row of what it is taken from.
pub(in crate::features::assignments) fn live_hours(conn: &mut Conn, of: Of) -> Result<Hours> {
    let mut query = assignments::table.filter(assignments::status.eq_any(LIVE)).into_boxed();
    query = match of {
        Of::Volunteer(id) => query.filter(assignments::account_id.eq(id)),
        Of::Need(id) => query.filter(assignments::need_id.eq(id)),
        Of::Project(id) => query.filter(assignments::project_id.eq(id)),
        Of::Pledge(id) => query.filter(assignments::pledge_id.eq(id)),
        Of::OnePerson(id, account) => {
            query.filter(assignments::pledge_id.eq(id)).filter(assignments::account_id.eq(account))
        }
        Of::Employer(id, account) => query
            .filter(assignments::employer_id.eq(id))
            .filter(assignments::pledge_id.is_not_null())
            .filter(assignments::account_id.eq(account)),
    };
    let (taken, by): (Option<f64>, i64) = query.select((sum(assignments::hours_per_week), count_star())).first(conn)?;
    Ok(Hours { taken: taken.unwrap_or(0.0), by })
}

/// Hours a week that live assignments take of a pledge.
pub fn hours_of_pledge(conn: &mut Conn, id: PledgeId) -> Result<f64> {
    Ok(live_hours(conn, Of::Pledge(id))?.taken)
}

/// Minutes that were logged in the employer's time and that nobody has decided on yet.
pub(in crate::features::assignments) fn pending_minutes(
    conn: &mut Conn,
    id: AssignmentId,
    pledge: PledgeId,
) -> Result<i64> {
    let pending: Option<i64> = time_entries::table
        .filter(time_entries::assignment_id.eq(id))
        .filter(time_entries::pledge_id.eq(pledge))
        .filter(time_entries::status.eq_any(["submitted", "disputed"]))
        .select(sum(time_entries::minutes))
        .first(conn)?;
    Ok(pending.unwrap_or(0))
}

/// Hours that are promised until a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// Hours a week.
    pub hours_per_week: f64,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
}

/// What these people have promised: their live assignments.
pub fn list_promises(conn: &mut Conn, whose: Among<'_, AccountId>) -> Result<HashMap<AccountId, Vec<Promise>>> {
    let query = assignments::table.filter(assignments::status.eq_any(LIVE)).order(assignments::id).select((
        assignments::account_id,
        assignments::hours_per_week,
        assignments::starts_on,
        assignments::ends_on,
    ));
    let rows: Vec<(AccountId, f64, NaiveDate, NaiveDate)> =
        among!(query.into_boxed(), assignments::account_id, whose).load(conn)?;
    let mut found: HashMap<AccountId, Vec<Promise>> = HashMap::new();
    for (account, hours_per_week, from, until) in rows {
        found.entry(account).or_default().push(Promise { hours_per_week, from, until });
    }
    Ok(found)
}

/// Hours a week that are given to these projects: those of their live assignments.
pub fn list_given_hours(conn: &mut Conn, whose: Among<'_, ProjectId>) -> Result<HashMap<ProjectId, f64>> {
    let query = assignments::table
        .filter(assignments::status.eq_any(LIVE))
        .group_by(assignments::project_id)
        .select((assignments::project_id, sum(assignments::hours_per_week)));
    let rows: Vec<(ProjectId, Option<f64>)> = among!(query.into_boxed(), assignments::project_id, whose).load(conn)?;
    Ok(rows.into_iter().map(|(id, hours)| (id, hours.unwrap_or(0.0))).collect())
}
