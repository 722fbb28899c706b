//! Every mail of this feature as it goes out.

use super::*;
use crate::infra::testing::{assert_letter, ctx};

/// A name that would be markup if it were not escaped.
const NAME: &str = "Ada <b>Lovelace</b>";

fn ada() -> Email {
    Email::parse("ada@example.org").unwrap()
}

#[tokio::test]
async fn links_are_mailed_as_text_and_html() {
    let (ctx, _folder) = ctx();
    assert_letter!(&ctx, "verify_email", &verify_email(&ctx, ada(), NAME, "mst_mail_token").unwrap());
    assert_letter!(&ctx, "already_registered", &already_registered(&ctx, ada(), NAME).unwrap());
    assert_letter!(&ctx, "reset_password", &reset_password(&ctx, ada(), NAME, "mst_mail_token").unwrap());
    assert_letter!(&ctx, "change_email", &change_email(&ctx, ada(), NAME, "mst_mail_token").unwrap());
}

#[tokio::test]
async fn every_notice_is_mailed_as_text_and_html_and_never_unsubscribed() {
    let (ctx, _folder) = ctx();
    let named = || "Some <i>name</i>".to_owned();
    let all = [
        ("token_reused", Notice::TokenReused),
        ("password_reset", Notice::PasswordReset),
        ("password_changed", Notice::PasswordChanged),
        ("address_asked", Notice::AddressAsked("a***@example.net".to_owned())),
        ("address_changed", Notice::AddressChanged("a***@example.net".to_owned())),
        ("address_wanted", Notice::AddressWanted),
        ("factor_added", Notice::FactorAdded),
        ("factor_removed", Notice::FactorRemoved),
        ("codes_made", Notice::CodesMade),
        ("code_used", Notice::CodeUsed(3)),
        ("codes_guessed", Notice::CodesGuessed),
        ("passkey_added", Notice::PasskeyAdded(named())),
        ("passkey_removed", Notice::PasskeyRemoved(named())),
        ("passkey_copied", Notice::PasskeyCopied(named())),
        ("password_removed", Notice::PasswordRemoved),
        ("token_made", Notice::TokenMade(named())),
        ("identity_linked", Notice::IdentityLinked(named())),
        ("leaving", Notice::Leaving("2026-12-06".to_owned())),
        ("stayed", Notice::Stayed),
        ("left", Notice::Left),
    ];
    for (name, notice) in all {
        let letter = notice.letter(&ctx, ada(), NAME).unwrap();
        assert!(letter.list_unsubscribe.is_none() && letter.html.is_some(), "{name}");
        assert_letter!(&ctx, format!("notice_{name}"), &letter);
    }
}
