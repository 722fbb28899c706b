//! Headers that stand on every answer.

use super::trace;
use crate::kernel::RequestId;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-site"),
    (HeaderName::from_static("permissions-policy"), "interest-cohort=()"),
];

/// The interactive docs bring their own script and style; nothing else may load anything.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
/// The pages behind mailed links hold a form that goes to us.
const API_POLICY: &str =
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Puts the common headers on an answer.
pub fn put(headers: &mut HeaderMap, id: &RequestId, path: &str) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pictures are made to be shown by other sites.
    if std::path::Path::new(path).extension().is_some_and(|kind| kind == "svg") {
        let everywhere = HeaderValue::from_static("cross-origin");
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), everywhere);
    }
    let policy = if trace::is_docs(path) { DOCS_POLICY } else { API_POLICY };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    trace::default_cache(headers);
}
