//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::testing::ada;
use crate::infra::testing::{assert_letter, ctx};

#[tokio::test]
async fn every_notice_is_mailed_as_text_and_html() {
    let (ctx, _folder) = ctx();
    let (now, ada) = (ctx.now(), ada(ctx.now()));
    let words = || "We <b>ship</b> next week.".to_owned();
    let about = About {
        need: "Fuzz <x>".to_owned(),
        project: "Parser".to_owned(),
        volunteer: "Bob & Co".to_owned(),
        handle: "bob".to_owned(),
    };
    for (name, notice) in [
        ("onboarding", Notice::Onboarding),
        ("started", Notice::Started),
        ("checked_in", Notice::CheckedIn(None)),
        ("checked_in_late", Notice::CheckedIn(Some(false))),
        ("reminder", Notice::Reminder(now)),
        ("overdue", Notice::Overdue(now)),
        ("released", Notice::Released(EndReason::CheckInMissed)),
        ("paused", Notice::Paused(now, words())),
        ("resumed", Notice::Resumed(now)),
        ("said_done_by_volunteer", Notice::SaidDone(Side::Volunteer, now)),
        ("said_done_by_project", Notice::SaidDone(Side::Project, now)),
        ("completed", Notice::Completed),
        ("ended", Notice::Ended(EndReason::NoTime, Some(words()))),
        ("ended_without_a_word", Notice::Ended(EndReason::Conduct, None)),
        ("hours_gone", Notice::HoursGone(EndReason::PledgeWithdrawn, now)),
        ("own_time", Notice::OwnTime),
        ("suspended", Notice::Suspended),
        ("unsuspended", Notice::Unsuspended),
        ("hand_over_asked", Notice::HandOverAsked(now)),
        ("hand_over_accepted", Notice::HandOverAnswered(true)),
        ("hand_over_declined", Notice::HandOverAnswered(false)),
        ("access_asked", Notice::AccessAsked("Write access".to_owned(), 3)),
        ("access_left", Notice::AccessLeft(vec!["Write access".to_owned(), "Release keys".to_owned()])),
        ("cla_changed", Notice::ClaChanged(Cla::Individual)),
        ("cla_gone", Notice::ClaChanged(Cla::None)),
        ("cla_not_allowed", Notice::ClaNotAllowed(Cla::Corporate)),
        ("ai_policy_changed", Notice::AiPolicyChanged(AiPolicy::Forbidden)),
    ] {
        let letter = notice.letter(&ctx, &about, &ada).unwrap();
        assert!(letter.list_unsubscribe.is_none() && letter.html.is_some(), "{name}");
        assert_letter!(&ctx, name, &letter);
    }
}

#[test]
fn a_program_is_not_addressed_as_if_it_were_at_work() {
    let about = About {
        need: "Fuzz it".to_owned(),
        project: "Parser".to_owned(),
        volunteer: "Bob".to_owned(),
        handle: "bob".to_owned(),
    };
    let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
    for (notice, headline) in [
        (
            Notice::Overdue(at),
            "Bob has not checked in on \"Fuzz it\" for Parser. If nothing is heard until 2026-11-22, the seat is given to somebody else.",
        ),
        (
            Notice::SaidDone(Side::Volunteer, at),
            "Bob says that \"Fuzz it\" for Parser is done. If the project says nothing it counts as completed on 2026-11-22.",
        ),
        (
            Notice::SaidDone(Side::Project, at),
            "Parser says that \"Fuzz it\" is done. If Bob says nothing it counts as completed on 2026-11-22.",
        ),
        (
            Notice::ClaChanged(Cla::Dco),
            "Parser, for which Bob works on \"Fuzz it\", asks for a sign-off in each commit (Developer Certificate of Origin) now.",
        ),
        (
            Notice::ClaChanged(Cla::None),
            "Parser asks for no contributor agreement any more; Bob works there on \"Fuzz it\".",
        ),
        (
            Notice::ClaNotAllowed(Cla::Individual),
            "Parser, for which Bob works on \"Fuzz it\" in the employer's time, asks for an individual contributor license agreement now. The employer's policy does not allow it.",
        ),
        (
            Notice::AiPolicyChanged(AiPolicy::Disclose),
            "AI-assisted contributions to Parser, for which Bob works on \"Fuzz it\", have to be disclosed from now on.",
        ),
        (Notice::Started, "Bob begins to work on \"Fuzz it\" for Parser."),
    ] {
        assert_eq!(notice.headline(&about), headline);
    }
}
