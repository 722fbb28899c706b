//! Reports on the wire. Everything is in whole minutes, so that parts sum to the whole.

use super::service::Report;
use super::tally::Minutes;
use crate::kernel::{NeedKind, ProjectId, Timestamp};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of pledged minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"reserved_minutes": 1200, "delivered_minutes": 600, "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0}))]
#[expect(clippy::struct_field_names, reason = "durations say their unit on the wire")]
pub(super) struct PledgeFigures {
    /// Reserved for assignments and not confirmed yet, by the ledgers.
    pub reserved_minutes: i64,
    /// Logged as work in these pledges' time.
    pub delivered_minutes: i64,
    /// Confirmed, and paid for by pledges: what the ledgers hold.
    pub confirmed_minutes: i64,
    /// Those among the confirmed that counted for lack of an answer within 14 days.
    pub automatic_minutes: i64,
    /// Confirmed beyond what the pledges had left: the people's own time.
    pub own_time_minutes: i64,
}

impl From<Minutes> for PledgeFigures {
    fn from(minutes: Minutes) -> Self {
        Self {
            reserved_minutes: minutes.reserved,
            delivered_minutes: minutes.delivered,
            confirmed_minutes: minutes.pledged,
            automatic_minutes: minutes.automatic_pledged,
            own_time_minutes: minutes.confirmed - minutes.pledged,
        }
    }
}

/// A project's share of an organization's hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"slug": "parser", "name": "Parser", "depth": 1, "figures": {"reserved_minutes": 1200, "delivered_minutes": 600,
    "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0}}))]
pub(super) struct PledgeFiguresOfProject {
    /// The project's slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The shortest way to it from one of the organization's products, 1 for what a product uses itself; null where none does, as
    /// far as bills of materials say.
    #[schema(required = true)]
    pub depth: Option<i32>,
    /// Its minutes.
    pub figures: PledgeFigures,
}

/// A person's share of an organization's hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"handle": "ada", "name": "Ada", "figures": {"reserved_minutes": 1200, "delivered_minutes": 600,
    "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0}}))]
pub(super) struct PledgeFiguresOfPerson {
    /// The person's handle.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// Their minutes.
    pub figures: PledgeFigures,
}

/// A month of an organization's hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"month": "2026-11", "pledged_minutes": 9600, "figures": {"reserved_minutes": 1200, "delivered_minutes": 600,
    "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0}}))]
pub(super) struct PledgeFiguresOfMonth {
    /// Year and month.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub month: String,
    /// Granted in it, net of what expired or was adjusted.
    pub pledged_minutes: i64,
    /// Its minutes.
    pub figures: PledgeFigures,
}

/// A kind of work's share of an organization's hours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "fuzzing", "figures": {"reserved_minutes": 1200, "delivered_minutes": 600,
    "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0}}))]
pub(super) struct PledgeFiguresOfKind {
    /// The kind.
    pub kind: NeedKind,
    /// Its minutes.
    pub figures: PledgeFigures,
}

/// What an organization did for what it uses itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"projects_used": 12, "projects_helped": 1, "confirmed_minutes": 540, "without_help": ["xz"]}))]
pub(super) struct OwnDependencies {
    /// How many listed projects its products depend on, as far as its bills of materials say.
    #[schema(minimum = 0)]
    pub projects_used: usize,
    /// For how many of them it gave confirmed time.
    #[schema(minimum = 0)]
    pub projects_helped: usize,
    /// Its confirmed minutes on them.
    pub confirmed_minutes: i64,
    /// Slugs of those that its products use themselves and that got none of its time.
    pub without_help: Vec<String>,
}

/// What became of an organization's pledges.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationImpact, example = json!({"organization": "example-freight", "from": null, "to": null, "as_of": "2026-11-28T12:00:00Z", "pledged_minutes": 9600,
    "figures": {"reserved_minutes": 1200, "delivered_minutes": 600, "confirmed_minutes": 540, "automatic_minutes": 60, "own_time_minutes": 0},
    "by_project": [], "by_person": null, "by_month": [], "by_kind": [], "own_dependencies": null}))]
