//! Proof of ownership: asked for, looked for, and lapsing.

use super::By;
use super::claims::{claim_of, open_dispute, settle};
use super::transitions::{leads, step};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, AccountStatus};
use crate::features::audit;
use crate::features::projects::letters::Notice;
use crate::features::projects::model::{
    AttemptOutcome, Claim, Leads, Project, ProjectAction, ProjectChanges, ProjectRole, ProjectStatus, ProofMethod,
};
use crate::features::projects::problems::{
    CHECKED_JUST_NOW, CLAIM_FIRST, DISPUTED, PROOF_NOT_FOUND, PROOF_SPENT, TRANSITION_REFUSED,
};
use crate::features::projects::proof::{self, Attempt, Place};
use crate::features::projects::{find_visible, lock_visible, policy, store};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::problems::STALE;
use crate::kernel::{AccountId, Actor, Allowed, Decision, Error, ProjectId, RequestId, Result, Timestamp};
use chrono::TimeDelta;
use futures_util::future::join_all;

/// The least time between two looks for one proof: each asks several servers.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// Where a caller's proof stands.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct ProofCard {
    pub claim: Option<Claim>,
    /// Since when the caller is known to lead the project.
    pub verified_at: Option<Timestamp>,
    pub disputed: bool,
    pub places: Vec<Place>,
}

fn proof_card(conn: &mut Conn, ctx: &Ctx, project: &Project, account_id: AccountId) -> Result<ProofCard> {
    let place = store::find_maintainer(conn, project.id, account_id)?;
    let lead = place.filter(|row| row.role == ProjectRole::Lead);
    Ok(ProofCard {
        claim: store::find_claim(conn, project.id, account_id)?,
        verified_at: lead.and_then(|row| row.verified_at),
        disputed: store::find_open_dispute(conn, project.id)?.is_some(),
        places: places(ctx, project),
    })
}

fn places(ctx: &Ctx, project: &Project) -> Vec<Place> {
    let settings = ctx.settings();
    let homepage = project.homepage_url.as_deref();
    let (forges, http) = (&settings.projects.forges, settings.fetch.allow_http);
    proof::places(&project.repository_url, homepage, project.source, forges, http)
}

/// Where the caller's proof stands.
pub(in crate::features::projects) async fn get_proof(ctx: &Ctx, actor: &Actor, slug: String) -> Result<ProofCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .read(move |conn| {
            let (project, _) = find_visible(conn, Some(&actor), &slug)?;
            proof_card(conn, &inner, &project, actor.account_id)
        })
        .await
}

fn require_provable(project: &Project, standing: &policy::Standing) -> Result<()> {
    if standing.frozen {
        let detail = "Two people say that this project is theirs; a moderator decides.";
        return Err(Error::new(&DISPUTED, detail));
    }
    match project.status {
        ProjectStatus::ClaimPending | ProjectStatus::Listed | ProjectStatus::Dormant => Ok(()),
        ProjectStatus::Unclaimed => {
            Err(Error::new(&CLAIM_FIRST, "Nobody has claimed this project; say that it is yours first."))
        }
        status => {
            let detail = format!("A project that is {status} takes no proof of ownership.");
            Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(Vec::new()))
        }
    }
}

/// Asks for a proof: the token that the caller has to put up. One that was found already is spent, and a new one takes its
/// place: an old one proves only that nobody took it away. True when the token is new.
pub(in crate::features::projects) async fn ask_for_proof(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
) -> Result<(ProofCard, bool)> {
    require_verified(actor)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = policy::may_see(&standing).prove(project, "project")?;
            require_provable(&project, &standing)?;
            let known = store::find_claim(conn, project.id, actor.account_id)?;
            if known.is_none() && standing.role.is_none() {
                return Err(Error::new(&CLAIM_FIRST, "You have not said that this project is yours."));
            }
            let fresh = known.as_ref().is_none_or(|claim| claim.proven_at.is_some());
            let mut claim = claim_of(conn, &inner, &project, actor.account_id)?;
            if claim.proven_at.is_some() {
                claim.token = proof::token(inner.entropy());
                (claim.proven_at, claim.method, claim.evidence) = (None, None, None);
                store::update_claim(conn, &claim)?;
            }
            Ok((proof_card(conn, &inner, &project, actor.account_id)?, fresh))
        })
        .await
}

