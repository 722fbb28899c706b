//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::features::notifications::model::Cadence;
use crate::infra::testing::{assert_letter, ctx};
use crate::kernel::{AccountId, NewsId, NoticeId, Timestamp};
use uuid::Uuid;

fn told(now: Timestamp, title: &str) -> Notice {
    Notice {
        id: NoticeId(Uuid::nil()),
        account_id: AccountId(Uuid::nil()),
        news_id: NewsId(Uuid::nil()),
        topic: "proposal.accepted".to_owned(),
        title: title.to_owned(),
        path: "/proposals/00000000-0000-0000-0000-000000000001".to_owned(),
        at: now,
        read_at: None,
        cadence: Cadence::AtOnce,
        mail_due_at: None,
        mailed_at: None,
    }
}

#[tokio::test]
async fn notices_and_digests_are_mailed_as_text_and_html_with_a_way_out() {
    let (ctx, _folder) = ctx();
    let (now, ada) = (ctx.now(), ada(ctx.now()));
    let one = told(now, "\"Fuzz <x>\" of Parser accepted you.");
    assert_letter!(&ctx, "notice", &notice(&ctx, &ada, &one).unwrap());
    assert_letter!(&ctx, "digest_of_one", &digest(&ctx, &ada, std::slice::from_ref(&one), false).unwrap());
    let many: Vec<Notice> = (0..53).map(|at| told(now, &format!("News {at}."))).collect();
    assert_letter!(&ctx, "digest_of_many", &digest(&ctx, &ada, &many, true).unwrap());
    for letter in [notice(&ctx, &ada, &one).unwrap(), digest(&ctx, &ada, &many, true).unwrap()] {
        assert!(letter.list_unsubscribe.is_some());
    }
}
