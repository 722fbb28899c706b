//! What handlers answer with: a body, its status, and the headers that caches and clients need.

use super::conditional;
use crate::kernel::Error;
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError as _};
use serde::Serialize;

/// A successful answer.
#[derive(Debug)]
pub struct Reply<T> {
    body: Option<T>,
    status: StatusCode,
    version: Option<i64>,
    public: bool,
    headers: Vec<(header::HeaderName, String)>,
}

impl<T> Reply<T> {
    fn new(status: StatusCode, body: Option<T>) -> Self {
        Self { body, status, version: None, public: false, headers: Vec::new() }
    }

    /// 200 with a body.
    pub fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    /// 201 with a body and where the new thing is.
    pub fn created(location: impl Into<String>, body: T) -> Self {
        Self::new(StatusCode::CREATED, Some(body)).header(header::LOCATION, location)
    }

    /// 202: taken, to be done soon.
    pub fn accepted(body: T) -> Self {
        Self::new(StatusCode::ACCEPTED, Some(body))
    }

    /// Puts an `ETag` on the answer and honours `If-None-Match`.
    #[must_use]
    pub fn versioned(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// Lets shared caches keep the answer for a minute; only for what anybody may see.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// The same answer with another body.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Reply<U> {
        let Self { body, status, version, public, headers } = self;
        Reply { body: body.map(f), status, version, public, headers }
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Reply<()> {
    /// 303: what is wanted is there.
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::new(StatusCode::SEE_OTHER, None).header(header::LOCATION, location)
    }

    /// 204: done, nothing to say.
    pub fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        let body = match self.body.as_ref().map(serde_json::to_vec).transpose() {
            Ok(body) => body,
            Err(cause) => return Error::internal(cause).error_response(),
        };
        let tag = match (&body, self.version) {
            (Some(bytes), Some(version)) => Some(conditional::tag(version, bytes)),
            (Some(bytes), None) if self.public => Some(conditional::tag(0, bytes)),
            _ => None,
        };
        let known =
            self.status == StatusCode::OK && tag.as_deref().is_some_and(|tag| conditional::is_known(request, tag));
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { self.status });
        if let Some(tag) = tag {
            response.insert_header((header::ETAG, tag));
        }
        let cache = match (self.public, self.version) {
            (true, _) => "public, max-age=60",
            (false, Some(_)) => "private, no-cache",
            (false, None) => "no-store",
        };
        response.insert_header((header::CACHE_CONTROL, cache)).insert_header((header::VARY, "Authorization"));
        for (name, value) in self.headers {
            response.insert_header((name, value));
        }
        match body {
            Some(bytes) if !known => response.content_type("application/json").body(bytes),
            _ => response.finish(),
        }
    }
}
