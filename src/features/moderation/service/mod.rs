//! Use cases of moderation.

mod appeal;
mod decide;
mod report;
mod suspend;

pub(super) use appeal::appeal;
pub(super) use decide::decide;
pub(super) use report::{ReportInput, get, list, own, report};
pub use suspend::project_moderated;
pub(super) use suspend::{lift_by_hand, suspend_by_hand};

use super::model::{Report, Suspension};
use super::policy::Facts;
use super::subject::{self, Subject};
use super::{policy, store};
use crate::features::accounts;
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, PlatformRole, ReportId, RequestId, Result};

/// A suspension with the names to show.
#[derive(Debug, Clone)]
pub(super) struct SuspensionCard {
    pub suspension: Suspension,
    pub name: String,
    pub suspended_by: String,
    pub ended_by: Option<String>,
}

/// A report or an appeal with the names to show.
#[derive(Debug)]
pub(super) struct ReportCard {
    pub report: Report,
    pub subject: Subject,
    pub author: Option<String>,
    pub decided_by: Option<String>,
    pub suspension: Option<SuspensionCard>,
}

fn handle(conn: &mut Conn, id: Option<AccountId>) -> Result<Option<String>> {
    id.map(|id| Ok(accounts::get_account(conn, id)?.handle)).transpose()
}

fn suspension_card(conn: &mut Conn, suspension: Suspension, subject: &Subject) -> Result<SuspensionCard> {
    let suspended_by = accounts::get_account(conn, suspension.suspended_by)?.handle;
    let ended_by = handle(conn, suspension.ended_by)?;
    Ok(SuspensionCard { suspension, name: subject.name(), suspended_by, ended_by })
}

fn card(conn: &mut Conn, report: Report) -> Result<ReportCard> {
    let subject = subject::load(conn, report.subject_kind, report.subject_id)?;
    let suspension = match report.suspension_id {
        Some(id) => {
            let suspension = store::get_suspension(conn, id)?;
            Some(suspension_card(conn, suspension, &subject)?)
        }
        None => None,
    };
    Ok(ReportCard {
        author: handle(conn, report.author_id)?,
        decided_by: handle(conn, report.decided_by)?,
        suspension,
        subject,
        report,
    })
}

/// What the caller is to this report or appeal.
fn facts(conn: &mut Conn, actor: &Actor, report: &Report, subject: &Subject) -> Result<Facts> {
    let suspended_it = match report.suspension_id {
        Some(id) => store::get_suspension(conn, id)?.suspended_by == actor.account_id,
        None => false,
    };
    Ok(Facts {
        moderator: actor.has(PlatformRole::Moderator),
        concerned: subject.people(conn)?.contains(&actor.account_id),
        author: report.author_id == Some(actor.account_id),
        suspended_it,
    })
}

/// Writes down what became of a report or an appeal. The entry names it by its own id alone: who is reported may read it.
fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    report: &Report,
    (from, to): (Option<&'static str>, &'static str),
    reason: Option<&str>,
    (actor, request_id): (Option<AccountId>, &RequestId),
) -> Result<()> {
    let change =
        audit::Change { machine: report.kind.as_str(), entity: report.id.into(), actor, from, to, reason, request_id };
    audit::record(conn, ctx, change)
}

/// The report for a moderator's eyes, or 404.
fn find_for(conn: &mut Conn, actor: &Actor, id: ReportId) -> Result<Report> {
    policy::may_moderate(actor.has(PlatformRole::Moderator)).prove((), "report")?;
    let report = store::get_report(conn, id)?;
    let subject = subject::load(conn, report.subject_kind, report.subject_id)?;
    let facts = facts(conn, actor, &report, &subject)?;
    Ok(policy::may_see(facts).prove(report, "report")?.into_inner())
}
