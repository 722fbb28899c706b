//! Saying what is met.

use super::input::{Answer, AssessmentInput, check_all, check_one};
use super::read::{Card, RequirementCard, card, requirement_card};
use super::requirement;
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::baseline::level::{Reached, reached};
use crate::features::baseline::model::{Assessment, AssessmentSource, AssessmentStatus, Standing};
use crate::features::baseline::{catalog, store};
use crate::features::projects::{self, PROJECT_CHANGED, Project};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Allowed, IfMatch, RequestId, Result};
use std::collections::HashMap;

/// Answers one requirement.
pub(in crate::features::baseline) async fn assess(
    ctx: &Ctx,
    actor: &Actor,
    (slug, id): (String, String),
    if_match: IfMatch,
    input: AssessmentInput,
) -> Result<(RequirementCard, i64)> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let project = assessable(conn, &actor, &slug)?;
            let requirement = requirement(&id)?;
            let (version, answers) = standing_of(conn, &project)?;
            if_match.check(version)?;
            let answer = check_one(requirement.id, &input, inner.now().date_naive())?;
            let by = By::person(&actor);
            let version = by.put(conn, &inner, &project, &answers, vec![answer])?;
            Ok((requirement_card(conn, Some(&actor), &project, requirement)?, version))
        })
        .await
}

/// Answers all requirements anew: what is left out is unknown from then on.
pub(in crate::features::baseline) async fn assess_all(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    inputs: Vec<(String, AssessmentInput)>,
) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let project = assessable(conn, &actor, &slug)?;
            let (version, known) = standing_of(conn, &project)?;
            if_match.check(version)?;
            let today = inner.now().date_naive();
            let mut answers = check_all(&inputs, today)?;
            let left_out = known.values().filter(|row| row.status != AssessmentStatus::Unknown).filter_map(|row| {
                let id = catalog::find(&row.requirement)?.id;
                (!answers.iter().any(|answer| answer.requirement == id)).then_some(id)
            });
            let unknown = |requirement| Answer {
                requirement,
                status: AssessmentStatus::Unknown,
                evidence_url: None,
                note: None,
                assessed_on: today,
            };
            let left_out: Vec<Answer> = left_out.map(unknown).collect();
            answers.extend(left_out);
            By::person(&actor).put(conn, &inner, &project, &known, answers)?;
            card(conn, Some(&actor), &project)
        })
        .await
}

/// The project, locked, for somebody who may answer for it.
fn assessable(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Allowed<Project>> {
    let (project, standing) = projects::lock_visible(conn, actor, slug)?;
    let project = projects::policy::may_maintain(&standing).prove(project, "project")?;
    require_verified(actor)?;
    Ok(project)
}

/// The version of the project's standing, 0 before its first assessment, and what counts now.
pub(super) fn standing_of(conn: &mut Conn, project: &Project) -> Result<(i64, HashMap<String, Assessment>)> {
    let version = store::find_standing(conn, project.id)?.map_or(0, |row| row.version);
    let current = store::list_current(conn, project.id)?;
    Ok((version, current.into_iter().map(|(row, _)| (row.requirement.clone(), row)).collect()))
}

/// Who answers.
pub(super) struct By<'a> {
    pub account: Option<AccountId>,
    pub source: AssessmentSource,
    pub request_id: &'a RequestId,
}

impl<'a> By<'a> {
    fn person(actor: &'a Actor) -> Self {
        Self { account: Some(actor.account_id), source: AssessmentSource::Person, request_id: &actor.request_id }
    }

    /// Puts the answers that say something new in place, and works out where the project stands; gives the new version.
    pub(super) fn put(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        project: &Allowed<Project>,
        known: &HashMap<String, Assessment>,
        answers: Vec<Answer>,
    ) -> Result<i64> {
        let before = store::find_standing(conn, project.id)?;
        let version = before.as_ref().map_or(0, |row| row.version);
        let news = answers.into_iter().filter(|answer| is_news(known.get(answer.requirement), answer));
        let rows: Vec<Assessment> = news.map(|answer| self.row(ctx, project, answer)).collect();
        if rows.is_empty() {
            return Ok(version);
        }
        store::supersede(conn, project, &rows)?;
        let said = |id: &str| {
            let new = rows.iter().find(|row| row.requirement == id).map(|row| row.status);
            new.or_else(|| known.get(id).map(|row| row.status)).unwrap_or(AssessmentStatus::Unknown)
        };
        let Reached { level, met, applicable } = reached(said);
        let standing =
            Standing { project_id: project.id, level, met, applicable, version: version + 1, updated_at: ctx.now() };
        store::put_standing(conn, &standing)?;
        if before.as_ref().map(|row| row.level) != Some(level) {
            let reason: Vec<&str> = rows.iter().take(10).map(|row| row.requirement.as_str()).collect();
            let change = audit::Change {
                machine: "project_baseline",
                entity: project.id.into(),
                actor: self.account,
                from: before.map(|row| level_word(row.level)),
                to: level_word(level),
                reason: Some(&reason.join(" ")),
                request_id: self.request_id,
            };
            audit::record(conn, ctx, change)?;
        }
        feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)?;
        Ok(version + 1)
    }

    fn row(&self, ctx: &Ctx, project: &Project, answer: Answer) -> Assessment {
        Assessment {
            id: ctx.ids().make(),
            project_id: project.id,
            requirement: answer.requirement.to_owned(),
            status: answer.status,
            evidence_url: answer.evidence_url,
            note: answer.note,
            assessed_on: answer.assessed_on,
            source: self.source,
            assessed_by: self.account,
            is_current: true,
            asked_again_at: None,
            created_at: ctx.now(),
        }
    }
}

/// Whether the answer differs from what counts, or confirms what was asked for again.
fn is_news(known: Option<&Assessment>, answer: &Answer) -> bool {
    let Some(known) = known else { return answer.status != AssessmentStatus::Unknown };
    known.asked_again_at.is_some()
        || known.status != answer.status
        || known.evidence_url != answer.evidence_url
        || known.note != answer.note
        || known.assessed_on != answer.assessed_on
}

/// A level as events name it.
fn level_word(level: i16) -> &'static str {
    match level {
        1 => "level_1",
        2 => "level_2",
        3 => "level_3",
        _ => "level_0",
    }
}
