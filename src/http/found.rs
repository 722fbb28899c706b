//! Lists that can be searched: a page, and what there is on all pages.

use super::Reply;
use super::page::PageResponse;
use crate::kernel::Page;
use crate::kernel::search::{Found, Highlight};
use actix_web::HttpRequest;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One page of a list or of what a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundResponse<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(required = true, example = "AZMrfI0-ekGcVS9uihsMPQ")]
    pub next_cursor: Option<String>,
    /// How many were found, on all pages; only in answers to `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 12)]
    pub total: Option<u64>,
    /// For each filter the values among all that was found, the most frequent first; only in answers to `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!({"kind": [{"value": "fuzzing", "count": 7}, {"value": "testing", "count": 5}]}))]
    pub facets: Option<BTreeMap<String, Vec<FacetCountResponse>>>,
}

/// How often a value is among what was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacetCount, example = json!({"value": "fuzzing", "count": 7}))]
pub struct FacetCountResponse {
    /// The value, as the filter of the same name takes it.
    pub value: String,
    /// How often.
    #[schema(minimum = 1)]
    pub count: u64,
}

/// Where the words of `q` stand: HTML, escaped, with `<mark>` around them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Highlight, example = json!({"title": "<mark>Fuzz</mark> the archive parser", "description": "… has no <mark>fuzz</mark> targets yet."}))]
pub struct HighlightResponse {
    /// The whole title or name; null when they don't stand there.
    #[schema(required = true)]
    pub title: Option<String>,
    /// A part of the description; null when they don't stand there.
    #[schema(required = true)]
    pub description: Option<String>,
}

impl From<Highlight> for HighlightResponse {
    fn from(highlight: Highlight) -> Self {
        Self { title: highlight.title, description: highlight.text }
    }
}

impl<T: Serialize> FoundResponse<T> {
    /// The answer of a list that was not searched.
    pub fn listed(request: &HttpRequest, page: Page<T>) -> Reply<Self> {
        PageResponse::reply(request, page).map(|page| Self {
            items: page.items,
            next_cursor: page.next_cursor,
            total: None,
            facets: None,
        })
    }

    /// The answer of a search, with the address of the next page in `Link`.
    pub fn found(request: &HttpRequest, found: Found<T>) -> Reply<Self> {
        let Found { items, next, total, facets } = found;
        let counts = facets.into_iter().map(|(name, counts)| {
            let counts = counts.into_iter().map(|one| FacetCountResponse { value: one.value, count: one.count });
            (name, counts.collect())
        });
        let facets = counts.collect();
        PageResponse::reply(request, Page { items, next }).map(|page| Self {
            items: page.items,
            next_cursor: page.next_cursor,
            total: Some(total),
            facets: Some(facets),
        })
    }
}
