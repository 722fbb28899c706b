//! CVSS vectors, v3.0, v3.1 and v4.0: checked metric by metric, and scored by FIRST's specifications.
//!
//! ```
//! use mainstay::features::advisories::cvss::{Cvss, Severity};
//!
//! let log4shell: Cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".parse()?;
//! assert_eq!(log4shell.scores().base, 10.0);
//! assert_eq!(log4shell.severity(), Severity::Critical);
//! # Ok::<(), mainstay::features::advisories::cvss::CvssError>(())
//! ```

mod metrics;
mod parse;
mod v3;
mod v4;
#[cfg(test)]
mod vectors;

use std::fmt;

use serde::Serialize;

pub use parse::CvssError;

/// A version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CvssVersion {
    /// Of June 2015.
    V3_0,
    /// Of June 2019.
    V3_1,
    /// Of November 2023.
    V4_0,
}

impl CvssVersion {
    /// All of them, oldest first.
    pub const ALL: [Self; 3] = [Self::V3_0, Self::V3_1, Self::V4_0];

    /// As it stands in a vector: `3.1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        }
    }
}

impl fmt::Display for CvssVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A valid vector: every metric is known, stands there once, and the mandatory ones are there.
#[derive(Debug, Clone, PartialEq)]
pub struct Cvss {
    version: CvssVersion,
    /// Metric and value, as in the text.
    values: Vec<(&'static str, &'static str)>,
    scores: CvssScores,
}

/// The scores of a vector, from 0 to 10 in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CvssScores {
    /// How bad it is by itself. A v4.0 vector has this score alone, with whatever threat and environment it states.
    pub base: f64,
    /// How bad it is at this time; v3 only, equal to `base` where the vector states no temporal metric.
    pub temporal: Option<f64>,
    /// How bad it is in one's own environment; v3 only.
    pub environmental: Option<f64>,
}

/// The qualitative rating of a score, the same scale in all versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

impl Severity {
    /// The rating of a score of 0 to 10.
    pub fn of(score: f64) -> Self {
        if score >= 9.0 {
            Self::Critical
        } else if score >= 7.0 {
            Self::High
        } else if score >= 4.0 {
            Self::Medium
        } else if score > 0.0 {
            Self::Low
        } else {
            Self::None
        }
    }
}

/// As the standard writes it: `High`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        })
    }
}

impl Cvss {
    /// The version whose rules it follows.
    pub fn version(&self) -> CvssVersion {
        self.version
    }

    /// The value of a metric, `N` of `AV`; `None` where the vector does not state it or states it as not defined (`X`).
    pub fn metric(&self, name: &str) -> Option<&'static str> {
        stated(&self.values, name)
    }

    /// The scores.
    pub fn scores(&self) -> CvssScores {
        self.scores
    }

    /// The rating of the base score.
    pub fn severity(&self) -> Severity {
        Severity::of(self.scores.base)
    }
}

fn stated(values: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    values.iter().find(|(metric, _)| *metric == name).map(|(_, value)| *value).filter(|value| *value != "X")
}

impl fmt::Display for Cvss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CVSS:{}", self.version)?;
        self.values.iter().try_for_each(|(metric, value)| write!(f, "/{metric}:{value}"))
    }
}