pub(super) struct OrganizationImpactResponse {
    /// The organization's slug.
    pub organization: String,
    /// The first day of the report; null for all.
    #[schema(required = true)]
    pub from: Option<NaiveDate>,
    /// The last day; null for all.
    #[schema(required = true)]
    pub to: Option<NaiveDate>,
    /// When it was put together.
    pub as_of: Timestamp,
    /// Granted by its pledges, net of what expired or was adjusted.
    pub pledged_minutes: i64,
    /// The sums.
    pub figures: PledgeFigures,
    /// By project, in the order of their slugs.
    pub by_project: Vec<PledgeFiguresOfProject>,
    /// By person, for owners and managers; null for others.
    #[schema(required = true)]
    pub by_person: Option<Vec<PledgeFiguresOfPerson>>,
    /// By month: what was pledged and reserved by when it was, work by the day it was done.
    pub by_month: Vec<PledgeFiguresOfMonth>,
    /// By kind of work.
    pub by_kind: Vec<PledgeFiguresOfKind>,
    /// What it did for what it uses itself; null without bills of materials.
    #[schema(required = true)]
    pub own_dependencies: Option<OwnDependencies>,
}

impl OrganizationImpactResponse {
    pub(super) fn new(
        organization: String,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
        as_of: Timestamp,
        report: &Report,
    ) -> Self {
        let (tally, names) = (&report.tally, &report.names);
        let depth = |id: ProjectId| report.uses.as_ref().and_then(|uses| uses.get(&id).copied().flatten());
        let mut by_project: Vec<_> = tally
            .by(|key| key.project)
            .into_iter()
            .filter_map(|(id, minutes)| {
                let (slug, name) = names.projects.get(&id)?.clone();
                Some(PledgeFiguresOfProject { slug, name, depth: depth(id), figures: minutes.into() })
            })
            .collect();
        by_project.sort_by(|a, b| a.slug.cmp(&b.slug));
        let by_person = report.tells_people.then(|| {
            let rows = tally.by(|key| key.account).into_iter().filter_map(|(id, minutes)| {
                let (handle, name) = names.people.get(&id)?.clone();
                Some(PledgeFiguresOfPerson { handle, name, figures: minutes.into() })
            });
            let mut rows: Vec<_> = rows.collect();
            rows.sort_by(|a, b| a.handle.cmp(&b.handle));
            rows
        });
        let by_month = tally.by(|key| Some(key.month)).into_iter().map(|(month, minutes)| PledgeFiguresOfMonth {
            month: month.to_string(),
            pledged_minutes: minutes.granted,
            figures: minutes.into(),
        });
        let by_kind = tally.by(|key| key.kind).into_iter();
        let total = tally.total();
        Self {
            organization,
            from,
            to,
            as_of,
            pledged_minutes: total.granted,
            figures: total.into(),
            by_project,
            by_person,
            by_month: by_month.collect(),
            by_kind: by_kind.map(|(kind, minutes)| PledgeFiguresOfKind { kind, figures: minutes.into() }).collect(),
            own_dependencies: own_dependencies(report),
        }
    }
}

fn own_dependencies(report: &Report) -> Option<OwnDependencies> {
    let uses = report.uses.as_ref()?;
    let given = report.tally.by(|key| key.project.filter(|id| uses.contains_key(id)));
    let helped: Vec<_> = given.iter().filter(|(_, minutes)| minutes.confirmed > 0).collect();
    let without = uses.iter().filter(|(id, depth)| **depth == Some(1) && helped.iter().all(|(one, _)| one != *id));
    let mut without: Vec<String> =
        without.filter_map(|(id, _)| report.names.projects.get(id).map(|(slug, _)| slug.clone())).collect();
    without.sort();
    Some(OwnDependencies {
        projects_used: uses.len(),
        projects_helped: helped.len(),
        confirmed_minutes: helped.iter().map(|(_, minutes)| minutes.pledged).sum(),
        without_help: without,
    })
}

