//! Where a project stands.

use super::requirement;
use crate::features::baseline::catalog::{self, Requirement};
use crate::features::baseline::level::of_level;
use crate::features::baseline::model::{Assessment, AssessmentStatus, Standing};
use crate::features::baseline::store;
use crate::features::needs::{self, Need};
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Caller, Cursor, Decision, Error, Limit, NeedId, Page, ProjectId, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A requirement with what is said of it.
#[derive(Debug)]
pub(in crate::features::baseline) struct RequirementCard {
    pub requirement: &'static Requirement,
    pub assessment: Option<Assessment>,
    /// Whose handle.
    pub assessed_by: Option<String>,
    /// The need that is to meet it, where the caller may know of it.
    pub need: Option<NeedId>,
}

/// A project's standing with all requirements in force.
#[derive(Debug)]
pub(in crate::features::baseline) struct Card {
    pub standing: Option<Standing>,
    pub requirements: Vec<RequirementCard>,
}

impl Card {
    /// The next level, what is missing for it, and the hours that this would take.
    pub(in crate::features::baseline) fn next(&self) -> Option<(i16, Vec<&'static Requirement>, f64)> {
        use AssessmentStatus::{Met, NotApplicable};
        let level = self.standing.as_ref().map_or(0, |row| row.level) + 1;
        let open = |one: &&'static Requirement| {
            let card = self.requirements.iter().find(|card| card.requirement.id == one.id);
            let status = card.and_then(|card| card.assessment.as_ref()).map(|row| row.status);
            !matches!(status, Some(Met | NotApplicable))
        };
        let missing: Vec<&'static Requirement> = of_level(level).filter(open).collect();
        let hours = missing.iter().filter_map(|one| one.help.as_ref()).map(catalog::Help::hours).sum();
        catalog::LEVELS.contains(&level).then_some((level, missing, hours))
    }
}

/// The last need of each requirement that has not ended and that the caller may see.
fn visible_needs(conn: &mut Conn, actor: Option<&Actor>, project: &Project) -> Result<HashMap<String, NeedId>> {
    let links = store::list_links(conn, project.id)?;
    let ids: Vec<NeedId> = links.values().flatten().copied().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let standing = projects::standing(conn, actor, project)?;
    let needs: HashMap<NeedId, Need> =
        needs::list_needs_by_id(conn, &ids)?.into_iter().map(|(need, _)| (need.id, need)).collect();
    let shown = |id: &&NeedId| {
        needs.get(*id).is_some_and(|need| {
            let seen = needs::policy::may_see(&standing, need.status, need.visibility, actor.is_some());
            !need.status.is_ended() && seen == Decision::Allow
        })
    };
    let last = |(requirement, ids): (String, Vec<NeedId>)| Some((requirement, *ids.iter().rev().find(shown)?));
    Ok(links.into_iter().filter_map(last).collect())
}

pub(super) fn card(conn: &mut Conn, actor: Option<&Actor>, project: &Project) -> Result<Card> {
    let standing = store::find_standing(conn, project.id)?;
    let current = store::list_current(conn, project.id)?;
    let mut current: HashMap<String, (Assessment, Option<String>)> =
        current.into_iter().map(|(row, handle)| (row.requirement.clone(), (row, handle))).collect();
    let needs = visible_needs(conn, actor, project)?;
    let requirements = catalog::requirements().map(|requirement| {
        let (assessment, assessed_by) = current.remove(requirement.id).unzip();
        let need = needs.get(requirement.id).copied();
        RequirementCard { requirement, assessment, assessed_by: assessed_by.flatten(), need }
    });
    Ok(Card { requirements: requirements.collect(), standing })
}

pub(super) fn requirement_card(
    conn: &mut Conn,
    actor: Option<&Actor>,
    project: &Project,
    requirement: &'static Requirement,
) -> Result<RequirementCard> {
    let whole = card(conn, actor, project)?;
    let found = whole.requirements.into_iter().find(|card| card.requirement.id == requirement.id);
    found.ok_or_else(|| Error::not_found("requirement"))
}

/// A project's standing.
pub(in crate::features::baseline) async fn get(ctx: &Ctx, caller: &Caller, slug: String) -> Result<Card> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            card(conn, actor.as_ref(), &project)
        })
        .await
}

/// One requirement of a project, and the version of the project's standing.
pub(in crate::features::baseline) async fn get_requirement(
    ctx: &Ctx,
    caller: &Caller,
    (slug, id): (String, String),
) -> Result<(RequirementCard, i64)> {
    let actor = caller.actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            let requirement = requirement(&id)?;
            let version = store::find_standing(conn, project.id)?.map_or(0, |row| row.version);
            Ok((requirement_card(conn, actor.as_ref(), &project, requirement)?, version))
        })
        .await
}

/// Which part of a history.
#[derive(Debug)]
pub(in crate::features::baseline) struct HistoryInput {
    pub requirement: Option<String>,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

/// Every answer that was ever given for a project, the newest first.
pub(in crate::features::baseline) async fn history(
    ctx: &Ctx,
    caller: &Caller,
    slug: String,
    input: HistoryInput,
) -> Result<Page<(Assessment, Option<String>)>> {
    let actor = caller.actor.clone();
    let requirement = input.requirement.map(|id| id.to_ascii_uppercase());
    let filter = store::Filter { requirement, limit: input.limit, after: input.after };
    ctx.store()
        .read(move |conn| {
            let (project, _) = projects::find_visible(conn, actor.as_ref(), &slug)?;
            store::list_history(conn, project.id, &filter)
        })
        .await
}

/// How far a project is from a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// The level that it reaches.
    pub level: i16,
    /// Requirements that are unmet or unknown on the way, by their ids.
    pub missing: Vec<&'static str>,
    /// The hours that it would usually take to meet them.
    pub hours: f64,
    /// The same by skill, most hours first.
    pub skills: Vec<(&'static str, f64)>,
}

/// How far the project is from this level.
pub fn distance(conn: &mut Conn, project: ProjectId, level: i16) -> Result<Distance> {
    use AssessmentStatus::{Met, NotApplicable};
    let current = store::list_current(conn, project)?;
    let done: BTreeSet<&str> = current
        .iter()
        .filter(|(row, _)| matches!(row.status, Met | NotApplicable))
        .map(|(row, _)| row.requirement.as_str())
        .collect();
    let reached = store::find_standing(conn, project)?.map_or(0, |row| row.level);
    let on_the_way = |one: &&Requirement| one.levels.iter().any(|wanted| *wanted <= level);
    let missing = catalog::requirements().filter(on_the_way).filter(|one| !done.contains(one.id));
    let missing: Vec<&'static Requirement> = missing.collect();
    let mut by_skill: BTreeMap<&'static str, f64> = BTreeMap::new();
    for help in missing.iter().filter_map(|one| one.help.as_ref()) {
        if let Some((skill, _)) = help.skills.first() {
            *by_skill.entry(*skill).or_default() += help.hours();
        }
    }
    let mut skills: Vec<(&'static str, f64)> = by_skill.into_iter().collect();
    skills.sort_by(|one, other| other.1.total_cmp(&one.1));
    Ok(Distance {
        level: reached,
        hours: skills.iter().map(|(_, hours)| hours).sum(),
        missing: missing.iter().map(|one| one.id).collect(),
        skills,
    })
}
