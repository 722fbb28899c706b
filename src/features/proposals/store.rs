//! All queries on proposals.

use super::model::{Origin, Proposal, ProposalStatus};
use crate::infra::db::schema::proposals;
use crate::infra::db::{Among, Conn, among, lock_row};
use crate::kernel::{
    AccountId, Allowed, Cursor, Error, Limit, NeedId, OrganizationId, Page, ProjectId, ProposalId, Result, RoundId,
    Timestamp,
};
use diesel::prelude::*;

/// The proposal, or 404.
pub fn get_proposal(conn: &mut Conn, id: ProposalId) -> Result<Proposal> {
    let found = proposals::table.find(id).select(Proposal::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::not_found("proposal"))
}

/// The proposal, kept from others' changes. Lock its project and need first.
pub(super) fn lock_proposal(conn: &mut Conn, id: ProposalId) -> Result<Proposal> {
    lock_row!(conn, proposals::table.find(id).select(Proposal::as_select()))?
        .ok_or_else(|| Error::not_found("proposal"))
}

pub(super) fn insert_proposal(conn: &mut Conn, proposal: &Proposal) -> Result<()> {
    diesel::insert_into(proposals::table).values(proposal).execute(conn)?;
    Ok(())
}

/// Writes the row anew, which is locked.
pub(super) fn update_proposal(conn: &mut Conn, proposal: &Proposal) -> Result<()> {
    diesel::update(proposals::table.find(proposal.id)).set(proposal.clone()).execute(conn)?;
    Ok(())
}

/// The proposal of these two that may still come to something.
pub(super) fn find_live(conn: &mut Conn, need: NeedId, account: AccountId) -> Result<Option<Proposal>> {
    Ok(proposals::table
        .filter(proposals::need_id.eq(need))
        .filter(proposals::account_id.eq(account))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .select(Proposal::as_select())
        .first(conn)
        .optional()?)
}

/// How many applications of this person wait for an answer.
pub(super) fn count_open_of(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(proposals::table
        .filter(proposals::account_id.eq(account))
        .filter(proposals::origin.eq(Origin::Application))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .count()
        .get_result(conn)?)
}

/// The same of everybody, for loading.
pub fn list_open_applications(conn: &mut Conn, whose: Among<'_, AccountId>) -> Result<Vec<AccountId>> {
    let query = proposals::table
        .filter(proposals::origin.eq(Origin::Application))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .select(proposals::account_id);
    Ok(among!(query.into_boxed(), proposals::account_id, whose).load(conn)?)
}

/// What a project or a volunteer said no to since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Declined {
    /// The volunteer.
    pub account_id: AccountId,
    /// The need.
    pub need_id: NeedId,
    /// The project.
    pub project_id: ProjectId,
    /// When.
    pub at: Option<Timestamp>,
}

/// Noes, since then or ever, between these people and projects, where one of the two said it.
pub fn list_declined(conn: &mut Conn, whose: Among<'_, AccountId>, since: Option<Timestamp>) -> Result<Vec<Declined>> {
    let mut query = proposals::table.into_boxed();
    if let Some(since) = since {
        query = query.filter(proposals::ended_at.ge(since));
    }
    Ok(among!(query, proposals::account_id, whose)
        .filter(proposals::status.eq(ProposalStatus::Declined))
        .filter(proposals::reason_code.ne_all(super::service::OF_THE_HOUSE))
        .order(proposals::id)
        .select((proposals::account_id, proposals::need_id, proposals::project_id, proposals::ended_at))
        .load(conn)?)
}

