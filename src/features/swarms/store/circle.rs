//! Who takes part, and which organizations are exposed.

use crate::features::swarms::model::{ExposedRow, Finding, Participant, ParticipantRole, ParticipantStatus};
use crate::infra::db::schema::{swarm_organizations, swarm_participants};
use crate::infra::db::{Conn, each};
use crate::kernel::{AccountId, Cursor, Limit, OrganizationId, Page, ParticipantId, Result, SwarmId, Timestamp};
use diesel::prelude::*;

/// So many rows go into one statement.
const CHUNK: usize = 500;

pub(in crate::features::swarms) fn find_participant(
    conn: &mut Conn,
    swarm: SwarmId,
    account: AccountId,
) -> Result<Option<Participant>> {
    Ok(swarm_participants::table
        .filter(swarm_participants::swarm_id.eq(swarm))
        .filter(swarm_participants::account_id.eq(account))
        .select(Participant::as_select())
        .first(conn)
        .optional()?)
}

/// All parts in a swarm, in the order in which they were offered.
pub(in crate::features::swarms) fn list_all_participants(conn: &mut Conn, swarm: SwarmId) -> Result<Vec<Participant>> {
    Ok(swarm_participants::table
        .filter(swarm_participants::swarm_id.eq(swarm))
        .order(swarm_participants::id)
        .select(Participant::as_select())
        .load(conn)?)
}

pub(in crate::features::swarms) fn list_participants(
    conn: &mut Conn,
    swarm: SwarmId,
    limit: Limit,
    after: Option<&Cursor>,
) -> Result<Page<Participant>> {
    let mut query = swarm_participants::table.filter(swarm_participants::swarm_id.eq(swarm)).into_boxed();
    if let Some(after) = after {
        query = query.filter(swarm_participants::id.gt(ParticipantId(after.id)));
    }
    let rows =
        query.order(swarm_participants::id).limit(limit.rows_and_one()).select(Participant::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |row: &Participant| Cursor::by_id(row.id)))
}

pub(in crate::features::swarms) fn insert_participants(conn: &mut Conn, rows: &[Participant]) -> Result<()> {
    for some in rows.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(swarm_participants::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Writes where a consent stands, and what its owner does.
pub(in crate::features::swarms) fn update_participant(conn: &mut Conn, row: &Participant) -> Result<()> {
    diesel::update(swarm_participants::table.find(row.id))
        .set((
            swarm_participants::role.eq(row.role),
            swarm_participants::status.eq(row.status),
            swarm_participants::organization_id.eq(row.organization_id),
            swarm_participants::terms_version.eq(row.terms_version),
            swarm_participants::finding.eq(row.finding),
            swarm_participants::note.eq(&row.note),
            swarm_participants::invited_at.eq(row.invited_at),
            swarm_participants::answered_at.eq(row.answered_at),
            swarm_participants::found_at.eq(row.found_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many take part in each role.
pub(in crate::features::swarms) fn count_roles(conn: &mut Conn, swarm: SwarmId) -> Result<Vec<(ParticipantRole, i64)>> {
    Ok(swarm_participants::table
        .filter(swarm_participants::swarm_id.eq(swarm))
        .filter(swarm_participants::status.eq(ParticipantStatus::Signatory))
        .group_by(swarm_participants::role)
        .order(swarm_participants::role)
        .select((swarm_participants::role, diesel::dsl::count_star()))
        .load(conn)?)
}

pub(in crate::features::swarms) fn insert_organizations(conn: &mut Conn, rows: &[ExposedRow]) -> Result<()> {
    for some in rows.chunks(CHUNK) {
        each!(conn, c => diesel::insert_into(swarm_organizations::table).values(some).execute(c))?;
    }
    Ok(())
}

pub(in crate::features::swarms) fn list_organizations(conn: &mut Conn, swarm: SwarmId) -> Result<Vec<ExposedRow>> {
    Ok(swarm_organizations::table
        .filter(swarm_organizations::swarm_id.eq(swarm))
        .order(swarm_organizations::organization_id)
        .select(ExposedRow::as_select())
        .load(conn)?)
}

pub(in crate::features::swarms) fn find_organization(
    conn: &mut Conn,
    swarm: SwarmId,
    organization: OrganizationId,
) -> Result<Option<ExposedRow>> {
    Ok(swarm_organizations::table.find((swarm, organization)).select(ExposedRow::as_select()).first(conn).optional()?)
}

pub(in crate::features::swarms) fn set_notified(
    conn: &mut Conn,
    swarm: SwarmId,
    organizations: &[OrganizationId],
    now: Timestamp,
) -> Result<()> {
    for some in organizations.chunks(CHUNK) {
        diesel::update(
            swarm_organizations::table
                .filter(swarm_organizations::swarm_id.eq(swarm))
                .filter(swarm_organizations::organization_id.eq_any(some))
                .filter(swarm_organizations::notified_at.is_null()),
        )
        .set(swarm_organizations::notified_at.eq(Some(now)))
        .execute(conn)?;
    }
    Ok(())
}

pub(in crate::features::swarms) fn set_finding(
    conn: &mut Conn,
    swarm: SwarmId,
    organization: OrganizationId,
    finding: Finding,
    now: Timestamp,
) -> Result<()> {
    diesel::update(swarm_organizations::table.find((swarm, organization)))
        .set((swarm_organizations::finding.eq(finding), swarm_organizations::answered_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}
