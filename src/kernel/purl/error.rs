//! What is wrong with a purl, where, and what to write instead.

use std::fmt;

use crate::kernel::Fault;

/// A component of a purl, as its specification names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurlPart {
    /// The constant `pkg` before the first colon.
    Scheme,
    /// The kind of package: `npm`, `maven`, …
    Type,
    /// The prefix of the name: a Maven group, an npm scope.
    Namespace,
    /// The name of the package.
    Name,
    /// The version of the package.
    Version,
    /// The `key=value` pairs after the question mark.
    Qualifiers,
    /// The path inside the package, after the hash sign.
    Subpath,
}

impl fmt::Display for PurlPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "scheme",
            Self::Type => "type",
            Self::Namespace => "namespace",
            Self::Name => "name",
            Self::Version => "version",
            Self::Qualifiers => "qualifiers",
            Self::Subpath => "subpath",
        })
    }
}

/// Why a text, or a set of parts, is no purl. Its `Display` says which part, at which column, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurlError {
    part: PurlPart,
    column: Option<usize>,
    problem: String,
    remedy: String,
    meant: Option<String>,
}

impl PurlError {
    pub(super) fn new(part: PurlPart, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { part, column: None, problem: problem.into(), remedy: remedy.into(), meant: None }
    }

    pub(super) fn at(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }

    pub(super) fn meaning(mut self, purl: String) -> Self {
        self.meant = Some(purl);
        self
    }

    /// The component that is wrong.
    pub fn part(&self) -> PurlPart {
        self.part
    }

    /// Where the wrong component, or the wrong character in it, begins: in characters, from 1.
    /// `None` for a purl that was built from its parts.
    pub fn column(&self) -> Option<usize> {
        self.column
    }

    /// The canonical purl that was meant, where only letter case stands between the text and a valid purl.
    pub fn meant(&self) -> Option<&str> {
        self.meant.as_deref()
    }
}

impl fmt::Display for PurlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.part)?;
        if let Some(column) = self.column {
            write!(f, " at column {column}")?;
        }
        write!(f, ": {}; {}", self.problem, self.remedy)?;
        if let Some(meant) = &self.meant {
            write!(f, ", as in {meant}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PurlError {}

impl From<PurlError> for Fault {
    fn from(error: PurlError) -> Self {
        Self::new("invalid_purl", format!("This is no package URL: {error}."))
    }
}
