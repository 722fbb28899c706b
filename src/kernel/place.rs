//! Addresses of things: web addresses, repositories, time zones, languages, licenses.

use super::Fault;
use super::text::text_type;
use std::fmt;
use url::Url;

text_type! {
    /// An `https` address with a host name and without credentials, at most 500 characters.
    HttpsUrl
}
impl HttpsUrl {
    /// Checks the address.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let wrong = |why: &str| Fault::new("invalid_url", format!("This address can't be used: {why}."));
        if text.len() > 500 {
            return Err(wrong("it is longer than 500 characters"));
        }
        let url = Url::parse(text).map_err(|cause| wrong(&cause.to_string()))?;
        if url.scheme() != "https" {
            return Err(wrong("it must start with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it holds credentials; leave them out"));
        }
        match url.host() {
            Some(url::Host::Domain(host)) if host.contains('.') => Ok(Self(url.to_string())),
            _ => Err(wrong("it needs a host name such as github.com")),
        }
    }
}

/// One spelling per repository, for finding doubles: host and path without scheme, `www.`, `.git`, trailing slashes, tree
/// paths of the known forges, and in lower case (the forges' hosts compare paths without case).
///
/// # Errors
/// When the text is no http, https, git or ssh address with a path.
pub fn repository_key(text: &str) -> Result<String, Fault> {
    let wrong = || {
        Fault::new("invalid_repository", "This is no repository address; it should look like https://host/owner/name.")
    };
    let text = text.trim();
    let with_scheme = match text.strip_prefix("git@").and_then(|rest| rest.split_once(':')) {
        Some((host, path)) => format!("ssh://{host}/{path}"),
        None => text.trim_start_matches("git+").to_owned(),
    };
    let url = Url::parse(&with_scheme).map_err(|_e| wrong())?;
    if !matches!(url.scheme(), "http" | "https" | "git" | "ssh") {
        return Err(wrong());
    }
    let host = url.host_str().ok_or_else(wrong)?.trim_start_matches("www.").to_ascii_lowercase();
    let mut segments: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if matches!(host.as_str(), "github.com" | "bitbucket.org" | "codeberg.org") {
        segments.truncate(2);
    } else if let Some(at) = segments.iter().position(|part| *part == "-") {
        segments.truncate(at);
    }
    if segments.is_empty() {
        return Err(wrong());
    }
    let path = segments.join("/").to_lowercase();
    let path = path.strip_suffix(".git").unwrap_or(&path);
    Ok(format!("{host}/{path}"))
}

/// An IANA time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

impl TimeZone {
    /// The world's time.
    pub const UTC: Self = Self(chrono_tz::UTC);

    /// Checks the name, e.g. `Europe/Berlin`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        text.trim().parse().map(Self).map_err(|_e| {
            Fault::new(
                "unknown_time_zone",
                format!("{text:?} is no IANA time zone; use a name such as Europe/Berlin or UTC."),
            )
        })
    }

    /// The zone's rules.
    pub fn tz(self) -> chrono_tz::Tz {
        self.0
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

text_type! {
    /// A language tag (BCP 47, RFC 5646) in its well-formed basic shape, e.g. `en`, `pt-BR`, `zh-Hant`.
    LanguageTag
}
impl LanguageTag {
    /// Checks the shape: a language of 2 or 3 letters, then subtags of 1 to 8 letters or digits; conventional case is restored.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong =
            || Fault::new("invalid_language", format!("{text:?} is no language tag; use one such as en, de or pt-BR."));
        let mut tag = String::new();
        for (at, part) in text.trim().split('-').enumerate() {
            let good = (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
            let language = at > 0 || ((2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
            if !good || !language || text.len() > 35 {
                return Err(wrong());
            }
            let part = part.to_ascii_lowercase();
            if at > 0 {
                tag.push('-');
            }
            match (at, part.len()) {
                (1.., 2) => tag.push_str(&part.to_ascii_uppercase()),
                (1.., 4) if part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                    let mut letters = part.chars();
                    tag.extend(letters.next().map(|c| c.to_ascii_uppercase()));
                    tag.push_str(letters.as_str());
                }
                _ => tag.push_str(&part),
            }
        }
        Ok(Self(tag))
    }

    /// The primary language, e.g. `pt` of `pt-BR`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

text_type! {
    /// A license as an SPDX expression's shape: identifiers joined by AND, OR, WITH and parentheses.
    SpdxId
}
impl SpdxId {
    /// Checks the shape; the list of identifiers grows with SPDX and is not frozen here.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let good = (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+() :".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'(');
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(
                "invalid_license",
                format!("{text:?} is no SPDX license expression; use one such as Apache-2.0 or MIT OR Apache-2.0."),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_per_repository() {
        for text in [
            "https://github.com/Apache/Logging-log4j2",
            "http://www.github.com/apache/logging-log4j2/",
            "git@github.com:apache/logging-log4j2.git",
            "https://github.com/apache/logging-log4j2.git",
            "https://github.com/apache/logging-log4j2/tree/2.x",
            "git+https://github.com/apache/logging-log4j2#readme",
        ] {
            assert_eq!(repository_key(text).unwrap(), "github.com/apache/logging-log4j2", "{text}");
        }
        assert_eq!(
            repository_key("https://gitlab.com/group/sub/name/-/tree/main").unwrap(),
            "gitlab.com/group/sub/name"
        );
        for text in ["", "github.com/a/b", "ftp://x.org/a", "https://github.com/", "mailto:a@b.org"] {
            assert!(repository_key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_must_be_https_without_credentials() {
        assert_eq!(HttpsUrl::parse("https://Example.org/x").unwrap().as_str(), "https://example.org/x");
        for text in [
            "http://example.org",
            "https://u:p@example.org",
            "https://localhost",
            "javascript:alert(1)",
            "https://127.0.0.1/",
            "x",
        ] {
            assert_eq!(HttpsUrl::parse(text).unwrap_err().code, "invalid_url", "{text}");
        }
    }

    #[test]
    fn tags_get_their_usual_case() {
        assert_eq!(LanguageTag::parse("PT-br").unwrap().as_str(), "pt-BR");
        assert_eq!(LanguageTag::parse("zh-hant-tw").unwrap().as_str(), "zh-Hant-TW");
        for text in ["", "e", "english-", "12", "en_US", "en-"] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
        assert!(TimeZone::parse("Mars/Olympus").is_err());
        assert!(SpdxId::parse("MIT OR Apache-2.0").is_ok() && SpdxId::parse("'; drop").is_err());
    }
}
