//! Numbers of any length, as their digits: a date and time in a version is larger than a machine's integers.

use std::cmp::Ordering;

/// A natural number by its digits, without leading zeros; zero has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Number(String);

impl Number {
    /// Reads a text that is digits alone.
    pub(super) fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self::from_digits(text))
    }

    /// Takes digits that were already looked at.
    pub(super) fn from_digits(digits: &str) -> Self {
        Self(digits.trim_start_matches('0').to_owned())
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The longest beginning of `text` of which every byte is wanted, and what follows.
pub(super) fn span(text: &str, wanted: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|b| !wanted(b)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
