//! Whose hours are offered, out of which pledge, and whether the employer has to be asked.

use super::steps::Scene;
use crate::features::organizations;
use crate::features::pledges::{self, Pledge};
use crate::features::projects;
use crate::features::proposals::model::{Capacity, Proposal};
use crate::features::proposals::problems::{EMPLOYER_RULES, NO_PLEDGE};
use crate::features::proposals::terms::{Objection, Use};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Error, Kind, PledgeId, Result};
use serde_json::json;

/// What a volunteer offers.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::proposals) struct Terms {
    /// Whose hours they are.
    pub capacity: Capacity,
    /// Out of which pledge; chosen among the employer's when left out.
    pub pledge: Option<PledgeId>,
}

/// Writes the terms into the proposal, once nothing of the employer's rules stands against them. Who need not be asked has
/// agreed.
pub(super) fn settle(conn: &mut Conn, ctx: &Ctx, scene: &Scene, proposal: &mut Proposal, terms: Terms) -> Result<()> {
    let same = terms.capacity == proposal.capacity && (terms.pledge.is_none() || terms.pledge == proposal.pledge_id);
    if same && proposal.volunteer_agreed_at.is_some() {
        return Ok(());
    }
    proposal.capacity = terms.capacity;
    (proposal.pledge_id, proposal.employer_id) = (None, None);
    (proposal.employer_agreed_at, proposal.employer_agreed_by) = (None, None);
    if terms.capacity == Capacity::OwnTime {
        if terms.pledge.is_some() {
            return Err(Error::field("/pledge", "not_employer_time", "Own time comes out of no pledge: leave it out."));
        }
        return Ok(());
    }
    let (pledge, asks) = choose(conn, ctx, scene, proposal, terms.pledge)?;
    (proposal.pledge_id, proposal.employer_id) = (Some(pledge.id), Some(pledge.organization_id));
    proposal.employer_agreed_at = (!asks).then(|| ctx.now());
    Ok(())
}

/// The pledge that was named, or the first of the employer's that allows it, and whether somebody has to approve.
fn choose(
    conn: &mut Conn,
    ctx: &Ctx,
    scene: &Scene,
    proposal: &Proposal,
    named: Option<PledgeId>,
) -> Result<(Pledge, bool)> {
    let candidates = match named {
        Some(id) => vec![find_named(conn, proposal.account_id, id)?],
        None => match organizations::employer_of(conn, proposal.account_id)? {
            Some(employer) => pledges::active_pledges_of(conn, employer.id, ctx.now().date_naive())?,
            None => return Err(Error::new(&NO_PLEDGE, "You belong to no organization.")),
        },
    };
    let packages = projects::list_project_packages(conn, &[scene.project.id])?;
    let ecosystems: Vec<String> = packages.into_values().flatten().map(|package| package.ecosystem).collect();
    let mut first: Option<Vec<Objection>> = None;
    for pledge in candidates {
        let policy = organizations::find_policy(conn, pledge.organization_id)?;
        let balance = pledges::list_balances(conn, &[pledge.id])?.remove(&pledge.id);
        let used = Use {
            pledge: &pledge,
            balance,
            policy: policy.as_ref(),
            project: &scene.project,
            ecosystems: &ecosystems,
            need: &scene.need,
            hours_per_week: proposal.hours_per_week,
            today: ctx.now().date_naive(),
        };
        let (objections, asks) = (used.objections(), used.asks());
        if objections.is_empty() {
            return Ok((pledge, asks));
        }
        first.get_or_insert(objections);
    }
    let Some(objections) = first else {
        return Err(Error::new(&NO_PLEDGE, "Your organization has no active pledge for these days."));
    };
    let texts: Vec<&str> = objections.iter().map(|objection| objection.text.as_str()).collect();
    let listed: Vec<_> =
        objections.iter().map(|objection| json!({"code": objection.code, "text": objection.text})).collect();
    Err(Error::new(&EMPLOYER_RULES, texts.join(" ")).with_extra("objections", listed))
}

/// A pledge that the volunteer may name: one of an organization that they belong to.
fn find_named(conn: &mut Conn, account: AccountId, id: PledgeId) -> Result<Pledge> {
    let unknown = || Error::field("/pledge", "unknown_pledge", "None of your organizations has this pledge.");
    let pledge = match pledges::get_pledge(conn, id) {
        Err(error) if error.kind() == Kind::NotFound => return Err(unknown()),
        found => found?,
    };
    match organizations::role_in(conn, pledge.organization_id, account)? {
        Some(_) => Ok(pledge),
        None => Err(unknown()),
    }
}
