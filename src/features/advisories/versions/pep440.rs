//! Python's versions (PEP 440, now the packaging specification "Version specifiers"), by the crate that uv is built on.

use std::cmp::Ordering;
use std::str::FromStr;

use pep440_rs::Version;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pep440(Version);

impl Pep440 {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Version::from_str(text).map(Self).map_err(|error| error.to_string())
    }
}

impl Ord for Pep440 {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Pep440 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
