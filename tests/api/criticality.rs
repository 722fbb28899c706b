//! How critical projects are: history, decisions that can be lifted, and objections.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::market;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

const CRITICALITY: &str = "/api/v1/projects/parser/criticality";

async fn parser(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    market::project(&ada, &coordinator, "parser", json!({})).await;
    (app, ada, coordinator)
}

async fn import(client: &Client, text: &str) -> Answer {
    let path = "/api/v1/projects/import?format=critical_projects";
    client.send(Method::POST, path, &[("content-type", "text/csv")], Some(text.to_owned())).await
}

fn decision(tier: i64) -> Value {
    json!({"tier": tier, "algorithm": "judgment", "as_of": "2026-11-20T00:00:00Z", "reason": "Everybody needs it."})
}

async fn contest(client: &Client) -> String {
    let body = json!({"reason": "The mirror was counted instead of us.", "tier_wanted": 1});
    let made = client.post(&format!("{CRITICALITY}/contests"), body).await.expect(201);
    format!("{CRITICALITY}/contests/{}", made["id"].as_str().unwrap())
}

on_both! {
    async fn every_score_and_decision_is_kept_with_what_it_rests_on(db: TestDb) {
        let (app, _, coordinator) = parser(db).await;
        let nothing = app.anonymous().get(CRITICALITY).await.expect(200);
        assert_eq!((&nothing["criticality"], &nothing["is_decision"], &nothing["thresholds"]["tier_1_from"]), (&Value::Null, &json!(false), &json!(0.8)));
        let signals = "repo.url,legacy.created_since,legacy.org_count,collection_date\nhttps://github.com/example/parser,60,5,2026-10-01\n";
        import(&coordinator, signals).await.expect(200);
        let made = app.anonymous().get(CRITICALITY).await.expect(200);
        let inputs = made["inputs"].as_array().unwrap();
        assert_eq!((inputs.len(), &inputs[0]["field"], &inputs[0]["signal"]), (2, &json!("legacy.created_since"), &json!(60.0)));
        assert_eq!((&made["criticality"]["algorithm"], &made["criticality"]["as_of"]), (&json!("original_pike"), &json!("2026-10-01T00:00:00Z")));
        coordinator.put(CRITICALITY, decision(1)).await.expect(200);
        let decided = app.anonymous().get(CRITICALITY).await.expect(200);
        assert_eq!((&decided["is_decision"], &decided["reason"], &decided["decided_by"], &decided["criticality"]["tier"]),
            (&json!(true), &json!("Everybody needs it."), &json!("coordinator"), &json!(1)));
        assert_eq!(import(&coordinator, signals).await.expect(200)["rows"][0]["reason"]["code"], "curated");
        coordinator.send(Method::DELETE, CRITICALITY, &[("if-match", "\"0-x\"")], None).await.problem(412, "precondition.stale");
        assert_eq!(coordinator.send(Method::DELETE, CRITICALITY, &[], None).await.status, 204);
        coordinator.send(Method::DELETE, CRITICALITY, &[], None).await.problem(409, "criticality.not_decided");
        let lifted = app.anonymous().get(CRITICALITY).await.expect(200);
        assert_eq!((&lifted["criticality"], &lifted["is_decision"], &lifted["reason"]), (&made["criticality"], &json!(false), &Value::Null));
        let history = app.anonymous().get(&format!("{CRITICALITY}/history")).await.expect(200);
        let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|row| (row["algorithm"].as_str().unwrap(), row["is_decision"].as_bool().unwrap())).collect();
        assert_eq!(told, [("original_pike", false), ("judgment", true), ("original_pike", false)]);
    }

    async fn a_decision_without_a_score_before_it_is_lifted_to_nothing(db: TestDb) {
        let (app, _, coordinator) = parser(db).await;
        coordinator.put(CRITICALITY, decision(2)).await.expect(200);
        assert_eq!(coordinator.send(Method::DELETE, CRITICALITY, &[], None).await.status, 204);
        assert_eq!(app.anonymous().get("/api/v1/projects/parser").await.expect(200)["criticality"], Value::Null);
    }

    async fn a_project_objects_and_a_coordinator_answers(db: TestDb) {
        let (app, ada, coordinator) = parser(db).await;
        coordinator.put(CRITICALITY, decision(3)).await.expect(200);
        let address = contest(&ada).await;
        assert_eq!(app.anonymous().get(CRITICALITY).await.expect(200)["contested"], true);
        let again = ada.post(&format!("{CRITICALITY}/contests"), json!({"reason": "Once more: this is wrong."})).await;
        again.problem(409, "criticality.contest_open");
        ada.post(&format!("{address}/answer"), json!({"upheld": true, "answer": "Of course.", "tier": 1})).await.problem(403, "forbidden");
        for (body, fault) in [
            (json!({"upheld": true, "answer": "You are right."}), "/tier missing"),
            (json!({"upheld": false, "answer": "No, it is not.", "tier": 1}), "/tier not_here"),
            (json!({"upheld": true, "answer": "You are right.", "tier": 4}), "/tier out_of_range"),
            (json!({"upheld": true, "answer": "x", "tier": 1}), "/answer too_short"),
        ] {
            let answer = coordinator.post(&format!("{address}/answer"), body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]));
        }
        let answered = coordinator.post(&format!("{address}/answer"), json!({"upheld": true, "answer": "You are right.", "tier": 1})).await.expect(200);
        assert_eq!((&answered["status"], &answered["answer"], &answered["opened_by"]), (&json!("upheld"), &json!("You are right."), &json!("ada")));
        let now = app.anonymous().get(CRITICALITY).await.expect(200);
        assert_eq!((&now["criticality"]["tier"], &now["reason"], &now["contested"]), (&json!(1), &json!("You are right."), &json!(false)));
        let late = coordinator.post(&format!("{address}/answer"), json!({"upheld": false, "answer": "Or not."})).await;
        assert_eq!(late.problem(409, "criticality.contest_transition_refused")["allowed"], json!([]));
        assert_eq!(ada.get("/api/v1/me/export").await.expect(200)["criticality_contests"][0]["status"], "upheld");

        let second = contest(&ada).await;
        let rejected = coordinator.post(&format!("{second}/answer"), json!({"upheld": false, "answer": "It is tier 1 already."})).await.expect(200);
        assert_eq!(rejected["status"], "rejected");
        assert_eq!(app.anonymous().get(CRITICALITY).await.expect(200)["criticality"]["tier"], 1);
        let third = contest(&ada).await;
        assert_eq!(ada.act(&format!("{third}/withdraw")).await.expect(200)["status"], "withdrawn");
        let all = coordinator.get(&format!("{CRITICALITY}/contests")).await.expect(200);
        assert_eq!(all["items"].as_array().map(Vec::len), Some(3));
        app.person("stranger").await.get(&format!("{CRITICALITY}/contests")).await.problem(403, "forbidden");
    }

    async fn nobody_answers_their_own_objection(db: TestDb) {
        let (app, ada, coordinator) = parser(db).await;
        let both = app.person_with("grace", &[PlatformRole::Coordinator]).await;
        market::maintain(&ada, &both, "parser").await;
        let address = contest(&both).await;
        let answer = json!({"upheld": true, "answer": "I am right.", "tier": 1});
        both.post(&format!("{address}/answer"), answer.clone()).await.problem(403, "forbidden");
        let refused = coordinator.post(&format!("{CRITICALITY}/contests"), json!({"reason": "I object for them."})).await;
        refused.problem(403, "forbidden");
        coordinator.post(&format!("{address}/answer"), answer).await.expect(200);
    }
}
