//! The mails of this feature as they go out, whatever people chose to hear.

use super::*;
use crate::features::accounts::test_account;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn what_must_arrive_is_mailed_as_text_and_html() {
    let (ctx, _folder) = ctx();
    let (now, ada) = (ctx.now(), test_account(ctx.now()));
    let about = About {
        need: "Fuzz <the> parser".to_owned(),
        project: "Parser & Co".to_owned(),
        volunteer: "Grace <i>Hopper</i>".to_owned(),
        handle: "grace".to_owned(),
    };
    for (name, notice) in [
        ("overdue", Notice::Overdue(now)),
        ("released", Notice::Released(EndReason::CheckInMissed)),
        ("hours_gone", Notice::HoursGone(EndReason::PledgeWithdrawn, now)),
        ("hand_over_asked", Notice::HandOverAsked(now)),
        ("access_asked", Notice::AccessAsked("Signing <releases>".to_owned(), 3)),
        ("access_left", Notice::AccessLeft(vec!["Push to main".to_owned(), "Signing <releases>".to_owned()])),
    ] {
        assert!(notice.must_arrive() || notice.topic().is_none(), "{name} is a mail of its own");
        let letter = notice.letter(&ctx, &about, &ada).unwrap();
        assert!(letter.html.is_some(), "{name}");
        assert_letter!(&ctx, name, &letter);
    }
}
