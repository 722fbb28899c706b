//! The mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn a_notice_has_text_and_html() {
    let (ctx, _folder) = ctx();
    let letter = Letter {
        subject: "Bob applied to \"Fuzz <x>\" of Parser",
        what: "Bob applied to \"Fuzz <x>\" of Parser.",
        advice: "Answer by 2026-11-29.",
    };
    assert_letter!(&ctx, "notice", &letter.to(&ctx, &ada(ctx.now())).unwrap());
}
