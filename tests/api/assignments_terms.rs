//! A project changes what it asks of contributors while people are at work for it.

use crate::assignments::World;
use crate::client::Client;
use crate::db::on_both;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

const PROJECT: &str = "/api/v1/projects/parser";

impl World {
    /// Changes the project, and lets whoever has to hear of it.
    async fn ask(&self, change: Value) {
        self.lin.patch(PROJECT, change).await.expect(200);
        self.app.run_jobs().await;
    }

    /// Whether the agreement is settled; none where nothing is to be signed.
    async fn is_settled(&self, path: &str) -> Option<bool> {
        let told = self.ada.get(path).await.expect(200);
        let list = told["onboarding"].as_array().unwrap();
        list.iter().find(|item| item["task"] == "cla").map(|item| !item["done_at"].is_null())
    }
}

/// What this person was told of terms, oldest first.
async fn told(person: &Client) -> Vec<String> {
    let listed = person.get("/api/v1/me/notifications?limit=100").await.expect(200);
    let about = listed["items"].as_array().unwrap().iter().filter(|one| one["topic"] == "assignment.terms_changed");
    about.rev().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_changed_agreement_is_asked_of_whoever_is_at_work(db: TestDb) {
        let world = World::with_project(db, json!({"cla": "none"})).await;
        let policy = json!({"approval": "auto", "licenses": [], "kinds": [], "cla_kinds": ["none", "dco"]});
        let put = world.olga.send(Method::PUT, "/api/v1/organizations/freight/policy", &[("if-match", "*")], Some(policy.to_string()));
        put.await.expect(200);
        let (path, _) = world.employed().await;
        assert_eq!(world.is_settled(&path).await, None);
        world.ask(json!({"description": "A parser, and a faster one."})).await;
        assert_eq!((world.is_settled(&path).await, world.follow().await), (None, 0), "nothing else is asked of anybody");

        world.ask(json!({"cla": "dco"})).await;
        assert_eq!(world.is_settled(&path).await, Some(false));
        assert_eq!(world.status(&path).await, "active", "the work goes on");
        let sign_off = "Project parser, for which you work on \"Fuzz the parser\", asks for a sign-off in each commit (Developer Certificate of Origin) now.";
        assert_eq!(told(&world.ada).await, [sign_off]);
        assert_eq!(told(&world.olga).await, Vec::<String>::new(), "the policy allows it");
        world.ada.post(&format!("{path}/onboarding"), json!({"task": "cla"})).await.problem(403, "forbidden");
        let ticked = world.lin.post(&format!("{path}/onboarding"), json!({"task": "cla"})).await.expect(200);
        assert_eq!((&ticked["status"], &ticked["cla"]), (&json!("active"), &json!("none")), "what was agreed on stays");
        assert_eq!(world.is_settled(&path).await, Some(true));
        world.lin.post(&format!("{path}/onboarding"), json!({"task": "cla", "done": false})).await.problem(409, "assignment.transition_refused");

        world.ask(json!({"cla": "corporate"})).await;
        assert_eq!((world.is_settled(&path).await, world.follow().await), (Some(false), 0), "safe to repeat");
        assert_eq!(told(&world.ada).await.len(), 2);
        let refused = "Project parser, for which Person ada works on \"Fuzz the parser\" in your organization's time, asks for a corporate contributor license agreement now. Your policy does not allow it.";
        for manager in [&world.olga, &world.max] {
            assert_eq!(told(manager).await, [refused], "{}", manager.handle);
        }
        assert_eq!(told(&world.lin).await, Vec::<String>::new(), "whoever asks knows it");

        world.ask(json!({"cla": "none"})).await;
        assert_eq!((world.is_settled(&path).await, told(&world.ada).await.len(), told(&world.max).await.len()), (None, 3, 1));
        world.app.stop().await;
    }

    async fn a_changed_policy_on_ai_is_told_and_stands_in_the_history(db: TestDb) {
        let world = World::with_project(db, json!({"ai_policy": "welcome"})).await;
        let path = world.at_work().await;
        world.ask(json!({"ai_policy": "forbidden"})).await;
        assert_eq!(world.follow().await, 0);
        assert_eq!(told(&world.ada).await, ["AI-assisted contributions to Project parser, for which you work on \"Fuzz the parser\", are not accepted from now on."]);
        world.ask(json!({"ai_policy": "disclose", "cla": "individual"})).await;
        assert_eq!(told(&world.ada).await.len(), 3, "of the one and of the other");
        let chief = world.app.person_with("chief", &[PlatformRole::Admin]).await;
        let id = path.rsplit('/').next().unwrap();
        let log = chief.get(&format!("/api/v1/admin/audit?kind=assignment&entity={id}")).await.expect(200);
        let mut reasons: Vec<&str> = log["items"].as_array().unwrap().iter().filter_map(|event| event["reason"].as_str()).filter(|reason| reason.ends_with("_changed")).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["ai_policy_changed", "ai_policy_changed", "cla_changed"]);

        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        world.ask(json!({"ai_policy": "welcome"})).await;
        assert_eq!((world.follow().await, told(&world.ada).await.len()), (0, 3), "whoever is not at work any more is not told");
        world.app.stop().await;
    }

    async fn whoever_has_not_begun_is_asked_for_the_agreement_of_now(db: TestDb) {
        let world = World::with_project(db, json!({"cla": "none"})).await;
        let need = world.need(json!({})).await;
        let path = crate::lease::hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        world.ada.post(&format!("{path}/onboarding"), json!({"task": "first_contact"})).await.expect(200);
        world.ask(json!({"cla": "individual"})).await;
        let open = world.ada.act(&format!("{path}/start")).await.problem(409, "assignment.onboarding_open");
        assert_eq!(open["open"], json!(["cla"]));
        world.ask(json!({"cla": "none"})).await;
        assert_eq!(world.ada.act(&format!("{path}/start")).await.expect(200)["status"], "active");
        world.app.stop().await;
    }
}
