//! Rounds: asked for, worked out as a job, explained, repeated, called off; their prices steer the rankings.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::seed::{listed_project, offer, open_need};
use chrono::TimeDelta;
use mainstay::features::matching::rounds::ask_nightly;
use mainstay::kernel::{PlatformRole, RequestId};
use serde_json::{Value, json};

const ROUNDS: &str = "/api/v1/rounds";
const MINE: &str = "/api/v1/me/matches";

fn number(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("{field} of {value}"))
}

/// Two people who know Rust, one crowded need and one that hardly differs, and a coordinator.
async fn market(app: &TestApp) -> (Client, Client, Client) {
    let mia = app.person("mia").await;
    listed_project(app, "parser", &mia).await;
    let (ada, ben) = (app.person("ada").await, app.person("ben").await);
    for person in [&ada, &ben] {
        offer(person, json!({"hours_per_week": 4, "skills": [{"skill": "rust", "level": 4}]})).await;
    }
    let rust = json!([{"skill": "rust", "level": 3, "required": true}]);
    let first = json!({"skills": rust, "hours_per_week": 4, "seats": 1, "urgency": "critical"});
    open_need(&mia, "parser", "Everybody's first choice", first).await;
    open_need(&mia, "parser", "Waits", json!({"skills": rust, "hours_per_week": 4, "seats": 2, "urgency": "low"}))
        .await;
    (ada, ben, app.person_with("carla", &[PlatformRole::Coordinator]).await)
}

async fn done(app: &TestApp, carla: &Client, wanted: Value) -> Value {
    let answer = carla.post(ROUNDS, wanted).await;
    let at = answer.header("location").unwrap().to_owned();
    assert_eq!(answer.expect(202)["status"], "queued");
    app.run_jobs().await;
    let round = carla.get(&at).await.expect(200);
    assert_eq!((round["status"].as_str(), round["progress"].as_i64()), (Some("done"), Some(100)), "{round}");
    round
}

async fn pairs(carla: &Client, round: &Value) -> Vec<Value> {
    let at = format!("{ROUNDS}/{}/pairs", round["id"].as_str().unwrap());
    carla.get(&at).await.expect(200)["items"].as_array().unwrap().clone()
}

