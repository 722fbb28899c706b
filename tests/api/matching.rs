//! Matching: needs ranked for a person, people ranked for a need, pairs explained.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::seed::{listed_project, offer, open_need};
use chrono::TimeDelta;
use mainstay::kernel::PlatformRole;
use serde_json::{Value, json};

const MINE: &str = "/api/v1/me/matches";

fn skill(skill: &str, level: u8, required: bool) -> Value {
    json!({"skill": skill, "level": level, "required": required})
}

/// Each row's title, or handle, from the top.
fn names(page: &Value) -> Vec<String> {
    let name = |row: &Value| row["need"]["title"].as_str().or(row["volunteer"]["handle"].as_str()).unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(name).collect()
}

/// The points of a match as sent add up to its score, and none is beyond its most.
fn assert_adds_up(row: &Value) {
    let reasons = row["reasons"].as_array().unwrap();
    let sum: f64 = reasons.iter().map(|reason| reason["points"].as_f64().unwrap()).sum();
    assert!((sum - row["score"].as_f64().unwrap()).abs() < 1e-6, "{row}");
    assert_eq!(reasons.len(), 9);
    for reason in reasons {
        assert!(reason["points"].as_f64().unwrap() <= reason["max_points"].as_f64().unwrap() + 1e-9, "{reason}");
        assert!(!reason["text"].as_str().unwrap().is_empty());
    }
    assert_eq!(row["eligible"].as_bool().unwrap(), row["blockers"].as_array().unwrap().is_empty());
}

fn codes(row: &Value) -> Vec<&str> {
    row["blockers"].as_array().unwrap().iter().map(|blocker| blocker["code"].as_str().unwrap()).collect()
}

/// All rows of a list by its `Link` headers.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let (mut rows, mut path) = (Vec::new(), path.to_owned());
    loop {
        let answer = client.get(&path).await;
        let link = answer.header("link").map(str::to_owned);
        let page = answer.expect(200);
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match link {
            Some(link) => path = link.trim_start_matches('<').split('>').next().unwrap().to_owned(),
            None => return rows,
        }
    }
}

/// A maintainer with a listed project.
async fn maintainer(app: &TestApp, project: &str) -> Client {
    let mia = app.person("mia").await;
    listed_project(app, project, &mia).await;
    mia
}

