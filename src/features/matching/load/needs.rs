//! Needs, with what their projects say and are.

use super::{Keys, in_place, level, of};
use crate::features::assignments;
use crate::features::matching::score::{NeedFacts, ProjectFacts, SkillKey, WantedSkill};
use crate::features::needs::{self, Need, NeedGist, NeedStatus, NeedVisibility, Wanted};
use crate::features::projects::{self, Project, ProjectGist, ProjectStatus};
use crate::infra::db::{Among, Conn};
use crate::kernel::{AccessLevel, AccountId, NeedId, ProjectId, Result, TimeZone};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Whether people can be matched with a need: it looks for some, and its project is listed.
pub(in crate::features::matching) fn is_open(need: &Need, project: &Project) -> bool {
    takes_people(need.status, project.status)
}

fn takes_people(need: NeedStatus, project: ProjectStatus) -> bool {
    need.is_live() && project == ProjectStatus::Listed
}

/// Seats that nobody holds.
pub(in crate::features::matching) fn seats_left(need: &Need) -> u32 {
    u32::try_from(need.seats_left()).unwrap_or(0)
}

/// The projects that state needs, with what all their needs have from them.
pub(in crate::features::matching) type Projects = HashMap<ProjectId, Stating>;

/// A project that states needs.
#[derive(Debug)]
pub(in crate::features::matching) struct Stating {
    name: Arc<ProjectFacts>,
    gist: ProjectGist,
    domains: Vec<SkillKey>,
    ecosystems: Vec<String>,
    maintainers: Vec<AccountId>,
    review_hours_left: f64,
}

/// What these projects give to their needs.
pub(in crate::features::matching) fn projects(
    conn: &mut Conn,
    gists: Vec<ProjectGist>,
    whose: Among<'_, ProjectId>,
) -> Result<Projects> {
    let given = assignments::list_given_hours(conn, whose)?;
    let mut keys = Keys::default();
    let mut found: Projects = HashMap::with_capacity(gists.len());
    for gist in gists {
        let stating = Stating {
            name: Arc::new(ProjectFacts { id: gist.id, slug: gist.slug.clone(), name: gist.name.clone() }),
            domains: Vec::new(),
            ecosystems: Vec::new(),
            maintainers: Vec::new(),
            review_hours_left: (gist.review_hours_per_week - given.get(&gist.id).copied().unwrap_or(0.0)).max(0.0),
            gist,
        };
        found.insert(stating.gist.id, stating);
    }
    for (id, tag) in projects::list_tags(conn, whose)? {
        if let Some(project) = found.get_mut(&id) {
            project.domains.extend(keys.of(&tag));
        }
    }
    for (id, ecosystem) in projects::list_ecosystems(conn, whose)? {
        if let Some(project) = found.get_mut(&id).filter(|project| !project.ecosystems.contains(&ecosystem)) {
            project.ecosystems.push(ecosystem);
        }
    }
    for (id, maintainer) in projects::list_their_maintainers(conn, whose)? {
        if let Some(project) = found.get_mut(&id) {
            project.maintainers.push(maintainer);
        }
    }
    Ok(found)
}

/// The facts of these needs, in their order; without those whose project is not among these.
pub(in crate::features::matching) fn needs(
    conn: &mut Conn,
    gists: Vec<NeedGist>,
    whose: Among<'_, NeedId>,
    projects: &Projects,
) -> Result<Vec<NeedFacts>> {
    let skills = needs::list_wanted(conn, whose)?;
    let mut keys = Keys::default();
    let mut facts = Vec::with_capacity(gists.len());
    for need in gists {
        let Some(project) = projects.get(&need.project_id) else { continue };
        let skills = of(&skills, &need.id, |row| row.need_id).map(|row| wanted(row, &mut keys)).unwrap_or_default();
        facts.push(NeedFacts { skills, ..need_facts(need, project) });
    }
    Ok(facts)
}

/// The same of needs that are at hand with their projects.
pub(in crate::features::matching) fn needs_at_hand(
    conn: &mut Conn,
    rows: &[(Need, Project)],
) -> Result<Vec<NeedFacts>> {
    let gists: HashMap<ProjectId, ProjectGist> = rows.iter().map(|(_, of)| (of.id, ProjectGist::from(of))).collect();
    let of: Vec<ProjectId> = gists.keys().copied().collect();
    let projects = projects(conn, gists.into_values().collect(), Among::Ids(&of))?;
    let ids: Vec<NeedId> = rows.iter().map(|(need, _)| need.id).collect();
    let gists = rows.iter().map(|(need, _)| NeedGist::from(need)).collect();
    needs(conn, gists, Among::Ids(&ids), &projects)
}

/// The same of the needs with these ids, in no particular order.
pub(in crate::features::matching) fn needs_by_id(conn: &mut Conn, ids: &[NeedId]) -> Result<Vec<NeedFacts>> {
    let gists = needs::list_gists(conn, ids)?;
    let of: BTreeSet<ProjectId> = gists.iter().map(|need| need.project_id).collect();
    let of: Vec<ProjectId> = of.into_iter().collect();
    let stating = projects::list_gists(conn, &of)?;
    let projects = projects(conn, stating, Among::Ids(&of))?;
    needs(conn, gists, Among::Ids(ids), &projects)
}

fn need_facts(need: NeedGist, project: &Stating) -> NeedFacts {
    let Stating { name, gist, domains, ecosystems, maintainers, review_hours_left } = project;
    NeedFacts {
        kind: Some(need.kind),
        size: Some(need.size),
        hours_per_week: need.hours_per_week,
        weeks: u32::try_from(need.weeks).ok(),
        seats_left: u32::try_from(need.seats - need.seats_taken).unwrap_or(0),
        is_open: takes_people(need.status, gist.status),
        urgency: need.urgency,
        access_level: AccessLevel::parse(i64::from(need.access_level)).ok(),
        vetted_only: need.visibility == NeedVisibility::Vetted,
        time_zones: need.time_zones.0.iter().filter_map(|zone| TimeZone::parse(zone).ok()).collect(),
        overlap_hours: need.overlap_hours,
        starts_on: need.starts_on,
        apply_until: need.apply_until,
        systemic_risk: gist.systemic_risk,
        criticality: gist.criticality_score,
        tier: gist.criticality_tier.and_then(|tier| u8::try_from(tier).ok()),
        domains: domains.clone(),
        ecosystems: ecosystems.clone(),
        review_hours_left: Some(*review_hours_left),
        license: gist.license.clone(),
        cla: gist.cla,
        ai_policy: gist.ai_policy,
        maintainers: maintainers.clone(),
        ..NeedFacts::new(need.id, name.clone(), need.title, need.opened_at.unwrap_or(need.created_at))
    }
}

fn wanted(row: &Wanted, keys: &mut Keys) -> Vec<WantedSkill> {
    let one = |(place, stated, required, name): (i32, i32, bool, &str)| {
        Some((place, WantedSkill { skill: keys.of(name)?, level: level(stated)?, required }))
    };
    in_place(row.skills().filter_map(one).collect())
}
