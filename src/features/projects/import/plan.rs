//! What a row means for the listing that is there already. Pure.

use super::report::Reason;
use super::{ImportFormat, Listing, Scored};
use crate::features::projects::model::{Project, ProjectChanges, ProjectSkill, ProjectSource, ProjectStatus};
use crate::features::projects::service::{Criticality, Words};
use crate::kernel::{Timestamp, fold};

/// What to do with a row whose repository is known.
#[derive(Debug)]
pub(super) enum Plan {
    Change(Box<ProjectChanges>, Vec<ProjectSkill>),
    Leave(Option<Reason>),
    Refuse(Reason),
}

/// Compares a row with the listing and its skills.
pub(super) fn plan(
    listing: &Listing,
    format: ImportFormat,
    project: &Project,
    skills: &[ProjectSkill],
    now: Timestamp,
) -> Plan {
    if project.status == ProjectStatus::OptedOut {
        return Plan::Refuse(Reason::new("opted_out", "The project does not want to be listed, and that is final."));
    }
    let imported = matches!(project.source, ProjectSource::UpForGrabs | ProjectSource::CriticalProjects);
    let open = imported && project.status == ProjectStatus::Unclaimed;
    let mut changes = ProjectChanges::default();
    let (mut is_news, mut reason) = (false, None);
    if let Some(scored) = &listing.score {
        match rate(scored, project, now) {
            Ok(Some(criticality)) => (changes, is_news) = (criticality.into_changes(), true),
            Ok(None) => {}
            Err(why) => reason = Some(why),
        }
    }
    let mut rows = Vec::new();
    if open {
        is_news |= reword(listing, format, project, &mut changes);
        rows = new_skills(listing, project, skills);
        is_news |= !rows.is_empty();
    } else if listing.words.is_some() {
        reason = Some(Reason::new("own_words", "People wrote this listing; an import does not change their words."));
    }
    if is_news { Plan::Change(Box::new(changes), rows) } else { Plan::Leave(reason.or_else(|| listing.note.clone())) }
}

/// The new criticality, if it is news; else why it stays as it is.
fn rate(scored: &Scored, project: &Project, now: Timestamp) -> Result<Option<Criticality>, Reason> {
    if project.criticality_curated {
        return Err(Reason::new("curated", "A coordinator decided how critical this project is."));
    }
    let older = scored.as_of.zip(project.criticality_as_of).is_some_and(|(new, known)| new < known);
    let other = project.criticality_algorithm.as_ref().is_some_and(|known| *known != scored.algorithm);
    if older {
        return Err(Reason::new("older", "A score of newer signals is known already."));
    }
    let newer = scored.as_of.is_some_and(|new| project.criticality_as_of.is_none_or(|known| new > known));
    let same = project.criticality_score == Some(scored.score) && !other && project.criticality_tier.is_some();
    if same && !newer {
        return Ok(None);
    }
    Ok(Some(Criticality {
        score: Some(scored.score),
        tier: Criticality::tier_of(scored.score),
        algorithm: scored.algorithm.clone(),
        as_of: scored.as_of.unwrap_or(now),
        curated: false,
    }))
}

/// Takes over the file's words where they differ.
fn reword(listing: &Listing, format: ImportFormat, project: &Project, changes: &mut ProjectChanges) -> bool {
    let Some(said) = &listing.words else { return false };
    // A file without a description takes none away, and one without a license neither.
    let description = if said.description.is_empty() { &project.description } else { &said.description };
    let license = listing.license.as_ref().or(project.license.as_ref());
    let same = project.name == listing.name
        && project.description == *description
        && project.license.as_ref() == license
        && project.homepage_url == said.homepage_url
        && project.source == source(format);
    if same {
        return false;
    }
    let words = Words { name: &listing.name, description, ..Words::of(project) };
    changes.search = Some(words.folded());
    changes.license = Some(license.cloned());
    changes.name = Some(listing.name.clone());
    changes.name_folded = Some(fold(&listing.name));
    changes.description = Some(description.clone());
    changes.homepage_url = Some(said.homepage_url.clone());
    changes.source = Some(source(format));
    true
}

/// Whose words those of a file are.
pub(super) fn source(format: ImportFormat) -> ProjectSource {
    match format {
        ImportFormat::UpForGrabs => ProjectSource::UpForGrabs,
        ImportFormat::CriticalProjects | ImportFormat::Scorecard | ImportFormat::SecurityInsights => {
            ProjectSource::CriticalProjects
        }
    }
}

/// The row's skills that the project lacks. Imports take none away, so that two files don't undo each other.
fn new_skills(listing: &Listing, project: &Project, skills: &[ProjectSkill]) -> Vec<ProjectSkill> {
    let wanted = listing.languages.iter().map(|skill| (skill, true)).chain(listing.tags.iter().map(|tag| (tag, false)));
    let lacking = wanted.filter(|(skill, _)| !skills.iter().any(|row| row.skill == **skill));
    let from = skills.iter().map(|row| row.position + 1).max().unwrap_or(0);
    let row = |(position, (skill, is_language)): (i16, (&String, bool))| ProjectSkill {
        project_id: project.id,
        skill: skill.clone(),
        position,
        is_language,
    };
    (from..).zip(lacking).map(row).collect()
}
