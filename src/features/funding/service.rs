//! Recording what organizations promise in money.

use super::currency::Currency;
use super::model::{MoneyAction, MoneyPeriod, MoneyPledge, MoneyStatus, advance};
use super::problems::NOT_PLANNED;
use super::store::{self, Shown};
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::organizations::{self, Organization};
use crate::features::pledges::policy;
use crate::features::projects;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::problems::NOT_FOUND;
use crate::kernel::{
    Actor, Allowed, Check, Cursor, Decision, Error, IfMatch, Limit, Line, MoneyPledgeId, Page, PlatformRole, ProjectId,
    Result,
};
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeMap;

/// A promise as typed.
#[derive(Debug, Clone)]
pub(super) struct MoneyInput {
    pub project: Option<String>,
    pub amount: f64,
    pub currency: String,
    pub period: MoneyPeriod,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub note: Option<String>,
}

struct Checked {
    amount_minor: i64,
    currency: &'static str,
    project_id: Option<ProjectId>,
    note: Option<String>,
}

const FAR: TimeDelta = TimeDelta::days(20 * 366);

fn check(conn: &mut Conn, actor: &Actor, input: &MoneyInput, today: NaiveDate) -> Result<Checked> {
    let mut check = Check::default();
    let currency = check.value("/currency", Currency::parse(&input.currency));
    let amount = currency.and_then(|currency| check.value("/amount", currency.minor(input.amount)));
    let note = check.optional("/note", input.note.as_deref().map(|text| Line::parse(text, 1, 500)));
    let near = |day: NaiveDate| day >= today - FAR && day <= today + FAR;
    check.require(near(input.starts_on), "/starts_on", "out_of_range", "That is more than twenty years away.");
    if let Some(ends) = input.ends_on {
        check.require(near(ends), "/ends_on", "out_of_range", "That is more than twenty years away.");
        check.require(ends >= input.starts_on, "/ends_on", "out_of_order", "It ends before it starts.");
        let detail = "What is promised once has no last day; leave `ends_on` out.";
        check.require(input.period != MoneyPeriod::Once, "/ends_on", "not_here", detail);
    }
    let project = input.project.as_deref().map(|slug| projects::find_visible(conn, Some(actor), slug));
    let project_id = match project {
        None => None,
        Some(Ok((project, _))) => Some(project.id),
        Some(Err(error)) if error.code() != NOT_FOUND.code => return Err(error),
        Some(Err(_hidden)) => {
            check.fault("/project", "unknown_project", "There is no project with this slug that you may see.");
            None
        }
    };
    check.done()?;
    Ok(Checked { amount_minor: amount?, currency: currency?.code, project_id, note: note?.map(Line::into_string) })
}

/// The organization, for somebody who may see what it promises.
fn seen(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Organization> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    let coordinator = actor.has(PlatformRole::Coordinator);
    Ok(policy::may_list(role, coordinator).prove(organization, "organization")?.into_inner())
}

/// The organization, for somebody who may record what it promises.
fn managed(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Allowed<Organization>> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    let coordinator = actor.has(PlatformRole::Coordinator);
    policy::may_list(role, coordinator).prove((), "organization")?;
    let organization = policy::may_manage(role, coordinator).prove(organization, "organization")?;
    require_verified(actor)?;
    Ok(organization)
}

pub(super) async fn create(ctx: &Ctx, actor: &Actor, slug: String, input: MoneyInput) -> Result<Shown> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = managed(conn, &actor, &slug)?;
            let now = inner.now();
            let checked = check(conn, &actor, &input, now.date_naive())?;
            let row = MoneyPledge {
                id: inner.ids().make(),
                organization_id: organization.id,
                project_id: checked.project_id,
                amount_minor: checked.amount_minor,
                currency: checked.currency.to_owned(),
                period: input.period,
                starts_on: input.starts_on,
                ends_on: input.ends_on,
                note: checked.note,
                status: MoneyStatus::Planned,
                recorded_by: actor.account_id,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            store::insert(conn, &row)?;
            record(conn, &inner, &row, None, row.status, None, &actor)?;
            store::get(conn, organization.id, row.id)
        })
        .await
}

