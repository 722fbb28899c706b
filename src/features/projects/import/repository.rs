//! Which repository a row is about, where it says so only by the way.

use super::check_repository;
use crate::kernel::Fault;
use url::Url;

/// Forges that everybody uses; repositories are `owner/name` there.
const FORGES: &[&str] = &["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];

/// First segments of their addresses that are no owners.
const NO_OWNERS: &[&str] = &[
    "about",
    "apps",
    "explore",
    "features",
    "groups",
    "issues",
    "login",
    "marketplace",
    "notifications",
    "orgs",
    "pulls",
    "search",
    "settings",
    "site",
    "sponsors",
    "stars",
    "topics",
    "trending",
    "users",
];

/// Segments behind a repository on any forge that has issues.
const BEHIND: &[&str] = &["-", "boards", "issues", "labels", "milestones", "projects", "pulls", "tree"];

/// Where the source is: what the link to the issues belongs to, else what the site itself is.
pub(super) fn repository_of(link: Option<&str>, site: Option<&str>) -> Result<(String, String), Fault> {
    let found = [link, site].into_iter().flatten().find_map(belongs_to);
    let url = found.ok_or_else(|| {
        let detail = "Neither `link` nor `site` leads to a repository such as https://github.com/owner/name.";
        Fault::new("no_repository", detail)
    })?;
    let repository = check_repository(&url)?;
    Ok((repository.url, repository.key))
}

/// The address of the repository that this one lies in, if it shows.
fn belongs_to(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let segments: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let first = segments.first()?;
    let path = if FORGES.contains(&host.as_str()) {
        let owner_and_name = segments.get(..2)?;
        let behind = host == "gitlab.com";
        let cut = segments.iter().position(|part| BEHIND.contains(part)).filter(|at| behind && *at >= 2);
        match cut {
            Some(at) => segments.get(..at)?,
            None if behind => segments.as_slice(),
            None => owner_and_name,
        }
    } else {
        let at = segments.iter().position(|part| BEHIND.contains(part)).filter(|at| *at >= 2)?;
        segments.get(..at)?
    };
    if NO_OWNERS.contains(first) {
        return None;
    }
    let path = path.join("/");
    Some(format!("https://{host}/{}", path.strip_suffix(".git").unwrap_or(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(link: &str, site: &str) -> Option<String> {
        repository_of(Some(link), Some(site)).ok().map(|(_, key)| key)
    }

    #[test]
    fn the_issues_tell_where_the_source_is() {
        for (link, site, key) in [
            (
                "https://github.com/Example/Parser/labels/good%20first%20issue",
                "https://parser.example.org",
                "github.com/example/parser",
            ),
            (
                "https://github.com/example/parser/issues?q=is%3Aopen",
                "https://github.com/old/parser",
                "github.com/example/parser",
            ),
            (
                "https://github.com/issues?q=org:example",
                "https://github.com/example/parser.git",
                "github.com/example/parser",
            ),
            ("https://code.example.org/group/parser/issues?label=x", "", "code.example.org/group/parser"),
            ("https://gitlab.com/group/sub/parser/-/issues", "", "gitlab.com/group/sub/parser"),
            ("https://codeberg.org/example/parser/issues?labels=1", "", "codeberg.org/example/parser"),
            ("http://www.github.com/example/parser", "", "github.com/example/parser"),
        ] {
            assert_eq!(found(link, site).as_deref(), Some(key), "{link}");
        }
    }

    #[test]
    fn a_site_or_a_tracker_is_no_repository() {
        for (link, site) in [
            ("https://issues.example.org/jira/issues/?jql=x", "https://example.org/parser/"),
            ("https://example.org/c/web/l/latest?board=default", "https://example.org"),
            ("https://github.com/search?q=label", "https://github.com/example"),
            ("https://bugs.example.org/parser/+bugs", "http://example.org"),
            ("javascript:alert(1)", "not an address"),
        ] {
            assert_eq!(found(link, site), None, "{link}");
        }
        assert_eq!(repository_of(None, None).unwrap_err().code, "no_repository");
    }
}
