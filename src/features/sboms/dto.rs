//! Bills of materials on the wire.

use super::model::{Sbom, SbomComponent, Warning};
use super::service::{Changed, Difference};
use crate::kernel::{SbomId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// So many rows of each kind are shown in a difference; the counts are of all.
const MOST_ROWS: usize = 1000;

/// A bill of materials.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "product": "Route planner", "product_version": "4.2.0", "format": "cyclonedx",
    "format_version": "1.6", "serial": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "components": 812, "dependencies": 2310, "warnings": [], "replaces": null, "is_current": true, "created_at": "2026-11-22T09:00:00Z"}))]
pub(super) struct SbomResponse {
    /// Its id.
    pub id: SbomId,
    /// The product that it describes.
    pub product: String,
    /// The product's version.
    #[schema(required = true)]
    pub product_version: Option<String>,
    /// `cyclonedx` or `spdx`.
    pub format: String,
    /// The version of the format.
    pub format_version: String,
    /// The document's own identifier.
    #[schema(required = true)]
    pub serial: Option<String>,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// How many components it has.
    #[schema(minimum = 0)]
    pub components: i32,
    /// How many dependencies it states.
    #[schema(minimum = 0)]
    pub dependencies: i32,
    /// What was read with a grain of salt, at most 100 things.
    pub warnings: Vec<Warning>,
    /// The product's bill of materials before this one.
    #[schema(required = true)]
    pub replaces: Option<SbomId>,
    /// Whether it is the newest of its product, which alone counts for the exposure.
    pub is_current: bool,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl From<Sbom> for SbomResponse {
    fn from(sbom: Sbom) -> Self {
        Self {
            id: sbom.id,
            product: sbom.product,
            product_version: sbom.product_version,
            format: sbom.format,
            format_version: sbom.format_version,
            serial: sbom.serial,
            digest: sbom.digest,
            components: sbom.components,
            dependencies: sbom.dependencies,
            warnings: sbom.warnings.0,
            replaces: sbom.replaces,
            is_current: sbom.is_current,
            created_at: sbom.created_at,
        }
    }
}

/// A component of a bill of materials.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"position": 3, "reference": "pkg:npm/left-pad@1.3.0", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0",
    "license": "WTFPL", "depth": 2}))]
pub(super) struct ComponentResponse {
    /// Its place in the document, from 0.
    #[schema(minimum = 0)]
    pub position: i32,
    /// Its name within the document.
    pub reference: String,
    /// Its name, with the group in front.
    pub name: String,
    /// Its version, as written.
    #[schema(required = true)]
    pub version: Option<String>,
    /// Its package URL in canonical form.
    #[schema(required = true)]
    pub purl: Option<String>,
    /// Its licence.
    #[schema(required = true)]
    pub license: Option<String>,
    /// How far from the product: 0 the product itself, 1 what it needs itself; null where nothing says how it is reached.
    #[schema(required = true, minimum = 0)]
    pub depth: Option<i32>,
}

impl From<SbomComponent> for ComponentResponse {
    fn from(row: SbomComponent) -> Self {
        Self {
            position: row.position,
            reference: row.reference,
            name: row.name,
            version: row.version,
            purl: row.purl,
            license: row.license,
            depth: row.depth,
        }
    }
}

/// A component that only one of two bills of materials has, or both in other versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "left-pad", "package": "pkg:npm/left-pad", "from_versions": ["1.2.0"], "to_versions": ["1.3.0"]}))]
pub(super) struct ChangedComponent {
    /// Its name.
    pub name: String,
    /// Its package URL without version.
    #[schema(required = true)]
    pub package: Option<String>,
    /// Its versions before; none when it is new.
    pub from_versions: Vec<String>,
    /// Its versions now; none when it is gone.
    pub to_versions: Vec<String>,
}

/// What is different between two bills of materials. Lists are cut at 1,000 rows; the counts are of all.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"from": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "to": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e",
    "added_count": 0, "removed_count": 0, "changed_count": 1, "unchanged_count": 41, "added": [], "removed": [],
    "changed": [{"name": "left-pad", "package": "pkg:npm/left-pad", "from_versions": ["1.2.0"], "to_versions": ["1.3.0"]}]}))]
pub(super) struct SbomDiffResponse {
    /// The earlier one.
    pub from: SbomId,
    /// The later one.
    pub to: SbomId,
    /// How many components are new.
    #[schema(minimum = 0)]
    pub added_count: usize,
    /// How many are gone.
    #[schema(minimum = 0)]
    pub removed_count: usize,
    /// How many are there in other versions.
    #[schema(minimum = 0)]
    pub changed_count: usize,
    /// How many are there as before.
    #[schema(minimum = 0)]
    pub unchanged_count: usize,
    /// The new ones.
    pub added: Vec<ChangedComponent>,
    /// Those that are gone.
    pub removed: Vec<ChangedComponent>,
    /// Those in other versions.
    pub changed: Vec<ChangedComponent>,
}

fn shown(rows: Vec<Changed>) -> Vec<ChangedComponent> {
    let row = |row: Changed| ChangedComponent {
        name: row.name,
        package: row.package,
        from_versions: row.from,
        to_versions: row.to,
    };
    rows.into_iter().take(MOST_ROWS).map(row).collect()
}

impl From<Difference> for SbomDiffResponse {
    fn from(difference: Difference) -> Self {
        Self {
            from: difference.from.id,
            to: difference.to.id,
            added_count: difference.added.len(),
            removed_count: difference.removed.len(),
            changed_count: difference.changed.len(),
            unchanged_count: difference.unchanged,
            added: shown(difference.added),
            removed: shown(difference.removed),
            changed: shown(difference.changed),
        }
    }
}
