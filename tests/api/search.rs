//! Needs and projects found by words: what is found, what there is among it, and what never shows.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::market;
use crate::seed;
use mainstay::kernel::{Clock as _, PlatformRole};
use serde_json::{Value, json};

const NEEDS: &str = "/api/v1/needs";
const PROJECTS: &str = "/api/v1/projects";

fn names(page: &Value) -> Vec<String> {
    let name = |item: &Value| item.get("title").or_else(|| item.get("name")).unwrap().as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(name).collect()
}

async fn found(client: &Client, path: &str) -> Vec<String> {
    names(&client.get(path).await.expect(200))
}

/// `value count` of a facet.
fn facet(page: &Value, name: &str) -> Vec<String> {
    let counts = page["facets"][name].as_array().cloned().unwrap_or_default();
    counts.iter().map(|one| format!("{} {}", one["value"].as_str().unwrap(), one["count"])).collect()
}

/// Names on all pages, walked by their links, and the total that each page told.
async fn walk(client: &Client, path: &str) -> Vec<String> {
    let (mut seen, mut path, mut totals) = (Vec::new(), path.to_owned(), Vec::new());
    loop {
        let answer = client.get(&path).await;
        let link = answer.header("link").map(str::to_owned);
        let page = answer.expect(200);
        totals.push(page["total"].as_u64().unwrap());
        seen.extend(names(&page));
        match link {
            Some(link) => path = link.trim_start_matches('<').split('>').next().unwrap().to_owned(),
            None => break,
        }
    }
    assert!(totals.iter().all(|total| *total == u64::try_from(seen.len()).unwrap()), "{totals:?} {}", seen.len());
    seen
}

fn skills(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"skill": name, "level": 2, "required": true})).collect()
}

/// The listed projects `alpha` (crates, tier 1), `beta` (npm, tier 3) and `gamma` (not rated), and four needs.
async fn market(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    for (slug, package) in [("alpha", "pkg:cargo/alpha"), ("beta", "pkg:npm/beta"), ("gamma", "pkg:pypi/gamma")] {
        let with = json!({"packages": [package], "review_hours_per_week": 200, "languages": if slug == "gamma" { ["c++"] } else { ["rust"] }});
        market::project(&ada, &coordinator, slug, with).await;
    }
    for (slug, score) in [("alpha", 0.9), ("beta", 0.3)] {
        let rating = json!({"score": score, "algorithm": "judgment", "as_of": "2026-11-01T00:00:00Z", "reason": "As seen by us."});
        coordinator.put(&format!("{PROJECTS}/{slug}/criticality"), rating).await.expect(200);
    }
    for (project, title, with) in [
        (
            "alpha",
            "Fuzz the archive parser",
            json!({"kind": "fuzzing", "skills": skills(&["rust", "fuzzing"]), "urgency": "high", "apply_until": "2026-12-20",
            "description": "The tar & zip <code> has no targets yet. Use after free was seen."}),
        ),
        (
            "beta",
            "Write down how parsing works",
            json!({"kind": "documentation", "skills": skills(&["technical-writing"]), "size": "small", "apply_until": "2026-12-10",
            "description": "Nobody knows the parser of archives any more; free your mind after use."}),
        ),
        (
            "gamma",
            "Ärger mit C++ beheben",
            json!({"kind": "bug_fixing", "skills": skills(&["c++"]), "hours_per_week": 1, "description": "Segmentation faults."}),
        ),
        (
            "alpha",
            "Release signing",
            json!({"kind": "provenance_and_signing", "skills": skills(&["rust"]), "description": "Keys are kept on a laptop."}),
        ),
    ] {
        seed::open_need(&ada, project, title, with).await;
    }
    (app, ada, coordinator)
}

const FUZZ: &str = "Fuzz the archive parser";
const WRITE: &str = "Write down how parsing works";
const ANGER: &str = "Ärger mit C++ beheben";
const SIGN: &str = "Release signing";

