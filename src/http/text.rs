//! Answers that are no JSON, or JSON of somebody else's making: feeds and pictures, with what caches need.

use super::conditional;
use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};

/// A text of some media type.
#[derive(Debug)]
pub struct Text {
    kind: &'static str,
    body: String,
    cache: String,
}

impl Text {
    /// For everybody; shared caches keep it for so many seconds.
    pub fn public(kind: &'static str, body: String, seconds: u32) -> Self {
        Self { kind, body, cache: format!("public, max-age={seconds}") }
    }

    /// For one reader alone, who asks each time whether it is still current.
    pub fn private(kind: &'static str, body: String) -> Self {
        Self { kind, body, cache: "private, no-cache".to_owned() }
    }
}

impl Responder for Text {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<BoxBody> {
        let tag = conditional::tag(0, self.body.as_bytes());
        let known = conditional::is_known(request, &tag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, self.cache));
        if known { response.finish() } else { response.content_type(self.kind).body(self.body) }
    }
}