on_both! {
    async fn a_round_places_everybody_and_says_why(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, carla) = market(&app).await;
        assert_eq!(ada.post(ROUNDS, json!({})).await.status, 403);
        let round = done(&app, &carla, json!({})).await;
        let outcome = &round["outcome"];
        // Both are best at the first need, which has one seat of four hours: the other one gets what waits.
        let rows = pairs(&carla, &round).await;
        assert_eq!(rows.len(), 2, "{rows:?}");
        let mut needs: Vec<&str> = rows.iter().map(|row| row["need"]["title"].as_str().unwrap()).collect();
        needs.sort_unstable();
        assert_eq!(needs, ["Everybody's first choice", "Waits"]);
        let mut value = 0.0;
        for row in &rows {
            assert_eq!(number(row, "hours_per_week"), 4.0, "nobody fills a second seat of the same need: {row}");
            let sum: f64 = row["reasons"].as_array().unwrap().iter().map(|reason| number(reason, "points")).sum();
            assert!((sum - number(row, "score")).abs() < 1e-6, "{row}");
            value += number(row, "score") * 4.0;
        }
        assert!((value - number(outcome, "value")).abs() < 1e-6 * value, "{value} of {outcome}");
        assert!(number(outcome, "bound") >= number(outcome, "value") - 1e-6);
        assert!(number(outcome, "gap") < 1e-6, "{outcome}");
        assert_eq!((outcome["volunteers"].as_i64(), outcome["needs"].as_i64()), (Some(2), Some(2)));
        // A page of one, and the next behind it.
        let at = format!("{ROUNDS}/{}/pairs?limit=1", round["id"].as_str().unwrap());
        let page = carla.get(&at).await.expect(200);
        let next = format!("{at}&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(carla.get(&next).await.expect(200)["items"][0], rows[1]);
        app.stop().await;
    }

    async fn a_rounds_figures_are_those_worked_out_by_hand(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, carla) = (app.person("mia").await, app.person_with("carla", &[PlatformRole::Coordinator]).await);
        listed_project(&app, "alpha", &mia).await;
        listed_project(&app, "beta", &mia).await;
        let rating = json!({"score": 0.9, "algorithm": "judgment", "as_of": "2026-11-01T00:00:00Z", "reason": "As seen by us."});
        carla.put("/api/v1/projects/alpha/criticality", rating).await.expect(200);
        let needs = |skill: &str, hours: u8, seats: u8| {
            let skills = json!([{"skill": skill, "level": 3, "required": true}]);
            json!({"skills": skills, "hours_per_week": hours, "seats": seats})
        };
        open_need(&mia, "alpha", "Four hours of Rust", needs("rust", 4, 1)).await;
        open_need(&mia, "beta", "Two hours of Rust", needs("rust", 2, 1)).await;
        open_need(&mia, "beta", "Nobody knows that", needs("haskell", 5, 2)).await;
        for (handle, hours) in [("ada", 4), ("ben", 2)] {
            let rust = json!([{"skill": "rust", "level": 4}]);
            offer(&app.person(handle).await, json!({"hours_per_week": hours, "skills": rust})).await;
        }
        let round = done(&app, &carla, json!({})).await;
        // Only one plan gives all six hours away: Ada's four to the one, Ben's two to the other.
        let rows = pairs(&carla, &round).await;
        let mut placed: Vec<_> = rows.iter().map(|row| {
            (row["volunteer"]["handle"].as_str().unwrap(), row["need"]["title"].as_str().unwrap(), number(row, "hours_per_week"))
        }).collect();
        placed.sort_by(|a, b| a.0.cmp(b.0));
        assert_eq!(placed, [("ada", "Four hours of Rust", 4.0), ("ben", "Two hours of Rust", 2.0)]);

        let outcome = &round["outcome"];
        let close = |value: f64, wanted: f64| assert!((value - wanted).abs() < 1e-9, "{value} for {wanted}: {outcome}");
        // A tenth of two projects is one: alpha, with four of the six hours.
        close(number(outcome, "popular_share"), 4.0 / 6.0);
        let tiers = outcome["tiers"].as_array().unwrap();
        let counts: Vec<_> = tiers.iter().map(|one| (one["tier"].as_i64().unwrap(), one["needs"].as_i64().unwrap(), one["served"].as_i64().unwrap())).collect();
        assert_eq!(counts, [(1, 1, 1), (2, 0, 0), (3, 2, 1)], "what is not rated is of the third tier");
        let score = |handle: &str| number(rows.iter().find(|row| row["volunteer"]["handle"] == handle).unwrap(), "score");
        for (tier, hours, share, value, least) in [(0, 4.0, 4.0 / 6.0, 4.0 * score("ada"), 4.0), (1, 0.0, 0.0, 0.0, 0.0), (2, 2.0, 2.0 / 6.0, 2.0 * score("ben"), 0.0)] {
            close(number(&tiers[tier], "hours"), hours);
            close(number(&tiers[tier], "share"), share);
            close(number(&tiers[tier], "value"), value);
            close(number(&tiers[tier], "least_hours"), least);
        }
        close(tiers.iter().map(|one| number(one, "share")).sum(), 1.0);
        close(tiers.iter().map(|one| number(one, "value")).sum(), number(outcome, "value"));
        assert_eq!(outcome["unserved"], json!([]), "only needs of the first tier are told there");

        // Two seats of five hours that nobody can fill come first, and nobody's hour has a price there.
        let shortages: Vec<_> = outcome["shortages"].as_array().unwrap().iter().map(|one| {
            (one["skill"].as_str().unwrap(), one["level"].as_i64().unwrap(), number(one, "wanted_hours"), number(one, "offered_hours"))
        }).collect();
        assert_eq!(shortages, [("haskell", 3, 10.0, 0.0), ("rust", 3, 6.0, 6.0)]);
        assert_eq!(number(&outcome["shortages"][0], "price"), 0.0);
        app.stop().await;
    }

    async fn the_prices_of_a_round_send_people_past_the_crowded_need(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, carla) = market(&app).await;
        let balance = |page: &Value, title: &str| {
            let rows = page["items"].as_array().unwrap().clone();
            let row = rows.into_iter().find(|row| row["need"]["title"] == title).unwrap();
            let reasons = row["reasons"].as_array().unwrap().clone();
            number(&reasons.into_iter().find(|reason| reason["factor"] == "balance").unwrap(), "points")
        };
        let page = ada.get(MINE).await.expect(200);
        assert_eq!(balance(&page, "Everybody's first choice"), balance(&page, "Waits"));
        done(&app, &carla, json!({"policy": "total"})).await;
        let page = ada.get(MINE).await.expect(200);
        assert!(balance(&page, "Everybody's first choice") < balance(&page, "Waits"), "{page}");
        // A node that starts later knows them too.
        let node = app.another_node();
        let there = node.client(&ada).get(MINE).await.expect(200);
        assert_eq!(balance(&there, "Everybody's first choice"), balance(&page, "Everybody's first choice"));
        node.stop().await;
        app.stop().await;
    }

    async fn a_repetition_gives_the_same_plan_whatever_has_changed(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, carla) = market(&app).await;
        let first = done(&app, &carla, json!({"policy": "floor", "floor_hours": 1})).await;
        offer(&ada, json!({"hours_per_week": 1, "skills": [{"skill": "go", "level": 1}]})).await;
        let again = done(&app, &carla, json!({"repeats": first["id"]})).await;
        assert_eq!(again["outcome"], first["outcome"]);
        assert_eq!(again["repeats"], first["id"]);
        assert_eq!(again["policy"], "floor");
        assert_eq!(pairs(&carla, &again).await, pairs(&carla, &first).await);
        let fresh = done(&app, &carla, json!({})).await;
        assert_ne!(fresh["outcome"], first["outcome"]);
        app.stop().await;
    }

    async fn one_round_at_a_time_and_it_can_be_called_off(db: TestDb) {
        let app = TestApp::start(db).await;
        let (_, _, carla) = market(&app).await;
        let answer = carla.post(ROUNDS, json!({"policy": "critical_first"})).await;
        let at = answer.header("location").unwrap().to_owned();
        let waiting = answer.expect(202);
        let refused = carla.post(ROUNDS, json!({})).await.expect(409);
        assert_eq!((refused["code"].as_str(), refused["location"].as_str()), (Some("round.already_running"), Some(&*at)));
        assert_eq!(carla.act(&format!("{at}/cancel")).await.expect(200)["status"], "cancelled");
        let refused = carla.act(&format!("{at}/cancel")).await.expect(409);
        assert_eq!((refused["code"].as_str(), &refused["allowed"]), (Some("round.transition_refused"), &json!([])));
        // Its job finds nothing to do; it can't be repeated, and the next may begin.
        app.run_jobs().await;
        assert_eq!(carla.get(&at).await.expect(200)["status"], "cancelled");
        let refused = carla.post(ROUNDS, json!({"repeats": waiting["id"]})).await.expect(409);
        assert_eq!(refused["code"], "round.nothing_to_repeat");
        done(&app, &carla, json!({})).await;
        let list = carla.get(ROUNDS).await.expect(200);
        let states: Vec<&str> = list["items"].as_array().unwrap().iter().map(|x| x["status"].as_str().unwrap()).collect();
        assert_eq!(states, ["done", "cancelled"]);
        app.stop().await;
    }

    async fn wrong_wishes_are_refused_with_their_place(db: TestDb) {
        let app = TestApp::start(db).await;
        let carla = app.coordinator().await;
        for (wrong, pointer) in [
            (json!({"policy": "floor"}), "/floor_hours"),
            (json!({"policy": "floor", "floor_hours": 0}), "/floor_hours"),
            (json!({"policy": "floor", "floor_hours": -2}), "/floor_hours"),
            (json!({"policy": "floor", "floor_hours": 169}), "/floor_hours"),
            (json!({"policy": "total", "floor_hours": 2}), "/floor_hours"),
            (json!({"policy": "fair"}), "/policy"),
            (json!({"speed": 1}), "/speed"),
            (json!({"policy": "total", "repeats": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"}), "/repeats"),
        ] {
            let problem = carla.post(ROUNDS, wrong.clone()).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{wrong}: {problem}");
        }
        let unknown = json!({"repeats": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"});
        carla.post(ROUNDS, unknown).await.expect(404);
        // An empty market has an empty plan.
        let round = done(&app, &carla, json!({})).await;
        assert_eq!((number(&round["outcome"], "value"), number(&round["outcome"], "gap")), (0.0, 0.0));
        app.stop().await;
    }

    async fn nights_have_a_dry_run_of_their_own(db: TestDb) {
        let app = TestApp::start(db).await;
        let (_, _, carla) = market(&app).await;
        let ask = || ask_nightly(&app.ctx, RequestId::accept("test-nightly").unwrap());
        assert!(!ask().await.unwrap(), "it is nine in the morning");
        app.clock.advance(TimeDelta::hours(18));
        assert!(ask().await.unwrap());
        assert!(!ask().await.unwrap(), "one waits already");
        app.run_jobs().await;
        assert!(!ask().await.unwrap(), "one was there this night");
        let carla = app.sign_in("carla@example.org", &carla.handle).await;
        let list = carla.get(ROUNDS).await.expect(200);
        let round = &list["items"][0];
        assert_eq!((round["nightly"].as_bool(), round["status"].as_str()), (Some(true), Some("done")));
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        app.clock.advance(TimeDelta::hours(24));
        assert!(ask().await.unwrap());
        app.stop().await;
    }

    async fn a_published_round_recommends_and_both_sides_agree(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, ben, carla) = market(&app).await;
        let round = done(&app, &carla, json!({})).await;
        let at = format!("{ROUNDS}/{}", round["id"].as_str().unwrap());
        assert_eq!(ada.act(&format!("{at}/publish")).await.status, 403);
        assert_eq!(ada.get("/api/v1/me/proposals").await.expect(200)["items"], json!([]), "nothing goes out before");
        assert_eq!(carla.act(&format!("{at}/publish")).await.expect(200)["status"], "published");
        carla.act(&format!("{at}/publish")).await.problem(409, "round.transition_refused");
        app.run_jobs().await;
        let mut seen = Vec::new();
        for person in [&ada, &ben] {
            let mine = person.get("/api/v1/me/proposals").await.expect(200)["items"].clone();
            assert_eq!(mine.as_array().unwrap().len(), 1, "{mine}");
            assert_eq!((mine[0]["origin"].as_str(), &mine[0]["round"], &mine[0]["waiting_for"]), (Some("recommendation"), &round["id"], &json!(["volunteer", "project"])));
            seen.push(mine[0].clone());
        }
        let mia = app.sign_in("mia@example.org", "mia").await;
        let path = |proposal: &Value, action: &str| format!("/api/v1/proposals/{}/{action}", proposal["id"].as_str().unwrap());
        // The project first: the volunteer's yes is the last word. The volunteer first: the final word is asked for.
        let waits = mia.act(&path(&seen[0], "accept")).await.expect(200);
        assert_eq!((waits["status"].as_str(), &waits["waiting_for"]), (Some("submitted"), &json!(["volunteer"])));
        assert_eq!(ada.act(&path(&seen[0], "accept")).await.expect(200)["status"], "converted");
        let waits = ben.act(&path(&seen[1], "accept")).await.expect(200);
        assert_eq!((waits["status"].as_str(), &waits["waiting_for"]), (Some("submitted"), &json!(["project"])));
        // What the volunteer said yes to has changed: they are asked again, and can say it again.
        let need = format!("/api/v1/needs/{}", seen[1]["need"]["id"].as_str().unwrap());
        mia.patch(&need, json!({"access_level": 1})).await.expect(200);
        app.run_jobs().await;
        let asked = ben.get(&format!("/api/v1/proposals/{}", seen[1]["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&asked["reason"]["code"], &asked["waiting_for"]), (&json!("need_changed"), &json!(["volunteer", "project"])));
        ben.act(&path(&seen[1], "accept")).await.expect(200);
        assert_eq!(mia.act(&path(&seen[1], "accept")).await.expect(200)["status"], "accepted");
        assert_eq!(ben.act(&path(&seen[1], "confirm")).await.expect(200)["status"], "converted");
    }

    async fn a_newer_round_takes_an_unanswered_recommendations_place(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, _, carla) = market(&app).await;
        for expected in [&["submitted"][..], &["submitted", "superseded"]] {
            let round = done(&app, &carla, json!({})).await;
            carla.act(&format!("{ROUNDS}/{}/publish", round["id"].as_str().unwrap())).await.expect(200);
            app.run_jobs().await;
            let mine = ada.get("/api/v1/me/proposals").await.expect(200)["items"].clone();
            let found: Vec<&str> = mine.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
            assert_eq!(found, expected);
        }
    }
}
