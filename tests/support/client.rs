//! A client that checks every answer against the contract.

use crate::contract;
use reqwest::Method;
use serde_json::Value;

/// Lets go of connections well before the server does (5 s), so that no request meets one that is being closed.
fn http(more: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> reqwest::Client {
    let builder = reqwest::Client::builder().pool_idle_timeout(std::time::Duration::from_secs(2));
    more(builder).build().expect("a client")
}

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    token: Option<String>,
    /// The own handle; empty for anonymous callers.
    pub(crate) handle: String,
    http: reqwest::Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub(crate) text: String,
    /// The body as JSON; null where there is none.
    pub(crate) json: Value,
}

impl Answer {
    /// Panics unless the status is this one; gives the body.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// Panics unless it is a problem of this status and code; gives the body.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        self.json
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The entity tag; panics when there is none.
    #[track_caller]
    pub(crate) fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }

    /// `pointer code` of each input error.
    pub(crate) fn faults(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|fault| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap()))
            .collect()
    }
}

impl Client {
    /// A caller without credentials.
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), token: None, handle: String::new(), http: http(|builder| builder) }
    }

    /// The same caller with an access token.
    pub(crate) fn with_token(&self, token: &str, handle: &str) -> Self {
        Self { token: Some(token.to_owned()), handle: handle.to_owned(), ..self.clone() }
    }

    /// The same caller, to whom a redirect is an answer.
    pub(crate) fn without_redirects(&self) -> Self {
        let http = http(|builder| builder.redirect(reqwest::redirect::Policy::none()));
        Self { http, ..self.clone() }
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("signed in")
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    /// POST with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body.to_string())).await
    }

    /// POST without a body.
    pub(crate) async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], None).await
    }

    /// PUT with a JSON body.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[], Some(body.to_string())).await
    }

    /// PATCH of whatever version is there.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", "*")], Some(body.to_string())).await
    }

    /// Any request; a body is sent as JSON.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Self::answer(&method, path, request).await
    }

    /// POST of a body whose length is not told before.
    pub(crate) async fn stream(&self, path: &str, kind: &str, body: reqwest::Body) -> Answer {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(self.token());
        Self::answer(&Method::POST, path, request.header("content-type", kind).body(body)).await
    }

    async fn answer(method: &Method, path: &str, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
        assert!(headers.contains_key("x-request-id"), "{method} {path} has no X-Request-Id");
        assert_ne!(status, 500, "{method} {path}: {text}");
        if *method != Method::HEAD {
            contract::check(method.as_str(), path.split('?').next().unwrap(), status, kind.as_deref(), &text);
        }
        let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
        Answer { status, headers, text, json }
    }
}
