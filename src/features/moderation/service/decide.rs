//! Deciding on reports and appeals.

use super::suspend::{lift, suspend};
use super::{ReportCard, card, facts, find_for, record};
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::accounts::{self, AccountStatus};
use crate::features::moderation::letters::Notice;
use crate::features::moderation::model::{
    Report, ReportAction, ReportKind, ReportStatus, SubjectKind, Verdict, advance,
};
use crate::features::moderation::subject::Subject;
use crate::features::moderation::{policy, store, subject};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{Actor, Check, IfMatch, Line, ReportId, Result};

/// Dismisses or upholds a report or an appeal. A report that is upheld may suspend what it is about; an appeal that is
/// upheld lifts the suspension.
pub(in crate::features::moderation) async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    id: ReportId,
    if_match: IfMatch,
    action: ReportAction,
    reason: String,
    suspends: bool,
) -> Result<ReportCard> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store_handle = ctx.store().clone();
    store_handle
        .write(move |conn| {
            find_for(conn, &actor, id)?;
            let report = store::lock_report(conn, id)?;
            let subject = subject::load(conn, report.subject_kind, report.subject_id)?;
            let facts = facts(conn, &actor, &report, &subject)?;
            let report = policy::may_decide(facts).prove(report, "report")?;
            require_fresh_factor(&actor, ctx.now())?;
            if_match.check(report.version)?;
            let mut check = Check::default();
            let reason = check.value("/reason", Line::parse(&reason, 3, 500));
            let can = report.kind == ReportKind::Report && report.subject_kind != SubjectKind::Need;
            let detail = "Only a report on a project, an organization or a profile suspends something; for a need suspend its project.";
            check.require(!suspends || can, "/suspend", "not_suspendable", detail);
            check.done()?;
            let reason = reason?;
            let to = advance(report.status, action)?;
            let author = report.author_id.map(|id| accounts::get_account(conn, id)).transpose()?;
            let forget = author.as_ref().is_some_and(|author| author.status == AccountStatus::Deleted);
            let verdict = Verdict { to, by: actor.account_id, at: ctx.now(), decision: reason.as_str(), forget };
            store::decide_report(conn, &report, &verdict)?;
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &ctx, &report, (Some(report.status.as_str()), to.as_str()), Some(reason.as_str()), by)?;
            let upheld = to == ReportStatus::Upheld;
            match (report.kind, upheld) {
                (ReportKind::Report, true) if suspends => {
                    suspend(conn, &ctx, &actor, &subject, &IfMatch::Absent, reason.as_str())?;
                }
                (ReportKind::Appeal, true) => {
                    lift(conn, &ctx, &actor, &subject, &IfMatch::Absent, Some(reason.as_str()))?;
                }
                (ReportKind::Appeal, false) => tell_appellants(conn, &ctx, &subject, reason.as_str())?,
                (ReportKind::Report, _) => {}
            }
            if report.kind == ReportKind::Report {
                tell_reporter(conn, &ctx, &report, &subject, upheld)?;
            }
            let report = store::get_report(conn, report.id)?;
            card(conn, report)
        })
        .await
}

fn tell_reporter(conn: &mut Conn, ctx: &Ctx, report: &Report, subject: &Subject, upheld: bool) -> Result<()> {
    let Some(author) = report.author_id.map(|id| accounts::get_account(conn, id)).transpose()? else { return Ok(()) };
    if author.status != AccountStatus::Active {
        return Ok(());
    }
    outbox::post(conn, ctx, &Notice::Decided { upheld }.letter(ctx, subject, &author)?)
}

fn tell_appellants(conn: &mut Conn, ctx: &Ctx, subject: &Subject, reason: &str) -> Result<()> {
    for person in subject.told(conn)? {
        outbox::post(conn, ctx, &Notice::AppealDismissed { reason }.letter(ctx, subject, &person)?)?;
    }
    Ok(())
}