/// What became of logged work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"logged_minutes": 600, "confirmed_minutes": 540, "automatic_minutes": 60, "employer_minutes": 480, "own_time_minutes": 60}))]
#[expect(clippy::struct_field_names, reason = "durations say their unit on the wire")]
pub(super) struct WorkFigures {
    /// Logged, and not rejected or taken back.
    pub logged_minutes: i64,
    /// Confirmed.
    pub confirmed_minutes: i64,
    /// Those among the confirmed that counted for lack of an answer within 14 days.
    pub automatic_minutes: i64,
    /// Those among the confirmed that pledges paid for.
    pub employer_minutes: i64,
    /// Those among the confirmed that were people's own time.
    pub own_time_minutes: i64,
}

impl From<Minutes> for WorkFigures {
    fn from(minutes: Minutes) -> Self {
        Self {
            logged_minutes: minutes.logged,
            confirmed_minutes: minutes.confirmed,
            automatic_minutes: minutes.automatic,
            employer_minutes: minutes.pledged,
            own_time_minutes: minutes.confirmed - minutes.pledged,
        }
    }
}

/// A part of the work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"key": "parser", "name": "Parser", "figures": {"logged_minutes": 600, "confirmed_minutes": 540, "automatic_minutes": 60,
    "employer_minutes": 480, "own_time_minutes": 60}}))]
pub(super) struct WorkPart {
    /// A slug, a handle, a month as `2026-11`, or a kind of work.
    pub key: String,
    /// How it is called.
    pub name: String,
    /// Its minutes.
    pub figures: WorkFigures,
}

/// What became of logged work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkImpact, example = json!({"from": null, "to": null, "as_of": "2026-11-28T12:00:00Z", "figures": {"logged_minutes": 600, "confirmed_minutes": 540, "automatic_minutes": 60,
    "employer_minutes": 480, "own_time_minutes": 60}, "by_project": [], "by_person": [], "by_organization": [], "by_month": [], "by_kind": []}))]
pub(super) struct WorkImpactResponse {
    /// The first day of the report; null for all.
    #[schema(required = true)]
    pub from: Option<NaiveDate>,
    /// The last day; null for all.
    #[schema(required = true)]
    pub to: Option<NaiveDate>,
    /// When it was put together.
    pub as_of: Timestamp,
    /// The sums.
    pub figures: WorkFigures,
    /// By project.
    pub by_project: Vec<WorkPart>,
    /// By person.
    pub by_person: Vec<WorkPart>,
    /// By the organization whose time it was; own time is in none.
    pub by_organization: Vec<WorkPart>,
    /// By month.
    pub by_month: Vec<WorkPart>,
    /// By kind of work.
    pub by_kind: Vec<WorkPart>,
}

impl WorkImpactResponse {
    pub(super) fn new((from, to): (Option<NaiveDate>, Option<NaiveDate>), as_of: Timestamp, report: &Report) -> Self {
        let (tally, names) = (&report.tally, &report.names);
        let part = |name: Option<&(String, String)>, minutes: Minutes| {
            let (key, name) = name?.clone();
            Some(WorkPart { key, name, figures: minutes.into() })
        };
        let sorted = |parts: Vec<Option<WorkPart>>| {
            let mut parts: Vec<WorkPart> = parts.into_iter().flatten().collect();
            parts.sort_by(|a, b| a.key.cmp(&b.key));
            parts
        };
        let plain = |text: String, minutes: Minutes| part(Some(&(text.clone(), text)), minutes);
        let projects = tally.by(|key| key.project).into_iter().map(|(id, all)| part(names.projects.get(&id), all));
        let people = tally.by(|key| key.account).into_iter().map(|(id, all)| part(names.people.get(&id), all));
        let organizations =
            tally.by(|key| key.employer).into_iter().map(|(id, all)| part(names.organizations.get(&id), all));
        let months = tally.by(|key| Some(key.month)).into_iter().map(|(month, all)| plain(month.to_string(), all));
        let kinds = tally.by(|key| key.kind).into_iter().map(|(kind, all)| plain(kind.to_string(), all));
        Self {
            from,
            to,
            as_of,
            figures: tally.total().into(),
            by_project: sorted(projects.collect()),
            by_person: sorted(people.collect()),
            by_organization: sorted(organizations.collect()),
            by_month: sorted(months.collect()),
            by_kind: sorted(kinds.collect()),
        }
    }
}
