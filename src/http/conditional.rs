//! `ETag`, `If-None-Match` and `If-Match` (RFC 9110 section 13).
//!
//! A tag is `"<version>-<digest>"`: the digest covers the whole answer, so that a cached copy is never stale; the version
//! is the row's, and it alone guards changes, so that a counter shown beside the row does not make a change fail.

use crate::kernel::{Error, IfMatch, Result, hex};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest as _, Sha256};
use std::future::{Ready, ready};

/// The tag of an answer.
pub fn tag(version: i64, body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let short = digest.get(..8).unwrap_or_default();
    format!("\"{version}-{}\"", hex(short))
}

/// The tags of a header, without `W/` and quotes.
fn listed(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
}

/// Whether the caller already holds this answer.
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let bare = tag.trim_matches('"');
    let header = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    header.is_some_and(|value| value.trim() == "*" || listed(value).any(|known| known == bare))
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(match request.headers().get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default()) {
            None => Self::Absent,
            Some("*") => Self::Any,
            Some(value) => {
                Self::Versions(listed(value).filter_map(|tag| tag.split('-').next()?.parse().ok()).collect())
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(value: &str) -> IfMatch {
        let request = TestRequest::default().insert_header((header::IF_MATCH, value)).to_http_request();
        IfMatch::from_request(&request, &mut Payload::None).into_inner().unwrap()
    }

    #[test]
    fn changes_want_the_current_version() {
        let current = tag(7, b"{}");
        assert!(read(&current).require(7).is_ok());
        assert!(read("*").require(7).is_ok());
        assert_eq!(read(&current).require(8).unwrap_err().code(), "precondition.stale");
        assert_eq!(read("\"nonsense\"").require(8).unwrap_err().code(), "precondition.stale");
        assert_eq!(IfMatch::Absent.require(7).unwrap_err().code(), "precondition.required");
        assert!(IfMatch::Absent.check(7).is_ok());
    }

    #[test]
    fn a_known_answer_is_not_sent_again() {
        let known = tag(1, b"a");
        let request = TestRequest::default()
            .insert_header((header::IF_NONE_MATCH, format!("\"x\", W/{known}")))
            .to_http_request();
        assert!(is_known(&request, &known));
        assert!(!is_known(&request, &tag(1, b"b")));
    }
}
