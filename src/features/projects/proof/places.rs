//! Where a proof is looked for.

use crate::features::projects::model::{ProjectSource, ProofMethod};
use crate::infra::config::Forge;
use url::Url;

/// The files that are looked for in a repository.
const FILES: [&str; 2] = [".well-known/mainstay.txt", ".mainstay-verification"];

/// Where forges that everybody uses give out a file of the default branch as it is.
const FORGES: [(&str, &str); 5] = [
    ("github.com", "https://raw.githubusercontent.com/{path}/HEAD/{file}"),
    ("gitlab.com", "https://gitlab.com/{path}/-/raw/HEAD/{file}"),
    ("codeberg.org", "https://codeberg.org/api/v1/repos/{path}/raw/{file}"),
    ("bitbucket.org", "https://bitbucket.org/{path}/raw/HEAD/{file}"),
    ("git.sr.ht", "https://git.sr.ht/{path}/blob/HEAD/{file}"),
];

/// A place where a proof may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features::projects) struct Place {
    pub method: ProofMethod,
    /// An address, or a name for text records.
    pub address: String,
}

/// The places for a project, the repository's first.
///
/// Its site proves something only where the claimant can't have chosen it: in words that others wrote, or above the
/// repository's own host. Else whoever lists a stranger's repository with a home page of their own would have it.
pub(in crate::features::projects) fn places(
    repository_url: &str,
    homepage_url: Option<&str>,
    source: ProjectSource,
    forges: &[Forge],
    http: bool,
) -> Vec<Place> {
    let mut found = Vec::new();
    let Ok(repository) = Url::parse(repository_url) else { return found };
    if let Some(template) = template(&repository, forges) {
        let path = path(&repository);
        for file in FILES {
            let address = template.replace("{path}", &path).replace("{file}", file);
            found.push(Place { method: ProofMethod::RepositoryFile, address });
        }
    }
    let homepage = homepage_url.and_then(|url| Url::parse(url).ok());
    let Some((homepage, host)) = homepage.as_ref().and_then(|url| Some((url, url.domain()?))) else { return found };
    let own = repository
        .domain()
        .is_some_and(|of| of == host || of.strip_suffix(host).is_some_and(|rest| rest.ends_with('.')));
    if source == ProjectSource::Member && !own {
        return found;
    }
    let port = homepage.port().map(|port| format!(":{port}")).unwrap_or_default();
    for scheme in if http { &["https", "http"][..] } else { &["https"] } {
        let address = format!("{scheme}://{host}{port}/.well-known/mainstay.txt");
        found.push(Place { method: ProofMethod::SiteFile, address });
    }
    found.push(Place { method: ProofMethod::Dns, address: format!("_mainstay.{host}") });
    found
}

fn template<'a>(repository: &Url, forges: &'a [Forge]) -> Option<&'a str> {
    let host = repository.host_str()?.trim_start_matches("www.");
    let configured = forges.iter().find(|forge| forge.host == host).map(|forge| forge.template.as_str());
    configured.or_else(|| FORGES.iter().find(|(known, _)| *known == host).map(|(_, template)| *template))
}

/// The repository's path without what stands behind it. It is percent-encoded already, and dots in it are resolved.
fn path(repository: &Url) -> String {
    let host = repository.host_str().unwrap_or_default().trim_start_matches("www.");
    let mut segments: Vec<&str> =
        repository.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if matches!(host, "github.com" | "bitbucket.org" | "codeberg.org") {
        segments.truncate(2);
    } else if let Some(at) = segments.iter().position(|part| *part == "-") {
        segments.truncate(at);
    }
    let path = segments.join("/");
    path.strip_suffix(".git").unwrap_or(&path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(repository: &str, homepage: Option<&str>, source: ProjectSource) -> Vec<String> {
        let forges = ["git.example.org gitlab", "code.example.org https://raw.code.example.org/{path}/{file}?at=HEAD"];
        let forges: Vec<Forge> = forges.iter().map(|text| text.parse().unwrap()).collect();
        places(repository, homepage, source, &forges, false).into_iter().map(|place| place.address).collect()
    }

    #[test]
    fn each_forge_has_its_address_for_a_file_of_the_default_branch() {
        for (repository, address) in [
            ("https://github.com/Ada/Parser", "https://raw.githubusercontent.com/Ada/Parser/HEAD/"),
            ("https://www.github.com/Ada/Parser.git", "https://raw.githubusercontent.com/Ada/Parser/HEAD/"),
            ("https://github.com/Ada/Parser/tree/dev", "https://raw.githubusercontent.com/Ada/Parser/HEAD/"),
            ("https://gitlab.com/g/sub/parser", "https://gitlab.com/g/sub/parser/-/raw/HEAD/"),
            ("https://gitlab.com/g/parser/-/tree/dev", "https://gitlab.com/g/parser/-/raw/HEAD/"),
            ("https://codeberg.org/ada/parser", "https://codeberg.org/api/v1/repos/ada/parser/raw/"),
            ("https://bitbucket.org/ada/parser/src/main", "https://bitbucket.org/ada/parser/raw/HEAD/"),
            ("https://git.sr.ht/~ada/parser", "https://git.sr.ht/~ada/parser/blob/HEAD/"),
            ("https://git.example.org/ada/parser.git", "https://git.example.org/ada/parser/-/raw/HEAD/"),
            ("https://github.com/a/../../evil/x?y#z", "https://raw.githubusercontent.com/evil/x/HEAD/"),
        ] {
            let found = addresses(repository, None, ProjectSource::Member);
            let wanted = [format!("{address}.well-known/mainstay.txt"), format!("{address}.mainstay-verification")];
            assert_eq!(found, wanted, "{repository}");
        }
        let found = addresses("https://code.example.org/ada/parser", None, ProjectSource::Member);
        assert_eq!(found.first().unwrap(), "https://raw.code.example.org/ada/parser/.well-known/mainstay.txt?at=HEAD");
        assert!(addresses("https://elsewhere.example.org/ada/parser", None, ProjectSource::Curated).is_empty());
    }

    #[test]
    fn a_site_counts_only_where_the_claimant_did_not_choose_it() {
        let site = ["https://parser.example.net/.well-known/mainstay.txt", "_mainstay.parser.example.net"];
        let home = Some("https://parser.example.net/docs/");
        let elsewhere = "https://elsewhere.example.org/ada/parser";
        assert_eq!(addresses(elsewhere, home, ProjectSource::CriticalProjects), site);
        assert_eq!(addresses(elsewhere, home, ProjectSource::Curated), site);
        assert!(addresses(elsewhere, home, ProjectSource::Member).is_empty());
        for (home, counts) in [
            ("https://example.org/parser", true),
            ("https://elsewhere.example.org/", true),
            ("https://where.example.org/", false),
            ("https://else.elsewhere.example.org/", false),
            ("https://elsewhere.example.org.example.net/", false),
            ("https://127.0.0.1/", false),
        ] {
            assert_eq!(!addresses(elsewhere, Some(home), ProjectSource::Member).is_empty(), counts, "{home}");
        }
    }
}
