//! Where a value came from.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from, from weakest to strongest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The documented defaults.
    Default,
    /// Worked out from another setting or from the machine, because the default leaves it open.
    Derived(&'static str),
    /// The settings file.
    File {
        /// Its path as given.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Derived(from) => write!(f, "default, from {from}"),
            Self::File { path, line, column } => write!(f, "{}, line {line}, column {column}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// Line and column, from 1, of a place in a text given in bytes.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}
