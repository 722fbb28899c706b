//! All queries on feedback, and on the facts that profiles show.

use super::answers::Answer;
use super::model::{ConfirmedSkill, Feedback};
use crate::features::assignments::{AssignmentStatus, EndReason};
use crate::features::proposals::{Origin, Proposal};
use crate::features::time_entries::TimeEntryStatus;
use crate::infra::db::schema::{assignments, confirmed_skills, feedback, proposals, time_entries};
use crate::infra::db::{Among, Conn, among, each};
use crate::kernel::{AccountId, AssignmentId, ProjectId, Result, Timestamp};
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

/// So many facts are looked at, the newest.
const MOST_FACTS: i64 = 500;

/// What both sides said, oldest first.
pub(super) fn list_feedback(conn: &mut Conn, id: AssignmentId) -> Result<Vec<Feedback>> {
    Ok(feedback::table
        .filter(feedback::assignment_id.eq(id))
        .order(feedback::id)
        .select(Feedback::as_select())
        .load(conn)?)
}

pub(super) fn insert_feedback(conn: &mut Conn, row: &Feedback, skills: &[ConfirmedSkill]) -> Result<()> {
    diesel::insert_into(feedback::table).values(row).execute(conn)?;
    if !skills.is_empty() {
        each!(conn, c => diesel::insert_into(confirmed_skills::table).values(skills).execute(c))?;
    }
    Ok(())
}

/// The skills that this work confirmed, in the order of their names.
pub(super) fn list_skills_of_work(conn: &mut Conn, id: AssignmentId) -> Result<Vec<String>> {
    Ok(confirmed_skills::table
        .filter(confirmed_skills::assignment_id.eq(id))
        .order(confirmed_skills::skill)
        .select(confirmed_skills::skill)
        .load(conn)?)
}

/// When each of these people's skills was last confirmed by work.
pub fn list_confirmed_skills(
    conn: &mut Conn,
    whose: Among<'_, AccountId>,
) -> Result<HashMap<AccountId, HashMap<String, NaiveDate>>> {
    let query = confirmed_skills::table.order(confirmed_skills::confirmed_on).select((
        confirmed_skills::account_id,
        confirmed_skills::skill,
        confirmed_skills::confirmed_on,
    ));
    let rows: Vec<(AccountId, String, NaiveDate)> =
        among!(query.into_boxed(), confirmed_skills::account_id, whose).load(conn)?;
    let mut groups: HashMap<AccountId, HashMap<String, NaiveDate>> = HashMap::new();
    for (account, skill, on) in rows {
        // In the order of their days: the last one stays.
        groups.entry(account).or_default().insert(skill, on);
    }
    Ok(groups)
}

/// What this person wrote, oldest first.
pub(super) fn list_of_author(conn: &mut Conn, account: AccountId) -> Result<Vec<Feedback>> {
    Ok(feedback::table
        .filter(feedback::account_id.eq(account))
        .order(feedback::id)
        .select(Feedback::as_select())
        .load(conn)?)
}

/// The skills of this person that work confirmed, oldest first.
pub(super) fn list_skills_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<ConfirmedSkill>> {
    Ok(confirmed_skills::table
        .filter(confirmed_skills::account_id.eq(account))
        .order((confirmed_skills::confirmed_on, confirmed_skills::skill))
        .select(ConfirmedSkill::as_select())
        .load(conn)?)
}

/// Takes out this person's words, and what was said to and of them.
pub(super) fn forget(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::update(feedback::table.filter(feedback::account_id.eq(account)))
        .set(feedback::text.eq(None::<String>))
        .execute(conn)?;
    let theirs: Vec<AssignmentId> =
        assignments::table.filter(assignments::account_id.eq(account)).select(assignments::id).load(conn)?;
    for ids in theirs.chunks(500) {
        diesel::update(feedback::table.filter(feedback::assignment_id.eq_any(ids)))
            .set(feedback::text.eq(None::<String>))
            .execute(conn)?;
    }
    diesel::delete(confirmed_skills::table.filter(confirmed_skills::account_id.eq(account))).execute(conn)?;
    Ok(())
}

/// How this person's leases ended since then: when, and whether they were kept; what ended for reasons of the others says nothing.
pub(super) fn list_leases(conn: &mut Conn, account: AccountId, since: Timestamp) -> Result<Vec<(Timestamp, bool)>> {
    type Row = (Option<Timestamp>, AssignmentStatus, Option<EndReason>, Option<AccountId>);
    let rows: Vec<Row> = assignments::table
        .filter(assignments::account_id.eq(account))
        .filter(assignments::ended_at.ge(since))
        .order(assignments::id.desc())
        .limit(MOST_FACTS)
        .select((assignments::ended_at, assignments::status, assignments::reason_code, assignments::ended_by))
        .load(conn)?;
    let lease = |(at, status, why, by): (Option<Timestamp>, AssignmentStatus, Option<EndReason>, Option<AccountId>)| {
        match status {
            AssignmentStatus::Completed => Some((at?, true)),
            AssignmentStatus::Released => Some((at?, false)),
            // Whoever finds somebody to take over has kept their word.
            AssignmentStatus::EndedEarly if by == Some(account) => Some((at?, why == Some(EndReason::HandedOver))),
            _ => None,
        }
    };
    Ok(rows.into_iter().filter_map(lease).collect())
}

/// Since then: how soon the project answered for work that was logged.
pub(super) fn list_answers(conn: &mut Conn, project: ProjectId, since: Timestamp) -> Result<Vec<Answer>> {
    use TimeEntryStatus::{Adjusted, Confirmed, Disputed, Rejected};
    let rows: Vec<(Timestamp, Option<Timestamp>, bool)> = time_entries::table
        .filter(time_entries::project_id.eq(project))
        .filter(time_entries::created_at.ge(since))
        .filter(time_entries::status.eq_any([Adjusted, Confirmed, Disputed, Rejected]))
        .order(time_entries::id.desc())
        .limit(MOST_FACTS)
        .select((time_entries::created_at, time_entries::decided_at, time_entries::confirmed_auto))
        .load(conn)?;
    let answer = |(asked_at, decided, lapsed): (Timestamp, Option<Timestamp>, bool)| Answer {
        asked_at,
        answered_at: decided.filter(|_| !lapsed),
    };
    Ok(rows.into_iter().map(answer).collect())
}

/// The newest proposals that were made to this project, or to this person, since then.
pub(super) fn list_proposals(conn: &mut Conn, of: Asked, since: Timestamp) -> Result<Vec<Proposal>> {
    let mut query = proposals::table.filter(proposals::created_at.ge(since)).into_boxed();
    query = match of {
        Asked::Project(id) => {
            query.filter(proposals::project_id.eq(id)).filter(proposals::origin.eq(Origin::Application))
        }
        Asked::Volunteer(id) => {
            query.filter(proposals::account_id.eq(id)).filter(proposals::origin.ne(Origin::Application))
        }
    };
    Ok(query.order(proposals::id.desc()).limit(MOST_FACTS).select(Proposal::as_select()).load(conn)?)
}

/// Who was asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Project(ProjectId),
    Volunteer(AccountId),
}