/// Looks at the board until the metric tells this test's instant: other tests of the process write to the same recorder.
async fn index_is_current_at(app: &TestApp) -> bool {
    let (anyone, now) = (app.anonymous(), app.clock.now().timestamp());
    for _ in 0..100 {
        let shortages = anyone.get("/api/v1/matching/shortages").await.expect(200);
        assert!(!shortages["items"].as_array().unwrap().is_empty());
        let metrics = anyone.get("/metrics").await.text;
        let told = metrics.lines().find_map(|line| line.strip_prefix("mainstay_index_current_at_seconds "));
        let told: f64 = told.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap();
        if format!("{told}") == now.to_string() {
            return true;
        }
    }
    false
}

on_both! {
    async fn the_metric_of_the_index_moves_with_a_change(db: TestDb) {
        let (app, _, _) = market(db).await;
        // An instant that no other test of the process has, and each database another.
        let apart = i64::try_from(app.ctx.store().kind().as_str().len()).unwrap();
        app.clock.advance(chrono::TimeDelta::seconds(7_654_321 + 1_000 * apart));
        let ada = app.sign_in("ada@example.org", "ada").await;
        for seconds in [0, 7] {
            app.clock.advance(chrono::TimeDelta::seconds(seconds));
            seed::open_need(&ada, "alpha", &format!("After {seconds} seconds"), json!({})).await;
            assert!(index_is_current_at(&app).await, "after {seconds} seconds");
        }
        app.stop().await;
    }

    async fn words_beginnings_typos_and_phrases_find(db: TestDb) {
        let (app, _, _) = market(db).await;
        let anyone = app.anonymous();
        for (query, expected) in [
            ("q=parser", &[FUZZ, WRITE][..]),
            ("q=archive+parser", &[FUZZ, WRITE]),
            ("q=archive+laptop", &[]),
            ("q=segm", &[ANGER]),
            ("q=segm+faults", &[]),
            ("q=praser", &[FUZZ, WRITE]),
            ("q=lapptop", &[SIGN]),
            ("q=laptap", &[SIGN]),
            ("q=laptops", &[SIGN]),
            ("q=lptp", &[]),
            ("q=%22use+after+free%22", &[FUZZ]),
            ("q=use+after+free", &[WRITE, FUZZ]),
            ("q=%22archive+parser%22+targets", &[FUZZ]),
            ("q=%22parser+archive%22", &[]),
            ("q=ARGER", &[ANGER]),
            ("q=C%2B%2B", &[ANGER]),
            ("q=cpp", &[ANGER]),
            ("q=the+keys", &[SIGN]),
            ("q=project+alpha", &[SIGN, FUZZ]),
            ("q=technical+writing", &[WRITE]),
            ("q=%25%25", &[]),
            ("q=", &[SIGN, ANGER, WRITE, FUZZ]),
            ("q=+&sort=closing_soon", &[WRITE, FUZZ, SIGN, ANGER]),
            ("q=parser&sort=newest", &[WRITE, FUZZ]),
            ("q=parser&sort=closing_soon", &[WRITE, FUZZ]),
            ("q=parser&sort=most_critical", &[FUZZ, WRITE]),
            ("q=&sort=most_critical", &[SIGN, FUZZ, WRITE, ANGER]),
            ("q=parser&skill=rust", &[FUZZ]),
            ("q=&skill=rust&skill=fuzzing", &[FUZZ]),
            ("q=parser&kind=documentation", &[WRITE]),
            ("q=parser&ecosystem=npm", &[WRITE]),
            ("q=parser&size=small", &[WRITE]),
            ("q=parser&urgency=high", &[FUZZ]),
            ("q=parser&criticality_tier=1", &[FUZZ]),
            ("q=parser&project=beta", &[WRITE]),
            ("q=&max_hours_per_week=1.5", &[ANGER]),
            ("q=parser&status=paused", &[]),
        ] {
            assert_eq!(found(&anyone, &format!("{NEEDS}?{query}")).await, expected, "{query}");
        }
        anyone.get(&format!("{NEEDS}?q=parser&project=none-such")).await.problem(404, "not_found");
    }

    async fn what_is_found_is_marked_and_counted(db: TestDb) {
        let (app, ada, _) = market(db).await;
        let anyone = app.anonymous();
        let answer = anyone.get(&format!("{NEEDS}?q=archive+parser")).await;
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        let page = answer.expect(200);
        assert_eq!(page["total"], 2);
        let first = &page["items"][0]["highlight"];
        assert_eq!(first["title"], "Fuzz the <mark>archive</mark> <mark>parser</mark>");
        assert_eq!(first["description"], Value::Null);
        let second = &page["items"][1]["highlight"];
        assert_eq!(second["title"], Value::Null);
        assert!(second["description"].as_str().unwrap().contains("the <mark>parser</mark> of <mark>archives</mark> any more"), "{second}");
        assert_eq!(facet(&page, "kind"), ["documentation 1", "fuzzing 1"]);
        assert_eq!(facet(&page, "skill"), ["documentation 1", "fuzzing 1", "rust 1"]);
        assert_eq!(facet(&page, "ecosystem"), ["cargo 1", "npm 1"]);
        assert_eq!(facet(&page, "size"), ["medium 1", "small 1"]);
        assert_eq!(facet(&page, "urgency"), ["high 1", "normal 1"]);
        assert_eq!(facet(&page, "criticality_tier"), ["1 1", "3 1"]);
        let escaped = anyone.get(&format!("{NEEDS}?q=zip")).await.expect(200);
        let marked = escaped["items"][0]["highlight"]["description"].as_str().unwrap();
        assert!(marked.starts_with("The tar &amp; <mark>zip</mark> &lt;code&gt; has"), "{marked}");
        // Counts are of all pages, and of what every filter leaves.
        let all = anyone.get(&format!("{NEEDS}?q=&limit=1")).await.expect(200);
        assert_eq!((&all["total"], facet(&all, "skill")), (&json!(4), vec!["rust 2".to_owned(), "cpp 1".into(), "documentation 1".into(), "fuzzing 1".into()]));
        let rust = anyone.get(&format!("{NEEDS}?q=&skill=rust")).await.expect(200);
        assert_eq!((&rust["total"], facet(&rust, "kind")), (&json!(2), vec!["fuzzing 1".to_owned(), "provenance_and_signing 1".into()]));
        let none = anyone.get(&format!("{NEEDS}?q=nothing-like-it")).await.expect(200);
        assert_eq!((&none["total"], &none["facets"], &none["next_cursor"]), (&json!(0), &json!({}), &Value::Null));
        // A list without a question is as it ever was.
        let list = ada.get(NEEDS).await.expect(200);
        assert!(list.get("total").is_none() && list.get("facets").is_none() && list["items"][0].get("highlight").is_none());
    }

    async fn nothing_hidden_shows(db: TestDb) {
        let (app, ada, _) = market(db).await;
        let moderator = app.person_with("mo", &[PlatformRole::Moderator]).await;
        let (anyone, eve) = (app.anonymous(), app.person("eve").await);
        let secret = json!({"visibility": "vetted", "kind": "vulnerability_response", "description": "The zebra hole in the parser.", "urgency": "critical"});
        seed::open_need(&ada, "alpha", "Handle the zebra report", secret).await;
        ada.post("/api/v1/projects/alpha/needs", seed::need("Draft of an okapi", json!({"kind": "research"}))).await.expect(201);
        for query in ["q=zebra", "q=zebr", "q=zebar", "q=%22zebra+hole%22", "q=zebra&sort=newest", "q=zebra&kind=vulnerability_response"] {
            let page = anyone.get(&format!("{NEEDS}?{query}")).await.expect(200);
            assert_eq!((&page["total"], &page["items"], &page["facets"]), (&json!(0), &json!([]), &json!({})), "{query}");
        }
        let all = anyone.get(&format!("{NEEDS}?q=")).await;
        assert!(!all.text.contains("zebra") && !all.text.contains("vulnerability_response") && !all.text.contains("\"critical\""), "{}", all.text);
        assert_eq!(all.expect(200)["total"], 4);
        let signed_in = eve.get(&format!("{NEEDS}?q=zebra")).await;
        assert_eq!(signed_in.header("cache-control"), Some("no-store"));
        assert_eq!(names(&signed_in.expect(200)), ["Handle the zebra report"]);
        for (who, status) in [(&anyone, ""), (&eve, "&status=draft"), (&ada, "&status=draft")] {
            assert_eq!(who.get(&format!("{NEEDS}?q=okapi{status}")).await.expect(200)["total"], 0, "drafts stand in their project's list alone");
        }
        moderator.post("/api/v1/projects/alpha/suspend", json!({"reason": "Not the project's own."})).await.expect(200);
        for who in [&anyone, &eve, &ada] {
            let all = who.get(&format!("{NEEDS}?q=&status=open&status=paused&status=in_progress")).await;
            assert!(!all.text.contains("zebra") && !all.text.contains("fuzzing") && !all.text.contains("cargo"), "{}", all.text);
            assert_eq!(all.expect(200)["total"], 2);
            let projects = who.get(&format!("{PROJECTS}?q=")).await;
            assert!(!projects.text.contains("alpha"), "{}", projects.text);
            assert_eq!(projects.expect(200)["total"], 2);
            who.get(&format!("{NEEDS}?q=parser&project=alpha")).await;
        }
        eve.get(&format!("{NEEDS}?q=parser&project=alpha")).await.problem(404, "not_found");
        assert_eq!(found(&ada, &format!("{PROJECTS}?q=alpha&maintainer=me")).await, ["Project alpha"], "insiders ask the database");
        assert_eq!(found(&moderator, &format!("{PROJECTS}?q=alpha&status=suspended")).await, ["Project alpha"]);
        assert_eq!(found(&eve, &format!("{PROJECTS}?q=alpha&status=suspended")).await, [""; 0]);
        moderator.act("/api/v1/projects/alpha/unsuspend").await.expect(200);
        assert_eq!(anyone.get(&format!("{PROJECTS}?q=")).await.expect(200)["total"], 3);
    }

    async fn projects_are_found_by_words(db: TestDb) {
        let (app, ada, _) = market(db).await;
        let anyone = app.anonymous();
        ada.patch(&format!("{PROJECTS}/beta"), json!({"description": "Writes <b>archives</b>.", "tags": ["compression"]})).await.expect(200);
        for (query, expected) in [
            ("q=archives", &["Project beta"][..]),
            ("q=archvies", &["Project beta"]),
            ("q=compress", &["Project beta"]),
            ("q=reads+others", &["Project gamma", "Project alpha"]),
            ("q=project&sort=name", &["Project alpha", "Project beta", "Project gamma"]),
            ("q=project&sort=criticality", &["Project alpha", "Project beta", "Project gamma"]),
            ("q=project&sort=newest", &["Project gamma", "Project beta", "Project alpha"]),
            ("q=github.com%2Fexample%2Fgamma", &["Project gamma"]),
            ("q=pypi", &["Project gamma"]),
            ("q=&language=rust&sort=name", &["Project alpha", "Project beta"]),
            ("q=&criticality_tier=1", &["Project alpha"]),
            ("q=&ecosystem=npm", &["Project beta"]),
            ("q=&status=listed&sort=name", &["Project alpha", "Project beta", "Project gamma"]),
            ("q=&status=unclaimed", &[]),
            ("q=project&maintainer=ada&sort=name", &["Project alpha", "Project beta", "Project gamma"]),
        ] {
            assert_eq!(found(&anyone, &format!("{PROJECTS}?{query}")).await, expected, "{query}");
        }
        let page = anyone.get(&format!("{PROJECTS}?q=archive")).await.expect(200);
        assert_eq!(page["items"][0]["highlight"], json!({"title": null, "description": "Writes &lt;b&gt;<mark>archives</mark>&lt;/b&gt;."}));
        let all = anyone.get(&format!("{PROJECTS}?q=")).await.expect(200);
        assert_eq!((facet(&all, "language"), facet(&all, "ecosystem")), (vec!["rust 2".to_owned(), "cpp 1".into()], vec!["cargo 1".to_owned(), "npm 1".into(), "pypi 1".into()]));
        for sort in ["relevance", "newest", "name", "criticality"] {
            let whole = found(&anyone, &format!("{PROJECTS}?q=project&sort={sort}")).await;
            assert_eq!(walk(&anyone, &format!("{PROJECTS}?q=project&sort={sort}&limit=1")).await, whole, "{sort}");
        }
    }

    async fn each_order_is_paged_without_a_gap_or_a_double(db: TestDb) {
        let (app, ada, _) = market(db).await;
        for n in 0..20 {
            let day = (n % 4 != 0).then(|| format!("2026-12-{:02}", 10 + n % 4));
            let with = json!({"apply_until": day, "description": "walrus ".repeat(1 + n % 5)});
            seed::open_need(&ada, ["alpha", "beta", "gamma"][n % 3], &format!("Walrus number {n:02}"), with).await;
        }
        let anyone = app.anonymous();
        for sort in ["relevance", "newest", "closing_soon", "most_critical"] {
            let whole = found(&anyone, &format!("{NEEDS}?q=walrus&sort={sort}&limit=100")).await;
            assert_eq!(whole.len(), 20, "{sort}");
            for limit in [1, 3, 7, 20] {
                assert_eq!(walk(&anyone, &format!("{NEEDS}?q=walrus&sort={sort}&limit={limit}")).await, whole, "{sort} {limit}");
            }
            if sort != "relevance" {
                let listed = found(&anyone, &format!("{NEEDS}?sort={sort}&limit=100")).await;
                let listed: Vec<String> = listed.into_iter().filter(|title| title.starts_with("Walrus")).collect();
                assert_eq!(whole, listed, "the same order as without words: {sort}");
            }
        }
        // What comes in between the pages moves nothing that was shown.
        let first = anyone.get(&format!("{NEEDS}?q=walrus&limit=10")).await.expect(200);
        seed::open_need(&ada, "beta", "Walrus walrus walrus", json!({"description": "walrus"})).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = found(&anyone, &format!("{NEEDS}?q=walrus&limit=10&cursor={cursor}")).await;
        assert_eq!(second.len(), 10);
        assert!(names(&first).iter().all(|title| !second.contains(title)), "{first} {second:?}");
    }

    async fn both_of_two_nodes_find_what_was_committed(db: TestDb) {
        let (app, ada, _) = market(db).await;
        let there = app.another_node();
        let (anyone, anyone_there) = (app.anonymous(), there.client(&ada));
        assert_eq!(found(&anyone, &format!("{NEEDS}?q=tapir")).await, [""; 0]);
        assert_eq!(found(&anyone_there, &format!("{NEEDS}?q=tapir")).await, [""; 0]);
        let mut ids = Vec::new();
        for n in 0..6 {
            let (writer, reader) = if n % 2 == 0 { (&ada, &anyone_there) } else { (&anyone_there, &anyone) };
            ids.push(seed::open_need(writer, "alpha", &format!("Tapir {n}"), json!({})).await);
            assert_eq!(found(reader, &format!("{NEEDS}?q=tapir")).await.len(), n + 1, "written on one, asked on the other");
        }
        ada.patch(&format!("{NEEDS}/{}", ids[0]), json!({"title": "Renamed to quagga"})).await.expect(200);
        assert_eq!(found(&anyone_there, &format!("{NEEDS}?q=quagga")).await, ["Renamed to quagga"]);
        assert_eq!(found(&anyone_there, &format!("{NEEDS}?q=tapir")).await.len(), 5);
        let mut pausing = Vec::new();
        for id in ids.iter().skip(1) {
            let (writer, path) = (anyone_there.clone(), format!("{NEEDS}/{id}/pause"));
            pausing.push(tokio::spawn(async move { writer.act(&path).await.expect(200) }));
            assert_eq!(found(&anyone, &format!("{NEEDS}?q=quagga")).await.len(), 1);
        }
        for one in pausing {
            one.await.unwrap();
        }
        for client in [&anyone, &anyone_there] {
            assert_eq!(found(client, &format!("{NEEDS}?q=tapir")).await, [""; 0]);
            assert_eq!(found(client, &format!("{NEEDS}?q=tapir&status=paused")).await.len(), 5);
        }
        there.stop().await;
        app.stop().await;
    }

    async fn wrong_questions_are_answered_with_their_place(db: TestDb) {
        let (app, _, _) = market(db).await;
        let anyone = app.anonymous();
        let page = anyone.get(&format!("{NEEDS}?q=parser&sort=closing_soon&limit=1")).await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        for (path, fault) in [
            (format!("{NEEDS}?sort=relevance"), "?sort no_relevance"),
            ("/api/v1/projects/alpha/needs?q=parser&sort=relevance".to_owned(), "?sort no_relevance"),
            ("/api/v1/feeds/needs.json?q=parser&sort=relevance".to_owned(), "?sort no_relevance"),
            (format!("{PROJECTS}?sort=relevance"), "?sort no_relevance"),
            (format!("{NEEDS}?q={}", "x".repeat(101)), "?q too_long"),
            (format!("{NEEDS}?q=a%00b"), "?q control_character"),
            (format!("{PROJECTS}?q=a%00b"), "?q control_character"),
            (format!("{PROJECTS}?q=x&criticality_tier=4"), "?criticality_tier out_of_range"),
            (format!("{NEEDS}?q=parser&sort=newest&cursor={cursor}"), "?cursor invalid_cursor"),
            (format!("{NEEDS}?q=x&cursor=x"), "?cursor invalid_cursor"),
        ] {
            let answer = anyone.get(&path).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{path}");
        }
        for q in ["%22", "%22%22%22", "*", "title:x", "a+AND+NOT", "%5C", "(((", "%F0%9F%A6%93", "~1+%5E2", "%E2%80%AE", "%C3%A9%CC%81%CC%81"] {
            for list in [NEEDS, PROJECTS] {
                let answer = anyone.get(&format!("{list}?q={q}")).await;
                assert!(matches!(answer.status, 200 | 422), "{list} {q}: {}", answer.text);
            }
        }
        let id = uuid::Uuid::max();
        for key in ["", "0.5", "NaN", "inf", "-inf", "1e400", "name", "9999999999999"] {
            let cursor = mainstay::kernel::Cursor { key: key.to_owned(), id }.encode();
            for sort in ["relevance", "newest", "closing_soon", "most_critical"] {
                let answer = anyone.get(&format!("{NEEDS}?q=parser&sort={sort}&cursor={cursor}")).await;
                assert!(matches!(answer.status, 200 | 422), "{sort} {key:?}: {}", answer.text);
            }
        }
    }

    async fn health_and_metrics_tell_of_the_index(db: TestDb) {
        let (app, _, _) = market(db).await;
        let anyone = app.anonymous();
        let ready = anyone.get("/health/ready").await.expect(200);
        let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "search").unwrap().clone();
        assert_eq!((&check["ok"], &check["detail"]), (&json!(true), &json!("current: 4 needs, 3 projects")));
        app.clock.advance(chrono::TimeDelta::seconds(7));
        let metrics = anyone.get("/metrics").await.text;
        assert!(metrics.contains("mainstay_search_lag_seconds"), "{metrics}");
    }
}
