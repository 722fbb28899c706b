//! Rows, words and the state machine of projects.

mod claim;
mod contest;
mod invitation;
mod statement;

pub use claim::{AttemptOutcome, ProofMethod, ProofStatus};
pub(super) use claim::{Claim, Dispute};
pub(super) use contest::{Contest, CriticalityScore, advance_contest};
pub use contest::{ContestAction, ContestStatus, contest_machine};
pub(super) use invitation::ProjectInvitation;
pub use statement::Statement;

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::{project_maintainers, project_packages, project_skills, projects};
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, Row};
use crate::kernel::{AccountId, AiPolicy, Cla, Error, ProjectId, Result, Timestamp, words};
use diesel::prelude::*;
use std::collections::BTreeSet;

words! {
    /// Where a project's listing stands.
    ProjectStatus {
        /// Imported from a public list; nobody has claimed it, and it states no needs.
        Unclaimed = "unclaimed",
        /// Somebody says that it is theirs; a coordinator looks at it.
        ClaimPending = "claim_pending",
        /// Its ownership is verified: it may state needs.
        Listed = "listed",
        /// It has no verified lead any more.
        Dormant = "dormant",
        /// Hidden by a moderator.
        Suspended = "suspended",
        /// Closed by its lead; it can come back.
        Archived = "archived",
        /// It does not want to be here, for good; imports leave it alone.
        OptedOut = "opted_out",
    }
}

impl ProjectStatus {
    /// The states in which everybody may see the listing.
    pub const PUBLIC: &'static [Self] =
        &[Self::Unclaimed, Self::ClaimPending, Self::Listed, Self::Dormant, Self::Archived];

    /// Whether everybody may see the listing.
    pub fn is_public(self) -> bool {
        Self::PUBLIC.contains(&self)
    }
}

words! {
    /// What a person is to a project.
    ProjectRole {
        /// Decides for the project.
        Lead = "lead",
        /// Works on it, and states its needs.
        Maintainer = "maintainer",
    }
}

words! {
    /// Whose words a listing holds. Imports never change what a person wrote.
    ProjectSource {
        /// Those of a person who acts for the project.
        Member = "member",
        /// Those of a person who doesn't, such as a coordinator.
        Curated = "curated",
        /// Those of an up-for-grabs file.
        UpForGrabs = "up_for_grabs",
        /// Those of a file about projects: criticality scores, Scorecards, a SECURITY-INSIGHTS.
        CriticalProjects = "critical_projects",
    }
}

words! {
    /// What can happen to a listing.
    ProjectAction {
        /// Somebody says that the project is theirs.
        Claim = "claim",
        /// A coordinator finds the ownership good.
        List = "list",
        /// The last lead is gone.
        Lapse = "lapse",
        /// A project without a lead, or an archived one, comes back.
        Restore = "restore",
        /// The project closes its listing.
        Archive = "archive",
        /// A moderator hides it.
        Suspend = "suspend",
        /// A moderator shows it again.
        Unsuspend = "unsuspend",
        /// The project does not want to be here.
        OptOut = "opt_out",
    }
}

text_column!(ProjectStatus, ProjectRole, ProjectSource);

/// Who leads a project, as far as its transitions care; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leads {
    /// Nobody.
    Nobody,
    /// Somebody who says so.
    Candidate,
    /// Somebody of whom it is known.
    Verified,
}

/// One row of the transition table.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    /// The state before.
    pub from: ProjectStatus,
    /// What happens.
    pub action: ProjectAction,
    /// The state after.
    pub to: ProjectStatus,
    /// The least that must be known of the project's leads; of two rows for one action the first that holds counts.
    pub wants: Leads,
}

const fn row(from: ProjectStatus, action: ProjectAction, to: ProjectStatus, wants: Leads) -> Transition {
    Transition { from, action, to, wants }
}

