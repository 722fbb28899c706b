//! Making proposals: a volunteer applies, a project invites, a round recommends.

use super::answer;
use super::notices;
use super::read::{ProposalCard, card};
use super::steps::{Mover, Scene};
use super::terms::{Terms, settle};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::needs;
use crate::features::projects;
use crate::features::proposals::model::{Capacity, Origin, Proposal, ProposalAction, ProposalStatus};
use crate::features::proposals::problems::{
    ALREADY_PROPOSED, COOLING_DOWN, NEED_NOT_OPEN, NO_PROFILE, NO_SEAT_LEFT, NOT_ELIGIBLE, PROJECT_FULL, TOO_MANY_OPEN,
};
use crate::features::proposals::{Hire, PROPOSAL_CHANGED, store};
use crate::features::volunteers::{self, ProfileVisibility};
use crate::infra::Ctx;
use crate::infra::db::{Among, Conn, feed};
use crate::kernel::{AccountId, Actor, Check, Error, Fault, Markdown, NeedId, RequestId, Result, RoundId, half_hours};
use chrono::TimeDelta;

/// Most applications of one person that wait for an answer.
const MOST_OPEN: i64 = 5;
/// After a no, the two don't meet for so long.
pub const COOL_DOWN: TimeDelta = TimeDelta::days(30);
/// So many characters say enough.
const LONGEST_MESSAGE: usize = 4_000;

/// An application as typed.
#[derive(Debug, Clone)]
pub(in crate::features::proposals) struct ApplyInput {
    pub terms: Terms,
    /// The need's hours when left out.
    pub hours_per_week: Option<f64>,
    pub message: String,
}

/// An invitation as typed.
#[derive(Debug, Clone)]
pub(in crate::features::proposals) struct InviteInput {
    /// The volunteer's handle.
    pub volunteer: String,
    pub hours_per_week: Option<f64>,
    pub message: String,
}

/// Hours between a half and the need's; nobody is asked for more than they want.
fn hours(check: &mut Check, given: Option<f64>, most: f64) -> Result<f64, crate::kernel::Failed> {
    check.value("/hours_per_week", half_hours(given.unwrap_or(most), 0.5_f64.min(most), most))
}

/// A volunteer applies; where the project has invited them, they meet. Tells also whether it is new.
pub(in crate::features::proposals) async fn apply(
    ctx: &Ctx,
    hire: Hire,
    actor: &Actor,
    need: NeedId,
    input: ApplyInput,
) -> Result<(ProposalCard, bool)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            needs::find_visible(conn, Some(&actor), need)?;
            require_verified(&actor)?;
            let scene = Scene::lock(conn, need)?;
            let mut check = Check::default();
            let hours_per_week = hours(&mut check, input.hours_per_week, scene.need.hours_per_week);
            let message = check.value("/message", Markdown::parse(&input.message, LONGEST_MESSAGE));
            check.done()?;
            let (hours_per_week, message) = (hours_per_week?, message?.into_string());
            let by = Some(actor.account_id);
            let mover = Mover { ctx: &inner, hire, scene: &scene, by, request_id: &actor.request_id };
            if let Some(met) = meet(conn, actor.account_id, &scene, true)? {
                let mut proposal = met;
                proposal.hours_per_week = hours_per_week;
                answer::volunteer_agrees(conn, &mover, &mut proposal, Some(input.terms))?;
                return Ok((card(conn, proposal)?, false));
            }
            require_window(&inner, &scene)?;
            require_fit(conn, &scene, actor.account_id, hours_per_week)?;
            require_room(conn, &scene, actor.account_id)?;
            require_no_decline(conn, &inner, &scene, actor.account_id)?;
            let mut proposal = draft(&inner, &scene, actor.account_id, Origin::Application, hours_per_week, message);
            settle(conn, &inner, &scene, &mut proposal, input.terms)?;
            proposal.volunteer_agreed_at = Some(inner.now());
            store::insert_proposal(conn, &proposal)?;
            mover.record(conn, &proposal, None)?;
            feed::note(conn, inner.ids(), PROPOSAL_CHANGED, proposal.account_id)?;
            mover.proceed(conn, &mut proposal)?;
            Ok((card(conn, proposal)?, true))
        })
        .await
}

