//! Debian's versions, `[epoch:]upstream[-revision]` (Debian Policy 5.6.12, deb-version(7)).

use std::cmp::Ordering;

use super::number::{Number, span};

#[derive(Debug, Clone)]
pub(super) struct Debian {
    epoch: Number,
    upstream: String,
    revision: String,
}

impl Debian {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let epoch = Number::parse(epoch).ok_or("its epoch, before the colon, must be a number")?;
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        if upstream.is_empty() {
            return Err("there is no upstream version in it".to_owned());
        }
        let permitted = |b: u8| b.is_ascii_alphanumeric() || b".+-~:".contains(&b);
        if !rest.bytes().all(permitted) {
            return Err("it may have ASCII letters, digits and . + - ~ :".to_owned());
        }
        Ok(Self { epoch, upstream: upstream.to_owned(), revision: revision.to_owned() })
    }
}

/// Compares by turns a part without digits, letter by letter, and a number.
fn compare(mut left: &str, mut right: &str) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (left_text, left_rest) = span(left, |b| !b.is_ascii_digit());
        let (right_text, right_rest) = span(right, |b| !b.is_ascii_digit());
        let (left_digits, left_tail) = span(left_rest, |b| b.is_ascii_digit());
        let (right_digits, right_tail) = span(right_rest, |b| b.is_ascii_digit());
        let order = compare_text(left_text, right_text)
            .then_with(|| Number::from_digits(left_digits).cmp(&Number::from_digits(right_digits)));
        if order.is_ne() {
            return order;
        }
        (left, right) = (left_tail, right_tail);
    }
    Ordering::Equal
}

fn compare_text(left: &str, right: &str) -> Ordering {
    let longest = left.len().max(right.len());
    let weights =
        |text: &str| -> Vec<u16> { text.bytes().map(weight).chain(std::iter::repeat(END)).take(longest).collect() };
    weights(left).cmp(&weights(right))
}

/// A tilde comes before the end of the part, letters after that, and everything else after letters.
fn weight(byte: u8) -> u16 {
    match byte {
        b'~' => 0,
        b if b.is_ascii_alphabetic() => u16::from(b) + END,
        b => u16::from(b) + END + 256,
    }
}

const END: u16 = 1;

impl Ord for Debian {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare(&self.upstream, &other.upstream))
            .then_with(|| compare(&self.revision, &other.revision))
    }
}

impl PartialOrd for Debian {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Debian {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Debian {}
