//! Collects every fault of an input, so that the caller learns all of them at once.

use super::{Error, FieldError, Result};

/// What is wrong with one value, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable name, e.g. `too_long`.
    pub code: &'static str,
    /// What was wrong and what to do.
    pub detail: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Stands for a value whose fault has been noted; it turns into the collected error at [`Check::done`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl From<Failed> for Error {
    fn from(_: Failed) -> Self {
        Self::internal("a value was taken before its check was done")
    }
}

/// Notes faults by their JSON Pointer.
///
/// ```
/// use mainstay::kernel::{Check, Email};
/// let mut check = Check::default();
/// let email = check.value("/email", Email::parse("nobody"));
/// assert!(email.is_err());
/// assert_eq!(check.done().unwrap_err().fields()[0].pointer, "/email");
/// ```
#[derive(Debug, Default)]
pub struct Check {
    faults: Vec<FieldError>,
}

impl Check {
    /// Keeps the value, or notes what is wrong with it.
    pub fn value<T>(&mut self, pointer: impl Into<String>, parsed: Result<T, Fault>) -> Result<T, Failed> {
        parsed.map_err(|fault| {
            self.fault(pointer, fault.code, fault.detail);
            Failed
        })
    }

    /// The same for a value that may be left out.
    pub fn optional<T>(
        &mut self,
        pointer: impl Into<String>,
        parsed: Option<Result<T, Fault>>,
    ) -> Result<Option<T>, Failed> {
        parsed.map(|value| self.value(pointer, value)).transpose()
    }

    /// Parses each item of a list, at most `most` of them, pointing into it.
    pub fn each<I, T>(
        &mut self,
        pointer: &str,
        items: &[I],
        most: usize,
        parse: impl Fn(&I) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Failed> {
        if items.len() > most {
            self.fault(pointer, "too_many", format!("At most {most} entries are allowed; {} were sent.", items.len()));
            return Err(Failed);
        }
        let mut kept = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            if let Ok(value) = self.value(format!("{pointer}/{at}"), parse(item)) {
                kept.push(value);
            }
        }
        if kept.len() == items.len() { Ok(kept) } else { Err(Failed) }
    }

    /// A number between two bounds.
    pub fn range<N: PartialOrd + Copy + std::fmt::Display>(
        &mut self,
        pointer: impl Into<String>,
        value: N,
        least: N,
        most: N,
    ) -> Result<N, Failed> {
        if value >= least && value <= most {
            return Ok(value);
        }
        self.fault(pointer, "out_of_range", format!("Must be between {least} and {most}; it is {value}."));
        Err(Failed)
    }

    /// Notes a fault of its own.
    pub fn fault(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.faults.push(FieldError { pointer: pointer.into(), code, detail: detail.into() });
    }

    /// Notes a fault when `holds` is false.
    pub fn require(&mut self, holds: bool, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        if !holds {
            self.fault(pointer, code, detail);
        }
    }

    /// Whether anything has been noted so far.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// All noted faults as one error, or nothing.
    pub fn done(self) -> Result<()> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::invalid(self.faults)) }
    }
}
