//! Facts for profiles: they fade, and nothing is made of them beyond what they are.

use crate::features::accounts::{self, AccountStatus};
use crate::features::feedback::answers::{self, Answer};
use crate::features::feedback::fading::{FORGOTTEN_AFTER, median, share};
use crate::features::feedback::store::{self, Asked};
use crate::features::projects;
use crate::features::volunteers::{self, ProfileVisibility};
use crate::infra::Ctx;
use crate::infra::db::Among;
use crate::kernel::{Caller, Error, Result, Timestamp};
use chrono::NaiveDate;

/// What is remembered of a volunteer.
#[derive(Debug)]
pub(in crate::features::feedback) struct VolunteerRecord {
    /// How many leases ended that say something.
    pub(in crate::features::feedback) leases: usize,
    /// The share of them that was kept, by weight.
    pub(in crate::features::feedback) kept: Option<f64>,
    /// How the person answered invitations and recommendations.
    pub(in crate::features::feedback) invitations: Answers,
    /// Skills seen at work, and when last.
    pub(in crate::features::feedback) skills: Vec<(String, NaiveDate)>,
}

/// What is remembered of a project.
#[derive(Debug)]
pub(in crate::features::feedback) struct ProjectRecord {
    /// How it answered applications.
    pub(in crate::features::feedback) applications: Answers,
    /// How it answered for logged hours.
    pub(in crate::features::feedback) hours: Answers,
}

/// How somebody answers.
#[derive(Debug)]
pub(in crate::features::feedback) struct Answers {
    /// How often they were asked.
    pub(in crate::features::feedback) asked: usize,
    /// The share that was answered in time, by weight.
    pub(in crate::features::feedback) in_time: Option<f64>,
    /// Hours until an answer, the middle one by weight.
    pub(in crate::features::feedback) hours: Option<f64>,
}

impl Answers {
    fn of(answers: &[Answer], now: Timestamp) -> Self {
        let facts: Vec<_> = answers.iter().map(|one| (now - one.asked_at, one.answered_at.is_some())).collect();
        let hours = answers.iter().filter_map(|one| {
            let minutes = i32::try_from((one.answered_at? - one.asked_at).num_minutes()).unwrap_or(i32::MAX);
            Some((now - one.asked_at, f64::from(minutes) / 60.0))
        });
        Self { asked: facts.len(), in_time: share(&facts), hours: median(hours.collect()) }
    }
}

/// What is remembered of the person with this handle; seen by whoever sees the profile.
pub(in crate::features::feedback) async fn of_volunteer(
    ctx: &Ctx,
    caller: &Caller,
    handle: String,
) -> Result<VolunteerRecord> {
    let (ctx, reader) = (ctx.clone(), caller.actor.as_ref().map(|actor| actor.account_id));
    let store = ctx.store().clone();
    store
        .read(move |conn| {
            let hidden = || Error::not_found("volunteer");
            let account = accounts::find_account_by_handle(conn, &handle)?.ok_or_else(hidden)?;
            let profile = volunteers::find_profile(conn, account.id)?.ok_or_else(hidden)?;
            let shown = match profile.visibility {
                ProfileVisibility::Public => true,
                ProfileVisibility::Members => reader.is_some(),
                ProfileVisibility::Hidden => reader == Some(account.id),
            };
            if !shown || account.status != AccountStatus::Active {
                return Err(hidden());
            }
            let now = ctx.now();
            let leases = store::list_leases(conn, account.id, now - FORGOTTEN_AFTER)?;
            let facts: Vec<_> = leases.iter().map(|(at, kept)| (now - *at, *kept)).collect();
            let mut confirmed = store::list_confirmed_skills(conn, Among::Ids(&[account.id]))?;
            let mut skills: Vec<_> = confirmed.remove(&account.id).unwrap_or_default().into_iter().collect();
            skills.sort_by(|(a, first), (b, second)| second.cmp(first).then_with(|| a.cmp(b)));
            let asked = store::list_proposals(conn, Asked::Volunteer(account.id), now - FORGOTTEN_AFTER)?;
            let asked: Vec<Answer> = asked.iter().filter_map(answers::of_volunteer).collect();
            let invitations = Answers::of(&asked, now);
            Ok(VolunteerRecord { leases: facts.len(), kept: share(&facts), invitations, skills })
        })
        .await
}

/// What is remembered of a project; seen by whoever sees the project.
pub(in crate::features::feedback) async fn of_project(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
) -> Result<ProjectRecord> {
    let (ctx, actor) = (ctx.clone(), caller.actor.clone());
    let store = ctx.store().clone();
    store
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            let now = ctx.now();
            let asked = store::list_proposals(conn, Asked::Project(project.id), now - FORGOTTEN_AFTER)?;
            let asked: Vec<Answer> = asked.iter().filter_map(answers::of_project).collect();
            let hours = store::list_answers(conn, project.id, now - FORGOTTEN_AFTER)?;
            Ok(ProjectRecord { applications: Answers::of(&asked, now), hours: Answers::of(&hours, now) })
        })
        .await
}
