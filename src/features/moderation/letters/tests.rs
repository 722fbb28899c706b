//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::features::organizations::testing::acme;
use crate::features::projects::testing::parser;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn every_notice_is_mailed_as_text_and_html_and_never_unsubscribed() {
    let (ctx, _folder) = ctx();
    let (now, to) = (ctx.now(), ada(ctx.now()));
    let reason = "It names <b>somebody</b> & their street.";
    let suspended = Notice::Suspended { reason, token: "mst_appeal_x" };
    for (name, subject, notice) in [
        ("suspended_project", Subject::Project(parser(now)), suspended),
        ("suspended_organization", Subject::Organization(acme(now)), suspended),
        ("suspended_volunteer", Subject::Volunteer(ada(now)), suspended),
        ("suspended_account", Subject::Account(ada(now)), suspended),
        ("lifted", Subject::Project(parser(now)), Notice::Lifted { reason: Some(reason) }),
        ("lifted_without_a_word", Subject::Organization(acme(now)), Notice::Lifted { reason: None }),
        ("appeal_dismissed", Subject::Account(ada(now)), Notice::AppealDismissed { reason }),
        ("decided_for", Subject::Volunteer(ada(now)), Notice::Decided { upheld: true }),
        ("decided_against", Subject::Account(ada(now)), Notice::Decided { upheld: false }),
    ] {
        let letter = notice.letter(&ctx, &subject, &to).unwrap();
        assert!(letter.list_unsubscribe.is_none() && letter.html.is_some(), "{name}");
        assert_letter!(&ctx, name, &letter);
    }
}
