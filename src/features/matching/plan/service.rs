//! The plan of a pledge, for who manages it.

use super::capped::{self, Capped};
use crate::features::accounts::{self, Account};
use crate::features::assignments;
use crate::features::matching::board::Board;
use crate::features::matching::load;
use crate::features::matching::rounds::{Aim, Inputs, Pairing};
use crate::features::matching::score::{NeedFacts, Reader, Reason};
use crate::features::matching::{Matcher, problems::NOT_RUNNING};
use crate::features::needs::{self, Need};
use crate::features::organizations;
use crate::features::pledges::{self, Pledge};
use crate::features::projects::Project;
use crate::features::volunteers;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, License, NeedId, PledgeId, Result};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Somebody's hours on a need, with why.
#[derive(Debug)]
pub(super) struct PlannedPair {
    pub pairing: Pairing,
    pub reasons: Vec<Reason>,
    pub need: Need,
    pub project: Project,
    pub volunteer: Account,
}

/// The best use of a pledge's free hours.
#[derive(Debug)]
pub(super) struct PledgePlan {
    pub pledge: PledgeId,
    /// Hours a week that are free.
    pub hours: f64,
    pub people: usize,
    pub pairs: Vec<PlannedPair>,
    pub value: f64,
    pub bound: f64,
    pub gap: f64,
}

/// The pledge and who could use its hours.
struct Company {
    pledge: Pledge,
    /// Hours a week that no live assignment takes.
    hours: f64,
    /// Its people who say what they offer, other than in hiding.
    people: HashSet<AccountId>,
}

/// The plan of this pledge.
pub(super) async fn plan(ctx: &Ctx, matcher: &Matcher, actor: &Actor, id: PledgeId) -> Result<PledgePlan> {
    let actor = actor.clone();
    let company = Arc::new(ctx.store().read(move |conn| company(conn, &actor, id)).await?);
    matcher.refresh(ctx).await?;
    let asked = company.clone();
    let inputs = Arc::new(matcher.look(move |board| freeze(board, &asked)).await?);
    let (given, limit) = (inputs.clone(), company.hours);
    let solved = spawn_blocking(move || capped::plan(&given, limit)).await.map_err(Error::internal)?;
    let solved = solved.map_err(|flaw| Error::internal(flaw.to_string()))?;
    let pairings = solved.pairings.clone();
    let told = matcher.look(move |board| explain(board, pairings)).await?;
    let (pledge, hours, people) = (company.pledge.id, company.hours, inputs.offers.len());
    let Capped { value, bound, .. } = solved;
    let gap = solved.gap();
    let pairs = ctx.store().read(move |conn| named(conn, told)).await?;
    Ok(PledgePlan { pledge, hours, people, pairs, value, bound, gap })
}

fn company(conn: &mut Conn, actor: &Actor, id: PledgeId) -> Result<Company> {
    let pledge = pledges::get_pledge(conn, id)?;
    let role = organizations::role_in(conn, pledge.organization_id, actor.account_id)?;
    // A coordinator sees the pledge, but not what its organization depends on.
    let pledge = pledges::policy::may_manage(role, false).prove(pledge, "pledge")?.into_inner();
    if !pledge.status.is_running() {
        return Err(Error::new(&NOT_RUNNING, format!("The pledge is {}.", pledge.status)));
    }
    let taken = assignments::hours_of_pledge(conn, pledge.id)?;
    let members = organizations::list_member_ids(conn, pledge.organization_id)?;
    let profiles = volunteers::list_profiles_by_id(conn, &members)?;
    let accounts = accounts::list_accounts(conn, &members)?;
    let accounts: HashMap<AccountId, Account> = accounts.into_iter().map(|account| (account.id, account)).collect();
    let shown = profiles
        .into_iter()
        .filter(|profile| accounts.get(&profile.account_id).is_some_and(|account| load::is_shown(profile, account)));
    let people = shown.map(|profile| profile.account_id).collect();
    Ok(Company { hours: (pledge.hours_per_week - taken).max(0.0), pledge, people })
}

/// Its people, with at most what the pledge gives each of them, and the needs that it may be used for.
fn freeze(board: &Board, company: &Company) -> Inputs {
    let most = company.pledge.max_hours_per_person;
    let mut inputs = Inputs::freeze_some(
        board,
        Aim::TOTAL,
        |person| company.people.contains(&person.account),
        |need| in_focus(need, &company.pledge),
    );
    for offer in &mut inputs.offers {
        offer.hours = offer.hours.min(most);
    }
    inputs
}

fn in_focus(need: &NeedFacts, pledge: &Pledge) -> bool {
    let focus = &pledge.focus.0;
    let licenses: Vec<String> = focus.licenses.iter().map(|id| id.to_lowercase()).collect();
    let allowed = || need.license.as_deref().is_some_and(|text| License::parse(text).is_allowed(&licenses));
    (focus.projects.is_empty() || focus.projects.contains(&need.project.id))
        && (focus.kinds.is_empty() || need.kind.is_some_and(|kind| focus.kinds.contains(&kind)))
        && (focus.ecosystems.is_empty() || focus.ecosystems.iter().any(|one| need.ecosystems.contains(one)))
        && (licenses.is_empty() || allowed())
}

fn explain(board: &Board, pairings: Vec<Pairing>) -> Vec<(Pairing, Vec<Reason>)> {
    let reasons = |pairing: &Pairing| {
        let (need, person) = (board.need(pairing.need)?, board.volunteer(pairing.volunteer)?);
        Some(board.explain(need, person, Reader::Volunteer).matching.reasons)
    };
    pairings.into_iter().map(|pairing| (pairing.clone(), reasons(&pairing).unwrap_or_default())).collect()
}

fn named(conn: &mut Conn, told: Vec<(Pairing, Vec<Reason>)>) -> Result<Vec<PlannedPair>> {
    let wanted: Vec<NeedId> = told.iter().map(|(pairing, _)| pairing.need).collect();
    let people: Vec<AccountId> = told.iter().map(|(pairing, _)| pairing.volunteer).collect();
    let needs: HashMap<NeedId, (Need, Project)> =
        needs::list_needs_by_id(conn, &wanted)?.into_iter().map(|row| (row.0.id, row)).collect();
    let people: HashMap<AccountId, Account> =
        accounts::list_accounts(conn, &people)?.into_iter().map(|row| (row.id, row)).collect();
    let pair = |(pairing, reasons): (Pairing, Vec<Reason>)| {
        let (need, project) = needs.get(&pairing.need)?.clone();
        let volunteer = people.get(&pairing.volunteer)?.clone();
        Some(PlannedPair { pairing, reasons, need, project, volunteer })
    };
    Ok(told.into_iter().filter_map(pair).collect())
}
