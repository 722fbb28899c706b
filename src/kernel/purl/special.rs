//! The rules of single types that are more than a line in the table.

use super::error::{PurlError, PurlPart};
use super::parts::PurlParts;

/// Hosts whose owners and repositories are the same in any case: their own types say so.
const CASELESS_GIT_HOSTS: &[&str] = &["github", "github.com", "bitbucket", "bitbucket.org"];

/// Brings the components of a type with rules of its own into canonical form. The type is in lowercase already.
pub(super) fn normalize(parts: &mut PurlParts) {
    match parts.ty.as_str() {
        "git" => {
            let host = parts.namespace.as_deref().unwrap_or_default().to_lowercase();
            if CASELESS_GIT_HOSTS.contains(&host.as_str()) {
                parts.namespace = Some(host);
                parts.name = parts.name.to_lowercase();
            }
        }
        "hackage" | "pypi" => parts.name = parts.name.replace('_', "-"),
        // Names are a matter of the server: Databricks' know no case, Azure's do.
        "mlflow" if parts.qualifiers.get("repository_url").is_some_and(|url| host_of(url).contains("databricks")) => {
            parts.name = parts.name.to_lowercase();
        }
        "pub" => parts.name = parts.name.replace(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit(), "_"),
        "swid" => {
            if let Some(tag) = parts.qualifiers.get_mut("tag_id").filter(|tag| is_guid(tag)) {
                *tag = tag.to_lowercase();
            }
        }
        _ => {}
    }
}

/// Checks what a type permits beyond the table.
pub(super) fn check(parts: &PurlParts) -> Result<(), PurlError> {
    let name = parts.name.as_str();
    match parts.ty.as_str() {
        "chrome-extension" => {
            if name.len() != 32 || !name.bytes().all(|b| matches!(b, b'a'..=b'p')) {
                return Err(PurlError::new(
                    PurlPart::Name,
                    format!("{name:?} is no Chrome extension id"),
                    "write the id of 32 letters from a to p",
                ));
            }
            if let Some(version) = parts.version.as_deref().filter(|version| !is_chrome_version(version)) {
                return Err(PurlError::new(
                    PurlPart::Version,
                    format!("{version:?} is no Chrome extension version"),
                    "write one to four numbers with dots between them",
                ));
            }
        }
        "cocoapods" if name.starts_with('.') || name.contains(|c: char| c == '+' || c.is_whitespace()) => {
            return Err(PurlError::new(
                PurlPart::Name,
                format!("{name:?} is no pod name"),
                "a pod name has no space and no plus sign and does not begin with a dot; a subspec goes into the subpath",
            ));
        }
        "cpan" if name.contains("::") => {
            return Err(PurlError::new(
                PurlPart::Name,
                format!("{name:?} is a module, not a distribution"),
                format!("write the distribution's name, most likely {:?}", name.replace("::", "-")),
            ));
        }
        "swid" if parts.namespace.as_deref().is_some_and(|namespace| namespace.split('/').count() > 2) => {
            return Err(PurlError::new(
                PurlPart::Namespace,
                "a swid namespace has at most two segments",
                "write the software creator's name and then its regid",
            ));
        }
        _ => {}
    }
    Ok(())
}

fn is_chrome_version(version: &str) -> bool {
    version.split('.').count() <= 4
        && version.split('.').all(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
