//! Bills of materials: what an organization's products are made of, read from CycloneDX and SPDX.

mod document;
mod read;

pub use document::{Component, Document, Fault, MAX_BYTES, MAX_COMPONENTS, MAX_DEPENDENCIES, Refusal};
pub use read::read;
