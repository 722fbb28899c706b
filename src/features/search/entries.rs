//! What the index keeps of needs and projects, from their rows.

use super::shelf::Entry;
use crate::features::needs::{self, NO_END, NO_SCORE, Need, NeedSkill, NeedStatus, NeedVisibility};
use crate::features::projects::{self, Project, ProjectPackage};
use crate::features::skills::taxonomy::Taxonomy;
use crate::infra::db::Conn;
use crate::kernel::{NeedId, ProjectId, Result};
use chrono::{Datelike as _, NaiveDate};
use std::collections::{BTreeSet, HashMap};

/// Projects without a tier come after those with one.
const NO_TIER: i16 = 4;

/// Whether anybody but insiders may see the need.
fn is_shown(need: &Need, project: &Project) -> bool {
    need.status != NeedStatus::Draft && project.status.is_public()
}

/// A gate for each visibility.
pub(super) fn seen(visibility: NeedVisibility) -> String {
    format!("visibility:{visibility}")
}

/// A day as a number: the later, the lower, so that what ends soonest comes first.
pub(super) fn closing(day: Option<NaiveDate>) -> f64 {
    -f64::from(day.unwrap_or(NO_END).num_days_from_ce())
}

/// What a skill is called, for searching: its slug, its name and its other names.
fn called(slug: &str, names: &mut Vec<String>) {
    names.push(slug.to_owned());
    if let Some(skill) = Taxonomy::shipped().get(slug) {
        names.push(skill.name.to_string());
        names.extend(skill.aliases.iter().map(ToString::to_string));
    }
}

/// The types of packages, each once.
fn ecosystems(packages: Option<&Vec<ProjectPackage>>) -> BTreeSet<&str> {
    packages.into_iter().flatten().map(|package| package.ecosystem.as_str()).collect()
}

/// The entries of those needs that are shown.
pub(super) fn of_needs(conn: &mut Conn, rows: &[(Need, Project)]) -> Result<Vec<Entry>> {
    let ids: Vec<NeedId> = rows.iter().map(|(need, _)| need.id).collect();
    let of: BTreeSet<ProjectId> = rows.iter().map(|(_, project)| project.id).collect();
    let of: Vec<ProjectId> = of.into_iter().collect();
    let skills = needs::list_need_skills(conn, &ids)?;
    let packages = projects::list_project_packages(conn, &of)?;
    let entry = |(need, project): &(Need, Project)| {
        let skills = skills.get(&need.id).map(Vec::as_slice).unwrap_or_default();
        need_entry(need, project, skills, packages.get(&project.id))
    };
    Ok(rows.iter().filter(|(need, project)| is_shown(need, project)).map(entry).collect())
}

fn need_entry(need: &Need, project: &Project, skills: &[NeedSkill], packages: Option<&Vec<ProjectPackage>>) -> Entry {
    let mut names = vec![project.name.clone(), project.slug.clone(), need.kind.to_string()];
    let mut facets =
        vec![format!("kind:{}", need.kind), format!("size:{}", need.size), format!("urgency:{}", need.urgency)];
    for skill in skills {
        called(&skill.skill, &mut names);
        facets.push(format!("skill:{}", skill.skill));
    }
    facets.extend(ecosystems(packages).into_iter().map(|ecosystem| format!("ecosystem:{ecosystem}")));
    facets.extend(project.criticality_tier.map(|tier| format!("criticality_tier:{tier}")));
    Entry {
        id: need.id.0,
        title: need.title.clone(),
        names: names.join("\n"),
        text: need.description.clone(),
        facets,
        gates: vec![format!("status:{}", need.status), format!("project:{}", need.project_id), seen(need.visibility)],
        hours: need.hours_per_week,
        closing: closing(need.apply_until),
        critical: project.criticality_score.unwrap_or(NO_SCORE),
        name: String::new(),
    }
}

/// The entries of those projects that everybody may see.
pub(super) fn of_projects(conn: &mut Conn, rows: &[Project]) -> Result<Vec<Entry>> {
    let ids: Vec<ProjectId> = rows.iter().map(|project| project.id).collect();
    let skills = projects::list_project_skills(conn, &ids)?;
    let languages = projects::list_project_languages(conn, &ids)?;
    let packages = projects::list_project_packages(conn, &ids)?;
    let entry = |project: &Project| project_entry(project, &skills, &languages, packages.get(&project.id));
    Ok(rows.iter().filter(|project| project.status.is_public()).map(entry).collect())
}

type Words = HashMap<ProjectId, Vec<String>>;

fn project_entry(
    project: &Project,
    skills: &Words,
    languages: &Words,
    packages: Option<&Vec<ProjectPackage>>,
) -> Entry {
    let mut names = vec![project.slug.clone(), project.repository_key.clone()];
    let mut facets = vec![format!("status:{}", project.status)];
    for skill in skills.get(&project.id).into_iter().flatten() {
        called(skill, &mut names);
        facets.push(format!("skill:{skill}"));
    }
    facets.extend(languages.get(&project.id).into_iter().flatten().map(|language| format!("language:{language}")));
    names.extend(packages.into_iter().flatten().map(|package| package.package.clone()));
    facets.extend(ecosystems(packages).into_iter().map(|ecosystem| format!("ecosystem:{ecosystem}")));
    facets.extend(project.criticality_tier.map(|tier| format!("criticality_tier:{tier}")));
    Entry {
        id: project.id.0,
        title: project.name.clone(),
        names: names.join("\n"),
        text: project.description.clone(),
        facets,
        critical: critical(project.criticality_tier, project.criticality_score),
        name: project.name_folded.clone(),
        ..Entry::default()
    }
}

/// By tier first, then by score; scores are at most 1 apart, and tiers are 4.
fn critical(tier: Option<i16>, score: Option<f64>) -> f64 {
    score.unwrap_or(NO_SCORE) - 4.0 * f64::from(tier.unwrap_or(NO_TIER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_soonest_and_what_is_most_critical_is_highest() {
        let day = |text: &str| closing(Some(text.parse().unwrap()));
        assert!(day("2026-11-28") > day("2026-11-29") && day("2999-01-01") > closing(None));
        assert!(critical(Some(1), Some(0.0)) > critical(Some(2), Some(1.0)));
        assert!(critical(Some(2), Some(0.0)) > critical(Some(2), None));
        assert!(critical(Some(3), None) > critical(None, Some(1.0)));
    }
}
