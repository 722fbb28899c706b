//! What a search brings.

use crate::kernel::Cursor;
use std::collections::BTreeMap;

/// How often a value is among all that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value, as the filter of the same name takes it.
    pub value: String,
    /// How often.
    pub count: u64,
}

/// For each filter the values it would still find, the most frequent first.
pub type Facets = BTreeMap<String, Vec<FacetCount>>;

/// A page of what was found.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// The items of this page, the best first.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
    /// How many there are on all pages.
    pub total: u64,
    /// What there is among them, on all pages.
    pub facets: Facets,
}

impl<T> Found<T> {
    /// The same of other items.
    pub fn with<U>(self, items: Vec<U>) -> Found<U> {
        Found { items, next: self.next, total: self.total, facets: self.facets }
    }
}

/// Where the words of a question stand in what was found: HTML, escaped, with `<mark>` around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The whole title; none when they don't stand there.
    pub title: Option<String>,
    /// A part of the text; none when they don't stand there.
    pub text: Option<String>,
}