/// Every transition there is.
pub const TRANSITIONS: &[Transition] = {
    use ProjectAction::{Archive, Claim, Lapse, List, OptOut, Restore, Suspend, Unsuspend};
    use ProjectStatus::{Archived, ClaimPending, Dormant, Listed, OptedOut, Suspended, Unclaimed};
    &[
        row(Unclaimed, Claim, ClaimPending, Leads::Nobody),
        row(ClaimPending, List, Listed, Leads::Candidate),
        row(ClaimPending, Lapse, Unclaimed, Leads::Nobody),
        row(Listed, Lapse, Dormant, Leads::Nobody),
        row(Dormant, Restore, Listed, Leads::Verified),
        row(Listed, Archive, Archived, Leads::Nobody),
        row(Dormant, Archive, Archived, Leads::Nobody),
        row(Archived, Restore, Listed, Leads::Verified),
        row(Archived, Restore, Dormant, Leads::Nobody),
        row(ClaimPending, Suspend, Suspended, Leads::Nobody),
        row(Listed, Suspend, Suspended, Leads::Nobody),
        row(Dormant, Suspend, Suspended, Leads::Nobody),
        row(Suspended, Unsuspend, Listed, Leads::Verified),
        row(Suspended, Unsuspend, ClaimPending, Leads::Candidate),
        row(Suspended, Unsuspend, Dormant, Leads::Nobody),
        row(Unclaimed, OptOut, OptedOut, Leads::Nobody),
        row(ClaimPending, OptOut, OptedOut, Leads::Nobody),
        row(Listed, OptOut, OptedOut, Leads::Nobody),
        row(Dormant, OptOut, OptedOut, Leads::Nobody),
        row(Suspended, OptOut, OptedOut, Leads::Nobody),
        row(Archived, OptOut, OptedOut, Leads::Nobody),
    ]
};

/// The state after the action, or 409 with the actions that this state allows.
pub(super) fn advance(from: ProjectStatus, action: ProjectAction, leads: Leads) -> Result<ProjectStatus> {
    let open = |row: &&Transition| row.from == from && leads >= row.wants;
    if let Some(row) = TRANSITIONS.iter().filter(open).find(|row| row.action == action) {
        return Ok(row.to);
    }
    let mut allowed: Vec<&'static str> = Vec::new();
    for row in TRANSITIONS.iter().filter(open).filter(|row| row.action != ProjectAction::Lapse) {
        if !allowed.contains(&row.action.as_str()) {
            allowed.push(row.action.as_str());
        }
    }
    let lacking = TRANSITIONS.iter().filter(|row| row.from == from && row.action == action).map(|row| row.wants).min();
    let why = match lacking {
        Some(Leads::Verified) => ", since it has no verified lead",
        Some(_) => ", since nobody leads it",
        None => "",
    };
    let detail = format!("A project that is {from} does not allow {action} now{why}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let row = |row: &Transition| Row {
        from: row.from.as_str(),
        action: row.action.as_str(),
        to: row.to.as_str(),
        asked_for: row.action != ProjectAction::Lapse,
    };
    Machine {
        name: "Project",
        about: "A listing. Where one action leads to more than one state, what is known of its leads decides.",
        first: ProjectStatus::Unclaimed.as_str(),
        rows: TRANSITIONS.iter().map(row).collect(),
        tried,
    }
}

fn tried(from: &str, action: &str) -> BTreeSet<&'static str> {
    let (Ok(from), Ok(action)) = (from.parse::<ProjectStatus>(), action.parse::<ProjectAction>()) else {
        return BTreeSet::new();
    };
    let leads = [Leads::Nobody, Leads::Candidate, Leads::Verified].into_iter();
    leads.filter_map(|leads| advance(from, action, leads).ok()).map(ProjectStatus::as_str).collect()
}

/// An open source project's listing.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = projects, treat_none_as_default_value = false)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// Its name as sorted.
    pub name_folded: String,
    /// The folded text that searches look at.
    pub search: String,
    /// What it is, in Markdown.
    pub description: String,
    /// Where its source is.
    pub repository_url: String,
    /// The one spelling of that address by which doubles are found.
    pub repository_key: String,
    /// Its home page.
    pub homepage_url: Option<String>,
    /// Its license, an SPDX expression.
    pub license: Option<String>,
    /// Hours a week that its maintainers can spend on helpers, 0 to 1000: a hard limit for matching.
    pub review_hours_per_week: f64,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// The contributor agreement that it asks for.
    pub cla: Cla,
    /// Where the listing stands.
    pub status: ProjectStatus,
    /// Criticality, 0 (nothing depends on it) to 1.
    pub criticality_score: Option<f64>,
    /// 1 (most critical) to 3.
    pub criticality_tier: Option<i16>,
    /// What the score was made by.
    pub criticality_algorithm: Option<String>,
    /// When its signals were collected.
    pub criticality_as_of: Option<Timestamp>,
    /// Whether a coordinator decided on it; imports leave it alone then.
    pub criticality_curated: bool,
    /// How much would break with it, 0 to 1, where it was worked out from dependencies.
    pub systemic_risk: Option<f64>,
    /// Whose words the listing holds.
    pub source: ProjectSource,
    /// Whether it belongs to the sample data of the demo.
    pub sample: bool,
    /// Rises with each change of this row.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What matching weighs of a project, without the texts that it does not read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = projects)]
