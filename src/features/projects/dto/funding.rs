//! Where projects can be funded, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A place where a project can be funded. No payment is handled here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"platform": "open_collective", "url": "https://opencollective.com/parser"}))]
pub(in crate::features::projects) struct FundingLink {
    /// Such as `github` or `open_collective`; `custom` for any other.
    pub platform: String,
    /// Its address.
    pub url: String,
}

impl From<(String, String)> for FundingLink {
    fn from((platform, url): (String, String)) -> Self {
        Self { platform, url }
    }
}

/// Where a project can be funded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"links": [{"platform": "open_collective", "url": "https://opencollective.com/parser"}]}))]
pub(in crate::features::projects) struct FundingResponse {
    /// In the project's own order.
    pub links: Vec<FundingLink>,
}

impl From<Vec<(String, String)>> for FundingResponse {
    fn from(links: Vec<(String, String)>) -> Self {
        Self { links: links.into_iter().map(FundingLink::from).collect() }
    }
}

/// All links anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"links": ["https://opencollective.com/parser"]}))]
pub(in crate::features::projects) struct PutFundingRequest {
    /// Addresses; https. Known platforms are recognized by them.
    #[schema(max_items = 30)]
    pub links: Vec<String>,
}
