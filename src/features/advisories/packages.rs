//! How bills of materials name the package of a record: the way back from OSV's names to package URLs.

use super::osv::{Package, PackageKey};
use crate::kernel::Purl;
use crate::kernel::purl::PurlParts;
use std::collections::BTreeSet;

/// Type and divider of an ecosystem's purls; the divider is what OSV puts between namespace and name.
fn kind(ecosystem: &str) -> Option<(&'static str, char)> {
    Some(match ecosystem {
        "crates.io" => ("cargo", '\0'),
        "npm" => ("npm", '/'),
        "PyPI" => ("pypi", '\0'),
        "Maven" => ("maven", ':'),
        "Go" => ("golang", '/'),
        "RubyGems" => ("gem", '\0'),
        "NuGet" => ("nuget", '\0'),
        "Packagist" => ("composer", '/'),
        "Hex" => ("hex", '/'),
        "Pub" => ("pub", '\0'),
        "SwiftURL" => ("swift", '/'),
        "CRAN" => ("cran", '\0'),
        "Hackage" => ("hackage", '\0'),
        "ConanCenter" => ("conan", '/'),
        "Bitnami" => ("bitnami", '\0'),
        "opam" => ("opam", '\0'),
        "VSCode" => ("vscode-extension", '/'),
        "GitHub Actions" => ("github", '/'),
        _ => return None,
    })
}

/// Type and namespaces of a distribution's packages.
fn distribution(ecosystem: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match ecosystem {
        "Debian" => ("deb", &["debian"]),
        "Ubuntu" => ("deb", &["ubuntu"]),
        "Echo" => ("deb", &["echo"]),
        "AlmaLinux" => ("rpm", &["almalinux"]),
        "Azure Linux" => ("rpm", &["azure-linux", "azurelinux"]),
        "Mageia" => ("rpm", &["mageia"]),
        "openEuler" => ("rpm", &["openeuler"]),
        "openSUSE" => ("rpm", &["opensuse"]),
        "Photon OS" => ("rpm", &["photon"]),
        "Red Hat" => ("rpm", &["redhat", "rhel"]),
        "Rocky Linux" => ("rpm", &["rocky-linux", "rocky"]),
        "SUSE" => ("rpm", &["suse", "sles"]),
        "Alpine" => ("apk", &["alpine"]),
        "Alpaquita" => ("apk", &["alpaquita"]),
        "Chainguard" => ("apk", &["chainguard"]),
        "MinimOS" => ("apk", &["minimos"]),
        "Wolfi" => ("apk", &["wolfi"]),
        _ => return None,
    })
}

fn purl(ty: &str, namespace: Option<&str>, name: &str) -> Option<String> {
    let parts = PurlParts {
        ty: ty.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        ..PurlParts::default()
    };
    Purl::build(parts).ok().map(|purl| purl.package().to_owned())
}

/// Every spelling of the package's name: where an ecosystem takes several for one, bills of materials may have any of them.
fn spellings(ecosystem: &str, name: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([name.to_owned()]);
    match ecosystem {
        "PyPI" => {
            let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
            all.extend(["-", "_", "."].map(|divider| parts.join(divider)));
        }
        "NuGet" => {
            all.insert(name.to_lowercase());
        }
        _ => {}
    }
    all
}

/// The package URLs, without version, that name this package; none where its ecosystem has no type of its own.
pub(super) fn purls(package: &Package) -> BTreeSet<String> {
    let key = PackageKey::of_package(package);
    let mut found = BTreeSet::new();
    if let Some((ty, namespaces)) = distribution(&key.ecosystem) {
        found.extend(namespaces.iter().filter_map(|namespace| purl(ty, Some(namespace), &package.name)));
    } else if let Some((ty, divider)) = kind(&key.ecosystem) {
        for name in spellings(&key.ecosystem, &package.name) {
            found.extend(match name.rsplit_once(divider) {
                Some((namespace, name)) => purl(ty, Some(namespace), name),
                None => purl(ty, None, &name),
            });
        }
    }
    let stated = package.purl.as_deref().and_then(|text| Purl::read_leniently(text).ok());
    found.extend(stated.map(|purl| purl.package().to_owned()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ecosystem: &str, name: &str) -> Vec<String> {
        purls(&Package { ecosystem: ecosystem.into(), name: name.into(), purl: None }).into_iter().collect()
    }

    #[test]
    fn records_find_the_components_that_bills_of_materials_name() {
        assert_eq!(
            of("Maven", "org.apache.logging.log4j:log4j-core"),
            ["pkg:maven/org.apache.logging.log4j/log4j-core"]
        );
        assert_eq!(of("npm", "@angular/core"), ["pkg:npm/%40angular/core"]);
        assert_eq!(of("npm", "left-pad"), ["pkg:npm/left-pad"]);
        assert_eq!(of("crates.io", "openssl"), ["pkg:cargo/openssl"]);
        assert_eq!(of("Go", "github.com/gorilla/websocket"), ["pkg:golang/github.com/gorilla/websocket"]);
        assert_eq!(of("Go", "stdlib"), ["pkg:golang/stdlib"]);
        assert_eq!(of("PyPI", "Zope.Interface"), ["pkg:pypi/zope-interface", "pkg:pypi/zope.interface"]);
        assert_eq!(of("NuGet", "Newtonsoft.Json"), ["pkg:nuget/Newtonsoft.Json", "pkg:nuget/newtonsoft.json"]);
        assert_eq!(of("Debian:12", "curl"), ["pkg:deb/debian/curl"]);
        assert_eq!(
            of("Red Hat:enterprise_linux:9::baseos", "openssl"),
            ["pkg:rpm/redhat/openssl", "pkg:rpm/rhel/openssl"]
        );
        assert_eq!(of("OSS-Fuzz", "zlib"), [""; 0]);
    }

    #[test]
    fn what_a_record_states_counts_too() {
        let stated =
            Package { ecosystem: "OSS-Fuzz".into(), name: "zlib".into(), purl: Some("pkg:generic/zlib@1".into()) };
        assert_eq!(purls(&stated).into_iter().collect::<Vec<_>>(), ["pkg:generic/zlib"]);
    }
}