pub struct ProjectGist {
    /// Its id.
    pub id: ProjectId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// Its license, an SPDX expression.
    pub license: Option<String>,
    /// Hours a week that its maintainers can spend on helpers, 0 to 1000.
    pub review_hours_per_week: f64,
    /// What it thinks of AI-assisted contributions.
    pub ai_policy: AiPolicy,
    /// The contributor agreement that it asks for.
    pub cla: Cla,
    /// Where the listing stands.
    pub status: ProjectStatus,
    /// Criticality, 0 to 1.
    pub criticality_score: Option<f64>,
    /// 1 (most critical) to 3.
    pub criticality_tier: Option<i16>,
    /// How much would break with it, 0 to 1, where it was worked out from dependencies.
    pub systemic_risk: Option<f64>,
}

impl From<&Project> for ProjectGist {
    fn from(project: &Project) -> Self {
        Self {
            id: project.id,
            slug: project.slug.clone(),
            name: project.name.clone(),
            license: project.license.clone(),
            review_hours_per_week: project.review_hours_per_week,
            ai_policy: project.ai_policy,
            cla: project.cla,
            status: project.status,
            criticality_score: project.criticality_score,
            criticality_tier: project.criticality_tier,
            systemic_risk: project.systemic_risk,
        }
    }
}

/// A change to a project.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = projects)]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct ProjectChanges {
    pub name: Option<String>,
    pub name_folded: Option<String>,
    pub search: Option<String>,
    pub description: Option<String>,
    pub repository_url: Option<String>,
    pub repository_key: Option<String>,
    pub homepage_url: Option<Option<String>>,
    pub license: Option<Option<String>>,
    pub review_hours_per_week: Option<f64>,
    pub ai_policy: Option<AiPolicy>,
    pub cla: Option<Cla>,
    pub status: Option<ProjectStatus>,
    pub criticality_score: Option<Option<f64>>,
    pub criticality_tier: Option<Option<i16>>,
    pub criticality_algorithm: Option<Option<String>>,
    pub criticality_as_of: Option<Option<Timestamp>>,
    pub criticality_curated: Option<bool>,
    pub source: Option<ProjectSource>,
}

/// A skill or a free tag of a project.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_skills, treat_none_as_default_value = false)]
pub(super) struct ProjectSkill {
    pub project_id: ProjectId,
    /// A skill's slug, or the normalized text of a tag that is no skill.
    pub skill: String,
    pub position: i16,
    pub is_language: bool,
}

/// A package that a project publishes.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_packages, treat_none_as_default_value = false)]
pub struct ProjectPackage {
    /// The project.
    pub project_id: ProjectId,
    /// The package URL without version, qualifiers and subpath, by which advisories and bills of materials are joined.
    pub package: String,
    /// Its place in the project's list.
    pub position: i16,
    /// The package URL as it was stated, in canonical form.
    pub purl: String,
    /// The package URL's type, e.g. `npm`.
    pub ecosystem: String,
}

/// A person's place in a project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_maintainers, treat_none_as_default_value = false)]
pub struct Maintainer {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub account_id: AccountId,
    /// What they are to it.
    pub role: ProjectRole,
    /// Since when that is known; none while they only say so.
    pub verified_at: Option<Timestamp>,
    /// Since when they are here.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_only_opting_out_is_final() {
        for status in ProjectStatus::ALL {
            let reached = *status == ProjectStatus::Unclaimed || TRANSITIONS.iter().any(|row| row.to == *status);
            let left = TRANSITIONS.iter().any(|row| row.from == *status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, *status != ProjectStatus::OptedOut, "{status}");
        }
    }

    #[test]
    fn an_action_leads_where_the_table_says() {
        use ProjectAction::{Archive, List, OptOut, Restore, Unsuspend};
        use ProjectStatus::{Archived, ClaimPending, Dormant, Listed, OptedOut, Suspended};
        for (from, action, leads, to) in [
            (ClaimPending, List, Leads::Candidate, Listed),
            (Suspended, Unsuspend, Leads::Verified, Listed),
            (Suspended, Unsuspend, Leads::Candidate, ClaimPending),
            (Suspended, Unsuspend, Leads::Nobody, Dormant),
            (Archived, Restore, Leads::Nobody, Dormant),
            (Archived, OptOut, Leads::Nobody, OptedOut),
        ] {
            assert_eq!(advance(from, action, leads).unwrap(), to, "{from} {action}");
        }
        let refused = advance(ClaimPending, List, Leads::Nobody).unwrap_err();
        assert!(refused.detail().contains("nobody leads it"), "{refused}");
        assert_eq!(refused.allowed(), ["suspend", "opt_out"]);
        assert!(advance(OptedOut, Archive, Leads::Verified).unwrap_err().allowed().is_empty());
    }
}
