//! The one client for whatever is fetched from outside: addresses come from strangers, so each is held against the same rules.
//!
//! Only https (http by configuration), only public addresses, checked after the name was resolved and again on each of at
//! most three redirects; a few seconds in all, a bounded body, no credentials in addresses, no cookies, no proxy from the
//! environment, nothing unpacked.

mod address;
mod error;
mod guard;
mod request;

pub use error::FetchError;
pub use request::{Fetched, Request};

use crate::infra::config::{Fetch, Settings};
use crate::infra::dns::Dns;
use guard::{Guard, GuardedNames};
use reqwest::header::LOCATION;
use reqwest::{Certificate, Client, Response, redirect};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 3;

/// Fetches from outside. Clones share it.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    guard: Arc<Guard>,
    dns: Dns,
    settings: Fetch,
    user_agent: String,
    client: OnceLock<Result<Client, String>>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// The fetcher that the settings ask for. Reads and connects to nothing yet.
    pub fn new(settings: &Settings) -> Self {
        let fetch = &settings.fetch;
        Self(Arc::new(Inner {
            guard: Arc::new(Guard::new(fetch)),
            dns: Dns::new(&fetch.name_servers),
            settings: fetch.clone(),
            user_agent: format!("mainstay/{} (+{})", env!("CARGO_PKG_VERSION"), settings.server.public_url),
            client: OnceLock::new(),
        }))
    }

    /// The name service behind it.
    pub fn dns(&self) -> &Dns {
        &self.0.dns
    }

    /// Refuses an address that would not be fetched, as far as that is known without asking for its name.
    pub fn check(&self, url: &Url) -> Result<(), FetchError> {
        self.0.guard.check(url)
    }

    /// Asks, and follows redirects where the request allows that. Every status is an answer, not an error.
    pub async fn send(&self, request: Request) -> Result<Fetched, FetchError> {
        let seconds = self.0.settings.timeout_seconds;
        let url = shown(&request.url);
        match tokio::time::timeout(Duration::from_secs(seconds), self.follow(request)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(FetchError::Timeout { url, seconds }),
        }
    }

    /// Asks for what is at this address.
    pub async fn get(&self, url: &str) -> Result<Fetched, FetchError> {
        self.send(Request::get(url)?).await
    }

    async fn follow(&self, request: Request) -> Result<Fetched, FetchError> {
        let Request { method, mut url, headers, body, follow } = request;
        // Before the client is made: an address that is refused needs none.
        self.0.guard.check(&url)?;
        let client = self.client()?;
        for _hop in 0..=MAX_REDIRECTS {
            self.0.guard.check(&url)?;
            let mut sending = client.request(method.clone(), url.clone()).headers(headers.clone());
            if let Some(body) = &body {
                sending = sending.body(body.clone());
            }
            let response = sending.send().await.map_err(|error| FetchError::of(&error, &url))?;
            if !(follow && matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)) {
                return self.read(response, url).await;
            }
            let next = redirected(&response, &url)?;
            if url.scheme() == "https" && next.scheme() == "http" {
                return Err(FetchError::Address { url: shown(&next), why: "an https address redirects to it" });
            }
            url = next;
        }
        Err(FetchError::TooManyRedirects { url: shown(&url) })
    }

    async fn read(&self, mut response: Response, url: Url) -> Result<Fetched, FetchError> {
        let limit = self.0.settings.max_bytes;
        let too_large = || FetchError::TooLarge { url: shown(&url), limit };
        let declared = response.content_length().unwrap_or(0);
        if usize::try_from(declared).is_ok_and(|declared| declared > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| FetchError::of(&error, &url))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        Ok(Fetched { url, status, body, headers })
    }

    /// Made at the first use: it reads the machine's certificates, which most processes and tests never need.
    fn client(&self) -> Result<&Client, FetchError> {
        let client = self
            .0
            .client
            .get_or_init(|| self.build().inspect_err(|why| tracing::error!(%why, "nothing can be fetched from here")));
        client.as_ref().map_err(|why| FetchError::SetUp { why: why.clone() })
    }

    fn build(&self) -> Result<Client, String> {
        let names = GuardedNames { guard: self.0.guard.clone(), dns: self.0.dns.clone() };
        let mut builder = Client::builder()
            .user_agent(&self.0.user_agent)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            // A connection kept open would skip the check of where the name leads to now.
            .pool_max_idle_per_host(0)
            .dns_resolver(names);
        if let Some(file) = &self.0.settings.ca_file {
            builder = builder.tls_certs_merge(certificates(file)?);
        }
        builder.build().map_err(|error| format!("{error}: {}", deepest(&error)))
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, String> {
    let pem = std::fs::read(file).map_err(|error| format!("{} can't be read: {error}", file.display()))?;
    Certificate::from_pem_bundle(&pem).map_err(|error| format!("{} is no PEM file: {error}", file.display()))
}

fn deepest(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

fn redirected(response: &Response, url: &Url) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    location.and_then(|to| url.join(to).ok()).ok_or_else(|| FetchError::BadRedirect { url: shown(url) })
}

/// An address for messages and logs: without credentials, query and fragment, which may be secrets.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Neither can be set on addresses that have no host; those hold none either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}
