//! Bills of materials: what an organization's products are made of, read from CycloneDX and SPDX.

mod document;
mod dto;
mod model;
pub mod policy;
mod read;
mod routes;
mod service;
mod store;

pub use document::{Component, Document, Fault, MAX_BYTES, MAX_COMPONENTS, MAX_DEPENDENCIES, Refusal};
pub use model::{ExposureFormat, Sbom, SbomComponent, Warning};
pub use read::read;
pub use routes::{body_limit, configure};
pub use service::seen as organization_seen;
pub use store::{list_current, list_traceable};
