//! NuGet versions: SemVer 2.0.0 with a fourth number and without case (learn.microsoft.com/nuget/concepts/package-versioning).

use std::cmp::Ordering;

use super::number::Number;
use super::semver::{Identifier, compare_pre, identifiers};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NuGet {
    core: [Number; 4],
    pre: Vec<Identifier>,
}

impl NuGet {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text).to_ascii_lowercase();
        let text = text.split_once('+').map_or(text.as_str(), |(version, _build)| version);
        let (core, pre) = text.split_once('-').map_or((text, None), |(core, pre)| (core, Some(pre)));
        let numbers: Option<Vec<_>> = core.split('.').map(Number::parse).collect();
        let numbers = numbers.ok_or("its parts before the first hyphen must be numbers, as in 1.2.3.4")?;
        if numbers.len() > 4 {
            return Err("it has more than four numbers".to_owned());
        }
        let mut numbers = numbers.into_iter();
        let core = std::array::from_fn(|_| numbers.next().unwrap_or_default());
        Ok(Self { core, pre: pre.map(identifiers).transpose()?.unwrap_or_default() })
    }
}

impl Ord for NuGet {
    fn cmp(&self, other: &Self) -> Ordering {
        self.core.cmp(&other.core).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

impl PartialOrd for NuGet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
