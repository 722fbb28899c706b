//! Rows of bills of materials.

use super::document::Fault;
use crate::infra::db::schema::{sbom_components, sbom_dependencies, sboms};
use crate::infra::db::sql::Json;
use crate::kernel::{AccountId, OrganizationId, SbomId, Timestamp, words};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A bill of materials that an organization uploaded.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sboms, treat_none_as_default_value = false)]
pub struct Sbom {
    /// Its id.
    pub id: SbomId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// The product that it describes.
    pub product: String,
    /// The same without regard to capitals, by which uploads of one product are found.
    pub product_folded: String,
    /// The product's version.
    pub product_version: Option<String>,
    /// `cyclonedx` or `spdx`.
    pub format: String,
    /// The version of the format.
    pub format_version: String,
    /// The document's own identifier.
    pub serial: Option<String>,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// How many components it has.
    pub components: i32,
    /// How many dependencies it states.
    pub dependencies: i32,
    /// What was read with a grain of salt.
    pub warnings: Json<Vec<Warning>>,
    /// Who uploaded it.
    pub uploaded_by: AccountId,
    /// The product's bill of materials before this one.
    pub replaces: Option<SbomId>,
    /// Whether all its components are there; until then nobody sees it.
    pub is_ready: bool,
    /// Whether it is the newest of its product.
    pub is_current: bool,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

words! {
    /// How the exposure is written.
    ExposureFormat {
        /// For programs.
        Json = "json",
        /// For spreadsheets.
        Csv = "csv",
        /// A page to print.
        Html = "html",
    }
}

/// What was read with a grain of salt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"place": "/components/3/purl", "code": "invalid_purl", "detail": "This is no package URL and was left out."}))]
pub struct Warning {
    /// A JSON Pointer, or `line 3, column 1`.
    pub place: String,
    /// A stable name.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

/// Where a fault is, as one text.
pub(super) fn place(fault: &Fault) -> String {
    match (&fault.pointer, fault.line, fault.column) {
        (Some(pointer), ..) => pointer.clone(),
        (None, Some(line), Some(column)) => format!("line {line}, column {column}"),
        _ => String::new(),
    }
}

impl From<&Fault> for Warning {
    fn from(fault: &Fault) -> Self {
        Self { place: place(fault), code: fault.code.to_owned(), detail: fault.detail.clone() }
    }
}

/// A component of a bill of materials.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sbom_components, treat_none_as_default_value = false)]
pub struct SbomComponent {
    /// The bill of materials.
    pub sbom_id: SbomId,
    /// Its place in it, from 0.
    pub position: i32,
    /// Its name within the document.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// Its version, as written.
    pub version: Option<String>,
    /// Its package URL in canonical form.
    pub purl: Option<String>,
    /// The same without version, qualifiers and subpath.
    pub package: Option<String>,
    /// Its repository in the one spelling by which listings are found.
    pub repository_key: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// How far from the product: 0 the product itself, 1 what it needs itself; none where nothing says how it is reached.
    pub depth: Option<i32>,
}

/// One component needs another; the product itself is at −1 where it is no component.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = sbom_dependencies, treat_none_as_default_value = false)]
pub(super) struct SbomDependency {
    pub sbom_id: SbomId,
    pub needing: i32,
    pub needed: i32,
}
