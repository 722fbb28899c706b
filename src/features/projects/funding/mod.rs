//! Where a project can be funded, from the files in which projects say so: GitHub's FUNDING.yml, and funding.json. Pure.

mod json;
mod yml;

use crate::kernel::{Error, Fault, HttpsUrl, Result};

/// Links that a project may have.
pub(super) const MOST_LINKS: usize = 30;
const MAX_BYTES: usize = 256 << 10;

/// A place where a project can be funded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Such as `github` or `open_collective`; `custom` for any other.
    pub platform: String,
    /// Its address; https.
    pub url: String,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundingFile {
    /// GitHub's FUNDING.yml.
    Yml,
    /// A funding.json, version 1.
    Json,
}

/// Reads the links of a file, each once.
///
/// # Errors
/// Where it is no such file, or one of its links is none.
pub fn read(file: FundingFile, bytes: &[u8]) -> Result<Vec<Link>> {
    if bytes.len() > MAX_BYTES {
        return Err(wrong(format!("it is longer than {MAX_BYTES} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_no| wrong("it is no UTF-8".to_owned()))?;
    let found = match file {
        FundingFile::Yml => yml::read(text)?,
        FundingFile::Json => json::read(text)?,
    };
    let mut links: Vec<Link> = Vec::with_capacity(found.len());
    for link in found {
        if !links.iter().any(|known| known.url == link.url) {
            links.push(link);
        }
    }
    if links.len() > MOST_LINKS {
        return Err(Error::field(
            "",
            "too_many",
            format!("At most {MOST_LINKS} links are kept; the file has {}.", links.len()),
        ));
    }
    Ok(links)
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::new(&super::problems::WRONG_FILE, format!("This is no funding file: {what}."))
}

/// A link of a platform that is recognized by its address.
pub(super) fn link(platform: Option<&str>, url: &str) -> Result<Link, Fault> {
    let url = HttpsUrl::parse(url)?.into_string();
    let host = url::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let host = host.trim_start_matches("www.");
    let known = yml::PLATFORMS.iter().find(|(_, prefix)| !prefix.is_empty() && prefix.contains(&format!("//{host}/")));
    let platform = match (platform, known) {
        (Some(said), _) => said.to_owned(),
        (None, Some((name, _))) => (*name).to_owned(),
        (None, None) => "custom".to_owned(),
    };
    Ok(Link { platform, url })
}
