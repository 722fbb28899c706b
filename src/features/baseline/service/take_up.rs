//! What documents from elsewhere say, taken over where no person has spoken.

use super::assess::{By, standing_of};
use super::input::Answer;
use crate::features::baseline::evidence::{Claim, by_insights, by_scorecard};
use crate::features::baseline::model::{Assessment, AssessmentSource, AssessmentStatus};
use crate::features::projects::{self, Project, ProjectStatus, Statement, StatementKind};
use crate::infra::Ctx;
use crate::kernel::{Decision, Error, RequestId, Result, StatementId};
use serde_json::Value;
use std::collections::HashMap;

/// Answers what a new document says of requirements: the job [`projects::STATEMENT_TAKEN`].
pub async fn take_up(ctx: Ctx, payload: Value) -> Result<()> {
    let id = payload.get("statement_id").cloned().unwrap_or_default();
    let id: StatementId = serde_json::from_value(id).map_err(Error::internal)?;
    let (inner, request_id) = (ctx.clone(), RequestId::new(ctx.ids().make()));
    ctx.store()
        .write(move |conn| {
            let Some(seen) = projects::find_statement(conn, id)? else { return Ok(()) };
            let project = projects::lock_project(conn, seen.project_id)?;
            // Read again under the lock: a later document may have taken its place.
            let Some(statement) = projects::find_statement(conn, id)?.filter(|row| row.is_current) else {
                return Ok(());
            };
            if project.status == ProjectStatus::OptedOut {
                return Ok(());
            }
            let claims = claims(&project, &statement)?;
            let (_, known) = standing_of(conn, &project)?;
            let answers = answers(claims, &statement, &known);
            let source = source(statement.kind);
            let by = By { account: statement.imported_by, source, request_id: &request_id };
            let project = Decision::Allow.prove(project, "project")?;
            by.put(conn, &inner, &project, &known, answers).map(|_| ())
        })
        .await
}

fn source(kind: StatementKind) -> AssessmentSource {
    match kind {
        StatementKind::Scorecard => AssessmentSource::Scorecard,
        StatementKind::SecurityInsights => AssessmentSource::SecurityInsights,
    }
}

fn claims(project: &Project, statement: &Statement) -> Result<Vec<Claim>> {
    let facts = statement.facts.0.clone();
    Ok(match statement.kind {
        StatementKind::Scorecard => {
            let page = format!("https://scorecard.dev/viewer/?uri={}", project.repository_key);
            by_scorecard(&serde_json::from_value(facts).map_err(Error::internal)?, &page)
        }
        StatementKind::SecurityInsights => by_insights(&serde_json::from_value(facts).map_err(Error::internal)?),
    })
}

/// A document speaks where nobody has, where it spoke before, and where another one of a kind said less lately.
fn answers(claims: Vec<Claim>, statement: &Statement, known: &HashMap<String, Assessment>) -> Vec<Answer> {
    let assessed_on = statement.as_of.date_naive();
    let open = |claim: &Claim| {
        known.get(claim.requirement).is_none_or(|row| {
            let by_document = row.source != AssessmentSource::Person;
            row.status == AssessmentStatus::Unknown || (by_document && row.assessed_on <= assessed_on)
        })
    };
    let answer = |claim: Claim| Answer {
        requirement: claim.requirement,
        status: claim.status,
        evidence_url: claim.evidence_url,
        note: Some(claim.note),
        assessed_on,
    };
    claims.into_iter().filter(open).map(answer).collect()
}
