//! What a bill of materials says, whatever format it came in, and why one is refused.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use serde::Serialize;

use crate::kernel::Purl;

/// The largest document that is read, in bytes: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;
/// The most components of one document.
pub const MAX_COMPONENTS: usize = 100_000;
/// The most dependencies of one document.
pub const MAX_DEPENDENCIES: usize = 1_000_000;
/// As many faults are told at once; more help nobody.
pub(super) const MAX_FAULTS: usize = 50;
/// As many warnings are kept.
const MAX_WARNINGS: usize = 100;

/// A bill of materials, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// `cyclonedx` or `spdx`.
    pub format: &'static str,
    /// The version of the format, such as `1.6` or `2.3`.
    pub version: String,
    /// The document's own identifier, where it has one.
    pub serial: Option<String>,
    /// What the document describes: its name and version.
    pub subject: Option<Component>,
    /// The subject's place among the components; SPDX counts it as one of them, CycloneDX doesn't.
    pub subject_at: Option<usize>,
    /// The components, each once.
    pub components: Vec<Component>,
    /// Which component needs which, by their places in `components`. The subject's own needs are in `direct`.
    pub edges: Vec<(usize, usize)>,
    /// The components that the subject needs itself, by its own statement.
    pub direct: Vec<usize>,
    /// What was read with a grain of salt.
    pub warnings: Vec<Fault>,
}

/// A package in a bill of materials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Component {
    /// Its name within the document.
    pub reference: String,
    /// Its name, with the group or namespace in front.
    pub name: String,
    /// Its version, as written.
    pub version: Option<String>,
    /// Its package URL, where there is a valid one.
    pub purl: Option<Purl>,
    /// Its licence as an SPDX expression or a name.
    pub license: Option<String>,
    /// Where its source is kept, as written.
    pub repository: Option<String>,
}

/// One thing that is wrong with a document, and where: a JSON Pointer, or for XML, tag-value and unreadable JSON a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A JSON Pointer to the value, such as `/components/3/type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in bytes, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// A stable name of what is wrong, such as `required`.
    pub code: &'static str,
    /// What is wrong and what was expected.
    pub detail: String,
}

impl Fault {
    pub(super) fn at_pointer(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), line: None, column: None, code, detail: detail.into() }
    }

    pub(super) fn at_place(line: usize, column: usize, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: None, line: Some(line), column: Some(column), code, detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(pointer) = &self.pointer {
            write!(f, "{}: ", if pointer.is_empty() { "document" } else { pointer })?;
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.detail)
    }
}

/// Why a document is not taken; at least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, at most 50 things.
    pub faults: Vec<Fault>,
}

impl Refusal {
    pub(super) fn one(fault: Fault) -> Self {
        Self { faults: vec![fault] }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut faults = self.faults.iter();
        if let Some(first) = faults.next() {
            write!(f, "{first}")?;
        }
        if faults.len() > 0 { write!(f, " (and {} more)", faults.len()) } else { Ok(()) }
    }
}

impl std::error::Error for Refusal {}

impl Document {
    /// How many dependencies it states, the subject's own among them.
    pub fn dependencies(&self) -> usize {
        self.edges.len() + self.direct.len()
    }

    pub(super) fn warn(&mut self, fault: Fault) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(fault);
        }
    }

    /// Each component's distance from the subject: 1 for what it needs itself. Where the document does not say what
    /// the subject needs, what nothing else needs counts as its own; a circle that nothing leads to has no distance.
    /// The subject, where it is a component, is at distance 0.
    pub fn depths(&self) -> Vec<Option<usize>> {
        let mut depths = vec![None; self.components.len()];
        let mut needs: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut needed = vec![false; self.components.len()];
        for (from, to) in &self.edges {
            needs.entry(*from).or_default().push(*to);
            if from != to
                && let Some(needed) = needed.get_mut(*to)
            {
                *needed = true;
            }
        }
        let roots = needed.iter().enumerate().filter(|(_, needed)| !**needed).map(|(at, _)| at);
        let near = self.subject_at.and_then(|at| needs.get(&at)).into_iter().flatten().chain(&self.direct).copied();
        let mut queue: VecDeque<(usize, usize)> = self.subject_at.map(|at| (at, 0)).into_iter().collect();
        queue.extend(near.chain(roots).map(|at| (at, 1)));
        while let Some((at, depth)) = queue.pop_front() {
            let Some(known @ None) = depths.get_mut(at) else { continue };
            *known = Some(depth);
            queue.extend(needs.get(&at).into_iter().flatten().map(|to| (*to, depth + 1)));
        }
        depths
    }
}
