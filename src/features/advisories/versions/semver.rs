//! Semantic Versioning 2.0.0 (semver.org), read as leniently as registries do: a leading `v`, one to three numbers.

use std::cmp::Ordering;

use super::number::Number;

/// Numbers and pre-release identifiers; build metadata has no part in the order (section 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SemVer {
    core: [Number; 3],
    pre: Vec<Identifier>,
}

/// A dot-separated part of a pre-release. Numbers come before words (section 11.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier {
    Number(Number),
    Word(String),
}

impl SemVer {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix(['v', 'V', '=']).unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _build)| version);
        let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
        let numbers: Option<Vec<_>> = core.split('.').map(Number::parse).collect();
        let numbers = numbers.ok_or("its parts before the first hyphen must be numbers, as in 1.2.3")?;
        if numbers.len() > 3 {
            return Err("it has more than three numbers".to_owned());
        }
        let mut numbers = numbers.into_iter();
        let core = std::array::from_fn(|_| numbers.next().unwrap_or_default());
        Ok(Self { core, pre: pre.map(identifiers).transpose()?.unwrap_or_default() })
    }
}

/// The identifiers of a pre-release.
pub(super) fn identifiers(pre: &str) -> Result<Vec<Identifier>, String> {
    pre.split('.')
        .map(|part| {
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return Err(format!(
                    "{part:?} is no pre-release identifier; those have ASCII letters, digits and hyphens"
                ));
            }
            Ok(Number::parse(part).map_or_else(|| Identifier::Word(part.to_owned()), Identifier::Number))
        })
        .collect()
}

/// A release comes after its pre-releases; of two of those, the longer one after what it begins with.
pub(super) fn compare_pre<T: Ord>(left: &[T], right: &[T]) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => left.cmp(right),
    }
}

impl Ord for SemVer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.core.cmp(&other.core).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

impl PartialOrd for SemVer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
