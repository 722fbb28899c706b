//! The mail of this feature as it goes out.

use super::*;
use crate::features::accounts::AccountStatus;
use crate::features::organizations::OrganizationKind;
use crate::infra::testing::{assert_letter, ctx};
use crate::kernel::{AccountId, OrganizationId, Timestamp};
use uuid::Uuid;

fn people(now: Timestamp) -> (Organization, Account) {
    let organization = Organization {
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
    };
    let owner = Account {
        id: AccountId(Uuid::nil()),
        email: "ada@example.org".to_owned(),
        email_folded: "ada@example.org".to_owned(),
        email_verified_at: Some(now),
        handle: "ada".to_owned(),
        display_name: "Ada <b>Lovelace</b>".to_owned(),
        password_hash: None,
        status: AccountStatus::Active,
        consented_at: now,
        consented_terms: None,
        mfa_enabled_at: None,
        deletes_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    (organization, owner)
}

#[tokio::test]
async fn owners_are_told_where_and_why_but_not_the_whole_address() {
    let (ctx, _folder) = ctx();
    let (acme, ada) = people(ctx.now());
    let place = ("hooks.example.org", "/api/v1/organizations/acme/webhooks/00000000-0000-0000-0000-000000000001");
    let letter = disabled(&ctx, (&acme, &ada), place, "Nothing got through to it for three days.").unwrap();
    assert_letter!(&ctx, "disabled", &letter);
}
