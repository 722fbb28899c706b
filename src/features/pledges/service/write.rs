//! Making and changing pledges.

use super::posting::{Posting, post};
use super::read::{PledgeCard, card, find_visible, organization, slugs};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::audit;
use crate::features::organizations::Organization;
use crate::features::pledges::input::{Asking, CheckedPledge, FocusInput, PledgeInput};
use crate::features::pledges::ledger::{EntryKind, minutes_from};
use crate::features::pledges::model::{Pledge, PledgeStatus};
use crate::features::pledges::problems::{ENDED, HOURS_GIVEN};
use crate::features::pledges::{PLEDGE_CHANGED, policy, store};
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::kernel::{
    AccountId, Actor, Allowed, Error, IfMatch, OrganizationId, PledgeId, ProjectId, RequestId, Result, Timestamp,
};

/// Makes a pledge as a draft.
pub(in crate::features::pledges) async fn create(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    input: PledgeInput,
) -> Result<PledgeCard> {
    let (probe, asking, now) = (slug.clone(), actor.clone(), ctx.now());
    let today = now.date_naive();
    let typed = input.clone();
    // Who may not do it learns that before what is wrong with the input, and neither takes a turn among the writers.
    ctx.store()
        .read(move |conn| {
            may_pledge(conn, &asking, &probe)?;
            require_verified(&asking)?;
            require_fresh_factor(&asking, now)?;
            typed.check(conn, Asking { actor: Some(&asking), named: &[] }, today).map(|_| ())
        })
        .await?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = may_pledge(conn, &actor, &slug)?.into_inner();
            let checked = input.check(conn, Asking { actor: Some(&actor), named: &[] }, today)?;
            let by = Some(actor.account_id);
            let pledge = insert(conn, &inner, organization.id, checked, by, &actor.request_id)?;
            card(conn, pledge, organization.slug)
        })
        .await
}

fn may_pledge(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Allowed<Organization>> {
    let (organization, standing) = organization(conn, actor, slug)?;
    // Others learn of a public organization here, and of nothing else.
    policy::may_list(standing.role, standing.coordinator).prove((), "organization")?;
    policy::may_manage(standing.role, standing.coordinator).prove(organization, "organization")
}

/// The same within a transaction at hand; the projects in the focus must be public.
pub fn create_in(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: OrganizationId,
    input: &PledgeInput,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Pledge> {
    let checked = input.check(conn, Asking { actor: None, named: &[] }, ctx.now().date_naive())?;
    insert(conn, ctx, organization, checked, by, request_id)
}

fn insert(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: OrganizationId,
    checked: CheckedPledge,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Pledge> {
    let pledge = row(ctx.ids().make(), organization, checked, ctx.now());
    store::insert_pledge(conn, &pledge)?;
    let change = audit::Change {
        machine: "pledge",
        entity: pledge.id.into(),
        actor: by,
        from: None,
        to: pledge.status.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), PLEDGE_CHANGED, pledge.id)?;
    Ok(pledge)
}

fn row(id: PledgeId, organization_id: OrganizationId, checked: CheckedPledge, now: Timestamp) -> Pledge {
    Pledge {
        id,
        organization_id,
        hours_per_week: checked.hours_per_week,
        starts_on: checked.starts_on,
        ends_on: checked.ends_on,
        approval: checked.approval,
        focus: Json(checked.focus),
        max_hours_per_person: checked.max_hours_per_person,
        on_call: checked.on_call,
        status: PledgeStatus::Draft,
        withdraws_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Changes a pledge: `edit` is laid over what is there, and the whole is checked anew. Where hours were granted already,
/// those of the days to come are adjusted.
pub(in crate::features::pledges) async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: PledgeId,
    if_match: IfMatch,
    edit: impl Fn(PledgeInput) -> PledgeInput + Send + 'static,
) -> Result<PledgeCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (_, organization, standing) = find_visible(conn, &actor, id)?;
            let pledge = store::lock_pledge(conn, id)?;
            let old = policy::may_manage(standing.role, standing.coordinator).prove(pledge, "pledge")?;
            require_verified(&actor)?;
            require_fresh_factor(&actor, inner.now())?;
            if_match.require(old.version)?;
            if old.status.is_ended() {
                return Err(Error::new(&ENDED, format!("This pledge is {}; it stays as it is.", old.status)));
            }
            let slugs = slugs(conn, std::iter::once(&*old))?;
            let named: Vec<(String, ProjectId)> = slugs.iter().map(|(id, slug)| (slug.clone(), *id)).collect();
            let today = inner.now().date_naive();
            let asking = Asking { actor: Some(&actor), named: &named };
            let checked = edit(input_of(&old, &named)).check(conn, asking, today)?;
            let new = row(id, old.organization_id, checked, inner.now());
            require_room(conn, &old, &new)?;
            store::replace_pledge(conn, &old, &new)?;
            let minutes = minutes_of(&new, today) - minutes_of(&old, today);
            let kept = store::get_pledge(conn, id)?;
            let kept = if old.status.is_running() && minutes != 0 {
                let note = Some("Hours or dates of the pledge changed.");
                let posting = Posting { kind: EntryKind::Adjust, minutes, reference: None, note };
                post(conn, &inner, &kept, posting, Some(actor.account_id), &actor.request_id)?
            } else {
                feed::note(conn, inner.ids(), PLEDGE_CHANGED, id)?;
                kept
            };
            card(conn, kept, organization.slug)
        })
        .await
}

/// Whoever is at work already keeps their hours.
fn require_room(conn: &mut Conn, old: &Pledge, new: &Pledge) -> Result<()> {
    let given = store::given_hours(conn, old.id)?;
    let (all, most) = (given.values().sum::<f64>(), given.values().copied().fold(0.0, f64::max));
    let detail = if new.hours_per_week < old.hours_per_week.min(all) {
        format!("Assignments take {all} hours a week; {} would be pledged.", new.hours_per_week)
    } else if new.max_hours_per_person < old.max_hours_per_person.min(most) {
        format!("One person's assignments take {most} hours a week; {} would be given.", new.max_hours_per_person)
    } else {
        return Ok(());
    };
    Err(Error::new(&HOURS_GIVEN, detail).with_extra("hours_given", all))
}

/// What a pledge grants from today on.
pub(super) fn minutes_of(pledge: &Pledge, today: chrono::NaiveDate) -> i64 {
    minutes_from(today, pledge.hours_per_week, pledge.starts_on, pledge.ends_on)
}

fn input_of(pledge: &Pledge, named: &[(String, ProjectId)]) -> PledgeInput {
    let focus = &pledge.focus.0;
    let slug = |id: &ProjectId| named.iter().find(|(_, known)| known == id).map(|(slug, _)| slug.clone());
    PledgeInput {
        hours_per_week: pledge.hours_per_week,
        starts_on: pledge.starts_on,
        ends_on: pledge.ends_on,
        approval: pledge.approval,
        focus: FocusInput {
            projects: focus.projects.iter().filter_map(slug).collect(),
            ecosystems: focus.ecosystems.clone(),
            kinds: focus.kinds.clone(),
            licenses: focus.licenses.clone(),
        },
        max_hours_per_person: Some(pledge.max_hours_per_person),
        on_call: pledge.on_call,
    }
}
