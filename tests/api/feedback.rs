//! What the two sides say of each other, and the facts that follow.

use crate::db::on_both;
use crate::market::request_id;
use crate::seed;
use crate::work::{self, Acme};
use mainstay::features::{assignments, time_entries};
use mainstay::kernel::PlatformRole;
use serde_json::{Value, json};

fn feedback(id: &str) -> String {
    format!("/api/v1/assignments/{id}/feedback")
}

/// The points of evidence in ada's match with a need.
async fn evidence(acme: &Acme, need: &str) -> f64 {
    let told = acme.ada.get(&format!("/api/v1/matching/explain?need={need}")).await.expect(200);
    let reasons = told["reasons"].as_array().unwrap().clone();
    let of = |reason: &&Value| reason["factor"] == "evidence";
    reasons.iter().find(of).unwrap()["points"].as_f64().unwrap()
}

on_both! {
    async fn both_sides_speak_once_and_neither_answers_in_kind(db: TestDb) {
        let mut acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let praise = json!({"again": true, "skills": ["rust"], "text": "Clear reports. Thank you!"});
        acme.lin.post(&feedback(&id), praise.clone()).await.problem(409, "feedback.assignment_not_ended");
        work::complete(&acme.lin, &acme.ada, &id).await;
        for person in [&acme.olga, &acme.app.coordinator().await] {
            person.post(&feedback(&id), json!({"again": true})).await.problem(403, "forbidden");
            person.get(&feedback(&id)).await.problem(403, "forbidden");
        }
        let stranger = acme.app.person("mallory").await;
        stranger.post(&feedback(&id), praise.clone()).await.problem(404, "not_found");
        stranger.get(&feedback(&id)).await.problem(404, "not_found");
        acme.app.anonymous().get(&feedback(&id)).await.problem(401, "auth.required");
        assert_eq!(acme.lin.post(&feedback(&id), json!({"again": true, "skills": ["rust", "stars of five"]})).await.faults(), ["/skills/1 unknown_skill"]);
        assert_eq!(acme.lin.post(&feedback(&id), json!({"again": true, "stars": 5})).await.faults(), ["/stars unknown_field"]);
        let said = acme.lin.post(&feedback(&id), praise.clone()).await.expect(201);
        assert_eq!((&said["items"][0]["side"], &said["skills_confirmed"], &said["sealed"]), (&json!("project"), &json!(["rust"]), &json!([])));
        acme.lin.post(&feedback(&id), praise).await.problem(409, "feedback.already_given");
        // Ada knows that lin has spoken, and reads it once she has, too.
        let seen = acme.ada.get(&feedback(&id)).await.expect(200);
        assert_eq!(seen, json!({"items": [], "sealed": ["project"], "skills_confirmed": []}));
        let moderator = acme.app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        assert_eq!(moderator.get(&feedback(&id)).await.expect(200)["items"][0]["text"], "Clear reports. Thank you!");
        let hers = json!({"again": true, "skills": ["rust"], "text": ""});
        assert_eq!(acme.ada.post(&feedback(&id), hers).await.faults(), ["/skills not_yours_to_say"]);
        let both = acme.ada.post(&feedback(&id), json!({"again": false, "text": "Answers took long."})).await.expect(201);
        assert_eq!(both["items"].as_array().unwrap().iter().map(|one| one["side"].as_str().unwrap()).collect::<Vec<_>>(), ["project", "volunteer"]);
        assert_eq!(acme.lin.get(&feedback(&id)).await.expect(200)["items"][1]["text"], "Answers took long.");
        let export = acme.ada.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&export["feedback_given"][0]["text"], &export["confirmed_skills"][0]["skill"]), (&json!("Answers took long."), &json!("rust")));
        acme.later(91).await;
        acme.app.stop().await;
    }

    async fn after_thirty_days_it_is_read_and_after_ninety_nobody_speaks(db: TestDb) {
        let mut acme = Acme::new(db, 10.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        acme.lin.post(&feedback(&id), json!({"again": true})).await.expect(201);
        acme.later(31).await;
        assert_eq!(acme.ada.get(&feedback(&id)).await.expect(200)["items"][0]["again"], true);
        acme.later(60).await;
        acme.ada.post(&feedback(&id), json!({"again": true})).await.problem(409, "feedback.too_late");
        acme.app.stop().await;
    }

    async fn a_confirmed_skill_is_evidence_in_matching(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let other = seed::open_need(&acme.lin, "parser", "Fuzz the lexer", json!({})).await;
        let id = acme.pledged_work(2.0).await;
        work::complete(&acme.lin, &acme.ada, &id).await;
        assert_eq!(evidence(&acme, &other).await, 0.0);
        acme.lin.post(&feedback(&id), json!({"again": true, "skills": ["rust"]})).await.expect(201);
        assert_eq!(evidence(&acme, &other).await, 5.0);
        let record = acme.app.person("grace").await.get("/api/v1/volunteers/ada/record").await.expect(200);
        assert_eq!(record["skills_confirmed"], json!([{"skill": "rust", "confirmed_on": "2026-11-22"}]));
        acme.app.stop().await;
    }

    async fn leases_kept_and_answers_given_are_facts_that_fade(db: TestDb) {
        let mut acme = Acme::new(db, 10.0, json!({"seats": 3})).await;
        seed::offer(&acme.ada, json!({"visibility": "public", "hours_per_week": 20})).await;
        let record = "/api/v1/volunteers/ada/record";
        let anyone = acme.app.anonymous();
        let none = anyone.get(record).await.expect(200);
        assert_eq!((&none["half_life_days"], &none["leases_ended"], &none["leases_kept"]), (&json!(365), &json!(0), &json!(null)));
        let silent = json!({"asked": 0, "answered_in_time": null, "answer_hours": null});
        let project = anyone.get("/api/v1/projects/parser/record").await.expect(200);
        assert_eq!((&none["invitations"], &project["applications"], &project["logged_hours"]), (&silent, &silent, &silent));
        let first = acme.own_work(2.0).await;
        acme.confirmed(&first, "2026-11-22", 60).await;
        acme.logged(&first, "2026-11-22", 30).await;
        // Nobody checks in, and nobody answers: the lease is released, and the hours count by lapse of time.
        acme.later(18).await;
        assignments::work_off_clocks(&acme.app.ctx, request_id()).await.unwrap();
        time_entries::confirm_silent(&acme.app.ctx, request_id()).await.unwrap();
        acme.later(7).await;
        assignments::work_off_clocks(&acme.app.ctx, request_id()).await.unwrap();
        let released = anyone.get(record).await.expect(200);
        assert_eq!((&released["leases_ended"], &released["leases_kept"]), (&json!(1), &json!(0.0)));
        let project = anyone.get("/api/v1/projects/parser/record").await.expect(200);
        assert_eq!(project["logged_hours"], json!({"asked": 2, "answered_in_time": 0.5, "answer_hours": 0.0}));
        assert_eq!(project["applications"]["answered_in_time"], json!(1.0), "the set-up's proposal was accepted");
        let need = acme.lin.get(&format!("/api/v1/needs/{}", acme.need)).await.expect(200);
        assert_eq!(need["status"], "open");
        acme.later(1).await;
        let second = acme.own_work(2.0).await;
        work::complete(&acme.lin, &acme.ada, &second).await;
        let kept = anyone.get(record).await.expect(200)["leases_kept"].as_f64().unwrap();
        assert!(kept > 0.5 && kept < 0.51, "the newer one weighs a little more: {kept}");
        seed::offer(&acme.ada, json!({"visibility": "members", "hours_per_week": 20})).await;
        anyone.get(record).await.problem(404, "not_found");
        acme.lin.get(record).await.expect(200);
        acme.app.stop().await;
    }
}
