//! Which order an OSV ecosystem's versions have.

use super::VersionOrder;

/// The order of an ecosystem, named as in OSV records, with or without a release (`Debian:12`); `None` where it is not
/// known here and versions can only be the same or not.
pub fn order_of(ecosystem: &str) -> Option<VersionOrder> {
    let name = ecosystem.split(':').next().unwrap_or(ecosystem);
    Some(match name {
        "crates.io" | "npm" | "Go" | "Hex" | "Pub" | "SwiftURL" | "Julia" | "Bitnami" | "VSCode" => {
            VersionOrder::SemVer
        }
        "PyPI" => VersionOrder::Pep440,
        "Maven" => VersionOrder::Maven,
        "Debian" | "Ubuntu" | "Echo" => VersionOrder::Debian,
        "AlmaLinux" | "Azure Linux" | "Mageia" | "openEuler" | "openSUSE" | "Photon OS" | "Red Hat" | "Rocky Linux"
        | "SUSE" => VersionOrder::Rpm,
        "NuGet" => VersionOrder::NuGet,
        "RubyGems" => VersionOrder::RubyGems,
        _ => return None,
    })
}