/// A project invites a volunteer; where they have applied, the two meet. Tells also whether it is new.
pub(in crate::features::proposals) async fn invite(
    ctx: &Ctx,
    hire: Hire,
    actor: &Actor,
    need: NeedId,
    input: InviteInput,
) -> Result<(ProposalCard, bool)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (_, _, standing) = needs::find_visible(conn, Some(&actor), need)?;
            projects::policy::may_maintain(&standing).prove((), "need")?;
            require_verified(&actor)?;
            let scene = Scene::lock(conn, need)?;
            let mut check = Check::default();
            let volunteer = find_invited(conn, &actor, &input.volunteer)?;
            let volunteer = check.value("/volunteer", volunteer);
            let hours_per_week = hours(&mut check, input.hours_per_week, scene.need.hours_per_week);
            let message = check.value("/message", Markdown::parse(&input.message, LONGEST_MESSAGE));
            check.done()?;
            let (volunteer, hours_per_week, message) = (volunteer?, hours_per_week?, message?.into_string());
            let by = Some(actor.account_id);
            let mover = Mover { ctx: &inner, hire, scene: &scene, by, request_id: &actor.request_id };
            if let Some(met) = meet(conn, volunteer.id, &scene, false)? {
                let mut proposal = met;
                answer::project_agrees(conn, &mover, &mut proposal)?;
                return Ok((card(conn, proposal)?, false));
            }
            require_window(&inner, &scene)?;
            require_fit(conn, &scene, volunteer.id, 0.0)?;
            require_no_decline(conn, &inner, &scene, volunteer.id)?;
            if !needs::take_seat(conn, &inner, need)? {
                return Err(Error::new(&NO_SEAT_LEFT, "An invitation holds a seat, and every seat is taken."));
            }
            let draft = draft(&inner, &scene, volunteer.id, Origin::Invitation, hours_per_week, message);
            let proposal = Proposal { holds_seat: true, project_agreed_at: Some(inner.now()), ..draft };
            store::insert_proposal(conn, &proposal)?;
            mover.record(conn, &proposal, None)?;
            feed::note(conn, inner.ids(), PROPOSAL_CHANGED, proposal.account_id)?;
            notices::tell_turn(conn, &mover, &proposal)?;
            Ok((card(conn, proposal)?, true))
        })
        .await
}

/// Who can be invited: people whose profile the caller may see. That somebody hides is not told.
fn find_invited(conn: &mut Conn, actor: &Actor, handle: &str) -> Result<Result<Account, Fault>> {
    let unknown = || Fault::new("unknown_volunteer", format!("No volunteer is known here as {handle:?}."));
    let Some(account) = accounts::find_account_by_handle(conn, &handle.to_lowercase())? else {
        return Ok(Err(unknown()));
    };
    let profile = volunteers::find_profile(conn, account.id)?;
    let visible = |profile: volunteers::Profile| {
        profile.visibility != ProfileVisibility::Hidden && profile.suspended_at.is_none()
    };
    let shown =
        profile.is_some_and(visible) && account.status == AccountStatus::Active && account.email_verified_at.is_some();
    if !shown {
        return Ok(Err(unknown()));
    }
    if account.id == actor.account_id {
        return Ok(Err(Fault::new("oneself", "Nobody invites themself.")));
    }
    Ok(Ok(account))
}

/// Pairs that a round found, as recommendations: for both sides to say yes or no to. Returns whether one was made; people
/// who have a proposal with the need already, or said no lately, are left alone.
pub fn recommend_in(
    conn: &mut Conn,
    ctx: &Ctx,
    round: RoundId,
    (need, account, hours_per_week): (NeedId, AccountId, f64),
    request_id: &RequestId,
) -> Result<bool> {
    let scene = Scene::lock(conn, need)?;
    let mover = Mover { ctx, hire: super::nobody_hires, scene: &scene, by: None, request_id };
    if scene.require_open().is_err()
        || store::find_live(conn, need, account)?.is_some()
        || require_no_decline(conn, ctx, &scene, account).is_err()
        || require_fit(conn, &scene, account, 0.0).is_err()
    {
        return Ok(false);
    }
    let draft = draft(ctx, &scene, account, Origin::Recommendation, hours_per_week, String::new());
    let proposal = Proposal { round_id: Some(round), ..draft };
    store::insert_proposal(conn, &proposal)?;
    mover.record(conn, &proposal, None)?;
    feed::note(conn, ctx.ids(), PROPOSAL_CHANGED, account)?;
    notices::tell_turn(conn, &mover, &proposal)?;
    Ok(true)
}

/// A newer round is over the same hours: what an earlier one recommended and nobody has answered goes.
pub async fn supersede_recommendations(ctx: &Ctx, round: RoundId, request_id: &RequestId) -> Result<()> {
    for id in ctx.store().read(move |conn| store::list_unanswered(conn, round)).await? {
        let (inner, request_id) = (ctx.clone(), request_id.clone());
        ctx.store()
            .write(move |conn| {
                let (scene, mut older) = Scene::lock_with(conn, id)?;
                let answered = older.volunteer_agreed_at.is_some() || older.project_agreed_at.is_some();
                if older.status != ProposalStatus::Submitted || answered {
                    return Ok(());
                }
                let mover =
                    Mover { ctx: &inner, hire: super::nobody_hires, scene: &scene, by: None, request_id: &request_id };
                mover.step(conn, &mut older, ProposalAction::Supersede)
            })
            .await?;
    }
    Ok(())
}

