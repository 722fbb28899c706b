//! Reports on listings, and the queue.

use super::{ReportCard, card, find_for, record};
use crate::features::accounts::policy::require_verified;
use crate::features::moderation::model::{Report, ReportCode, ReportKind, ReportStatus, SubjectKind};
use crate::features::moderation::problems::{ALREADY_OPEN, TOO_MANY};
use crate::features::moderation::{policy, store, subject};
use crate::infra::Ctx;
use crate::infra::db::{Conn, unique_violation_on};
use crate::kernel::{
    AccountId, Actor, Check, Cursor, Error, Fault, Limit, Markdown, Page, PlatformRole, ReportId, Result,
};
use chrono::TimeDelta;

/// Most reports of one person within a day.
const A_DAY: usize = 10;
/// Fewest and most characters of what somebody says.
const TEXT: (usize, usize) = (10, 2000);

/// What somebody reports, as typed.
#[derive(Debug)]
pub(in crate::features::moderation) struct ReportInput {
    pub subject_kind: SubjectKind,
    pub subject: String,
    pub code: ReportCode,
    pub text: String,
}

/// Words that a moderator has to go by.
pub(super) fn words(text: &str) -> Result<String, Fault> {
    let text = Markdown::parse(text, TEXT.1)?.into_string();
    if text.trim().chars().count() < TEXT.0 {
        return Err(Fault::new("too_short", format!("Say in at least {} characters what is wrong.", TEXT.0)));
    }
    Ok(text)
}

/// Reports a listing that the caller can see. Each person has one open report on a thing.
pub(in crate::features::moderation) async fn report(
    ctx: &Ctx,
    actor: &Actor,
    input: ReportInput,
) -> Result<ReportCard> {
    require_verified(actor)?;
    let mut check = Check::default();
    let text = check.value("/text", words(&input.text));
    check.require(
        input.subject_kind != SubjectKind::Account,
        "/subject_kind",
        "not_reportable",
        "Accounts are no listings: report the volunteer profile, the project or the organization.",
    );
    check.done()?;
    let (text, inner, actor) = (text?, ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let id = actor.account_id;
            let Some(subject) = subject::find(conn, &actor, input.subject_kind, &input.subject)? else {
                let detail = format!("There is no {} of this name that you can see.", input.subject_kind);
                return Err(Error::field("/subject", "unknown_subject", detail));
            };
            guard(conn, &inner, id)?;
            let open = || Error::new(&ALREADY_OPEN, "Your report on this waits for a moderator.");
            if store::has_open_report(conn, id, subject.kind(), subject.id())? {
                return Err(open());
            }
            let row = Report {
                id: inner.ids().make(),
                kind: ReportKind::Report,
                subject_kind: subject.kind(),
                subject_id: subject.id(),
                code: Some(input.code),
                text: text.clone(),
                author_id: Some(id),
                suspension_id: None,
                status: ReportStatus::Open,
                opened_at: inner.now(),
                decided_at: None,
                decided_by: None,
                decision: None,
                version: 1,
            };
            store::insert_report(conn, &row).map_err(|error| {
                let twice = unique_violation_on(&error, "reports", "author_id, subject_kind, subject_id");
                if twice { open() } else { error }
            })?;
            let by = (Some(id), &actor.request_id);
            record(conn, &inner, &row, (None, ReportStatus::Open.as_str()), None, by)?;
            card(conn, row)
        })
        .await
}

/// Nobody buries the moderators.
fn guard(conn: &mut Conn, ctx: &Ctx, author: AccountId) -> Result<()> {
    let (now, day) = (ctx.now(), TimeDelta::days(1));
    let times = store::list_times_since(conn, author, now - day)?;
    let Some(first) = times.len().checked_sub(A_DAY).and_then(|at| times.get(at)) else { return Ok(()) };
    let wait = (*first + day - now).num_seconds().max(1).unsigned_abs();
    let detail = format!("You made {A_DAY} reports within a day.");
    Err(Error::new(&TOO_MANY, detail).retry_after(wait))
}

/// What the caller reported or appealed, and what became of it.
pub(in crate::features::moderation) async fn own(
    ctx: &Ctx,
    actor: &Actor,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<ReportCard>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_by_author(conn, id, limit, after.as_ref())?;
            cards(conn, page)
        })
        .await
}

/// The queue, for moderators.
pub(in crate::features::moderation) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    filter: store::Filter,
) -> Result<Page<ReportCard>> {
    policy::may_moderate(actor.has(PlatformRole::Moderator)).prove((), "queue")?;
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_queue(conn, id, &filter)?;
            cards(conn, page)
        })
        .await
}

fn cards(conn: &mut Conn, page: Page<Report>) -> Result<Page<ReportCard>> {
    let items = page.items.into_iter().map(|row| card(conn, row)).collect::<Result<_>>()?;
    Ok(Page { items, next: page.next })
}

/// One report or appeal, for moderators.
pub(in crate::features::moderation) async fn get(ctx: &Ctx, actor: &Actor, id: ReportId) -> Result<ReportCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let report = find_for(conn, &actor, id)?;
            card(conn, report)
        })
        .await
}
