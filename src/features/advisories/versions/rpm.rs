//! RPM's versions, `[epoch:]version[-release]` (rpm-version(7)).

use std::cmp::Ordering;

use super::number::{Number, span};

#[derive(Debug, Clone)]
pub(super) struct Rpm {
    epoch: Number,
    version: String,
    release: Option<String>,
}

impl Rpm {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (epoch, rest) = text.split_once(':').unwrap_or(("", text));
        let epoch = if epoch.is_empty() {
            Number::default()
        } else {
            Number::parse(epoch).ok_or("its epoch, before the colon, must be a number")?
        };
        let (version, release) =
            rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
        if version.is_empty() {
            return Err("there is no version before its hyphen".to_owned());
        }
        if text.contains(char::is_whitespace) {
            return Err("it has a space".to_owned());
        }
        Ok(Self { epoch, version: version.to_owned(), release: release.map(str::to_owned) })
    }
}

/// Compares segment by segment, numbers with numbers and letters with letters; what divides them does not count.
fn compare<'a>(mut left: &'a str, mut right: &'a str) -> Ordering {
    let separator = |b: u8| !b.is_ascii_alphanumeric() && b != b'~' && b != b'^';
    loop {
        (left, right) = (span(left, separator).1, span(right, separator).1);
        // A tilde comes before everything, the end of the version too.
        match (left.strip_prefix('~'), right.strip_prefix('~')) {
            (Some(l), Some(r)) => {
                (left, right) = (l, r);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        // A caret comes after the end of the version, and before everything else.
        match (left.strip_prefix('^'), right.strip_prefix('^')) {
            (Some(l), Some(r)) => {
                (left, right) = (l, r);
                continue;
            }
            (Some(_), None) => return if right.is_empty() { Ordering::Greater } else { Ordering::Less },
            (None, Some(_)) => return if left.is_empty() { Ordering::Less } else { Ordering::Greater },
            (None, None) => {}
        }
        if left.is_empty() || right.is_empty() {
            return left.is_empty().cmp(&right.is_empty()).reverse();
        }
        let order;
        (order, left, right) = compare_segment(left, right);
        if order.is_ne() {
            return order;
        }
    }
}

/// Compares the first segments, which are not empty, and gives what follows them.
fn compare_segment<'a>(left: &'a str, right: &'a str) -> (Ordering, &'a str, &'a str) {
    let numeric = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match (numeric(left), numeric(right)) {
        (true, true) => {
            let (l, left) = span(left, |b| b.is_ascii_digit());
            let (r, right) = span(right, |b| b.is_ascii_digit());
            (Number::from_digits(l).cmp(&Number::from_digits(r)), left, right)
        }
        // A number is newer than letters.
        (true, false) => (Ordering::Greater, left, right),
        (false, true) => (Ordering::Less, left, right),
        (false, false) => {
            let (l, left) = span(left, |b| b.is_ascii_alphabetic());
            let (r, right) = span(right, |b| b.is_ascii_alphabetic());
            (l.cmp(r), left, right)
        }
    }
}

impl Ord for Rpm {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch.cmp(&other.epoch).then_with(|| compare(&self.version, &other.version)).then_with(|| {
            match (&self.release, &other.release) {
                (Some(left), Some(right)) => compare(left, right),
                // None at all comes before any, be it one with a tilde.
                (left, right) => left.is_some().cmp(&right.is_some()),
            }
        })
    }
}

impl PartialOrd for Rpm {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rpm {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rpm {}
