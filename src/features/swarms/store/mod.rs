//! All queries on swarms.

mod circle;
mod people;
mod work;

pub(super) use circle::*;
pub(super) use people::*;
pub(super) use work::*;

use super::model::{ParticipantStatus, Report, Swarm, SwarmStatus};
use crate::infra::db::schema::{swarm_participants, swarms};
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, lock_row};
use crate::kernel::{AccountId, AdvisoryId, Cursor, Error, Limit, Page, Result, SwarmId, Timestamp};
use diesel::prelude::*;

pub(super) fn find_swarm(conn: &mut Conn, id: SwarmId) -> Result<Option<Swarm>> {
    Ok(swarms::table.find(id).select(Swarm::as_select()).first(conn).optional()?)
}

pub(super) fn get_swarm(conn: &mut Conn, id: SwarmId) -> Result<Swarm> {
    find_swarm(conn, id)?.ok_or_else(|| Error::not_found("swarm"))
}

/// The swarm, kept from others' changes until the transaction ends.
pub(super) fn lock_swarm(conn: &mut Conn, id: SwarmId) -> Result<Swarm> {
    lock_row!(conn, swarms::table.find(id).select(Swarm::as_select()))?.ok_or_else(|| Error::not_found("swarm"))
}

pub(super) fn insert_swarm(conn: &mut Conn, swarm: &Swarm) -> Result<()> {
    diesel::insert_into(swarms::table).values(swarm).execute(conn)?;
    Ok(())
}

/// Writes where it stands and what its clocks show.
pub(super) fn move_swarm(conn: &mut Conn, swarm: &Swarm) -> Result<()> {
    diesel::update(swarms::table.find(swarm.id))
        .set((
            swarms::status.eq(swarm.status),
            swarms::first_responder_at.eq(swarm.first_responder_at),
            swarms::planned_at.eq(swarm.planned_at),
            swarms::contained_at.eq(swarm.contained_at),
            swarms::fixed_at.eq(swarm.fixed_at),
            swarms::released_at.eq(swarm.released_at),
            swarms::resolved_at.eq(swarm.resolved_at),
            swarms::reviewed_at.eq(swarm.reviewed_at),
            swarms::cancelled_at.eq(swarm.cancelled_at),
            swarms::version.eq(swarms::version + 1),
            swarms::updated_at.eq(swarm.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_terms(conn: &mut Conn, swarm: &Swarm) -> Result<()> {
    diesel::update(swarms::table.find(swarm.id))
        .set((
            swarms::terms.eq(&swarm.terms),
            swarms::terms_version.eq(swarm.terms_version),
            swarms::embargo_until.eq(swarm.embargo_until),
            swarms::version.eq(swarms::version + 1),
            swarms::updated_at.eq(swarm.updated_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn set_report(conn: &mut Conn, id: SwarmId, report: Report, now: Timestamp) -> Result<()> {
    diesel::update(swarms::table.find(id))
        .set((
            swarms::report.eq(Some(Json(report))),
            swarms::version.eq(swarms::version + 1),
            swarms::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which swarms.
#[derive(Debug)]
pub(super) struct Filter {
    pub statuses: Vec<SwarmStatus>,
    pub advisory: Option<AdvisoryId>,
    /// Only those in which this account takes part or is asked to.
    pub mine: Option<AccountId>,
    /// Whose eyes the list is for.
    pub caller: Option<AccountId>,
    pub now: Timestamp,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// The swarms that the caller may know of, newest first.
pub(super) fn list_swarms(conn: &mut Conn, filter: &Filter) -> Result<Page<Swarm>> {
    let mut query = swarms::table.into_boxed();
    let public = swarms::embargo_until.is_null().or(swarms::embargo_until.le(filter.now).assume_not_null());
    let circle = |account: AccountId| {
        swarm_participants::table
            .filter(swarm_participants::account_id.eq(account))
            .filter(swarm_participants::status.ne(ParticipantStatus::Declined))
            .select(swarm_participants::swarm_id)
    };
    query = match filter.caller {
        None => query.filter(public),
        Some(caller) => query.filter(public.or(swarms::id.eq_any(circle(caller)))),
    };
    if let Some(mine) = filter.mine {
        query = query.filter(swarms::id.eq_any(circle(mine)));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(swarms::status.eq_any(filter.statuses.clone()));
    }
    if let Some(advisory) = filter.advisory {
        query = query.filter(swarms::advisory_id.eq(advisory));
    }
    if let Some(after) = &filter.after {
        query = query.filter(swarms::id.lt(SwarmId(after.id)));
    }
    let rows =
        query.order(swarms::id.desc()).limit(filter.limit.rows_and_one()).select(Swarm::as_select()).load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Swarm| Cursor::by_id(row.id)))
}
