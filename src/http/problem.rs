//! Errors on the wire: problem documents (RFC 9457), and the one table from kind to status.

use super::request;
use crate::kernel::{Error, FieldError, Kind, Problem};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use std::error::Error as _;
use utoipa::ToSchema;

/// The media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The request could not be read.
pub static MALFORMED: Problem = Problem::new(
    "request.malformed",
    Kind::Malformed,
    "The request could not be read.",
    "Send a body of well-formed JSON in UTF-8, and a well-formed address.",
);
/// The body is too large.
pub static TOO_LARGE: Problem = Problem::new(
    "request.too_large",
    Kind::TooLarge,
    "The body is larger than allowed.",
    "Send less at once; the limit stands in the detail.",
);
/// The media type of the body is not understood.
pub static UNSUPPORTED_MEDIA: Problem = Problem::new(
    "request.unsupported_media_type",
    Kind::UnsupportedMedia,
    "The body is of a media type that is not understood here.",
    "Send `Content-Type: application/json` (for PATCH also `application/merge-patch+json`).",
);
/// Nothing that the caller accepts can be served.
pub static NOT_ACCEPTABLE: Problem = Problem::new(
    "request.not_acceptable",
    Kind::NotAcceptable,
    "None of the media types that you accept can be served.",
    "Accept `application/json`.",
);
/// The body came too slowly.
pub static TIMEOUT: Problem = Problem::new(
    "request.timeout",
    Kind::Timeout,
    "The request took too long to arrive.",
    "Send the whole body at once; try again on a better connection.",
);
/// There is nothing at this address.
pub static NO_ROUTE: Problem = Problem::new(
    "route.not_found",
    Kind::NotFound,
    "There is nothing at this address.",
    "See /docs for the addresses that exist.",
);
/// The address knows other methods.
pub static WRONG_METHOD: Problem = Problem::new(
    "route.method_not_allowed",
    Kind::MethodNotAllowed,
    "This address does not know that method.",
    "Use one of the methods in the `Allow` header.",
);

/// The catalogue of the base layers; each feature has its own.
pub static PROBLEMS: &[&Problem] = &[
    &MALFORMED,
    &TOO_LARGE,
    &UNSUPPORTED_MEDIA,
    &NOT_ACCEPTABLE,
    &TIMEOUT,
    &NO_ROUTE,
    &WRONG_METHOD,
    &crate::kernel::problems::INTERNAL,
    &crate::kernel::problems::UNAVAILABLE,
    &crate::kernel::problems::INVALID,
    &crate::kernel::problems::NOT_FOUND,
    &crate::kernel::problems::FORBIDDEN,
    &crate::kernel::problems::STALE,
    &crate::kernel::problems::REQUIRED,
    &super::authenticate::MISSING,
    &super::authenticate::WRONG,
    &super::scope::INSUFFICIENT,
    &super::limit::LIMITED,
    &super::idempotency::INVALID_KEY,
    &super::idempotency::OTHER_BODY,
    &super::idempotency::RUNNING,
    &super::idempotency::INTERRUPTED,
];

/// The status of each kind of failure.
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Kind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Kind::Timeout => StatusCode::REQUEST_TIMEOUT,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What is wrong with one field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON Pointer (RFC 6901) into the body; `?name` for a query parameter, `{name}` for a path segment.
    #[schema(example = "/skills/0/level")]
    pub pointer: String,
    /// Stable name of the fault.
    #[schema(example = "out_of_range")]
    pub code: String,
    /// What was wrong and what to do.
    #[schema(example = "A level is 1 (beginner) to 5 (expert); it is 9.")]
    pub detail: String,
}

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/input.invalid", "title": "Some of the input is not valid.", "status": 422,
    "detail": "A level is 1 (beginner) to 5 (expert); it is 9.", "instance": "/api/v1/projects/log4j/needs",
    "code": "input.invalid", "request_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d",
    "errors": [{"pointer": "/skills/0/level", "code": "out_of_range", "detail": "A level is 1 (beginner) to 5 (expert); it is 9."}]
}))]
pub struct ProblemDocument {
    /// Address of the page that explains this code.
    pub r#type: String,
    /// The same sentence for each occurrence.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What was wrong this time, and what to do.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// Stable code, e.g. `need.already_closed`.
    pub code: String,
    /// Names the request in the server's log.
    pub request_id: String,
    /// Input errors, all of them at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
    /// For state conflicts: the transitions that are allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
    /// Members of the problem's own, which the operation documents; never one of the names above.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl From<&FieldError> for FieldProblem {
    fn from(field: &FieldError) -> Self {
        Self { pointer: field.pointer.clone(), code: field.code.to_owned(), detail: field.detail.clone() }
    }
}

impl ProblemDocument {
    fn of(error: &Error) -> Self {
        let problem = error.problem();
        let (request_id, instance) = request::current();
        Self {
            r#type: format!("/problems/{}", problem.code),
            title: problem.title.to_owned(),
            status: status(problem.kind).as_u16(),
            detail: error.detail().to_owned(),
            instance,
            code: problem.code.to_owned(),
            request_id,
            errors: error.fields().iter().map(FieldProblem::from).collect(),
            allowed: (problem.kind == Kind::Conflict && error.lists_allowed())
                .then(|| error.allowed().iter().map(|name| (*name).to_owned()).collect()),
            extra: error.extra().clone(),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(self.kind())
    }

    fn error_response(&self) -> HttpResponse {
        log(self);
        let mut response = HttpResponseBuilder::new(self.status_code());
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON)).insert_header((header::CACHE_CONTROL, "no-store"));
        if self.kind() == Kind::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.kind() == Kind::MethodNotAllowed {
            response.insert_header((header::ALLOW, self.allowed().join(", ")));
        }
        match serde_json::to_string(&ProblemDocument::of(self)) {
            Ok(body) => response.body(body),
            Err(_) => response.finish(),
        }
    }
}

fn log(error: &Error) {
    if !matches!(error.kind(), Kind::Internal | Kind::Unavailable) {
        return;
    }
    let mut causes = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push_str(": ");
        causes.push_str(&inner.to_string());
        cause = inner.source();
    }
    tracing::error!(code = error.code(), "{}{causes}", error.detail());
}
