//! A need as an entry of a feed.

use super::model::{Need, NeedSkill};
use crate::features::projects::Project;
use crate::http::feed::Entry;
use crate::infra::Ctx;

/// The need as an entry.
pub fn entry(ctx: &Ctx, need: &Need, project: &Project, skills: &[NeedSkill]) -> Entry {
    let people = if need.seats == 1 { "one person".to_owned() } else { format!("{} people", need.seats) };
    let until = need.apply_until.map(|day| format!(" Apply until {day}.")).unwrap_or_default();
    let names: Vec<&str> = skills.iter().map(|skill| skill.skill.as_str()).collect();
    let summary = format!(
        "{}: {} hours a week for {} weeks, {people}; {}.{until}",
        need.kind,
        need.hours_per_week,
        need.weeks,
        names.join(", ")
    );
    Entry {
        id: format!("urn:uuid:{}", need.id),
        title: format!("{}: {}", project.name, need.title),
        url: format!("{}/api/v1/needs/{}", ctx.site(), need.id),
        summary,
        text: need.description.clone(),
        author: project.name.clone(),
        tags: std::iter::once(need.kind.as_str()).chain(names).map(str::to_owned).collect(),
        published: need.opened_at.unwrap_or(need.created_at),
        updated: need.updated_at,
    }
}
