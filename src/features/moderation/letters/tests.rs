//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::test_account;
use crate::features::organizations::test_organization;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn every_decision_is_mailed_as_text_and_html() {
    let (ctx, _folder) = ctx();
    let ada = test_account(ctx.now());
    let subjects = [
        ("organization", Subject::Organization(test_organization(ctx.now()))),
        ("account", Subject::Account(ada.clone())),
        ("volunteer", Subject::Volunteer(ada.clone())),
    ];
    for (about, subject) in &subjects {
        for (name, notice) in [
            ("suspended", Notice::Suspended { reason: "It says <b>what</b> is not so.", token: "mst_appeal_x" }),
            ("lifted", Notice::Lifted { reason: Some("It was put right.") }),
            ("lifted_unsaid", Notice::Lifted { reason: None }),
            ("appeal_dismissed", Notice::AppealDismissed { reason: "Nothing changed." }),
            ("agreed", Notice::Decided { upheld: true }),
            ("not_agreed", Notice::Decided { upheld: false }),
        ] {
            let letter = notice.letter(&ctx, subject, &ada).unwrap();
            assert!(letter.html.is_some(), "{name}");
            assert_letter!(&ctx, format!("{about}_{name}"), &letter);
        }
    }
}