/// Changes a planned promise: the whole is put anew.
pub(super) async fn update(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, MoneyPledgeId),
    if_match: IfMatch,
    input: MoneyInput,
) -> Result<Shown> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = managed(conn, &actor, &slug)?;
            let old = store::lock(conn, organization.id, id)?;
            if_match.require(old.version)?;
            if old.status != MoneyStatus::Planned {
                return Err(Error::new(&NOT_PLANNED, format!("It is {}.", old.status)));
            }
            let checked = check(conn, &actor, &input, inner.now().date_naive())?;
            let new = MoneyPledge {
                project_id: checked.project_id,
                amount_minor: checked.amount_minor,
                currency: checked.currency.to_owned(),
                period: input.period,
                starts_on: input.starts_on,
                ends_on: input.ends_on,
                note: checked.note,
                updated_at: inner.now(),
                ..old.clone()
            };
            let old = Decision::Allow.prove(old, "money pledge")?;
            store::replace(conn, &old, &new)?;
            store::get(conn, organization.id, id)
        })
        .await
}

/// A transition that a person asks for.
pub(super) async fn transition(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, MoneyPledgeId),
    if_match: IfMatch,
    action: MoneyAction,
    reason: Option<String>,
) -> Result<Shown> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = managed(conn, &actor, &slug)?;
            let row = store::lock(conn, organization.id, id)?;
            if_match.check(row.version)?;
            let (from, to) = (row.status, advance(row.status, action)?);
            let row = Decision::Allow.prove(row, "money pledge")?;
            store::advance(conn, &row, to, inner.now())?;
            record(conn, &inner, &row, Some(from), to, reason.as_deref(), &actor)?;
            store::get(conn, organization.id, id)
        })
        .await
}

pub(super) async fn get(ctx: &Ctx, actor: &Actor, (slug, id): (String, MoneyPledgeId)) -> Result<Shown> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &actor, &slug)?;
            store::get(conn, organization.id, id)
        })
        .await
}

/// Which promises.
#[derive(Debug)]
pub(super) struct Filter {
    pub statuses: Vec<MoneyStatus>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

pub(super) async fn list(ctx: &Ctx, actor: &Actor, slug: String, filter: Filter) -> Result<Page<Shown>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &actor, &slug)?;
            store::list(conn, organization.id, &filter.statuses, filter.limit, filter.after.as_ref())
        })
        .await
}

/// What an organization promises in one currency and period, by where it stands.
#[derive(Debug, PartialEq)]
pub(super) struct Total {
    pub currency: String,
    pub period: MoneyPeriod,
    pub planned_minor: i64,
    pub active_minor: i64,
    pub fulfilled_minor: i64,
}

/// What an organization promises; sums are never over currencies or periods, since nobody knows the rates.
pub(super) async fn totals(ctx: &Ctx, actor: &Actor, slug: String) -> Result<Vec<Total>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &actor, &slug)?;
            let mut sums: BTreeMap<(String, MoneyPeriod), [i64; 3]> = BTreeMap::new();
            for row in store::list_counting(conn, organization.id)? {
                let [planned, active, fulfilled] = sums.entry((row.currency, row.period)).or_default();
                let sum = match row.status {
                    MoneyStatus::Planned => planned,
                    MoneyStatus::Active => active,
                    MoneyStatus::Fulfilled => fulfilled,
                    MoneyStatus::Cancelled => continue,
                };
                *sum = sum.saturating_add(row.amount_minor);
            }
            let total = |((currency, period), [planned_minor, active_minor, fulfilled_minor]): (
                (String, MoneyPeriod),
                [i64; 3],
            )| Total { currency, period, planned_minor, active_minor, fulfilled_minor };
            Ok(sums.into_iter().map(total).collect())
        })
        .await
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &MoneyPledge,
    from: Option<MoneyStatus>,
    to: MoneyStatus,
    reason: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    let change = audit::Change {
        machine: "money_pledge",
        entity: row.id.into(),
        actor: Some(actor.account_id),
        from: from.map(MoneyStatus::as_str),
        to: to.as_str(),
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)
}
