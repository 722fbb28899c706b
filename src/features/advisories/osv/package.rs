//! The same package, as a purl and as an OSV record name it.

use crate::kernel::Purl;

use super::record::Package;

/// A package by OSV's ecosystem, without release, and a name in one spelling: what records and purls are joined by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageKey {
    /// OSV's name of the ecosystem: `crates.io`.
    pub ecosystem: String,
    /// The package's name there; where the ecosystem knows no case or punctuation, without it.
    pub name: String,
}

impl PackageKey {
    fn new(ecosystem: &str, name: &str) -> Self {
        let name = match ecosystem {
            "PyPI" => python_name(name),
            "NuGet" | "Packagist" | "VSCode" | "GitHub Actions" => name.to_lowercase(),
            _ => name.to_owned(),
        };
        Self { ecosystem: ecosystem.to_owned(), name }
    }

    /// The package of a record.
    pub fn of_package(package: &Package) -> Self {
        let (ecosystem, _release) = split_release(&package.ecosystem);
        Self::new(ecosystem, &package.name)
    }

    /// The package a purl names; `None` for types that OSV has no ecosystem for.
    pub fn of_purl(purl: &Purl) -> Option<Self> {
        let (ecosystem, divider) = match (purl.ty(), purl.namespace().unwrap_or_default()) {
            ("cargo", _) => ("crates.io", "/"),
            ("npm", _) => ("npm", "/"),
            ("pypi", _) => ("PyPI", "/"),
            ("maven", _) => ("Maven", ":"),
            ("golang", _) => ("Go", "/"),
            ("gem", _) => ("RubyGems", "/"),
            ("nuget", _) => ("NuGet", "/"),
            ("composer", _) => ("Packagist", "/"),
            ("hex", _) => ("Hex", "/"),
            ("pub", _) => ("Pub", "/"),
            ("swift", _) => ("SwiftURL", "/"),
            ("cran", _) => ("CRAN", "/"),
            ("hackage", _) => ("Hackage", "/"),
            ("conan", _) => ("ConanCenter", "/"),
            ("bitnami", _) => ("Bitnami", "/"),
            ("julia", _) => ("Julia", "/"),
            ("opam", _) => ("opam", "/"),
            ("vscode-extension", _) => ("VSCode", "/"),
            ("github", _) => ("GitHub Actions", "/"),
            ("deb" | "rpm" | "apk", vendor) => return Some(Self::new(distribution(vendor)?, purl.name())),
            _ => return None,
        };
        let name = match purl.namespace() {
            Some(namespace) => format!("{namespace}{divider}{}", purl.name()),
            None => purl.name().to_owned(),
        };
        Some(Self::new(ecosystem, &name))
    }
}

fn distribution(vendor: &str) -> Option<&'static str> {
    Some(match vendor {
        "debian" => "Debian",
        "ubuntu" => "Ubuntu",
        "echo" => "Echo",
        "almalinux" => "AlmaLinux",
        "azure-linux" | "azurelinux" => "Azure Linux",
        "mageia" => "Mageia",
        "openeuler" => "openEuler",
        "opensuse" => "openSUSE",
        "photon" => "Photon OS",
        "redhat" | "rhel" => "Red Hat",
        "rocky-linux" | "rocky" => "Rocky Linux",
        "suse" | "sles" => "SUSE",
        "alpine" => "Alpine",
        "alpaquita" => "Alpaquita",
        "chainguard" => "Chainguard",
        "minimos" => "MinimOS",
        "wolfi" => "Wolfi",
        _ => return None,
    })
}

/// Letters in lowercase, and every run of hyphens, underscores and dots as one hyphen (packaging specification "Names").
fn python_name(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// The ecosystem's name and its release, `Debian` and `12`.
pub(super) fn split_release(ecosystem: &str) -> (&str, Option<&str>) {
    ecosystem.split_once(':').map_or((ecosystem, None), |(name, release)| (name, Some(release)))
}

const DEBIAN: [(&str, &str); 9] = [
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("jessie", "8"),
    ("wheezy", "7"),
];

/// Whether a purl's `distro` (`debian-12`, `bookworm`, `alpine-3.18.4`) is the release of a record (`12`, `v3.18`,
/// `22.04:LTS`); `None` where the two cannot be compared, and the record counts for every release.
pub(super) fn same_release(release: &str, distro: &str) -> Option<bool> {
    let distro = DEBIAN.iter().find(|(name, _)| *name == distro).map_or(distro, |(_, number)| number);
    let release = release.split(':').find_map(numbers)?;
    let distro = numbers(distro.rsplit('-').next().unwrap_or(distro))?;
    // The shorter one names all that begin with it: 3.18 is 3.18.4 too.
    Some(release.iter().zip(&distro).all(|(a, b)| a == b))
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    text.trim_start_matches('v').split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(purl: &str) -> Option<(String, String)> {
        PackageKey::of_purl(&purl.parse().unwrap()).map(|key| (key.ecosystem, key.name))
    }

    #[test]
    fn purls_and_records_meet() {
        for (purl, ecosystem, name) in [
            ("pkg:cargo/openssl@0.1", "crates.io", "openssl"),
            ("pkg:npm/%40angular/core", "npm", "@angular/core"),
            ("pkg:pypi/Zope.Interface", "PyPI", "zope_interface"),
            ("pkg:maven/org.apache.logging.log4j/log4j-core", "Maven", "org.apache.logging.log4j:log4j-core"),
            ("pkg:golang/github.com/gorilla/websocket", "Go", "github.com/gorilla/websocket"),
            ("pkg:golang/stdlib", "Go", "stdlib"),
            ("pkg:nuget/Newtonsoft.Json", "NuGet", "newtonsoft.json"),
            ("pkg:composer/Symfony/http-kernel", "Packagist", "symfony/http-kernel"),
            ("pkg:swift/github.com/apple/swift-nio", "SwiftURL", "github.com/apple/swift-nio"),
            ("pkg:deb/debian/curl?distro=bookworm", "Debian:12", "curl"),
            ("pkg:rpm/redhat/openssl", "Red Hat:enterprise_linux:9::baseos", "openssl"),
            ("pkg:apk/alpine/curl", "Alpine:v3.18", "curl"),
        ] {
            let package = Package { ecosystem: ecosystem.into(), name: name.into(), purl: None };
            assert_eq!(PackageKey::of_purl(&purl.parse().unwrap()), Some(PackageKey::of_package(&package)), "{purl}");
        }
        assert_eq!(key("pkg:generic/openssl"), None);
        assert_eq!(key("pkg:deb/nobody/x"), None);
    }

    #[test]
    fn releases_are_compared_where_they_can_be() {
        assert_eq!(same_release("12", "bookworm"), Some(true));
        assert_eq!(same_release("11", "debian-12"), Some(false));
        assert_eq!(same_release("v3.18", "alpine-3.18.4"), Some(true));
        assert_eq!(same_release("v3.19", "3.18.4"), Some(false));
        assert_eq!(same_release("Pro:18.04:LTS", "ubuntu-18.04"), Some(true));
        assert_eq!(same_release("12", "sid"), None);
        assert_eq!(same_release("enterprise_linux:9::baseos", "rhel-9.2"), Some(true));
    }
}
