//! RubyGems' versions (`Gem::Version`): numbers and words, a word making a pre-release.

use std::cmp::Ordering;

use super::number::{Number, span};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gem(Vec<Segment>);

/// Words come before numbers, so that a pre-release comes before its release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Word(String),
    Number(Number),
}

impl Segment {
    fn is_zero(&self) -> bool {
        matches!(self, Self::Number(number) if number.is_zero())
    }
}

impl Gem {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
        let alphanumeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let pre_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let begins = numbers.split('.').next().is_some_and(|first| Number::parse(first).is_some());
        if !begins || !numbers.split('.').all(alphanumeric) || !pre.is_none_or(|pre| pre.split('.').all(pre_part)) {
            return Err(
                "it must begin with a number and have ASCII letters and digits with dots between them".to_owned()
            );
        }
        // A hyphen begins a pre-release, as if it were written .pre.
        let text = text.replace('-', ".pre.");
        let mut segments = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (digits, after) = span(rest, |b| b.is_ascii_digit());
            let (letters, after) = span(after, |b| b.is_ascii_alphabetic());
            if !digits.is_empty() {
                segments.push(Segment::Number(Number::from_digits(digits)));
            }
            if !letters.is_empty() {
                segments.push(Segment::Word(letters.to_owned()));
            }
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        Ok(Self(canonical(segments)))
    }
}

/// Zeros at the end of the release and at the end of the whole do not count.
fn canonical(mut segments: Vec<Segment>) -> Vec<Segment> {
    let word = segments.iter().position(|segment| matches!(segment, Segment::Word(_))).unwrap_or(segments.len());
    let mut pre = segments.split_off(word);
    for part in [&mut segments, &mut pre] {
        while part.last().is_some_and(Segment::is_zero) {
            part.pop();
        }
    }
    segments.extend(pre);
    segments
}

impl Ord for Gem {
    fn cmp(&self, other: &Self) -> Ordering {
        let zero = Segment::Number(Number::default());
        let longest = self.0.len().max(other.0.len());
        let padded = |gem: &'_ Self| -> Vec<Segment> {
            gem.0.iter().cloned().chain(std::iter::repeat(zero.clone())).take(longest).collect()
        };
        padded(self).cmp(&padded(other))
    }
}

impl PartialOrd for Gem {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