/// What a look for the proof gave.
#[derive(Debug, Clone)]
pub(in crate::features::projects) struct CheckCard {
    pub status: ProjectStatus,
    pub disputed: bool,
    pub method: ProofMethod,
    pub evidence: String,
    pub attempts: Vec<Attempt>,
}

/// Looks for the caller's proof in every place where it may stand. Nothing is fetched within a transaction.
pub(in crate::features::projects) async fn check_proof(ctx: &Ctx, actor: &Actor, slug: String) -> Result<CheckCard> {
    require_verified(actor)?;
    let (project, claim) = begin(ctx, actor, slug.clone()).await?;
    let wanted = proof::line(&claim.token);
    let looks = places(ctx, &project).into_iter().map(|place| look(ctx, place, &wanted));
    let attempts = join_all(looks).await;
    let Some(found) = attempts.iter().find(|attempt| attempt.outcome == AttemptOutcome::Found).cloned() else {
        let detail = match attempts.len() {
            0 => format!(
                "The repository {} is at no forge that is known here, and the project has no site that counts; ask a coordinator.",
                project.repository_url
            ),
            n => format!("None of {n} places holds the line {wanted:?}; `attempts` says what each of them gave."),
        };
        let told: Vec<serde_json::Value> = attempts.iter().map(told).collect();
        return Err(Error::new(&PROOF_NOT_FOUND, detail).with_extra("attempts", told));
    };
    let (inner, actor, place) = (ctx.clone(), actor.clone(), found.place.clone());
    let (status, disputed) =
        ctx.store().write(move |conn| accept(conn, &inner, &actor, &slug, (&project, &claim), &place)).await?;
    let (method, evidence) = (found.place.method, found.place.address);
    Ok(CheckCard { status, disputed, method, evidence, attempts })
}

/// The same members as in an answer that went well.
fn told(attempt: &Attempt) -> serde_json::Value {
    serde_json::json!({
        "method": attempt.place.method.as_str(), "address": attempt.place.address,
        "outcome": attempt.outcome.as_str(), "detail": attempt.detail,
    })
}

async fn begin(ctx: &Ctx, actor: &Actor, slug: String) -> Result<(Project, Claim)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            require_provable(&project, &standing)?;
            let found = store::find_claim(conn, project.id, actor.account_id)?;
            let mut claim =
                found.ok_or_else(|| Error::new(&CLAIM_FIRST, "You have not asked for a proof of this project."))?;
            if claim.proven_at.is_some() {
                return Err(Error::new(&PROOF_SPENT, "This token was found already, and holds no second time."));
            }
            let now = inner.now();
            let next = claim.checked_at.map(|last| last + PAUSE).filter(|next| *next > now);
            if next.is_some() {
                let detail = "The places were looked at a moment ago.";
                return Err(Error::new(&CHECKED_JUST_NOW, detail).retry_after(PAUSE.num_seconds().unsigned_abs()));
            }
            claim.checked_at = Some(now);
            store::update_claim(conn, &claim)?;
            Ok((project, claim))
        })
        .await
}

async fn look(ctx: &Ctx, place: Place, wanted: &str) -> Attempt {
    if place.method == ProofMethod::Dns {
        return match ctx.dns().text_records(&place.address).await {
            Ok(records) => Attempt::of_records(place, &records, wanted),
            Err(why) => Attempt::failed(place, why),
        };
    }
    match ctx.fetcher().get(&place.address).await {
        Ok(answer) => Attempt::of_file(place, answer.status, &answer.text(), wanted),
        Err(why) => Attempt::failed(place, why),
    }
}

