//! Reading bodies, query strings and paths, with errors that point at the place.

use super::problem::{MALFORMED, TIMEOUT, TOO_LARGE, UNSUPPORTED_MEDIA};
use crate::infra::Ctx;
use crate::kernel::{Error, FieldError, Result};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::time::Duration;
use url::form_urlencoded;

/// A JSON body. Unknown fields are refused by the type itself (`deny_unknown_fields`).
#[derive(Debug)]
pub struct Json<T>(pub T);

/// A JSON body that may be left out altogether.
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

/// A query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// Path segments.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            json_type(&request)?;
            let bytes = read(&request, payload).await?;
            parse(&bytes).map(Json)
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&request, payload).await?;
            if bytes.is_empty() {
                return Ok(Self(None));
            }
            json_type(&request)?;
            parse(&bytes).map(|body| Self(Some(body)))
        })
    }
}

/// Refuses a body that does not say that it is JSON.
pub fn json_type(request: &HttpRequest) -> Result<()> {
    let known = match request.mime_type() {
        Ok(Some(mime)) => {
            let utf8 = mime.get_param("charset").is_none_or(|set| set == "utf-8");
            let merge = mime.subtype() == "merge-patch" && request.method() == actix_web::http::Method::PATCH;
            mime.type_() == "application" && (mime.subtype() == "json" || merge) && utf8
        }
        _ => false,
    };
    if known {
        return Ok(());
    }
    let sent = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("none");
    Err(Error::new(
        &UNSUPPORTED_MEDIA,
        format!("The body's Content-Type is {sent:?}; send `application/json` in UTF-8."),
    ))
}

/// Paths that take larger bodies than others: how large in bytes, where a path is one of them. They have four times as long.
#[derive(Debug, Clone, Copy)]
pub struct LargeBodies(pub fn(&str) -> Option<usize>);

/// Reads a whole body, within the limits of size and time.
pub async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Vec<u8>> {
    let (most, seconds) = request.app_data::<web::Data<Ctx>>().map_or((1 << 20, 15), |ctx| {
        let server = &ctx.settings().server;
        (server.max_body_bytes, server.body_timeout_seconds)
    });
    let larger = request.app_data::<web::Data<LargeBodies>>().and_then(|large| (large.0)(request.path()));
    let (most, seconds) = larger.map_or((most, seconds), |larger| (most.max(larger), seconds.saturating_mul(4)));
    let too_large = || Error::new(&TOO_LARGE, format!("At most {most} bytes are allowed in a body."));
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let reading = async {
        let mut bytes = Vec::with_capacity(announced.unwrap_or(0));
        while let Some(chunk) = payload.next().await {
            let chunk =
                chunk.map_err(|cause| Error::new(&MALFORMED, "The body broke off.").with_source(cause.to_string()))?;
            if bytes.len() + chunk.len() > most {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    match tokio::time::timeout(Duration::from_secs(seconds), reading).await {
        Ok(done) => done,
        Err(_) => Err(Error::new(&TIMEOUT, format!("The body did not arrive within {seconds} seconds."))),
    }
}

/// Parses JSON; a syntax error is 400 with line and column, a wrong value 422 with its pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        json_error(error.inner(), pointer)
    })?;
    reader.end().map_err(|error| json_error(&error, String::new()))?;
    Ok(value)
}

fn json_error(error: &serde_json::Error, pointer: String) -> Error {
    if error.is_data() {
        return Error::invalid(vec![FieldError {
            pointer,
            code: data_code(&error.to_string()),
            detail: sentence(&error.to_string()),
        }]);
    }
    Error::new(
        &MALFORMED,
        format!(
            "The body is not well-formed JSON at line {}, column {}: {}.",
            error.line(),
            error.column(),
            strip(&error.to_string())
        ),
    )
}

