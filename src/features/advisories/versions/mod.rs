//! Which version is newer: the order of each ecosystem that has one of its own.
//!
//! An ecosystem without one here (Packagist, Alpine, Android and others) has no order at all: its versions can be the same
//! text or not, and whoever asks must say that this is all that was looked at.

mod debian;
mod ecosystem;
mod maven;
mod nuget;
mod number;
mod pep440;
mod rpm;
mod rubygems;
mod semver;
#[cfg(test)]
mod vectors;

use std::cmp::Ordering;
use std::fmt;

pub use ecosystem::order_of;

/// The longest version that is read, in characters: no registry has one as long, and what is nested stays shallow.
pub const MAX_CHARS: usize = 512;

/// The rules by which an ecosystem's versions are read and ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionOrder {
    /// Semantic Versioning 2.0.0, with a leading `v` and missing parts forgiven: crates.io, npm, Go, Hex, Pub, Swift.
    SemVer,
    /// Python's PEP 440.
    Pep440,
    /// Maven's `ComparableVersion`, as of Maven 3.
    Maven,
    /// dpkg's, of Debian and Ubuntu.
    Debian,
    /// rpm's, with epoch and release.
    Rpm,
    /// NuGet's: four numbers, labels without case.
    NuGet,
    /// `Gem::Version`.
    RubyGems,
}

/// A version, read by its ecosystem's rules. Two can be compared when they were read by the same rules; versions that are
/// written differently may be equal (`1.0` and `1.0.0`).
#[derive(Debug, Clone)]
pub struct Version(Key);

#[derive(Debug, Clone)]
enum Key {
    SemVer(semver::SemVer),
    Pep440(pep440::Pep440),
    Maven(maven::Maven),
    Debian(debian::Debian),
    Rpm(rpm::Rpm),
    NuGet(nuget::NuGet),
    RubyGems(rubygems::Gem),
}

/// Why a text is no version of its ecosystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionError {
    order: VersionOrder,
    text: String,
    problem: String,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no {} version: {}", self.text, self.order, self.problem)
    }
}

impl std::error::Error for VersionError {}

impl fmt::Display for VersionOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SemVer => "semantic",
            Self::Pep440 => "PEP 440",
            Self::Maven => "Maven",
            Self::Debian => "Debian",
            Self::Rpm => "RPM",
            Self::NuGet => "NuGet",
            Self::RubyGems => "RubyGems",
        })
    }
}

impl VersionOrder {
    /// Reads a version.
    ///
    /// # Errors
    /// Where the text is none by these rules, is empty, or is longer than [`MAX_CHARS`].
    pub fn parse(self, text: &str) -> Result<Version, VersionError> {
        let text = text.trim();
        let key = if text.is_empty() {
            Err("it is empty".to_owned())
        } else if text.chars().count() > MAX_CHARS {
            Err(format!("it is longer than {MAX_CHARS} characters"))
        } else {
            self.read(text)
        };
        key.map(Version).map_err(|problem| VersionError { order: self, text: text.chars().take(80).collect(), problem })
    }

    fn read(self, text: &str) -> Result<Key, String> {
        Ok(match self {
            Self::SemVer => Key::SemVer(semver::SemVer::parse(text)?),
            Self::Pep440 => Key::Pep440(pep440::Pep440::parse(text)?),
            Self::Maven => Key::Maven(maven::Maven::parse(text)),
            Self::Debian => Key::Debian(debian::Debian::parse(text)?),
            Self::Rpm => Key::Rpm(rpm::Rpm::parse(text)?),
            Self::NuGet => Key::NuGet(nuget::NuGet::parse(text)?),
            Self::RubyGems => Key::RubyGems(rubygems::Gem::parse(text)?),
        })
    }

    /// Compares two texts as versions.
    ///
    /// # Errors
    /// Where one of them is no version by these rules.
    pub fn compare(self, left: &str, right: &str) -> Result<Ordering, VersionError> {
        let (left, right) = (self.parse(left)?, self.parse(right)?);
        Ok(left.partial_cmp(&right).unwrap_or(Ordering::Equal))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(match (&self.0, &other.0) {
            (Key::SemVer(left), Key::SemVer(right)) => left.cmp(right),
            (Key::Pep440(left), Key::Pep440(right)) => left.cmp(right),
            (Key::Maven(left), Key::Maven(right)) => left.cmp(right),
            (Key::Debian(left), Key::Debian(right)) => left.cmp(right),
            (Key::Rpm(left), Key::Rpm(right)) => left.cmp(right),
            (Key::NuGet(left), Key::NuGet(right)) => left.cmp(right),
            (Key::RubyGems(left), Key::RubyGems(right)) => left.cmp(right),
            _ => return None,
        })
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}
