//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::features::organizations::testing::acme;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn every_mail_has_text_and_html() {
    let (ctx, _folder) = ctx();
    let (acme, ada) = (acme(ctx.now()), ada(ctx.now()));
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
