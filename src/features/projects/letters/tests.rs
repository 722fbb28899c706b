//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::features::projects::testing::parser;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn every_mail_has_text_and_html() {
    let (ctx, _folder) = ctx();
    let (parser, ada) = (parser(ctx.now()), ada(ctx.now()));
    for (name, role) in [("lead", ProjectRole::Lead), ("maintainer", ProjectRole::Maintainer)] {
        let letter = InvitationLetter { project: &parser, inviter: &ada, role, token: "mst_project_invite_x", days: 7 };
        assert_letter!(&ctx, format!("invitation_{name}"), &letter.letter(&ctx, &ada).unwrap());
    }
    for (name, notice) in [("joined", Notice::Joined("bob")), ("lapsing", Notice::Lapsing(ctx.now()))] {
        let letter = notice.letter(&ctx, &parser, &ada).unwrap();
        assert!(letter.list_unsubscribe.is_none() && letter.html.is_some(), "{name}");
        assert_letter!(&ctx, format!("notice_{name}"), &letter);
    }
}
