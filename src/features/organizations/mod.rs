//! Companies, foundations and other bodies, and who belongs to them.

mod domain;
mod dto;
mod letters;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use model::{
    Approval, InvitationStatus, Membership, Organization, OrganizationKind, OrganizationPolicy, OrganizationRole,
};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::{configure, configure_pages};
pub use service::{
    NewOrganizationInput, add_member, create_in, list_owners, load_by_slug, recheck_domains, suspend_in, unsuspend_in,
};
pub use store::{
    employer_of, find_organization_by_slug, find_policy, get_organization, list_employers, list_manager_ids,
    list_member_ids, list_organization_ids, list_organizations_by_id, list_owner_ids, list_policies, lock_organization,
    lock_organization_by_id, role_in,
};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for an account that joined or left an organization; the entity is the account.
pub const MEMBERSHIP_CHANGED: ChangeKind = ChangeKind("membership");
