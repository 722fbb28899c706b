//! Maven's versions, as Maven 3's `ComparableVersion` orders them ("Version Order Specification" of the POM reference):
//! numbers and qualifiers, each hyphen and each change between digits and letters beginning a list within the list.
//!
//! Newer Mavens (3.8.7 for one) take a dot before letters for a hyphen: to them `2.0.a` comes before `2-1`. Here it is the other way
//! round, as in Maven's own earlier vectors, which tools that evaluate advisories are tested with.
//!
//! That order has contradictions (`1.asp` ≤ `1.0a1` ≤ `1` and yet `1.asp` > `1`): do not sort by it.

use std::cmp::Ordering;

use super::number::{Number, span};

#[derive(Debug, Clone)]
pub(super) struct Maven(Vec<Item>);

#[derive(Debug, Clone)]
enum Item {
    Number(Number),
    Qualifier(Qualifier),
    List(Vec<Item>),
}

/// Known qualifiers in their order; the empty one is the release itself, and unknown ones come last, by their letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier {
    Alpha,
    Beta,
    Milestone,
    ReleaseCandidate,
    Snapshot,
    Release,
    ServicePack,
    Other(String),
}

impl Qualifier {
    fn new(text: &str, before_digit: bool) -> Self {
        match text {
            "a" if before_digit => Self::Alpha,
            "b" if before_digit => Self::Beta,
            "m" if before_digit => Self::Milestone,
            "alpha" => Self::Alpha,
            "beta" => Self::Beta,
            "milestone" => Self::Milestone,
            "rc" | "cr" => Self::ReleaseCandidate,
            "snapshot" => Self::Snapshot,
            "" | "ga" | "final" | "release" => Self::Release,
            "sp" => Self::ServicePack,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Maven {
    /// Every text is a version to Maven.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.to_lowercase();
        // The lists that are open, outermost first; the last one takes the next item.
        let mut open: Vec<Vec<Item>> = vec![Vec::new()];
        let mut rest = text.as_str();
        loop {
            let digits = rest.starts_with(|c: char| c.is_ascii_digit());
            let (token, after) = span(rest, |b| b != b'.' && b != b'-' && b.is_ascii_digit() == digits);
            let turns = after.starts_with(|c: char| c != '.' && c != '-');
            let item = if token.is_empty() {
                Some(Item::Number(Number::default())).filter(|_| !after.is_empty())
            } else if digits {
                Some(Item::Number(Number::from_digits(token)))
            } else {
                Some(Item::Qualifier(Qualifier::new(token, turns)))
            };
            if let (Some(list), Some(item)) = (open.last_mut(), item) {
                list.push(item);
            }
            if after.is_empty() {
                break;
            }
            if turns || after.starts_with('-') {
                open.push(Vec::new());
            }
            rest = after.strip_prefix(['.', '-']).unwrap_or(after);
        }
        let mut inner = None;
        while let Some(mut list) = open.pop() {
            list.extend(inner.take().map(Item::List));
            normalize(&mut list);
            inner = Some(list);
        }
        Self(inner.unwrap_or_default())
    }
}

/// Takes off what means nothing at the end of a list, and in front of a list at its end.
fn normalize(list: &mut Vec<Item>) {
    for at in (0..list.len()).rev() {
        match list.get(at) {
            Some(item) if item.is_null() => drop(list.remove(at)),
            Some(Item::List(_)) => {}
            _ => break,
        }
    }
}

impl Item {
    fn is_null(&self) -> bool {
        match self {
            Self::Number(number) => number.is_zero(),
            Self::Qualifier(qualifier) => *qualifier == Qualifier::Release,
            Self::List(list) => list.is_empty(),
        }
    }

    fn compare(&self, other: Option<&Self>) -> Ordering {
        match (self, other) {
            (Self::Number(number), None) => number.cmp(&Number::default()),
            (Self::Number(left), Some(Self::Number(right))) => left.cmp(right),
            (Self::Number(_), Some(_)) | (Self::List(_), Some(Self::Qualifier(_))) => Ordering::Greater,
            (Self::Qualifier(qualifier), None) => qualifier.cmp(&Qualifier::Release),
            (Self::Qualifier(left), Some(Self::Qualifier(right))) => left.cmp(right),
            (Self::Qualifier(_), Some(_)) | (Self::List(_), Some(Self::Number(_))) => Ordering::Less,
            (Self::List(list), None) => compare(list, &[]),
            (Self::List(left), Some(Self::List(right))) => compare(left, right),
        }
    }
}

fn compare(left: &[Item], right: &[Item]) -> Ordering {
    let longest = left.len().max(right.len());
    (0..longest)
        .map(|at| match (left.get(at), right.get(at)) {
            (Some(item), other) => item.compare(other),
            (None, Some(item)) => item.compare(None).reverse(),
            (None, None) => Ordering::Equal,
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

impl Ord for Maven {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for Maven {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Maven {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Maven {}
