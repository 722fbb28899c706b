//! Giving feedback.

use super::read::{Said, said};
use crate::features::accounts::policy::require_verified;
use crate::features::assignments::{self, Assignment};
use crate::features::audit;
use crate::features::feedback::model::{ConfirmedSkill, Feedback, FeedbackSide};
use crate::features::feedback::problems::{ALREADY_GIVEN, NEVER_STARTED, NOT_ENDED, TOO_LATE};
use crate::features::feedback::{policy, store};
use crate::features::skills::known_skill;
use crate::features::volunteers::VOLUNTEER_CHANGED;
use crate::infra::Ctx;
use crate::infra::db::feed;
use crate::kernel::{Actor, AssignmentId, Check, Error, Failed, Markdown, Result, Timestamp};
use chrono::TimeDelta;

/// Feedback is given within so long after the end.
pub(super) const OPEN_FOR: TimeDelta = TimeDelta::days(90);
/// Skills that one assignment confirms, at most.
const MOST_SKILLS: usize = 12;

/// Feedback as typed.
#[derive(Debug, Clone)]
pub(in crate::features::feedback) struct FeedbackInput {
    pub(in crate::features::feedback) again: bool,
    pub(in crate::features::feedback) skills: Vec<String>,
    pub(in crate::features::feedback) text: Option<String>,
}

struct Checked {
    skills: Vec<String>,
    text: Option<String>,
}

impl FeedbackInput {
    fn check(&self, side: FeedbackSide) -> Result<Checked> {
        let mut check = Check::default();
        let text = check.optional("/text", self.text.as_deref().map(|text| Markdown::parse(text.trim(), 4_000)));
        let skills = if side == FeedbackSide::Volunteer && !self.skills.is_empty() {
            check.fault("/skills", "not_yours_to_say", "Skills are confirmed by the project that saw them at work.");
            Err(Failed)
        } else {
            check.each("/skills", &self.skills, MOST_SKILLS, |text| known_skill(text))
        };
        check.done()?;
        let mut skills = skills?;
        skills.sort_unstable();
        skills.dedup();
        let text = text?.map(Markdown::into_string).filter(|text| !text.is_empty());
        Ok(Checked { skills, text })
    }
}

fn require_open(row: &Assignment, now: Timestamp) -> Result<()> {
    let Some(ended_at) = row.ended_at else {
        return Err(Error::new(&NOT_ENDED, format!("The assignment is {}.", row.status)));
    };
    if row.started_at.is_none() {
        return Err(Error::new(&NEVER_STARTED, "The assignment ended before it began."));
    }
    if now > ended_at + OPEN_FOR {
        return Err(Error::new(&TOO_LATE, format!("The assignment ended at {ended_at}.")));
    }
    Ok(())
}

/// Gives one side's feedback. The skills that a project confirms are evidence in matching from then on.
pub(in crate::features::feedback) async fn give(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    input: FeedbackInput,
) -> Result<Said> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (seen, _, standing) = assignments::find_visible(conn, &actor, id)?;
            policy::may_give(&standing).prove((), "assignment")?;
            require_verified(&actor)?;
            let side = policy::side_of(&standing).ok_or_else(|| Error::not_found("assignment"))?;
            let row = assignments::lock_assignment(conn, seen.id)?;
            require_open(&row, ctx.now())?;
            let checked = input.check(side)?;
            if store::list_feedback(conn, id)?.iter().any(|given| given.side == side) {
                return Err(Error::new(&ALREADY_GIVEN, format!("The {side} has said how it was.")));
            }
            let feedback = Feedback {
                id: ctx.ids().make(),
                assignment_id: id,
                side,
                account_id: actor.account_id,
                again: input.again,
                text: checked.text,
                created_at: ctx.now(),
            };
            let on = ctx.now().date_naive();
            let skill =
                |skill| ConfirmedSkill { assignment_id: id, skill, account_id: row.account_id, confirmed_on: on };
            let skills: Vec<ConfirmedSkill> = checked.skills.into_iter().map(skill).collect();
            store::insert_feedback(conn, &feedback, &skills)?;
            let change = audit::Change {
                machine: "feedback",
                entity: feedback.id.into(),
                actor: Some(actor.account_id),
                from: None,
                to: side.as_str(),
                reason: None,
                request_id: &actor.request_id,
            };
            audit::record(conn, &ctx, change)?;
            if !skills.is_empty() {
                feed::note(conn, ctx.ids(), VOLUNTEER_CHANGED, row.account_id)?;
            }
            said(conn, &ctx, &row, Some(side), false)
        })
        .await
}
