//! Domains of organizations: which names can belong to one, and what proves it.

use crate::kernel::Fault;
use std::fmt;
use url::Host;

const FREE_MAIL: &str = include_str!("free_mail.txt");
const PUBLIC_SUFFIXES: &str = include_str!("public_suffixes.txt");
/// Top level names that no name server of the world knows.
const INNER: &[&str] = &["arpa", "corp", "home", "internal", "invalid", "lan", "local", "localhost", "onion"];
/// What stands before the token, in a text record and in the file.
const LEAD: &str = "mainstay-verification=";

/// A domain name, in lower case and ASCII, that can belong to one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Domain(String);

fn listed(list: &str, domain: &str) -> bool {
    list.lines().any(|line| line == domain)
}

impl Domain {
    /// Reads a name, also one in another script, and refuses what is nobody's alone.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim().trim_end_matches('.');
        let wrong = || {
            let shown: String = text.chars().take(100).filter(|c| !c.is_control()).collect();
            Fault::new("invalid_domain", format!("{shown:?} is no domain name; write one such as example.org."))
        };
        let domain = match Host::parse(text) {
            Ok(Host::Domain(domain)) if domain.len() <= 200 => domain,
            _ => return Err(wrong()),
        };
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let top = domain.rsplit('.').next().unwrap_or_default();
        if !domain.contains('.') || !domain.split('.').all(label) || INNER.contains(&top) {
            return Err(wrong());
        }
        if listed(PUBLIC_SUFFIXES, &domain) {
            let detail = format!("Anybody can register names under {domain}; name your own.");
            return Err(Fault::new("public_suffix", detail));
        }
        if listed(FREE_MAIL, &domain) {
            let detail = format!("{domain} gives addresses to anybody, so it tells nothing of who belongs to you.");
            return Err(Fault::new("free_mail_provider", detail));
        }
        Ok(Self(domain))
    }

    /// The name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The domain of a mail address in its folded form.
pub(super) fn of_address(folded: &str) -> &str {
    folded.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Where the text record is looked for.
pub(super) fn record_name(domain: &str) -> String {
    format!("_mainstay.{domain}")
}

/// What the record says, and a line of the file.
pub(super) fn statement(token: &str) -> String {
    format!("{LEAD}{token}")
}

/// Where the file is looked for.
pub(super) fn file_address(scheme: &str, domain: &str) -> String {
    format!("{scheme}://{domain}/.well-known/mainstay.txt")
}

/// Whether one of these lines or records says so.
pub(super) fn states<'a>(mut texts: impl Iterator<Item = &'a str>, token: &str) -> bool {
    let wanted = statement(token);
    texts.any(|text| text.trim() == wanted)
}

/// Whether an answer that came from this host speaks for the domain: an open redirect to elsewhere proves nothing.
pub(super) fn speaks_for(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest == "www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_one_organizations_own_is_taken() {
        for (text, domain) in [
            ("Example.ORG.", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("a.b.example.org", "a.b.example.org"),
            ("example.co.uk", "example.co.uk"),
            ("ada.github.io", "ada.github.io"),
        ] {
            assert_eq!(Domain::parse(text).unwrap().as_str(), domain, "{text}");
        }
        for (text, code) in [
            ("", "invalid_domain"),
            ("org", "invalid_domain"),
            ("localhost", "invalid_domain"),
            ("x.local", "invalid_domain"),
            ("127.0.0.1", "invalid_domain"),
            ("0x7f.1", "invalid_domain"),
            ("[::1]", "invalid_domain"),
            ("example.org:443", "invalid_domain"),
            ("https://example.org", "invalid_domain"),
            ("user@example.org", "invalid_domain"),
            ("example..org", "invalid_domain"),
            ("-x.example.org", "invalid_domain"),
            ("under_score.example.org", "invalid_domain"),
            ("exa mple.org", "invalid_domain"),
            ("CO.uk", "public_suffix"),
            ("github.io", "public_suffix"),
            ("GMail.com", "free_mail_provider"),
            ("proton.me", "free_mail_provider"),
        ] {
            assert_eq!(Domain::parse(text).unwrap_err().code, code, "{text:?}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_fit_to_be_compared() {
        for list in [FREE_MAIL, PUBLIC_SUFFIXES] {
            let names: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
            assert!(names.len() > 60 && names.is_sorted(), "{names:?}");
            assert!(names.iter().all(|name| *name == name.trim().to_lowercase() && name.contains('.')));
        }
    }

    #[test]
    fn the_statement_counts_as_a_whole_line_and_from_the_domain_alone() {
        assert!(states(["v=spf1 -all", " mainstay-verification=abc "].into_iter(), "abc"));
        assert!(!states(["mainstay-verification=abcd", "abc", "x mainstay-verification=abc"].into_iter(), "abc"));
        for (host, fine) in [
            ("example.org", true),
            ("www.example.org", true),
            ("evil.org", false),
            ("notexample.org", false),
            ("user.example.org", false),
        ] {
            assert_eq!(speaks_for(host, "example.org"), fine, "{host}");
        }
        assert_eq!(of_address("ada@mail.example.org"), "mail.example.org");
    }
}
