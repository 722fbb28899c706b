//! What is asked, and what came back.

use super::{FetchError, shown};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use serde::de::DeserializeOwned;
use url::Url;

/// One question to an address outside.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(super) follow: bool,
}

impl Request {
    fn new(method: Method, url: &str) -> Result<Self, FetchError> {
        let url = Url::parse(url).map_err(|_e| FetchError::Address {
            url: url.chars().take(200).filter(|c| !c.is_control()).collect(),
            why: "it is no address",
        })?;
        let follow = method == Method::GET;
        Ok(Self { method, url, headers: HeaderMap::new(), body: None, follow })
    }

    /// Asks for what is at this address; redirects are followed.
    pub fn get(url: &str) -> Result<Self, FetchError> {
        Self::new(Method::GET, url)
    }

    /// Sends a body; redirects are answers, not followed.
    pub fn post(url: &str, content_type: &'static str, body: Vec<u8>) -> Result<Self, FetchError> {
        let mut request = Self::new(Method::POST, url)?;
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        request.body = Some(body);
        Ok(request)
    }

    /// Sends the fields of a form; redirects are answers, not followed.
    pub fn post_form(url: &str, fields: &[(&str, &str)]) -> Result<Self, FetchError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::post(url, "application/x-www-form-urlencoded", body.into_bytes())
    }

    /// The media type that is wanted.
    #[must_use]
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.headers.insert(ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    /// One more header. As it may be a secret that is for this host alone, redirects are not followed then.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, FetchError> {
        let mut value = HeaderValue::from_str(value).map_err(|_e| FetchError::Address {
            url: shown(&self.url),
            why: "a header for it holds characters that no header may",
        })?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        self.follow = false;
        Ok(self)
    }
}

/// What came back, whatever the status is.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it came from, after redirects.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// The whole body, of bounded length.
    pub body: Vec<u8>,
    pub(super) headers: HeaderMap,
}

impl Fetched {
    /// Whether the status is one of 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, if it is there and plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect that was not followed leads to.
    pub fn location(&self) -> Option<&str> {
        self.header(LOCATION.as_str())
    }

    /// The body as text; what is no UTF-8 becomes replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }
}
