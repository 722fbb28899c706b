//! What is asked when projects are looked for by words. Who answers comes after this feature: it is handed in.

use super::model::ProjectStatus;
use super::service::ProjectSort;
use crate::infra::Ctx;
use crate::kernel::search::Found;
use crate::kernel::{Cursor, Limit, ProjectId, Result};
use async_trait::async_trait;

/// Which projects, of those that everybody may see.
#[derive(Debug)]
pub struct ProjectFilter {
    /// Words.
    pub text: String,
    /// In this state.
    pub status: Option<ProjectStatus>,
    /// Written in this language.
    pub language: Option<String>,
    /// With this skill or tag.
    pub skill: Option<String>,
    /// That publish packages of this type.
    pub ecosystem: Option<String>,
    /// Of this tier.
    pub tier: Option<i16>,
    /// In which order.
    pub sort: ProjectSort,
    /// How many.
    pub limit: Limit,
    /// After which.
    pub after: Option<Cursor>,
}

/// Finds projects by words, among those that everybody may see.
#[async_trait]
pub trait ProjectFinder: Send + Sync {
    /// The ids of a page, and what there is on all pages.
    async fn find_projects(&self, ctx: &Ctx, filter: ProjectFilter) -> Result<Found<ProjectId>>;
}