fn draft(
    ctx: &Ctx,
    scene: &Scene,
    account: AccountId,
    origin: Origin,
    hours_per_week: f64,
    message: String,
) -> Proposal {
    use crate::features::proposals::calendar::clock;
    let now = ctx.now();
    let (due_at, remind_at) = clock(ProposalStatus::Submitted, now, scene.need.response_days);
    Proposal {
        id: ctx.ids().make(),
        need_id: scene.need.id,
        project_id: scene.project.id,
        account_id: account,
        origin,
        round_id: None,
        status: ProposalStatus::Submitted,
        capacity: Capacity::OwnTime,
        pledge_id: None,
        employer_id: None,
        hours_per_week,
        message,
        need_revision: scene.need.revision,
        holds_seat: false,
        volunteer_agreed_at: None,
        project_agreed_at: None,
        employer_agreed_at: None,
        employer_agreed_by: None,
        final_word: false,
        assignment_id: None,
        reason_code: None,
        reason: None,
        due_at,
        remind_at,
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The proposal of the two in which the other side waits for this one's yes; 409 when there is another live one.
fn meet(conn: &mut Conn, account: AccountId, scene: &Scene, by_volunteer: bool) -> Result<Option<Proposal>> {
    let Some(live) = store::find_live(conn, scene.need.id, account)? else { return Ok(None) };
    let proposal = store::lock_proposal(conn, live.id)?;
    let waits = if by_volunteer {
        proposal.status == ProposalStatus::Submitted && proposal.volunteer_agreed_at.is_none()
    } else {
        proposal.project_agreed_at.is_none()
            && matches!(proposal.status, ProposalStatus::Submitted | ProposalStatus::UnderReview)
    };
    if waits {
        return Ok(Some(proposal));
    }
    let detail = format!("It is {} already.", proposal.status);
    Err(Error::new(&ALREADY_PROPOSED, detail).with_extra("proposal", proposal.id.to_string()))
}

fn require_window(ctx: &Ctx, scene: &Scene) -> Result<()> {
    scene.require_open()?;
    let today = ctx.now().date_naive();
    match scene.need.apply_until.filter(|until| *until < today) {
        Some(until) => Err(Error::new(&NEED_NOT_OPEN, format!("Applications were taken until {until}."))),
        None => Ok(()),
    }
}

/// What can be told without asking anybody: a profile, the access that the person is willing to have, and that nobody helps
/// their own project.
fn require_fit(conn: &mut Conn, scene: &Scene, account: AccountId, hours_per_week: f64) -> Result<()> {
    let profile = volunteers::find_profile(conn, account)?;
    let profile = profile.ok_or_else(|| Error::new(&NO_PROFILE, "This person has not said what they offer."))?;
    let not = |detail: String| Err(Error::new(&NOT_ELIGIBLE, detail));
    if profile.suspended_at.is_some() {
        return not("A moderator has suspended this person's profile.".to_owned());
    }
    if projects::project_role(conn, scene.project.id, account)?.is_some() {
        return not("Who is with the project already needs no proposal to help it.".to_owned());
    }
    if profile.max_access_level < scene.need.access_level {
        return not(format!(
            "The work wants access L{}; the profile goes up to L{}.",
            scene.need.access_level, profile.max_access_level
        ));
    }
    if hours_per_week > profile.hours_per_week {
        return not(format!(
            "{hours_per_week} hours a week were offered; the profile says {}.",
            profile.hours_per_week
        ));
    }
    Ok(())
}

/// Neither the volunteer nor the project drowns in what waits.
fn require_room(conn: &mut Conn, scene: &Scene, account: AccountId) -> Result<()> {
    let open = store::count_open_of(conn, account)?;
    if open >= MOST_OPEN {
        let detail = format!("{open} of your applications wait for an answer; at most {MOST_OPEN} may.");
        return Err(Error::new(&TOO_MANY_OPEN, detail));
    }
    let (pending, most) =
        (store::count_pending(conn, scene.project.id)?, most_pending(scene.project.review_hours_per_week));
    if pending >= most {
        let detail =
            format!("{pending} applications wait for the project; by its review hours it takes at most {most}.");
        return Err(Error::new(&PROJECT_FULL, detail));
    }
    Ok(())
}

/// A look at an application takes about half an hour: so many fit into a week's review hours. Between 5 and 200.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "between 5 and 200 after clamping")]
fn most_pending(review_hours_per_week: f64) -> i64 {
    (review_hours_per_week * 2.0).clamp(5.0, 200.0) as i64
}

fn require_no_decline(conn: &mut Conn, ctx: &Ctx, scene: &Scene, account: AccountId) -> Result<()> {
    let declined = store::list_declined(conn, Among::Ids(&[account]), Some(ctx.now() - COOL_DOWN))?;
    let last = declined.iter().filter(|row| row.project_id == scene.project.id).filter_map(|row| row.at).max();
    match last {
        Some(at) => {
            let until = (at + COOL_DOWN).date_naive();
            Err(Error::new(
                &COOLING_DOWN,
                format!("A proposal was declined on {}; a new one is welcome after {until}.", at.date_naive()),
            ))
        }
        None => Ok(()),
    }
}
