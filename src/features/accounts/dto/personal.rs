//! Personal data on the wire.

use crate::features::accounts::personal::Tie;
use crate::features::accounts::service::leave::{Departure, Export};
use crate::kernel::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Everything that is held of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"exported_at": "2026-11-22T09:00:00Z", "account": {"handle": "ada", "email": "ada@example.org"}, "sessions": []}))]
pub(in crate::features::accounts) struct ExportResponse {
    /// When it was gathered.
    pub exported_at: Timestamp,
    /// Each area's share: `account`, `consent`, `sessions`, `api_tokens`, `factors`, `memberships`, `profile` and so on.
    #[serde(flatten)]
    pub sections: BTreeMap<String, Value>,
}

impl From<Export> for ExportResponse {
    fn from(export: Export) -> Self {
        Self { exported_at: export.at, sections: export.sections }
    }
}

/// What comes of leaving for others.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "project", "slug": "parser", "detail": "Without its last verified lead this project becomes dormant."}))]
pub(in crate::features::accounts) struct ConsequenceResponse {
    /// What is concerned.
    #[schema(example = "project")]
    pub kind: &'static str,
    /// Its name in addresses.
    pub slug: String,
    /// What will become of it.
    pub detail: String,
}

impl From<Tie> for ConsequenceResponse {
    fn from(tie: Tie) -> Self {
        Self { kind: tie.kind, slug: tie.slug, detail: tie.detail }
    }
}

/// When the account ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"deletes_at": "2026-12-06T09:00:00Z",
    "consequences": [{"kind": "project", "slug": "parser", "detail": "Without its last verified lead this project becomes dormant."}]}))]
pub(in crate::features::accounts) struct DepartureResponse {
    /// Until then `POST /me/restore` takes it back.
    pub deletes_at: Timestamp,
    /// What it means for others; hand over what should go on.
    pub consequences: Vec<ConsequenceResponse>,
}

impl From<Departure> for DepartureResponse {
    fn from(departure: Departure) -> Self {
        let consequences = departure.ties.into_iter().map(ConsequenceResponse::from).collect();
        Self { deletes_at: departure.deletes_at, consequences }
    }
}