/// How many proposals a project has to look at, or may have soon.
pub(super) fn count_pending(conn: &mut Conn, project: ProjectId) -> Result<i64> {
    let pending = [ProposalStatus::EmployerPending, ProposalStatus::UnderReview];
    Ok(proposals::table
        .filter(proposals::project_id.eq(project))
        .filter(proposals::status.eq_any(pending))
        .filter(proposals::project_agreed_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Who waits for a seat of the need: those whom the project has said yes to first, then by their turn.
pub(super) fn list_waiting(conn: &mut Conn, need: NeedId) -> Result<Vec<ProposalId>> {
    let waiting =
        proposals::table.filter(proposals::need_id.eq(need)).filter(proposals::status.eq(ProposalStatus::Waitlisted));
    let rows: Vec<(ProposalId, Option<Timestamp>)> =
        waiting.order(proposals::id).select((proposals::id, proposals::project_agreed_at)).load(conn)?;
    let (agreed, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, agreed)| agreed.is_some());
    Ok(agreed.into_iter().chain(rest).map(|(id, _)| id).collect())
}

/// Recommendations of other rounds that nobody has answered.
pub(super) fn list_unanswered(conn: &mut Conn, except: RoundId) -> Result<Vec<ProposalId>> {
    Ok(proposals::table
        .filter(proposals::origin.eq(Origin::Recommendation))
        .filter(proposals::status.eq(ProposalStatus::Submitted))
        .filter(proposals::round_id.ne(except))
        .filter(proposals::volunteer_agreed_at.is_null())
        .filter(proposals::project_agreed_at.is_null())
        .order(proposals::id)
        .select(proposals::id)
        .load(conn)?)
}

/// All of the need that may still come to something.
pub(super) fn list_live(conn: &mut Conn, need: NeedId) -> Result<Vec<ProposalId>> {
    Ok(proposals::table
        .filter(proposals::need_id.eq(need))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .order(proposals::id)
        .select(proposals::id)
        .load(conn)?)
}

/// Needs of the project that somebody's proposal may still come to something for.
pub(super) fn list_live_needs(conn: &mut Conn, project: ProjectId) -> Result<Vec<NeedId>> {
    Ok(proposals::table
        .filter(proposals::project_id.eq(project))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .order(proposals::need_id)
        .select(proposals::need_id)
        .distinct()
        .load(conn)?)
}

/// All of this person that may still come to something.
pub(super) fn list_live_of(conn: &mut Conn, account: AccountId) -> Result<Vec<ProposalId>> {
    Ok(proposals::table
        .filter(proposals::account_id.eq(account))
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .order((proposals::project_id, proposals::need_id, proposals::id))
        .select(proposals::id)
        .load(conn)?)
}

/// Every proposal of this person.
pub(super) fn list_all_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Proposal>> {
    Ok(proposals::table
        .filter(proposals::account_id.eq(account))
        .order(proposals::id)
        .select(Proposal::as_select())
        .load(conn)?)
}

/// Removes the words that this person's proposals carry.
pub(super) fn clear_messages(conn: &mut Conn, account: AccountId) -> Result<()> {
    diesel::update(proposals::table.filter(proposals::account_id.eq(account)))
        .set(proposals::message.eq(""))
        .execute(conn)?;
    Ok(())
}

/// Those whose time is up, or whose reminder is due, some of them.
pub(super) fn list_due(conn: &mut Conn, now: Timestamp, rows: i64) -> Result<Vec<ProposalId>> {
    let late = proposals::due_at.le(now).or(proposals::remind_at.le(now));
    Ok(proposals::table
        .filter(proposals::status.eq_any(ProposalStatus::LIVE))
        .filter(late)
        .order(proposals::id)
        .limit(rows)
        .select(proposals::id)
        .load(conn)?)
}

/// Whose proposals.
#[derive(Debug, Clone)]
pub(super) enum Of {
    Volunteer(AccountId),
    Project(Allowed<ProjectId>),
    Employer(Allowed<OrganizationId>),
}

/// What to list.
#[derive(Debug)]
pub(super) struct Filter {
    pub statuses: Vec<ProposalStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// Newest first.
pub(super) fn list_proposals(conn: &mut Conn, of: &Of, filter: &Filter) -> Result<Page<Proposal>> {
    let mut query = match of {
        Of::Volunteer(id) => proposals::table.filter(proposals::account_id.eq(*id)).into_boxed(),
        Of::Project(id) => proposals::table.filter(proposals::project_id.eq(**id)).into_boxed(),
        Of::Employer(id) => proposals::table.filter(proposals::employer_id.eq(**id)).into_boxed(),
    };
    if !filter.statuses.is_empty() {
        query = query.filter(proposals::status.eq_any(filter.statuses.clone()));
    }
    if let Some(after) = &filter.after {
        query = query.filter(proposals::id.lt(ProposalId(after.id)));
    }
    let rows = query
        .order(proposals::id.desc())
        .limit(filter.limit.rows_and_one())
        .select(Proposal::as_select())
        .load(conn)?;
    Ok(Page::cut(rows, filter.limit, |row: &Proposal| Cursor::by_id(row.id)))
}
