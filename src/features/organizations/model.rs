//! Rows and words of organizations.

use crate::infra::db::schema::{
    memberships, organization_domains, organization_invitations, organization_policies, organizations,
};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::{
    AccountId, Cla, EventId, InvitationId, NeedKind, OrganizationDomainId, OrganizationId, Timestamp, words,
};
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

words! {
    /// Where an invitation stands.
    InvitationStatus {
        /// Not answered yet.
        Pending = "pending",
        /// The invited person joined.
        Accepted = "accepted",
        /// The invited person would rather not.
        Declined = "declined",
        /// The organization took it back.
        Revoked = "revoked",
        /// A newer one to the same address took its place.
        Replaced = "replaced",
        /// Nobody answered in time.
        Expired = "expired",
    }
}

words! {
    /// Who agrees when hours of the organization are to be used.
    Approval {
        /// Nobody needs to.
        Auto = "auto",
        /// A manager of the organization, each time.
        Manager = "manager",
        /// Nobody, for the projects that are listed; hours go nowhere else.
        List = "list",
    }
}

words! {
    /// Where an organization's claim to a domain stands.
    DomainStatus {
        /// Not proven yet.
        Pending = "pending",
        /// Proven.
        Verified = "verified",
        /// Proven once, but the proof was not found lately.
        Failing = "failing",
        /// The proof was gone for too long.
        Lapsed = "lapsed",
        /// Given up.
        Removed = "removed",
    }
}

impl DomainStatus {
    /// Whether the domain counts as the organization's own.
    pub(super) fn is_held(self) -> bool {
        matches!(self, Self::Verified | Self::Failing)
    }
}

words! {
    /// What proved a domain.
    DomainMethod {
        /// A text record.
        DnsTxt = "dns_txt",
        /// A file below `/.well-known`.
        WellKnownFile = "well_known_file",
    }
}

text_column!(OrganizationKind, OrganizationRole, InvitationStatus, Approval, DomainStatus, DomainMethod);

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
    /// Since when a moderator keeps it from acting; none while nobody does.
    pub suspended_at: Option<Timestamp>,
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

/// An invitation to join an organization. Its token is stored hashed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organization_invitations, treat_none_as_default_value = false)]
pub(super) struct Invitation {
    pub id: InvitationId,
    pub organization_id: OrganizationId,
    /// The address as typed.
    pub email: String,
    /// The address as compared.
    pub email_folded: String,
    pub role: OrganizationRole,
    pub hash: String,
    pub invited_by: AccountId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// How it ended; none while it is open. That it ran out is told by the clock alone.
    pub ended_as: Option<InvitationStatus>,
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<AccountId>,
}

impl Invitation {
    /// Where it stands at this instant.
    pub(super) fn status(&self, now: Timestamp) -> InvitationStatus {
        let open = if self.expires_at > now { InvitationStatus::Pending } else { InvitationStatus::Expired };
        self.ended_as.unwrap_or(open)
    }
}

/// What an organization lets its people do in its time. Empty lists allow everything.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organization_policies, primary_key(organization_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct OrganizationPolicy {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Who agrees.
    pub approval: Approval,
    /// Slugs of the only projects that may be helped, where approval is by list.
    pub projects: Json<Vec<String>>,
    /// SPDX ids of the licenses that may be contributed to.
    pub licenses: Json<Vec<String>>,
    /// Kinds of work.
    pub kinds: Json<Vec<NeedKind>>,
    /// Contributor agreements that may be signed.
    pub cla_kinds: Json<Vec<Cla>>,
    /// Most hours a week of one person.
    pub max_hours_per_person: Option<f64>,
    /// Rises with each change; 0 while it was never set.
    pub version: i64,
    /// When it was last set.
    pub updated_at: Timestamp,
}

/// An organization's claim to a domain. The token is no secret: whoever owns the domain publishes it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = organization_domains, treat_none_as_default_value = false)]
pub(super) struct DomainRow {
    pub id: OrganizationDomainId,
    pub organization_id: OrganizationId,
    /// The name, in lower case and ASCII.
    pub domain: String,
    pub token: String,
    pub status: DomainStatus,
    pub method: Option<DomainMethod>,
    pub verified_at: Option<Timestamp>,
    pub checked_at: Option<Timestamp>,
    /// When it is due to be looked at; none while it is not held.
    pub check_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    pub added_by: AccountId,
    pub created_at: Timestamp,
    pub version: i64,
}
