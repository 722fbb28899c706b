//! OSV records: vulnerabilities of packages, as the Open Source Vulnerability schema 1.7 writes them, and which of them
//! affect a package at a version.

mod affecting;
mod package;
mod read;
mod record;
#[cfg(test)]
mod rustsec;

pub use affecting::{Affecting, AffectingError, OsvIndex};
pub use package::PackageKey;
pub use read::{OsvReadError, read_records};
pub use record::{Affected, Credit, OsvRecord, Package, Rating, Reference};
