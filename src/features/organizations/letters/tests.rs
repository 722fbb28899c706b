//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::AccountStatus;
use crate::features::organizations::model::OrganizationKind;
use crate::infra::testing::{assert_letter, ctx};
use crate::kernel::{AccountId, OrganizationId, Timestamp};
use uuid::Uuid;

fn organization(now: Timestamp) -> Organization {
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

fn ada(now: Timestamp) -> Account {
    Account {
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
    }
}

#[tokio::test]
async fn every_mail_has_text_and_html() {
    let (ctx, _folder) = ctx();
    let (acme, ada) = (organization(ctx.now()), ada(ctx.now()));
    let to = Email::parse("bob@example.net").unwrap();
    let letter = InvitationLetter {
        organization: &acme,
        inviter: &ada,
        role: OrganizationRole::Manager,
        token: "mst_invite_x",
        days: 7,
    };
    assert_letter!(&ctx, "invitation", &letter.letter(&ctx, to).unwrap());
    for (name, notice) in [
        ("joined", Notice::Joined("bob")),
        ("role_changed", Notice::RoleChanged(OrganizationRole::Owner)),
        ("removed", Notice::Removed),
        ("domain_failing", Notice::DomainFailing("acme.example.net")),
        ("domain_lapsed", Notice::DomainLapsed("acme.example.net")),
    ] {
        let letter = notice.letter(&ctx, &acme, &ada).unwrap();
        assert!(letter.html.is_some(), "{name}");
        assert_letter!(&ctx, format!("notice_{name}"), &letter);
    }
}
