//! Lists of needs: who sees what, filters, sorts, pages.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::market;
use crate::seed;
use reqwest::Method;
use serde_json::{Value, json};

/// The titles on the page.
async fn titles(client: &Client, path: &str) -> Vec<String> {
    let page = client.get(path).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Titles of all pages, walked by their links.
async fn walk(client: &Client, path: &str) -> Vec<String> {
    let (mut seen, mut path) = (Vec::new(), path.to_owned());
    loop {
        let answer = client.get(&path).await;
        let link = answer.header("link").map(str::to_owned);
        let page = answer.expect(200);
        assert_eq!(link.is_some(), page["next_cursor"].is_string());
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()));
        match link {
            Some(link) => path = link.trim_start_matches('<').split('>').next().unwrap().to_owned(),
            None => return seen,
        }
    }
}

async fn rate(coordinator: &Client, slug: &str, score: f64) {
    let body =
        json!({"score": score, "algorithm": "judgment", "as_of": "2026-11-01T00:00:00Z", "reason": "As seen by us."});
    let path = format!("/api/v1/projects/{slug}/criticality");
    coordinator.send(Method::PUT, &path, &[("if-match", "*")], Some(body.to_string())).await.expect(200);
}

/// A server with the listed projects `alpha` (crates, most critical), `beta` (npm, less so) and `gamma` (not rated).
async fn three_projects(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    market::project(
        &ada,
        &coordinator,
        "alpha",
        json!({"packages": ["pkg:cargo/alpha"], "review_hours_per_week": 100}),
    )
    .await;
    market::project(
        &ada,
        &coordinator,
        "beta",
        json!({"packages": ["pkg:npm/beta", "pkg:npm/beta-more"], "review_hours_per_week": 100}),
    )
    .await;
    market::project(&ada, &coordinator, "gamma", json!({"review_hours_per_week": 100})).await;
    rate(&coordinator, "alpha", 0.9).await;
    rate(&coordinator, "beta", 0.3).await;
    (app, ada, coordinator)
}

