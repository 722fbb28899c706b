//! GitHub's FUNDING.yml: a name or names on each platform, and addresses of its own.

use super::{Link, wrong};
use crate::kernel::{Check, Fault, HttpsUrl, Result};
use serde_json::Value;

/// Platforms that the file knows, and the address of a name on each.
pub(super) const PLATFORMS: &[(&str, &str)] = &[
    ("buy_me_a_coffee", "https://buymeacoffee.com/"),
    ("community_bridge", "https://funding.communitybridge.org/projects/"),
    ("github", "https://github.com/sponsors/"),
    ("issuehunt", "https://issuehunt.io/r/"),
    ("ko_fi", "https://ko-fi.com/"),
    ("lfx_crowdfunding", "https://crowdfunding.lfx.linuxfoundation.org/projects/"),
    ("liberapay", "https://liberapay.com/"),
    ("open_collective", "https://opencollective.com/"),
    ("otechie", "https://otechie.com/"),
    ("patreon", "https://www.patreon.com/"),
    ("polar", "https://polar.sh/"),
    ("thanks_dev", "https://thanks.dev/"),
    ("tidelift", "https://tidelift.com/funding/github/"),
];

/// Reads the file; a platform that is not known is passed over, as GitHub adds some.
pub(super) fn read(text: &str) -> Result<Vec<Link>> {
    let file: Value = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        wrong(format!(
            "line {}, column {}: well-formed YAML is wanted, a mapping of platforms to names",
            place.0, place.1
        ))
    })?;
    let Some(file) = file.as_object() else {
        return Err(wrong("line 1, column 1: a mapping of platforms is wanted".to_owned()));
    };
    let (mut check, mut links) = (Check::default(), Vec::new());
    for (key, value) in file {
        let prefix = PLATFORMS.iter().find(|(name, _)| name == key).map(|(_, prefix)| *prefix);
        if prefix.is_none() && key != "custom" {
            continue;
        }
        for (at, name) in names(value) {
            let pointer = format!("/{key}{at}");
            let url = match prefix {
                Some(prefix) => handle(&name).map(|name| format!("{prefix}{name}")),
                None => Ok(with_scheme(&name)),
            };
            let url = url.and_then(|url| HttpsUrl::parse(&url));
            if let Ok(url) = check.value(pointer, url) {
                links.push(Link { platform: key.clone(), url: url.into_string() });
            }
        }
    }
    check.done()?;
    Ok(links)
}

/// One name or several, each with its place below the key.
fn names(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let all = match value {
        Value::Array(all) => all.iter().enumerate().map(|(at, one)| (format!("/{at}"), text(one))).collect(),
        one => vec![(String::new(), text(one))],
    };
    all.into_iter().filter_map(|(at, text)| Some((at, text.filter(|text| !text.is_empty())?))).collect()
}

/// A name on a platform: nothing that leads elsewhere.
fn handle(name: &str) -> Result<&str, Fault> {
    let good = name.chars().count() <= 200 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    let good = good && !name.starts_with('/') && !name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if good { Ok(name) } else { Err(Fault::new("invalid_name", format!("{name:?} is no name on this platform."))) }
}

/// Addresses of one's own are often written without the scheme.
fn with_scheme(text: &str) -> String {
    if text.contains("://") { text.replacen("http://", "https://", 1) } else { format!("https://{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_addresses() {
        let text = "# where\ngithub: [ada, grace]\npatreon: parser\ntidelift: npm/parser\nfuture_pay: x\nko_fi:\ncustom: ['https://example.org/donate', www.paypal.me/parser]\n";
        let links: Vec<String> =
            read(text).unwrap().into_iter().map(|link| format!("{} {}", link.platform, link.url)).collect();
        assert_eq!(
            links,
            [
                "github https://github.com/sponsors/ada",
                "github https://github.com/sponsors/grace",
                "patreon https://www.patreon.com/parser",
                "tidelift https://tidelift.com/funding/github/npm/parser",
                "custom https://example.org/donate",
                "custom https://www.paypal.me/parser",
            ]
        );
        assert!(read("github:\n").unwrap().is_empty());
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for (text, fault) in [
            ("github: ../evil", "/github invalid_name"),
            ("github: [ada, 'a b']", "/github/1 invalid_name"),
            ("custom: 'javascript:alert(1)'", "/custom invalid_url"),
            ("custom: ['ftp://example.org']", "/custom/0 invalid_url"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(format!("{} {}", error.fields()[0].pointer, error.fields()[0].code), fault);
        }
        assert!(read("github: [").unwrap_err().detail().contains("line 1, column"));
        assert!(read("- x").unwrap_err().detail().contains("a mapping"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(github|custom|x)?[-a-z:&*!{}\\[\\]|>\"' \n/.0-9é]{0,80}") {
            if let Ok(links) = read(&text) {
                prop_assert!(links.iter().all(|link| link.url.starts_with("https://")));
            }
        }
    }
}
