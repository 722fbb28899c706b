//! Every mail of this feature as it goes out.

use super::*;
use crate::features::accounts::test_account;
use crate::features::projects::{ProjectSource, ProjectStatus};
use crate::infra::testing::{assert_letter, ctx};
use crate::kernel::{AiPolicy, Cla, ProjectId};
use uuid::Uuid;

fn parser(now: Timestamp) -> Project {
    Project {
        id: ProjectId(Uuid::nil()),
        slug: "parser".to_owned(),
        name: "Parser & Co".to_owned(),
        name_folded: String::new(),
        search: String::new(),
        description: String::new(),
        repository_url: "https://github.com/example/parser".to_owned(),
        repository_key: "github.com/example/parser".to_owned(),
        homepage_url: None,
        license: None,
        review_hours_per_week: 1.0,
        ai_policy: AiPolicy::Welcome,
        cla: Cla::None,
        status: ProjectStatus::Listed,
        criticality_score: None,
        criticality_tier: None,
        criticality_algorithm: None,
        criticality_as_of: None,
        criticality_curated: false,
        systemic_risk: None,
        source: ProjectSource::Member,
        sample: false,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[tokio::test]
async fn every_mail_has_text_and_html() {
    let (ctx, _folder) = ctx();
    let (project, ada) = (parser(ctx.now()), test_account(ctx.now()));
    let role = ProjectRole::Maintainer;
    let letter = InvitationLetter { project: &project, inviter: &ada, role, token: "mst_invite_x", days: 7 };
    assert_letter!(&ctx, "invitation", &letter.letter(&ctx, &ada).unwrap());
    for (name, notice) in [("joined", Notice::Joined("bob")), ("lapsing", Notice::Lapsing(ctx.now()))] {
        let letter = notice.letter(&ctx, &project, &ada).unwrap();
        assert!(letter.html.is_some(), "{name}");
        assert_letter!(&ctx, format!("notice_{name}"), &letter);
    }
}
