//! A project for the tests of what is written to people.

use super::model::{Project, ProjectSource, ProjectStatus};
use crate::kernel::{AiPolicy, Cla, ProjectId, Timestamp};
use uuid::Uuid;

/// A project whose name would be markup if it were not escaped.
pub(crate) fn parser(now: Timestamp) -> Project {
    Project {
        id: ProjectId(Uuid::nil()),
        slug: "parser".to_owned(),
        name: "Parser <x>".to_owned(),
        name_folded: "parser <x>".to_owned(),
        search: String::new(),
        description: String::new(),
        repository_url: "https://github.com/example/parser".to_owned(),
        repository_key: "github.com/example/parser".to_owned(),
        homepage_url: None,
        license: None,
        review_hours_per_week: 4.0,
        ai_policy: AiPolicy::Welcome,
        cla: Cla::None,
        status: ProjectStatus::Listed,
        criticality_score: None,
        criticality_tier: None,
        criticality_algorithm: None,
        criticality_as_of: None,
        criticality_curated: false,
        systemic_risk: None,
        source: ProjectSource::Member,
        sample: false,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