fn data_code(message: &str) -> &'static str {
    if message.starts_with("unknown field") {
        "unknown_field"
    } else if message.starts_with("missing field") {
        "missing"
    } else if message.starts_with("unknown variant") {
        "unknown_word"
    } else {
        "wrong_type"
    }
}

/// serde's sentence without its own account of the place, which the pointer gives.
fn strip(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

fn sentence(message: &str) -> String {
    let plain = match strip(message).split_once(", expected struct ") {
        // What our types are called is nobody's business.
        Some((found, _)) => format!("{found}, expected an object"),
        None => strip(message).to_owned(),
    };
    let mut letters = plain.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        if let Some((name, _)) = { pairs }.find(|(_, value)| value.contains('\0')) {
            // No text of ours holds it, and PostgreSQL can't even be asked for it.
            let detail = "Holds the character U+0000; remove it.";
            return ready(Err(Error::field(format!("?{name}"), "control_character", detail)));
        }
        // An empty number is taken for one that was left out; a mark in its place is refused like any other text.
        if { pairs }.any(|(_, value)| value.is_empty()) {
            let marked = pairs.map(|(name, value)| (name, if value.is_empty() { "-".into() } else { value }));
            let marked = form_urlencoded::Serializer::new(String::new()).extend_pairs(marked).finish();
            if let Err(error) = read_query::<T>(form_urlencoded::parse(marked.as_bytes())) {
                return ready(Err(error));
            }
        }
        ready(read_query(pairs).map(Query))
    }
}

fn read_query<T: DeserializeOwned>(pairs: form_urlencoded::Parse<'_>) -> Result<T> {
    let pairs = serde_html_form::Deserializer::new(pairs);
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let message = error.inner().to_string();
        let named = message.split('`').nth(1).map(str::to_owned);
        let place = match (pointer(error.path()).strip_prefix('/'), named) {
            (Some(name), _) if !name.is_empty() => name.to_owned(),
            (_, Some(name)) => name,
            _ => String::new(),
        };
        Error::field(format!("?{place}"), data_code(&message), sentence(&message))
    })
}

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let info = request.match_info();
        if info.iter().any(|(_, value)| value.contains('\0') || value.contains("%00")) {
            // Nothing is called so, and PostgreSQL can't even be asked for it.
            return ready(Err(Error::not_found("thing")));
        }
        let read = web::Path::<T>::from_request(request, payload).into_inner();
        ready(read.map(|path| Path(path.into_inner())).map_err(|cause| {
            let is_id = |name: &str| name == "id" || name.ends_with("_id");
            let wrong = info.iter().find(|(name, value)| is_id(name) && uuid::Uuid::parse_str(value).is_err());
            let (name, detail) = if let Some((name, _)) = wrong {
                let cause = sentence(&cause.to_string());
                let cause = cause.trim_end_matches('.');
                (name, format!("{cause}; ids here are UUIDs such as 01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d."))
            } else {
                let (name, value) = info.iter().last().unwrap_or(("path", ""));
                (name, format!("{value:?} is not of the form that this part of the address has."))
            };
            Error::field(format!("{{{name}}}"), "invalid_path", detail)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "a/b")]
        _list: Vec<u8>,
    }

    #[test]
    fn faults_carry_their_place() {
        for (body, code, place) in [
            (r#"{"a/b":[1,"x"]}"#, "wrong_type", "/a~1b/1"),
            (r#"{"a/b":[],"c":1}"#, "unknown_field", "/c"),
            ("{}", "missing", ""),
        ] {
            let error = parse::<Sample>(body.as_bytes()).unwrap_err();
            assert_eq!((error.fields()[0].code, error.fields()[0].pointer.as_str()), (code, place), "{body}");
        }
        for body in ["", "{", "{\"a/b\":[1,}", "{\"a/b\":[]} x", "\u{FEFF}{}"] {
            let error = parse::<Sample>(body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), "request.malformed", "{body:?}");
            assert!(error.detail().contains("line 1, column"), "{error}");
        }
    }
}
