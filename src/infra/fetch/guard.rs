//! Which addresses are asked, before and after their names are resolved.

use super::{FetchError, address, shown};
use crate::infra::config::{Fetch, Hosts, Network};
use crate::infra::dns::Dns;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// What may be asked.
#[derive(Debug)]
pub(super) struct Guard {
    http: bool,
    private: bool,
    networks: Vec<Network>,
    hosts: Vec<Hosts>,
}

impl Guard {
    pub(super) fn new(settings: &Fetch) -> Self {
        Self {
            http: settings.allow_http,
            private: settings.allow_private,
            networks: settings.allow_networks.clone(),
            hosts: settings.allow_hosts.clone(),
        }
    }

    /// Refuses what needs no name service to be refused: also each hop of a redirect comes through here. The resolver is
    /// not asked about hosts that are addresses already, in whatever spelling: the `url` crate has read decimal, octal and
    /// hexadecimal forms by now.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        let wrong = |why| Err(FetchError::Address { url: shown(url), why });
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            "http" => return wrong("only https is"),
            _ => return wrong("only web addresses are"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("it holds a user name or a password");
        }
        let usual = url.port().is_none_or(|port| matches!(port, 80 | 443) || port >= 1024);
        if !usual && !self.private {
            return wrong("its port belongs to another service");
        }
        let listed = |host: &str| self.hosts.is_empty() || self.hosts.iter().any(|hosts| hosts.contains(host));
        if !url.host_str().is_some_and(listed) {
            return wrong("this installation asks only the hosts that its operator lists (fetch.allow_hosts)");
        }
        let literal = match url.host() {
            None => return wrong("it names no host"),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
        };
        if self.admits(literal) {
            return Ok(());
        }
        Err(FetchError::NotPublic { host: url.host_str().unwrap_or_default().to_owned() })
    }

    fn admits(&self, address: IpAddr) -> bool {
        self.private || address::is_public(address) || self.networks.iter().any(|network| network.contains(address))
    }
}

/// Gives reqwest the addresses to connect to. It connects to these and asks nobody again, so a name can't lead elsewhere
/// between the check and the connection.
pub(super) struct GuardedNames {
    pub(super) guard: Arc<Guard>,
    pub(super) dns: Dns,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, dns) = (self.guard.clone(), self.dns.clone());
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let addresses = match dns.addresses(&host).await {
                Ok(addresses) => addresses,
                Err(why) => return Err(FetchError::Name { host, why }.into()),
            };
            // One inner address among public ones is a trick or a mistake: neither is followed.
            if !addresses.iter().all(|address| guard.admits(*address)) {
                tracing::info!(%host, ?addresses, "a name leads to an address that is not public");
                return Err(FetchError::NotPublic { host }.into());
            }
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(http: bool, private: bool, networks: &[&str]) -> Guard {
        let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
        Guard { http, private, networks, hosts: Vec::new() }
    }

    fn refusal(guard: &Guard, url: &str) -> String {
        guard.check(&url.parse().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn every_spelling_of_an_inner_address_is_refused() {
        let guard = guard(true, false, &[]);
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "017700000001",
            "0177.0.0.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
            "169.254.169.254",
            "2852039166",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fd00::1]",
            "[fe80::1]",
            "0",
            "10.1",
        ] {
            let why = refusal(&guard, &format!("http://{host}:8080/x?secret"));
            assert!(why.ends_with("does not lead to a public address"), "{host}: {why}");
        }
        for host in ["1.1.1.1", "[2606:4700:4700::1111]", "example.org", "0x01010101"] {
            guard.check(&format!("https://{host}/").parse().unwrap()).unwrap();
        }
    }

    #[test]
    fn only_web_addresses_without_credentials_are_asked() {
        let strict = guard(false, false, &[]);
        for (url, why) in [
            ("http://example.org/a?b=c", "http://example.org/a is not fetched: only https is"),
            ("ftp://example.org/", "only web addresses are"),
            ("file:///etc/passwd", "only web addresses are"),
            ("gopher://example.org/", "only web addresses are"),
            ("https://user@example.org/", "https://example.org/ is not fetched: it holds a user name or a password"),
            ("https://:hunter2@example.org/", "it holds a user name or a password"),
            ("https://example.org:22/", "its port belongs to another service"),
            ("https://example.org:25/", "its port belongs to another service"),
        ] {
            let found = refusal(&strict, url);
            assert!(found.ends_with(why) && !found.contains("hunter2") && !found.contains("b=c"), "{url}: {found}");
        }
        strict.check(&"https://example.org:8443/".parse().unwrap()).unwrap();
    }

    #[test]
    fn what_is_allowed_in_addition_is_asked() {
        let some = guard(true, false, &["10.20.0.0/16"]);
        some.check(&"http://10.20.3.4/".parse().unwrap()).unwrap();
        refusal(&some, "http://10.21.3.4/");
        guard(true, true, &[]).check(&"http://127.0.0.1:81/".parse().unwrap()).unwrap();
    }

    #[test]
    fn where_hosts_are_listed_no_other_is_asked() {
        let hosts = ["Forge.example.org.", "*.pages.example", "bücher.example"].map(|text| text.parse().unwrap());
        let some = Guard { hosts: hosts.to_vec(), ..guard(false, false, &["10.20.0.0/16"]) };
        for fine in
            ["forge.example.org", "FORGE.example.org.", "a.pages.example", "a.b.pages.example", "xn--bcher-kva.example"]
        {
            some.check(&format!("https://{fine}/").parse().unwrap()).unwrap();
        }
        for other in [
            "example.org",
            "a.forge.example.org",
            "evilforge.example.org",
            "pages.example",
            "xpages.example",
            "1.1.1.1",
            "10.20.0.1",
            "[::1]",
        ] {
            let why = refusal(&some, &format!("https://{other}/"));
            assert!(why.ends_with("its operator lists (fetch.allow_hosts)"), "{other}: {why}");
        }
        for wrong in
            ["", "*", "*.", "https://example.org", "example.org/a", "a b", "010.0.0.1", "*.10.0.0.1", "example.org:443"]
        {
            assert!(wrong.parse::<Hosts>().is_err(), "{wrong}");
        }
    }
}
