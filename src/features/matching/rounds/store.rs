//! All queries on rounds and their pairs.

use super::model::{Outcome, Prices, Round, RoundPair, RoundStatus};
use crate::infra::db::schema::{round_pairs, rounds};
use crate::infra::db::sql::Json;
use crate::infra::db::{BothExt as _, Conn, each, lock_row};
use crate::kernel::{Cursor, Error, Limit, Page, Result, RoundId, Timestamp};
use diesel::prelude::*;

/// Pairs written at a time.
const CHUNK: usize = 500;

pub(super) fn find_active(conn: &mut Conn) -> Result<Option<RoundId>> {
    Ok(rounds::table.filter(rounds::slot.is_not_null()).select(rounds::id).first(conn).optional()?)
}

pub(super) fn get_round(conn: &mut Conn, id: RoundId) -> Result<Round> {
    let found = rounds::table.find(id).select(Round::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("round"))
}

pub(super) fn lock_round(conn: &mut Conn, id: RoundId) -> Result<Round> {
    lock_row!(conn, rounds::table.find(id).select(Round::as_select()))?.ok_or_else(|| Error::not_found("round"))
}

/// Takes the one place for a round that waits or runs; false when it is taken.
pub(super) fn insert_round(conn: &mut Conn, round: &Round, inputs: Option<String>) -> Result<bool> {
    let taken = diesel::insert_into(rounds::table)
        .values((
            rounds::id.eq(round.id),
            rounds::slot.eq(1i16),
            rounds::status.eq(round.status),
            rounds::policy.eq(round.policy),
            rounds::floor_hours.eq(round.floor_hours),
            rounds::repeats.eq(round.repeats),
            rounds::requested_by.eq(round.requested_by),
            rounds::progress.eq(round.progress),
            rounds::inputs.eq(inputs),
            rounds::version.eq(round.version),
            rounds::created_at.eq(round.created_at),
        ))
        .on_conflict(rounds::slot)
        .do_nothing()
        .both()
        .execute(conn)?;
    Ok(taken == 1)
}

/// The round in its new state, with what that state brings.
pub(super) fn move_round(conn: &mut Conn, round: &Round) -> Result<()> {
    let slot = round.status.is_active().then_some(1i16);
    diesel::update(rounds::table.find(round.id))
        .set((
            rounds::slot.eq(slot),
            rounds::status.eq(round.status),
            rounds::progress.eq(round.progress),
            rounds::outcome.eq(&round.outcome),
            rounds::failure.eq(&round.failure),
            rounds::started_at.eq(round.started_at),
            rounds::finished_at.eq(round.finished_at),
            rounds::published_at.eq(round.published_at),
            rounds::version.eq(round.version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes how far it is, and says whether it still runs.
pub(super) fn note_progress(conn: &mut Conn, id: RoundId, progress: i16) -> Result<bool> {
    let running = rounds::table.filter(rounds::id.eq(id)).filter(rounds::status.eq(RoundStatus::Running));
    Ok(diesel::update(running).set(rounds::progress.eq(progress)).execute(conn)? == 1)
}

pub(super) fn find_inputs(conn: &mut Conn, id: RoundId) -> Result<Option<String>> {
    Ok(rounds::table.find(id).select(rounds::inputs).first(conn)?)
}

pub(super) fn keep_inputs(conn: &mut Conn, id: RoundId, inputs: &str) -> Result<()> {
    diesel::update(rounds::table.find(id)).set(rounds::inputs.eq(inputs)).execute(conn)?;
    Ok(())
}

pub(super) fn list_rounds(conn: &mut Conn, limit: Limit, after: Option<&Cursor>) -> Result<Page<Round>> {
    let mut query = rounds::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(rounds::id.lt(RoundId(after.id)));
    }
    let rows = query.order(rounds::id.desc()).limit(limit.rows_and_one()).select(Round::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Round| Cursor::by_id(row.id)))
}

pub(super) fn insert_pairs(conn: &mut Conn, pairs: &[RoundPair]) -> Result<()> {
    for some in pairs.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(round_pairs::table).values(some).execute(c))?;
    }
    Ok(())
}

/// The pairs from this place on.
pub(super) fn list_pairs(conn: &mut Conn, id: RoundId, from: i32, rows: i64) -> Result<Vec<RoundPair>> {
    Ok(round_pairs::table
        .filter(round_pairs::round_id.eq(id))
        .filter(round_pairs::position.ge(from))
        .order(round_pairs::position)
        .limit(rows)
        .select(RoundPair::as_select())
        .load(conn)?)
}

/// Whether any round was asked for since this instant.
pub(super) fn any_since(conn: &mut Conn, since: Timestamp) -> Result<bool> {
    let since = rounds::table.filter(rounds::created_at.gt(since));
    Ok(diesel::select(diesel::dsl::exists(since)).get_result(conn)?)
}

/// The prices of the round that came to a plan last; none when none ever did.
pub(in crate::features::matching) fn newest_prices(conn: &mut Conn) -> Result<Option<Prices>> {
    let outcome: Option<Option<Json<Outcome>>> = rounds::table
        .filter(rounds::status.eq_any([RoundStatus::Done, RoundStatus::Published]))
        .order((rounds::finished_at.desc(), rounds::id.desc()))
        .select(rounds::outcome)
        .first(conn)
        .optional()?;
    Ok(outcome.flatten().map(|Json(outcome)| Prices::from(outcome)))
}
