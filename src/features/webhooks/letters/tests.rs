//! The mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::features::organizations::testing::acme;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn owners_are_told_where_and_why_but_not_the_whole_address() {
    let (ctx, _folder) = ctx();
    let (acme, ada) = (acme(ctx.now()), ada(ctx.now()));
    let place = ("hooks.example.org", "/api/v1/organizations/acme/webhooks/00000000-0000-0000-0000-000000000001");
    let letter = disabled(&ctx, (&acme, &ada), place, "Nothing got through to it for three days.").unwrap();
    assert_letter!(&ctx, "disabled", &letter);
}
