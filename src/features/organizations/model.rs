//! Rows and words of organizations.

use crate::infra::db::schema::{memberships, organizations};
use crate::infra::db::text_column;
use crate::kernel::{AccountId, EventId, OrganizationId, Timestamp, words};
use diesel::prelude::*;

words! {
    /// What kind of body it is.
    OrganizationKind {
        /// A company.
        Company = "company",
        /// A foundation.
        Foundation = "foundation",
        /// A government body.
        Government = "government",
        /// A university or another place of research.
        Academic = "academic",
        /// A community without a legal form of its own.
        Community = "community",
    }
}

words! {
    /// What a member may do.
    OrganizationRole {
        /// Everything, members and their roles included.
        Owner = "owner",
        /// Pledges, approvals, SBOMs.
        Manager = "manager",
        /// Belongs to it.
        Member = "member",
    }
}

text_column!(OrganizationKind, OrganizationRole);

/// An organization.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organizations, treat_none_as_default_value = false)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Name and description, folded for searching.
    pub search: String,
    /// What kind of body it is.
    pub kind: OrganizationKind,
    /// What it does, as Markdown.
    pub description: String,
    /// Its own site.
    pub homepage_url: Option<String>,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A change to an organization.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = organizations)]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct OrganizationChanges {
    pub name: Option<String>,
    pub search: Option<String>,
    pub kind: Option<OrganizationKind>,
    pub description: Option<String>,
    pub homepage_url: Option<Option<String>>,
}

/// An account's dated place in an organization.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = memberships, treat_none_as_default_value = false)]
pub struct Membership {
    /// The row.
    pub id: EventId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The account.
    pub account_id: AccountId,
    /// What it may do there.
    pub role: OrganizationRole,
    /// Since when.
    pub from_at: Timestamp,
    /// Until when; none while it lasts.
    pub until_at: Option<Timestamp>,
}
