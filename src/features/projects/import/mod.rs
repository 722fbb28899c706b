//! Lists of projects from elsewhere become unclaimed listings: an up-for-grabs file, a criticality file.
//!
//! Repeatable without doubles, since a repository has one spelling: what is there already is brought up to date, or left
//! alone where a person wrote it. Projects that opted out stay out. A row that can't be used is told and never stops the
//! rest; a file of another format is refused whole.

mod apply;
mod critical_projects;
mod plan;
mod report;
mod repository;
mod told;
mod unpack;
mod up_for_grabs;

pub use apply::Importer;
pub use report::{Reason, Report, RowReport, RowStatus};
pub use unpack::unpack;

use super::service::repository as check_repository;
use super::statements::Told;
use crate::kernel::{Error, Timestamp, words};
use report::Reason as Why;

words! {
    /// What kind of file it is.
    ImportFormat {
        /// Projects that ask for help, as up-for-grabs.net lists them: one JSON object a line.
        UpForGrabs = "up_for_grabs",
        /// Scores of the OpenSSF's `criticality_score`: CSV with a column `repo.url`.
        CriticalProjects = "critical_projects",
        /// Results of the OpenSSF Scorecard: one JSON object, or several.
        Scorecard = "scorecard",
        /// A SECURITY-INSIGHTS file, version 2: YAML.
        SecurityInsights = "security_insights",
    }
}

/// What the file alone does not say.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The column that holds the score, where a criticality file has several.
    pub score_column: Option<String>,
    /// When the scores' signals were collected, where the file has no such column.
    pub as_of: Option<Timestamp>,
}

/// A row that can be used.
#[derive(Debug, Clone, PartialEq)]
struct Listing {
    line: u64,
    repository_url: String,
    repository_key: String,
    name: String,
    /// None where the file holds no words about projects.
    words: Option<Said>,
    languages: Vec<String>,
    tags: Vec<String>,
    score: Option<Scored>,
    /// Its license, an SPDX expression.
    license: Option<String>,
    /// What a document says of it.
    told: Option<Told>,
    /// Something that had to be left out of the row.
    note: Option<Why>,
}

/// What a file says of a project.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    description: String,
    homepage_url: Option<String>,
}

/// How critical a file says that a project is.
#[derive(Debug, Clone, PartialEq)]
struct Scored {
    score: f64,
    /// The signals and what each was worth, where the score was made here.
    inputs: Option<serde_json::Value>,
    algorithm: String,
    as_of: Option<Timestamp>,
}

/// A row, read.
#[derive(Debug, Clone, PartialEq)]
enum Row {
    Fit(Box<Listing>),
    Unfit { line: u64, why: Why },
}

/// A file, read.
#[derive(Debug, Default)]
struct Reading {
    rows: Vec<Row>,
    /// How often a tag was used, and how often one that means a skill.
    tag_uses: u64,
    tag_uses_resolved: u64,
}

/// Why the file is of another format: the place, and what is wrong there.
fn wrong_file(format: ImportFormat, line: u64, column: u64, what: impl std::fmt::Display) -> Error {
    let detail = format!("This is no {format} file: line {line}, column {column}: {what}.");
    Error::new(&super::problems::WRONG_FILE, detail)
}
