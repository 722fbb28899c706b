//! Transitions may be given a reason.

use super::OptionalJson;
use crate::kernel::{Check, Line, Result};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why it is done; the body may be left out altogether.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "A new maintainer took this on."}))]
pub struct TransitionRequest {
    /// A sentence for the record.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

impl OptionalJson<TransitionRequest> {
    /// The reason, if one was given.
    ///
    /// # Errors
    /// When it is empty, over 500 characters, or not one line of visible text.
    pub fn reason(self) -> Result<Option<String>> {
        let mut check = Check::default();
        let given = self.0.and_then(|body| body.reason);
        let reason = check.optional("/reason", given.as_deref().map(|text| Line::parse(text, 1, 500)));
        check.done()?;
        Ok(reason?.map(Line::into_string))
    }
}
