//! Which records affect a package at a version.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::kernel::Purl;

use super::super::range::{Range, Verdict};
use super::super::versions::{self, Version, VersionError, VersionOrder};
use super::package::{PackageKey, same_release, split_release};
use super::record::OsvRecord;

/// Records by the packages they are about. It keeps of each record what is needed to answer, not its text.
#[derive(Debug, Default)]
pub struct OsvIndex {
    by_package: HashMap<PackageKey, Vec<Entry>>,
    records: usize,
}

/// What one record says of one package.
#[derive(Debug)]
struct Entry {
    id: String,
    withdrawn: bool,
    release: Option<String>,
    ranges: Vec<Range>,
    versions: Vec<String>,
}

/// The records that affect a package at a version, their ids in order and each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affecting {
    /// Those in force.
    pub ids: BTreeSet<String>,
    /// Those that would be, had they not been taken back.
    pub withdrawn: BTreeSet<String>,
    /// Records with ranges that could not be looked at, since the order of the ecosystem's versions is not known here:
    /// of these only the versions they list were compared.
    pub exact_only: BTreeSet<String>,
    /// Ranges that could not be evaluated, since a version in them is none: record and fault.
    pub unreadable: Vec<(String, VersionError)>,
}

/// Why a purl has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AffectingError {
    /// It names no version.
    NoVersion,
    /// Its version is none of its ecosystem, while records have ranges of them.
    Version(VersionError),
}

impl fmt::Display for AffectingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersion => {
                f.write_str("the purl names no version; write one after an at sign, as in pkg:cargo/time@0.1.40")
            }
            Self::Version(error) => write!(f, "{error}; correct the version"),
        }
    }
}

impl std::error::Error for AffectingError {}

impl OsvIndex {
    /// Takes a record in.
    pub fn insert(&mut self, record: OsvRecord) {
        self.records += 1;
        for affected in record.affected {
            let Some(package) = affected.package else { continue };
            let release = split_release(&package.ecosystem).1.map(str::to_owned);
            self.by_package.entry(PackageKey::of_package(&package)).or_default().push(Entry {
                id: record.id.clone(),
                withdrawn: record.withdrawn.is_some(),
                release,
                ranges: affected.ranges,
                versions: affected.versions,
            });
        }
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The records that affect the purl's package at its version. A package of a distribution is compared with records of
    /// its release where the purl's `distro` tells which, with those of all releases otherwise.
    ///
    /// # Errors
    /// Where the purl has no version, or one that its ecosystem cannot read while there are ranges to compare it with.
    pub fn affecting(&self, purl: &Purl) -> Result<Affecting, AffectingError> {
        let text = version_of(purl).ok_or(AffectingError::NoVersion)?;
        let mut answer = Affecting::default();
        let Some(key) = PackageKey::of_purl(purl) else { return Ok(answer) };
        let distro = purl.qualifiers().get("distro").map(String::as_str);
        let order = versions::order_of(&key.ecosystem);
        let version = order.map(|order| order.parse(&text));
        for entry in self.by_package.get(&key).into_iter().flatten() {
            let other_release =
                entry.release.as_deref().zip(distro).and_then(|(release, distro)| same_release(release, distro));
            if other_release == Some(false) {
                continue;
            }
            if entry.affects(&text, order, version.as_ref(), &mut answer)? {
                let ids = if entry.withdrawn { &mut answer.withdrawn } else { &mut answer.ids };
                ids.insert(entry.id.clone());
            }
        }
        answer.exact_only.retain(|id| !answer.ids.contains(id) && !answer.withdrawn.contains(id));
        Ok(answer)
    }
}

/// RPM's purls carry the epoch as a qualifier.
fn version_of(purl: &Purl) -> Option<String> {
    let version = purl.version()?;
    match purl.qualifiers().get("epoch") {
        Some(epoch) if purl.ty() == "rpm" && !version.contains(':') => Some(format!("{epoch}:{version}")),
        _ => Some(version.to_owned()),
    }
}

impl Entry {
    fn affects(
        &self,
        text: &str,
        ecosystem: Option<VersionOrder>,
        version: Option<&Result<Version, VersionError>>,
        answer: &mut Affecting,
    ) -> Result<bool, AffectingError> {
        if self.lists(text, ecosystem, version) {
            return Ok(true);
        }
        let mut affected = false;
        for range in &self.ranges {
            let order = range.order(ecosystem);
            // Semantic ranges are compared as such, whatever the ecosystem's own order.
            let read = match version {
                Some(read) if order == ecosystem => Some(read.clone()),
                _ => order.map(|order| order.parse(text)),
            };
            match range.judge(read.as_ref().and_then(|read| read.as_ref().ok()), order) {
                Verdict::Known(inside) => affected |= inside,
                Verdict::Unreadable(error) => answer.unreadable.push((self.id.clone(), error)),
                Verdict::NoOrder => {
                    if let Some(Err(error)) = read {
                        return Err(AffectingError::Version(error));
                    }
                    answer.exact_only.insert(self.id.clone());
                }
            }
        }
        Ok(affected)
    }

    fn lists(&self, text: &str, order: Option<VersionOrder>, version: Option<&Result<Version, VersionError>>) -> bool {
        let equal = |listed: &String| match (order, version) {
            (Some(order), Some(Ok(version))) => order.parse(listed).is_ok_and(|listed| listed == *version),
            _ => false,
        };
        self.versions.iter().any(|listed| listed == text) || self.versions.iter().any(equal)
    }
}
