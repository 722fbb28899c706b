//! An organization for the tests of what is written to people.

use super::model::{Organization, OrganizationKind};
use crate::kernel::{OrganizationId, Timestamp};
use uuid::Uuid;

/// An organization whose name would be markup if it were not escaped.
pub(crate) fn acme(now: Timestamp) -> Organization {
    Organization {
        id: OrganizationId(Uuid::nil()),
        slug: "acme".to_owned(),
        name: "Acme & Sons".to_owned(),
        search: String::new(),
        kind: OrganizationKind::Company,
        description: String::new(),
        homepage_url: None,
        suspended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
