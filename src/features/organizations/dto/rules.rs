//! Policies on the wire.

use crate::features::organizations::model::{Approval, OrganizationPolicy};
use crate::features::organizations::service::RulesInput;
use crate::kernel::{Cla, NeedKind, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an organization lets its people do in its time, as a whole. Empty lists allow everything.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"approval": "manager", "licenses": ["Apache-2.0", "MIT"], "kinds": ["code_review", "fuzzing"], "cla_kinds": ["dco"], "max_hours_per_person": 8}))]
pub(in crate::features::organizations) struct PutPolicyRequest {
    /// Who agrees when its hours are to be used.
    pub approval: Approval,
    /// With approval `list`: slugs of the only projects that may be helped. A slug that no project has allows nothing.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub projects: Vec<String>,
    /// SPDX ids of the licenses that may be contributed to.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub licenses: Vec<String>,
    /// Kinds of needs.
    #[serde(default)]
    #[schema(max_items = 18)]
    pub kinds: Vec<NeedKind>,
    /// Contributor agreements that may be signed; none asked for is always fine.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub cla_kinds: Vec<Cla>,
    /// Most hours a week of one person, in steps of half an hour.
    #[serde(default)]
    #[schema(minimum = 0.5, maximum = 60)]
    pub max_hours_per_person: Option<f64>,
}

impl From<PutPolicyRequest> for RulesInput {
    fn from(request: PutPolicyRequest) -> Self {
        let PutPolicyRequest { approval, projects, licenses, kinds, cla_kinds, max_hours_per_person } = request;
        Self { approval, projects, licenses, kinds, cla_kinds, max_hours_per_person }
    }
}

/// What an organization lets its people do in its time. Empty lists allow everything.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"approval": "manager", "projects": [], "licenses": ["Apache-2.0", "MIT"], "kinds": ["code_review", "fuzzing"], "cla_kinds": ["dco"],
    "max_hours_per_person": 8.0, "updated_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::organizations) struct PolicyResponse {
    /// Who agrees when its hours are to be used.
    pub approval: Approval,
    /// With approval `list`: slugs of the only projects that may be helped.
    pub projects: Vec<String>,
    /// SPDX ids of the licenses that may be contributed to.
    pub licenses: Vec<String>,
    /// Kinds of needs.
    pub kinds: Vec<NeedKind>,
    /// Contributor agreements that may be signed.
    pub cla_kinds: Vec<Cla>,
    /// Most hours a week of one person.
    #[schema(required = true)]
    pub max_hours_per_person: Option<f64>,
    /// When it was last set; null while it never was.
    #[schema(required = true)]
    pub updated_at: Option<Timestamp>,
}

impl From<OrganizationPolicy> for PolicyResponse {
    fn from(row: OrganizationPolicy) -> Self {
        Self {
            approval: row.approval,
            projects: row.projects.0,
            licenses: row.licenses.0,
            kinds: row.kinds.0,
            cla_kinds: row.cla_kinds.0,
            max_hours_per_person: row.max_hours_per_person,
            updated_at: (row.version > 0).then_some(row.updated_at),
        }
    }
}
