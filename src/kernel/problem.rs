//! The catalogue entry of one way to fail: code, kind, title and remedy, written once and shown as a page.

/// What kind of failure it is; `http` maps each kind to one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request could not be read at all (no JSON, broken encoding).
    Malformed,
    /// Missing or wrong credentials.
    Unauthenticated,
    /// The caller may see the thing but not do this to it.
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// None of the media types that the caller accepts can be served.
    NotAcceptable,
    /// The sender took too long.
    Timeout,
    /// The state of things does not allow it now.
    Conflict,
    /// The entity changed since the caller read it.
    PreconditionFailed,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is of a media type that is not understood.
    UnsupportedMedia,
    /// The request was read, and what it says is wrong.
    Invalid,
    /// The operation wants `If-Match`.
    PreconditionRequired,
    /// Too many requests; try again later.
    TooMany,
    /// A bug or an outage of ours: the cause is logged, never sent.
    Internal,
    /// The database or another part can't be had at the moment.
    Unavailable,
}

/// One way to fail, in the catalogue at `/problems/<code>`.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable name, `<area>.<what>`, e.g. `need.already_closed`.
    pub code: &'static str,
    /// Its kind, which fixes the HTTP status.
    pub kind: Kind,
    /// One public sentence, the same for each occurrence.
    pub title: &'static str,
    /// What the caller can do about it.
    pub remedy: &'static str,
}

impl Problem {
    /// A catalogue entry.
    pub const fn new(code: &'static str, kind: Kind, title: &'static str, remedy: &'static str) -> Self {
        Self { code, kind, title, remedy }
    }
}
