//! What became of each row.

use crate::kernel::words;

words! {
    /// What became of a row.
    RowStatus {
        /// A new listing was made of it.
        Created = "created",
        /// It changed a listing.
        Updated = "updated",
        /// The listing says so already, or is not the import's to change.
        Unchanged = "unchanged",
        /// It can't be used.
        Refused = "refused",
    }
}

/// Why something became of a row what did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable name.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

impl Reason {
    /// A reason.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<crate::kernel::Fault> for Reason {
    fn from(fault: crate::kernel::Fault) -> Self {
        Self { code: fault.code, detail: fault.detail }
    }
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// The line, from 1, on which it begins.
    pub line: u64,
    /// What became of it.
    pub status: RowStatus,
    /// The project's slug, where there is one.
    pub slug: Option<String>,
    /// The repository's one spelling, where the row names one.
    pub repository: Option<String>,
    /// Why, where the status alone does not say it.
    pub reason: Option<Reason>,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Every row, in the order of the file.
    pub rows: Vec<RowReport>,
    /// How often a tag was used.
    pub tag_uses: u64,
    /// How often one that means a skill of the taxonomy.
    pub tag_uses_resolved: u64,
}

impl Report {
    /// How many rows ended so.
    pub fn count(&self, status: RowStatus) -> usize {
        self.rows.iter().filter(|row| row.status == status).count()
    }

    /// The share of tag uses that mean a skill, 0 to 1; none without tags.
    pub fn resolved_share(&self) -> Option<f64> {
        let uses = u32::try_from(self.tag_uses).ok().filter(|uses| *uses > 0)?;
        let resolved = u32::try_from(self.tag_uses_resolved).ok()?;
        Some(f64::from(resolved) / f64::from(uses))
    }
}