/// Takes a proof that was found, if it is still about the same project, place and token.
fn accept(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    slug: &str,
    (seen, proven): (&Project, &Claim),
    place: &Place,
) -> Result<(ProjectStatus, bool)> {
    let (project, standing) = lock_visible(conn, actor, slug)?;
    let project = policy::may_see(&standing).prove(project, "project")?;
    require_provable(&project, &standing)?;
    let claim = store::find_claim(conn, project.id, actor.account_id)?;
    let claim = claim.filter(|claim| claim.token == proven.token && claim.proven_at.is_none());
    let same = project.repository_url == seen.repository_url
        && project.homepage_url == seen.homepage_url
        && project.source == seen.source;
    let Some(mut claim) = claim.filter(|_| same) else {
        return Err(Error::new(&STALE, "The project or the token changed while the places were looked at."));
    };
    let now = ctx.now();
    claim.proven_at = Some(now);
    claim.method = Some(place.method);
    claim.evidence = Some(place.address.clone());
    let led = leads(&store::list_maintainers(conn, project.id)?) == Leads::Verified;
    let disputed = standing.role.is_none() && led;
    claim.disputing = disputed;
    store::update_claim(conn, &claim)?;
    if disputed {
        // Two people can prove it: which of them is wrong is not for a program to say.
        open_dispute(conn, ctx, &project, actor)?;
    } else {
        store::put_lead(conn, &project, actor.account_id, now)?;
        let change = audit::Change {
            machine: "project_maintainer",
            entity: project.id.into(),
            actor: Some(actor.account_id),
            from: standing.role.map(ProjectRole::as_str),
            to: "verified",
            reason: Some(&place.address),
            request_id: &actor.request_id,
        };
        audit::record(conn, ctx, change)?;
        settle(conn, ctx, &project, Some("ownership_proven"), actor)?;
    }
    Ok((store::get_project(conn, project.id)?.status, disputed))
}

/// Leads whose proof is a year old are leads in waiting again, some at a time; without a verified one a project is dormant.
/// Returns how many lapsed.
pub async fn lapse_verifications(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let (inner, before) = (ctx.clone(), ctx.now() - proof::HOLDS);
    ctx.store()
        .write(move |conn| {
            let due = store::list_leads_verified_before(conn, before, 100)?;
            for (project_id, account_id) in &due {
                lapse(conn, &inner, *project_id, *account_id, &request_id)?;
            }
            Ok(due.len())
        })
        .await
}

fn lapse(
    conn: &mut Conn,
    ctx: &Ctx,
    project_id: ProjectId,
    account_id: AccountId,
    request_id: &RequestId,
) -> Result<()> {
    let project = store::lock_project(conn, project_id)?;
    let project: Allowed<Project> = Decision::Allow.prove(project, "project")?;
    store::unverify_lead(conn, &project, account_id)?;
    let change = audit::Change {
        machine: "project_maintainer",
        entity: project_id.into(),
        actor: None,
        from: Some("verified"),
        to: "lapsed",
        reason: Some("verification_expired"),
        request_id,
    };
    audit::record(conn, ctx, change)?;
    let left = leads(&store::list_maintainers(conn, project_id)?);
    if project.status == ProjectStatus::Listed && left < Leads::Verified {
        let by = By { account: None, request_id };
        let reason = Some("verification_expired");
        step(conn, ctx, &project, ProjectAction::Lapse, ProjectChanges::default(), reason, by)?;
    }
    Ok(())
}

/// How long before a proof lapses its lead is reminded, and how many reminders that makes.
const REMINDERS: [(TimeDelta, i16); 2] = [(TimeDelta::days(7), 2), (TimeDelta::days(30), 1)];

/// Reminds leads of listed projects a month and a week before their proof lapses, some at a time; returns how many. Safe to
/// repeat, and for several nodes at once.
pub async fn remind_of_proofs(ctx: &Ctx) -> Result<usize> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let mut reminded = 0;
            for (ahead, count) in REMINDERS {
                let before = inner.now() - (proof::HOLDS - ahead);
                for (project_id, account_id) in store::list_unreminded(conn, before, count, 100)? {
                    let project = store::lock_project(conn, project_id)?;
                    let known = store::find_maintainer(conn, project_id, account_id)?.and_then(|row| row.verified_at);
                    let Some(verified_at) = known.filter(|at| *at < before) else { continue };
                    if !store::note_reminder(conn, project_id, account_id, count)? {
                        continue;
                    }
                    let lead = accounts::get_account(conn, account_id)?;
                    if lead.status == AccountStatus::Active {
                        let notice = Notice::Lapsing(proof::expires_at(verified_at));
                        outbox::post(conn, &inner, &notice.letter(&inner, &project, &lead)?)?;
                        reminded += 1;
                    }
                }
            }
            Ok(reminded)
        })
        .await
}
