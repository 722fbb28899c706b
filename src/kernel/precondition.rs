//! What a caller believes the current version of a thing to be.

use super::error::{REQUIRED, STALE};
use super::{Error, Result};

/// The version that the caller believes to change (`If-Match`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Not said.
    Absent,
    /// `*`: whatever is there.
    Any,
    /// One of these versions.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// For changes: it must be said, and name the current version.
    pub fn require(&self, current: i64) -> Result<()> {
        match self {
            Self::Absent => Err(Error::new(
                &REQUIRED,
                "Send the resource's ETag in If-Match (or `*` to overwrite whatever is there).",
            )),
            _ => self.check(current),
        }
    }

    /// For transitions: it may be left out, since the state machine guards by itself.
    pub fn check(&self, current: i64) -> Result<()> {
        match self {
            Self::Absent | Self::Any => Ok(()),
            Self::Versions(known) if known.contains(&current) => Ok(()),
            Self::Versions(_) => Err(Error::new(
                &STALE,
                "Somebody changed it in the meantime: the ETag in If-Match is not the current one.",
            )),
        }
    }
}
