//! Settings of what is fetched from outside.

use super::Network;
use super::network::NameServer;
use super::settings::{list, optional};
use serde::Deserialize;
use std::path::PathBuf;
use std::str::FromStr;

/// What is fetched from outside, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Whether inner addresses are asked too.
    pub allow_private: bool,
    /// Networks that are asked although they are not public.
    #[serde(deserialize_with = "list")]
    pub allow_networks: Vec<Network>,
    /// Hosts that alone are asked; none for any.
    #[serde(deserialize_with = "list")]
    pub allow_hosts: Vec<Hosts>,
    /// Whether plain http is asked.
    pub allow_http: bool,
    /// The name servers; none for the machine's own.
    #[serde(deserialize_with = "list")]
    pub name_servers: Vec<NameServer>,
    /// The authority behind inner servers' certificates.
    #[serde(deserialize_with = "optional")]
    pub ca_file: Option<PathBuf>,
    /// Seconds for one fetch with its redirects.
    pub timeout_seconds: u64,
    /// Bytes that an answer may have.
    pub max_bytes: usize,
}

/// One host, or all below one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// This one.
    One(String),
    /// Those that end in this, which begins with a dot.
    Below(String),
}

impl Hosts {
    /// Whether it is this one, as addresses spell it: in lower case, in ASCII.
    pub fn contains(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        match self {
            Self::One(name) => host == name,
            Self::Below(ending) => host.len() > ending.len() && host.ends_with(ending),
        }
    }
}

impl FromStr for Hosts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no host; write \"git.example.org\", or \"*.example.org\" for all below");
        let (name, below) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        let host = url::Host::parse(name).map_err(|_e| wrong())?.to_string();
        // Whatever reads as something else than it is written, such as 010.0.0.1, is not what was meant.
        let other = name.is_ascii() && host != name.to_ascii_lowercase();
        if other || name.contains('*') || (below && !matches!(url::Host::parse(name), Ok(url::Host::Domain(_)))) {
            return Err(wrong());
        }
        Ok(if below { Self::Below(format!(".{host}")) } else { Self::One(host) })
    }
}

/// Projects' listings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projects {
    /// Forges whose addresses are not built in.
    #[serde(deserialize_with = "list")]
    pub forges: Vec<Forge>,
}

/// A host that has repositories, and where it gives out a file of a default branch as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// The host of repositories' addresses.
    pub host: String,
    /// The address, with `{path}` for the repository's and `{file}` for the file's path.
    pub template: String,
}

impl FromStr for Forge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is no forge; write \"git.example.org gitlab\" (or gitea, sourcehut, cgit), or the host and the \
                 address of a file with {{path}} and {{file}} in it"
            )
        };
        let (host, what) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let template = match what.trim() {
            "gitlab" => format!("https://{host}/{{path}}/-/raw/HEAD/{{file}}"),
            "gitea" => format!("https://{host}/api/v1/repos/{{path}}/raw/{{file}}"),
            "sourcehut" => format!("https://{host}/{{path}}/blob/HEAD/{{file}}"),
            "cgit" => format!("https://{host}/{{path}}/plain/{{file}}"),
            address => address.to_owned(),
        };
        let whole = template.contains("{path}") && template.contains("{file}");
        let url = url::Url::parse(&template.replace(['{', '}'], "")).map_err(|_e| wrong())?;
        let of_web = matches!(url.scheme(), "http" | "https");
        // The host must not depend on the repository's path.
        let fixed = url::Url::parse(&template).is_ok_and(|url| !url.authority().contains(['{', '%']));
        if !whole || !of_web || !fixed || host.contains('/') || host != host.to_ascii_lowercase() {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), template })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forges_are_named_by_kind_or_pattern() {
        for (text, template) in [
            ("git.example.org gitlab", "https://git.example.org/{path}/-/raw/HEAD/{file}"),
            ("git.example.org gitea", "https://git.example.org/api/v1/repos/{path}/raw/{file}"),
            ("git.example.org cgit", "https://git.example.org/{path}/plain/{file}"),
            ("git.example.org https://raw.example.org/{path}/{file}", "https://raw.example.org/{path}/{file}"),
        ] {
            assert_eq!(text.parse::<Forge>().unwrap().template, template);
        }
        for text in [
            "",
            "git.example.org",
            "git.example.org subversion",
            "git.example.org https://raw.example.org/{path}",
            "git.example.org https://{path}/{file}",
            "git.example.org ftp://raw.example.org/{path}/{file}",
            "GIT.example.org gitlab",
        ] {
            assert!(text.parse::<Forge>().unwrap_err().contains("is no forge"), "{text}");
        }
    }
}