on_both! {
    async fn each_filter_narrows_the_list(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        let skills = |names: &[&str]| names.iter().map(|name| json!({"skill": name, "level": 2, "required": true})).collect::<Vec<Value>>();
        seed::open_need(&ada, "alpha", "Ärger with 100% CPU", json!({"kind": "bug_fixing", "skills": skills(&["rust", "c++"]), "size": "small", "hours_per_week": 1})).await;
        seed::open_need(&ada, "alpha", "Review the unsafe code", json!({"kind": "security_audit", "skills": skills(&["rust"]), "urgency": "critical", "hours_per_week": 8})).await;
        seed::open_need(&ada, "beta", "Write a manual_page", json!({"kind": "documentation", "skills": skills(&["technical-writing"]), "size": "ongoing", "description": "For the ÄRGER."})).await;
        seed::open_need(&ada, "gamma", "Fuzz it", json!({"kind": "fuzzing", "skills": skills(&["c++", "fuzzing"]), "urgency": "low"})).await;
        let (anger, review, manual, fuzz) = ("Ärger with 100% CPU", "Review the unsafe code", "Write a manual_page", "Fuzz it");
        let anyone = app.anonymous();
        for (query, found) in [
            ("", &[fuzz, manual, review, anger][..]),
            ("q=%C3%A4RGER", &[anger, manual]),
            ("q=100%25", &[anger]),
            ("q=%25%25", &[]),
            ("q=manual_p", &[manual]),
            ("q=m_nual", &[]),
            ("skill=rust", &[review, anger]),
            ("skill=C%2B%2B", &[fuzz, anger]),
            ("skill=cplusplus&skill=rust", &[anger]),
            ("skill=docs", &[manual]),
            ("skill=haskell", &[]),
            ("kind=fuzzing", &[fuzz]),
            ("ecosystem=npm", &[manual]),
            ("ecosystem=cargo", &[review, anger]),
            ("ecosystem=maven", &[]),
            ("size=small", &[anger]),
            ("urgency=critical", &[review]),
            ("max_hours_per_week=1", &[anger]),
            ("max_hours_per_week=2", &[fuzz, manual, anger]),
            ("max_hours_per_week=0", &[]),
            ("project=alpha", &[review, anger]),
            ("criticality_tier=1", &[review, anger]),
            ("kind=bug_fixing&skill=rust&project=alpha&urgency=normal&q=cpu", &[anger]),
            ("kind=bug_fixing&project=beta", &[]),
        ] {
            assert_eq!(titles(&anyone, &format!("/api/v1/needs?{query}")).await, found, "{query}");
        }
        assert_eq!(titles(&anyone, "/api/v1/projects/alpha/needs?kind=bug_fixing").await, [anger]);
        for (q, found) in [("100%25", &[anger][..]), ("1%250", &[]), ("r_w", &[]), ("a%5C", &[]), ("view", &[review])] {
            assert_eq!(titles(&anyone, &format!("/api/v1/projects/alpha/needs?q={q}")).await, found, "{q}");
        }
    }

    async fn states_are_filtered_and_open_ones_are_shown_unless_asked_otherwise(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        let mut paths = Vec::new();
        for title in ["Stays open", "Is paused", "Is fulfilled", "Is cancelled"] {
            paths.push(format!("/api/v1/needs/{}", seed::open_need(&ada, "alpha", title, json!({})).await));
        }
        for (path, action) in paths[1..].iter().zip(["pause", "fulfil", "cancel"]) {
            ada.act(&format!("{path}/{action}")).await.expect(200);
        }
        ada.post("/api/v1/projects/alpha/needs", seed::need("Is a draft", json!({}))).await.expect(201);
        let anyone = app.anonymous();
        for (path, found) in [
            ("/api/v1/needs", &["Stays open"][..]),
            ("/api/v1/needs?status=paused", &["Is paused"]),
            ("/api/v1/needs?status=paused&status=open", &["Is paused", "Stays open"]),
            ("/api/v1/needs?status=draft&status=cancelled", &["Is cancelled"]),
            ("/api/v1/projects/alpha/needs", &["Is cancelled", "Is fulfilled", "Is paused", "Stays open"]),
        ] {
            assert_eq!(titles(&anyone, path).await, found, "{path}");
        }
        assert_eq!(titles(&ada, "/api/v1/projects/alpha/needs?limit=2").await, ["Is a draft", "Is cancelled"]);
        assert_eq!(titles(&ada, "/api/v1/needs?status=draft").await, [""; 0], "drafts stand in their project's list alone");
    }

    async fn vetted_needs_are_for_those_who_are_signed_in(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        let eve = app.person("eve").await;
        let id = seed::open_need(&ada, "alpha", "For vetted people", json!({"visibility": "vetted"})).await;
        seed::open_need(&ada, "alpha", "For everybody", json!({})).await;
        let path = format!("/api/v1/needs/{id}");
        app.anonymous().get(&path).await.problem(404, "not_found");
        eve.get(&path).await.expect(200);
        for list in ["/api/v1/needs", "/api/v1/projects/alpha/needs"] {
            assert_eq!(titles(&app.anonymous(), list).await, ["For everybody"]);
            assert_eq!(titles(&eve, list).await, ["For everybody", "For vetted people"]);
            let answer = eve.get(list).await;
            assert_eq!(answer.header("cache-control"), Some("no-store"), "what depends on who asks is not kept by others");
        }
        assert_eq!(app.anonymous().get("/api/v1/needs").await.header("cache-control"), Some("public, max-age=60"));
    }

    async fn needs_of_hidden_projects_are_hidden_with_them(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        let moderator = app.person_with("mo", &[mainstay::kernel::PlatformRole::Moderator]).await;
        let (eve, id) = (app.person("eve").await, seed::open_need(&ada, "alpha", "Fuzz it", json!({})).await);
        moderator.post("/api/v1/projects/alpha/suspend", json!({"reason": "Not the project's own."})).await.expect(200);
        eve.get(&format!("/api/v1/needs/{id}")).await.problem(404, "not_found");
        eve.get("/api/v1/projects/alpha/needs").await.problem(404, "not_found");
        eve.get("/api/v1/needs?project=alpha").await.problem(404, "not_found");
        for status in ["open", "paused"] {
            assert_eq!(titles(&eve, &format!("/api/v1/needs?status={status}")).await, [""; 0]);
        }
        ada.get(&format!("/api/v1/needs/{id}")).await.expect(200);
    }

    async fn each_sort_is_paged_without_a_gap_or_a_double(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        let (mut newest, mut closing, mut critical) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..12 {
            let project = ["gamma", "alpha", "beta"][n % 3];
            let day = (n % 4 != 0).then(|| format!("2026-12-{:02}", 10 + n % 4));
            let title = format!("Need {n:02} of {project}");
            seed::open_need(&ada, project, &title, json!({"apply_until": day})).await;
            newest.push((0, std::cmp::Reverse(n), title.clone()));
            closing.push((if n % 4 == 0 { 9 } else { n % 4 }, std::cmp::Reverse(n), title.clone()));
            critical.push(([2, 0, 1][n % 3], std::cmp::Reverse(n), title));
        }
        let anyone = app.anonymous();
        for (sort, mut expected) in [("newest", newest), ("closing_soon", closing), ("most_critical", critical)] {
            expected.sort();
            let expected: Vec<String> = expected.into_iter().map(|(_, _, title)| title).collect();
            for limit in [1, 5, 12, 100] {
                assert_eq!(walk(&anyone, &format!("/api/v1/needs?sort={sort}&limit={limit}")).await, expected, "{sort} {limit}");
            }
            assert_eq!(walk(&anyone, &format!("/api/v1/projects/beta/needs?sort={sort}&limit=1&q=of+beta")).await.len(), 4, "{sort}");
        }
    }

    async fn a_page_stays_right_while_needs_are_added(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        for n in 0..4 {
            seed::open_need(&ada, "alpha", &format!("Early {n}"), json!({})).await;
        }
        let first = app.anonymous().get("/api/v1/needs?limit=2").await.expect(200);
        seed::open_need(&ada, "alpha", "Late one", json!({})).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(titles(&app.anonymous(), &format!("/api/v1/needs?limit=2&cursor={cursor}")).await, ["Early 1", "Early 0"]);
    }

    async fn wrong_questions_are_answered_with_their_place(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        seed::open_need(&ada, "alpha", "Fuzz it", json!({})).await;
        seed::open_need(&ada, "beta", "Fuzz it too", json!({})).await;
        let anyone = app.anonymous();
        let long = "x".repeat(101);
        for (query, faults) in [
            (format!("q={long}"), &["?q too_long"][..]),
            (format!("ecosystem={long}"), &["?ecosystem too_long"]),
            ("limit=0&skill=rsut".to_owned(), &["?limit out_of_range", "?skill/0 unknown_skill"]),
            ("limit=101".to_owned(), &["?limit out_of_range"]),
            ("limit=ten".to_owned(), &["?limit wrong_type"]),
            ("limit=".to_owned(), &["?limit wrong_type"]),
            ("skill=c&skill=c&skill=c&skill=c&skill=c&skill=c".to_owned(), &["?skill too_many"]),
            ("kind=knitting".to_owned(), &["?kind unknown_word"]),
            ("size=huge".to_owned(), &["?size unknown_word"]),
            ("urgency=now".to_owned(), &["?urgency unknown_word"]),
            ("sort=oldest".to_owned(), &["?sort unknown_word"]),
            ("status=lost".to_owned(), &["?status/0 unknown_word"]),
            ("max_hours_per_week=-1".to_owned(), &["?max_hours_per_week out_of_range"]),
            ("max_hours_per_week=NaN".to_owned(), &["?max_hours_per_week out_of_range"]),
            ("max_hours_per_week=inf".to_owned(), &["?max_hours_per_week out_of_range"]),
            ("criticality_tier=4".to_owned(), &["?criticality_tier out_of_range"]),
            ("colour=red".to_owned(), &["?colour unknown_field"]),
            ("cursor=x".to_owned(), &["?cursor invalid_cursor"]),
        ] {
            let answer = anyone.get(&format!("/api/v1/needs?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, faults.iter().map(|fault| (*fault).to_owned()).collect()), "{query}");
        }
        anyone.get("/api/v1/needs?project=none-such").await.problem(404, "not_found");
        anyone.get("/api/v1/projects/none-such/needs").await.problem(404, "not_found");
        assert_eq!(anyone.get("/api/v1/projects/alpha/needs?project=beta").await.faults(), ["?project not_here"]);
    }

    async fn no_question_breaks_the_answer(db: TestDb) {
        let (app, ada, _) = three_projects(db).await;
        seed::open_need(&ada, "alpha", "Fuzz it", json!({})).await;
        seed::open_need(&ada, "beta", "Fuzz it too", json!({})).await;
        let anyone = app.anonymous();
        for list in ["needs", "projects/alpha/needs", "organizations", "projects"] {
            let answer = anyone.get(&format!("/api/v1/{list}?q=a%00b")).await;
            assert_eq!((answer.status, answer.faults()), (422, vec!["?q control_character".to_owned()]), "{list}");
        }
        for path in ["organizations/a%00b", "projects/a%00b", "projects/a%00b/needs", "needs/a%00b", "skills/a%00b"] {
            anyone.get(&format!("/api/v1/{path}")).await.problem(404, "not_found");
        }
        for query in ["ecosystem=a%00b", "project=a%00b", "skill=a%00b", "q=%FF", "cursor=%00"] {
            let answer = anyone.get(&format!("/api/v1/needs?{query}")).await;
            assert!(matches!(answer.status, 200 | 404 | 422), "{query}: {}", answer.text);
        }
        // Cursors of one sort sent to another, and cursors made up.
        let cursor = |key: &str| mainstay::kernel::Cursor { key: key.to_owned(), id: uuid::Uuid::max() }.encode();
        for sort in ["newest", "closing_soon", "most_critical"] {
            for key in ["", "0.5", "NaN", "inf", "-inf", "2026-12-01", "-9999-01-01", "+262142-12-31", "a\0b"] {
                let answer = anyone.get(&format!("/api/v1/needs?sort={sort}&cursor={}", cursor(key))).await;
                assert!(matches!(answer.status, 200 | 422), "{sort} {key:?}: {}", answer.text);
                if answer.status == 422 {
                    assert_eq!(answer.faults(), ["?cursor invalid_cursor"], "{sort} {key:?}");
                }
            }
        }
    }
}