on_both! {
    async fn needs_come_best_first_and_their_points_add_up(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({"interests": ["fuzzing"], "skills": [{"skill": "rust", "level": 4}, {"skill": "fuzzing", "level": 2}]})).await;
        open_need(&mia, "parser", "Too deep", json!({"skills": [skill("rust", 5, true)], "kind": "triage"})).await;
        open_need(&mia, "parser", "Just right", json!({"skills": [skill("rust", 4, true), skill("fuzzing", 2, false)], "urgency": "critical"})).await;
        open_need(&mia, "parser", "Too long", json!({"hours_per_week": 16, "kind": "triage"})).await;
        let page = ada.get(MINE).await.expect(200);
        assert_eq!(names(&page), ["Just right", "Too long", "Too deep"]);
        let rows = page["items"].as_array().unwrap();
        rows.iter().for_each(assert_adds_up);
        assert!(rows.is_sorted_by(|a, b| a["score"].as_f64() >= b["score"].as_f64()));
        let first = &rows[0]["need"];
        assert_eq!(first["project"], json!({"slug": "parser", "name": "parser"}));
        assert_eq!((first["seats_left"].as_i64(), first["status"].as_str()), (Some(1), Some("open")));
        assert_eq!(first["skills"], json!([skill("rust", 4, true), skill("fuzzing", 2, false)]));
        assert!(rows[0]["reasons"][0]["text"].as_str().unwrap().contains("Rust"), "{}", rows[0]["reasons"][0]);
        // The list and the explanation are the same sum.
        for row in rows {
            let why = ada.get(&format!("/api/v1/matching/explain?need={}", row["need"]["id"].as_str().unwrap())).await.expect(200);
            assert_adds_up(&why);
            assert_eq!((&why["score"], &why["reasons"], &why["need"]), (&row["score"], &row["reasons"], &row["need"]));
        }
        app.anonymous().get(MINE).await.problem(401, "auth.required");
        app.stop().await;
    }

    async fn whoever_said_nothing_is_told_to(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        let id = open_need(&mia, "parser", "Fuzz it", json!({})).await;
        let told = ada.get(MINE).await.problem(409, "matching.no_profile");
        assert!(told["detail"].as_str().unwrap().contains("PUT /api/v1/me/profile"), "{told}");
        ada.get(&format!("/api/v1/matching/explain?need={id}")).await.problem(409, "matching.no_profile");
        offer(&ada, json!({})).await;
        assert_eq!(names(&ada.get(MINE).await.expect(200)), ["Fuzz it"]);
        app.stop().await;
    }

    async fn why_not_is_told_with_what_to_do(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({"hours_per_week": 0})).await;
        let id = open_need(&mia, "parser", "Prove it", json!({"skills": [skill("haskell", 3, true)]})).await;
        assert!(names(&ada.get(MINE).await.expect(200)).is_empty());
        let page = ada.get("/api/v1/me/matches?include_blocked=true").await.expect(200);
        let row = &page["items"][0];
        assert_adds_up(row);
        assert_eq!(codes(row), ["no_free_hours", "required_skill_missing"]);
        let missing = &row["blockers"][1];
        assert!(missing["text"].as_str().unwrap().contains("Haskell (level 3)"), "{missing}");
        assert!(missing["remedy"].as_str().unwrap().contains("your profile"), "{missing}");
        let why = ada.get(&format!("/api/v1/matching/explain?need={id}")).await.expect(200);
        assert_eq!(why["blockers"], row["blockers"]);
        let removes: Vec<&Value> = why["suggestions"].as_array().unwrap().iter().flat_map(|one| one["removes"].as_array().unwrap()).collect();
        assert!(removes.contains(&&json!("no_free_hours")) && removes.contains(&&json!("required_skill_missing")), "{why}");
        let learn = why["suggestions"].as_array().unwrap().iter().find(|one| one["change"] == "learn_skill").unwrap();
        assert_eq!(learn["skill"], "haskell");
        // What was suggested helps.
        offer(&ada, json!({"hours_per_week": 2, "skills": [{"skill": "haskell", "level": 3}]})).await;
        assert_eq!(names(&ada.get(MINE).await.expect(200)), ["Prove it"]);
        app.stop().await;
    }

    async fn what_is_published_shows_at_once_and_what_rests_goes(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        let cora = app.coordinator().await;
        let moderator = app.person_with("modo", &[PlatformRole::Moderator]).await;
        offer(&ada, json!({})).await;
        let draft = mia.post("/api/v1/projects/parser/needs", crate::seed::need("Draft", json!({}))).await.expect(201);
        let draft = format!("/api/v1/needs/{}", draft["id"].as_str().unwrap());
        let seen = || async { names(&ada.get(MINE).await.expect(200)) };
        assert!(seen().await.is_empty());
        mia.act(&format!("{draft}/publish")).await.expect(200);
        assert_eq!(seen().await, ["Draft"]);
        mia.patch(&draft, json!({"title": "A better title", "skills": [skill("haskell", 3, true)]})).await.expect(200);
        assert!(seen().await.is_empty(), "it wants something else now");
        mia.patch(&draft, json!({"skills": [skill("rust", 3, true)]})).await.expect(200);
        assert_eq!(seen().await, ["A better title"]);
        mia.act(&format!("{draft}/pause")).await.expect(200);
        assert!(seen().await.is_empty());
        mia.act(&format!("{draft}/resume")).await.expect(200);
        assert_eq!(seen().await, ["A better title"]);
        moderator.post("/api/v1/projects/parser/suspend", json!({"reason": "A report."})).await.expect(200);
        assert!(seen().await.is_empty(), "nothing of a hidden project shows");
        moderator.post("/api/v1/projects/parser/unsuspend", json!({"reason": "All is well."})).await.expect(200);
        assert_eq!(seen().await, ["A better title"]);
        cora.post("/api/v1/projects/parser/archive", json!({"reason": "Its lead asked for it."})).await.expect(200);
        assert!(seen().await.is_empty(), "an archived project takes nobody");
        app.stop().await;
    }

    async fn a_changed_profile_changes_the_order(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        open_need(&mia, "parser", "In Rust", json!({"skills": [skill("rust", 3, true)]})).await;
        open_need(&mia, "parser", "In Go", json!({"skills": [skill("go", 3, true)]})).await;
        offer(&ada, json!({"skills": [{"skill": "rust", "level": 3}, {"skill": "go", "level": 1}]})).await;
        assert_eq!(names(&ada.get(MINE).await.expect(200)), ["In Rust", "In Go"]);
        offer(&ada, json!({"skills": [{"skill": "rust", "level": 1}, {"skill": "go", "level": 3}]})).await;
        assert_eq!(names(&ada.get(MINE).await.expect(200)), ["In Go", "In Rust"]);
        app.stop().await;
    }

    async fn days_that_pass_count(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({})).await;
        open_need(&mia, "parser", "Until tomorrow", json!({"apply_until": "2026-11-23"})).await;
        open_need(&mia, "parser", "Without end", json!({})).await;
        let before = ada.get(MINE).await.expect(200);
        assert_eq!(names(&before).len(), 2);
        app.clock.advance(TimeDelta::days(2));
        let ada = app.sign_in("ada@example.org", "ada").await;
        let after = ada.get(MINE).await.expect(200);
        assert_eq!(names(&after), ["Without end"]);
        assert!(after["items"][0]["score"].as_f64() > before["items"][1]["score"].as_f64(), "it has waited");
        app.stop().await;
    }

    async fn ties_and_pages_have_one_order(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({})).await;
        for n in 0..9 {
            open_need(&mia, "parser", &format!("The same {n}"), json!({})).await;
            app.clock.advance(TimeDelta::seconds(i64::from(n % 3 != 0)));
        }
        open_need(&mia, "parser", "Worth more", json!({"urgency": "high"})).await;
        let whole = all(&ada, "/api/v1/me/matches?limit=100").await;
        let titles: Vec<String> = whole.iter().map(|row| row["need"]["title"].as_str().unwrap().to_owned()).collect();
        let mut expected = vec!["Worth more".to_owned()];
        expected.extend((0..9).map(|n| format!("The same {n}")));
        assert_eq!(titles, expected, "the older first; of the same instant, the smaller id");
        assert_eq!(whole[1]["score"], whole[9]["score"], "they really are ties");
        for limit in [1, 3, 4, 10] {
            assert_eq!(all(&ada, &format!("{MINE}?limit={limit}")).await, whole, "pages of {limit}");
        }
        let page = ada.get("/api/v1/me/matches?limit=4").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let shown = page["items"][3]["need"]["id"].as_str().unwrap();
        mia.act(&format!("/api/v1/needs/{shown}/pause")).await.expect(200);
        let next = ada.get(&format!("{MINE}?limit=100&cursor={cursor}")).await.expect(200);
        assert_eq!(names(&next), expected[4..], "the row that the cursor stands on may go");
        app.stop().await;
    }

    async fn filters_narrow_the_list(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({"skills": [{"skill": "rust", "level": 4}, {"skill": "go", "level": 4}]})).await;
        open_need(&mia, "parser", "Fuzz it", json!({"hours_per_week": 4, "urgency": "critical"})).await;
        open_need(&mia, "parser", "Test it", json!({"kind": "testing", "skills": [skill("go", 2, true)]})).await;
        open_need(&mia, "parser", "Lead it", json!({"kind": "handover", "skills": [skill("haskell", 4, true)]})).await;
        let best = ada.get(MINE).await.expect(200)["items"][0]["score"].as_f64().unwrap();
        for (query, expected) in [
            ("kind=testing".to_owned(), vec!["Test it"]),
            ("kind=testing&kind=fuzzing".to_owned(), vec!["Fuzz it", "Test it"]),
            ("skill=golang".to_owned(), vec!["Test it"]),
            ("skill=rust&skill=go".to_owned(), vec!["Fuzz it", "Test it"]),
            ("max_hours_per_week=3".to_owned(), vec!["Test it"]),
            (format!("min_score={best}"), vec!["Fuzz it"]),
            ("ecosystem=cargo".to_owned(), vec!["Fuzz it", "Test it"]),
            ("ecosystem=npm".to_owned(), vec![]),
            ("include_blocked=true&kind=handover".to_owned(), vec!["Lead it"]),
            ("include_blocked=false&kind=handover".to_owned(), vec![]),
        ] {
            assert_eq!(names(&ada.get(&format!("{MINE}?{query}")).await.expect(200)), expected, "{query}");
        }
        app.stop().await;
    }

    async fn bad_questions_are_named(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        offer(&ada, json!({})).await;
        for (query, fault) in [
            ("limit=0", "?limit out_of_range"),
            ("limit=x", "?limit wrong_type"),
            ("cursor=nonsense", "?cursor invalid_cursor"),
            // The cursor of a list by id alone.
            ("cursor=AZMrfI0-ekGcVS9uihsMPQ", "?cursor invalid_cursor"),
            ("skill=rustt", "?skill/0 unknown_skill"),
            ("min_score=101", "?min_score out_of_range"),
            ("min_score=NaN", "?min_score out_of_range"),
            ("max_hours_per_week=-1", "?max_hours_per_week out_of_range"),
            ("kind=singing", "?kind/0 unknown_word"),
            ("colour=red", "?colour unknown_field"),
        ] {
            assert_eq!(ada.get(&format!("{MINE}?{query}")).await.faults(), [fault], "{query}");
        }
        let many = "skill=rust&".repeat(11);
        assert_eq!(ada.get(&format!("{MINE}?{many}limit=200")).await.faults(), ["?limit out_of_range", "?skill too_many"]);
        assert_eq!(ada.get("/api/v1/matching/explain").await.faults(), ["?need missing"]);
        ada.get("/api/v1/matching/explain?need=x").await.problem(422, "input.invalid");
        let none = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";
        assert_eq!(ada.get(&format!("/api/v1/matching/explain?need={none}&volunteer=a%00b")).await.faults(), ["?volunteer control_character"]);
        ada.get(&format!("/api/v1/matching/explain?need={none}")).await.problem(404, "not_found");
        ada.get(&format!("/api/v1/needs/{none}/matches")).await.problem(404, "not_found");
        ada.get("/api/v1/needs/x/matches").await.problem(422, "input.invalid");
        app.stop().await;
    }

    async fn a_project_sees_who_fits_but_not_who_hides(db: TestDb) {
        let app = TestApp::start(db).await;
        let mia = maintainer(&app, "parser").await;
        let id = open_need(&mia, "parser", "Fuzz it", json!({"hours_per_week": 4})).await;
        let path = format!("/api/v1/needs/{id}/matches");
        let (ada, bob, eve, zoe) = (app.person("ada").await, app.person("bob").await, app.person("eve").await, app.person("zoe").await);
        offer(&ada, json!({"visibility": "public", "skills": [{"skill": "rust", "level": 2}]})).await;
        offer(&bob, json!({})).await;
        offer(&eve, json!({"visibility": "hidden"})).await;
        offer(&zoe, json!({"hours_per_week": 0, "unavailable": [{"from": "2026-11-01", "until": "2027-06-01"}]})).await;
        offer(&mia, json!({})).await;
        let page = mia.get(&path).await.expect(200);
        assert_eq!(names(&page), ["bob", "ada"]);
        page["items"].as_array().unwrap().iter().for_each(assert_adds_up);
        let first = &page["items"][0]["volunteer"];
        assert_eq!((first["display_name"].as_str(), first["hours_per_week"].as_f64()), (Some("Person bob"), Some(8.0)));
        assert_eq!((&first["skills"], &first["languages"], &first["time_zone"]), (&json!([{"skill": "rust", "level": 4}]), &json!(["en"]), &json!("Europe/Berlin")));
        let text = page["items"][0]["reasons"][0]["text"].as_str().unwrap();
        assert!(!text.contains("you"), "told of the person, not to them: {text}");
        let everybody = mia.get(&format!("{path}?include_blocked=true")).await.expect(200);
        let blocked: Vec<(String, Vec<&str>)> = names(&everybody).into_iter().zip(everybody["items"].as_array().unwrap().iter().map(codes)).collect();
        assert!(blocked.contains(&("mia".into(), vec!["own_project"])), "{blocked:?}");
        assert!(!blocked.iter().any(|(who, _)| who == "eve"), "{blocked:?}");
        assert_eq!(blocked.len(), 4);
        // Who hides later is gone at once, and whoever shows up is there.
        offer(&bob, json!({"visibility": "hidden"})).await;
        offer(&eve, json!({"visibility": "members"})).await;
        assert_eq!(names(&mia.get(&path).await.expect(200)), ["eve", "ada"]);
        assert_eq!(names(&bob.get(MINE).await.expect(200)), ["Fuzz it"], "who hides is matched all the same");
        assert_eq!(all(&mia, &format!("{path}?limit=1")).await, mia.get(&path).await.expect(200)["items"].as_array().unwrap().clone());
        assert_eq!(names(&mia.get(&format!("{path}?min_score=100")).await.expect(200)), Vec::<String>::new());
        assert!(names(&mia.get(&format!("{path}?skill=go")).await.expect(200)).is_empty());
        app.stop().await;
    }

    async fn only_insiders_learn_who_fits(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        let (bob, eve, cora) = (app.person("bob").await, app.person("eve").await, app.coordinator().await);
        offer(&ada, json!({})).await;
        offer(&eve, json!({"visibility": "hidden"})).await;
        let open = open_need(&mia, "parser", "Fuzz it", json!({})).await;
        let draft = mia.post("/api/v1/projects/parser/needs", crate::seed::need("Draft", json!({}))).await.expect(201);
        let draft = draft["id"].as_str().unwrap();
        let (list, why) = (|id: &str| format!("/api/v1/needs/{id}/matches"), |id: &str, who: &str| format!("/api/v1/matching/explain?need={id}&volunteer={who}"));
        for (who, open_list, draft_list) in [(&mia, 200, 200), (&cora, 200, 200), (&bob, 403, 404), (&ada, 403, 404), (&app.anonymous(), 401, 401)] {
            assert_eq!(who.get(&list(&open)).await.status, open_list, "{}", who.handle);
            assert_eq!(who.get(&list(draft)).await.status, draft_list, "{}", who.handle);
        }
        for (who, of_ada, of_hidden, of_nobody) in [(&mia, 200, 404, 404), (&cora, 200, 404, 404), (&bob, 403, 403, 403), (&app.anonymous(), 401, 401, 401)] {
            assert_eq!(who.get(&why(&open, "ada")).await.status, of_ada, "{}", who.handle);
            assert_eq!(who.get(&why(&open, "eve")).await.status, of_hidden, "{}", who.handle);
            assert_eq!(who.get(&why(&open, "nobody-here")).await.status, of_nobody, "{}", who.handle);
        }
        bob.get(&why(draft, "ada")).await.problem(404, "not_found");
        ada.get(&why(draft, "ada")).await.problem(404, "not_found");
        // Oneself by name or without: the same; also for who hides.
        let by_name = ada.get(&why(&open, "ada")).await.expect(200);
        assert_eq!(by_name, ada.get(&format!("/api/v1/matching/explain?need={open}")).await.expect(200));
        eve.get(&why(&open, "eve")).await.expect(200);
        // A draft takes nobody yet, and says so.
        let early = mia.get(&why(draft, "ada")).await.expect(200);
        assert_eq!(codes(&early), ["need_not_open"]);
        assert!(names(&mia.get(&list(draft)).await.expect(200)).is_empty());
        let told = mia.get(&why(&open, "ada")).await.expect(200);
        assert_eq!(told["volunteer"]["handle"], "ada");
        assert_eq!(told["score"], by_name["score"], "nothing private is in it here");
        app.stop().await;
    }

    async fn vetted_needs_are_seen_and_out_of_reach(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({"max_access_level": 0})).await;
        open_need(&mia, "parser", "Hold the keys", json!({"visibility": "vetted", "access_level": 3})).await;
        assert!(names(&ada.get(MINE).await.expect(200)).is_empty());
        let page = ada.get("/api/v1/me/matches?include_blocked=true").await.expect(200);
        assert_eq!(codes(&page["items"][0]), ["access_not_earned", "not_vetted"]);
        app.stop().await;
    }

    async fn a_new_handle_is_the_one_that_is_told(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        offer(&ada, json!({"visibility": "public"})).await;
        let id = open_need(&mia, "parser", "Fuzz it", json!({})).await;
        let path = format!("/api/v1/needs/{id}/matches");
        assert_eq!(names(&mia.get(&path).await.expect(200)), ["ada"]);
        ada.patch("/api/v1/me", json!({"handle": "lovelace"})).await.expect(200);
        let page = mia.get(&path).await.expect(200);
        assert_eq!(names(&page), ["lovelace"]);
        let told = page["items"][0]["reasons"].to_string();
        assert!(told.contains("lovelace") && !told.contains("ada "), "{told}");
        app.stop().await;
    }

    async fn both_of_two_nodes_are_current(db: TestDb) {
        let app = TestApp::start(db).await;
        let (mia, ada) = (maintainer(&app, "parser").await, app.person("ada").await);
        let other = app.another_node();
        let (mia_there, ada_there) = (other.client(&mia), other.client(&ada));
        offer(&ada, json!({})).await;
        assert!(names(&ada.get(MINE).await.expect(200)).is_empty());
        assert!(names(&ada_there.get(MINE).await.expect(200)).is_empty());
        let mut ids = Vec::new();
        for n in 0..6 {
            let (writer, reader) = if n % 2 == 0 { (&mia, &ada_there) } else { (&mia_there, &ada) };
            ids.push(open_need(writer, "parser", &format!("Need {n}"), json!({})).await);
            assert_eq!(names(&reader.get(MINE).await.expect(200)).len(), n + 1, "written on one, asked on the other");
        }
        offer(&ada_there, json!({"visibility": "hidden"})).await;
        let path = format!("/api/v1/needs/{}/matches", ids[0]);
        assert!(names(&mia.get(&path).await.expect(200)).is_empty());
        offer(&ada, json!({"visibility": "public"})).await;
        assert_eq!(names(&mia_there.get(&path).await.expect(200)), ["ada"]);
        let mut pausing = Vec::new();
        for id in ids.iter().skip(1) {
            let (writer, path) = (mia_there.clone(), format!("/api/v1/needs/{id}/pause"));
            pausing.push(tokio::spawn(async move { writer.act(&path).await.expect(200) }));
            // Reading while others write answers, and nothing is lost by it.
            assert!(names(&ada.get(MINE).await.expect(200)).contains(&"Need 0".to_owned()));
        }
        for one in pausing {
            one.await.unwrap();
        }
        assert_eq!(ada.get(MINE).await.expect(200), ada_there.get(MINE).await.expect(200));
        assert_eq!(names(&ada.get(MINE).await.expect(200)), ["Need 0"]);
        other.stop().await;
        app.stop().await;
    }

    async fn what_is_scarce_is_told_without_telling_of_anybody(db: TestDb) {
        const SCARCE: &str = "/api/v1/matching/shortages";
        let app = TestApp::start(db).await;
        let mia = maintainer(&app, "parser").await;
        let nobody = app.anonymous();
        assert_eq!(nobody.get(SCARCE).await.expect(200)["items"], json!([]));
        open_need(&mia, "parser", "Fuzz it", json!({"hours_per_week": 10, "skills": [skill("rust", 3, true), skill("fuzzing", 2, false)]})).await;
        open_need(&mia, "parser", "Prove it", json!({"hours_per_week": 4, "seats": 2, "skills": [skill("haskell", 3, true)]})).await;
        open_need(&mia, "parser", "Keep it", json!({"hours_per_week": 40, "visibility": "vetted", "skills": [skill("go", 3, true)]})).await;
        let mut people = Vec::new();
        for n in 0..5 {
            let person = app.person(&format!("person-{n}")).await;
            offer(&person, json!({"hours_per_week": 1.5})).await;
            people.push(person);
        }
        let page = nobody.get(SCARCE).await;
        assert_eq!(page.header("cache-control"), Some("public, max-age=60"));
        let haskell = json!({"skill": "haskell", "name": "Haskell", "level": 3, "needs": 1, "wanted_hours": 8.0,
            "people": null, "offered_hours": null, "coverage": null, "price": null});
        let rust = json!({"skill": "rust", "name": "Rust", "level": 3, "needs": 1, "wanted_hours": 10.0,
            "people": 5, "offered_hours": 10.0, "coverage": 1.0, "price": null});
        assert_eq!(page.expect(200)["items"], json!([haskell, rust]), "7.5 hours, in steps of five");
        assert_eq!(all(&nobody, &format!("{SCARCE}?limit=1")).await, [haskell, rust]);
        assert_eq!(nobody.get(&format!("{SCARCE}?cursor=AAAAAAAAAAAAAAAAAAAAAGdv")).await.faults(), ["?cursor invalid_cursor"]);
        offer(&people[0], json!({"hours_per_week": 40, "visibility": "hidden"})).await;
        let page = people[0].get(SCARCE).await.expect(200);
        assert_eq!(page["items"][0]["skill"], "rust", "hardly anybody offers either; more hours of this one are wanted");
        assert_eq!((&page["items"][0]["people"], &page["items"][0]["offered_hours"]), (&Value::Null, &Value::Null), "four are too few to tell");
        app.stop().await;
    }
}
