//! The one error type of services and stores.

use super::{Kind, Problem};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// A result of the domain.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the body, or `?name` for a query parameter, `{name}` for a path segment.
    pub pointer: String,
    /// Stable name of the fault, e.g. `too_long`.
    pub code: &'static str,
    /// What was wrong and what to do, in one or two sentences.
    pub detail: String,
}

/// A failure: its catalogue entry, what is particular to this occurrence, and a cause that is logged but never sent.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    problem: &'static Problem,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    extra: Map<String, Value>,
    allowed: Option<Vec<&'static str>>,
    retry_after_seconds: Option<u64>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Something broke on our side.
pub static INTERNAL: Problem = Problem::new(
    "internal",
    Kind::Internal,
    "Something went wrong on our side.",
    "Try again. If it stays, report it with the request id; the cause is in the server's log.",
);
/// The database can't be had now.
pub static UNAVAILABLE: Problem = Problem::new(
    "unavailable",
    Kind::Unavailable,
    "The service can't answer right now.",
    "Try again in a few seconds; a request with an Idempotency-Key is safe to repeat.",
);
/// Some fields of the input are wrong.
pub static INVALID: Problem = Problem::new(
    "input.invalid",
    Kind::Invalid,
    "Some of the input is not valid.",
    "Correct each field named in `errors` and send the request again.",
);
/// No such thing, as far as this caller may know.
pub static NOT_FOUND: Problem = Problem::new(
    "not_found",
    Kind::NotFound,
    "There is no such thing here.",
    "Check the address. Private things answer the same to those who may not know of them.",
);
/// May see, may not do.
pub static FORBIDDEN: Problem = Problem::new(
    "forbidden",
    Kind::Forbidden,
    "You may not do this.",
    "Ask somebody whose role allows it, or for the role.",
);
/// The entity changed since it was read.
pub static STALE: Problem = Problem::new(
    "precondition.stale",
    Kind::PreconditionFailed,
    "The resource changed since you read it.",
    "Read it again, look at what changed, and repeat the request with the new ETag in If-Match.",
);

/// The operation wants `If-Match`.
pub static REQUIRED: Problem = Problem::new(
    "precondition.required",
    Kind::PreconditionRequired,
    "This operation wants an If-Match header.",
    "Read the resource, and send its ETag in If-Match, so that you don't overwrite somebody else's change.",
);

impl Error {
    /// A failure of this catalogue entry, with a sentence on what was wrong this time.
    pub fn new(problem: &'static Problem, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            problem,
            detail: detail.into(),
            fields: Vec::new(),
            extra: Map::new(),
            allowed: None,
            retry_after_seconds: None,
            source: None,
        }))
    }

    /// An internal failure: `cause` goes to the log only.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(&INTERNAL, "The request could not be completed.").with_source(cause)
    }

    /// The database or another part can't be had.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(&UNAVAILABLE, "A part that this needs can't be reached.").retry_after(2).with_source(cause)
    }

    /// No such thing; `what` is a noun such as `need`.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(&NOT_FOUND, format!("There is no {what} at this address that you may see."))
    }

    /// May see, may not do.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(&FORBIDDEN, detail)
    }

    /// Wrong fields, all of them at once.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} fields are not valid; see `errors`.", many.len()),
        };
        let mut error = Self::new(&INVALID, detail);
        error.0.fields = fields;
        error
    }

    /// One wrong field.
    pub fn field(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), code, detail: detail.into() }])
    }

    /// The state does not allow it; `allowed` are the transitions that it does allow.
    #[must_use]
    pub fn with_allowed(mut self, allowed: Vec<&'static str>) -> Self {
        self.0.allowed = Some(allowed);
        self
    }

    /// A member of its own on the problem document (RFC 9457 section 3.2), such as what to send next.
    #[must_use]
    pub fn with_extra(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// The cause, for the log.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// The catalogue entry.
    pub fn problem(&self) -> &'static Problem {
        self.0.problem
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.0.problem.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.problem.code
    }

    /// The public sentence of this occurrence.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The wrong fields.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The transitions that would be allowed.
    pub fn allowed(&self) -> &[&'static str] {
        self.0.allowed.as_deref().unwrap_or_default()
    }

    /// Whether it says what would be allowed, be it nothing.
    pub fn lists_allowed(&self) -> bool {
        self.0.allowed.is_some()
    }

    /// Members of its own on the problem document.
    pub fn extra(&self) -> &Map<String, Value> {
        &self.0.extra
    }

    /// Seconds after which a retry makes sense.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after_seconds
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())?;
        for field in self.fields() {
            write!(f, "; {}: {}", field.pointer, field.detail)?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|cause| {
            let cause: &(dyn StdError + 'static) = cause.as_ref();
            cause
        })
    }
}
