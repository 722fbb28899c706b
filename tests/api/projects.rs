//! Projects: made, found, changed, claimed, listed, rated, and who maintains them.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::market;
use chrono::TimeDelta;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

const PROJECTS: &str = "/api/v1/projects";

/// A body that is accepted, changed as `with` says.
fn body(name: &str, with: Value) -> Value {
    let mut body = json!({
        "name": name, "description": "Reads what others write.",
        "repository_url": format!("https://github.com/example/{}", name.to_lowercase().replace(' ', "-")),
        "license": "Apache-2.0", "packages": [], "languages": ["rust"],
        "review_hours_per_week": 4, "ai_policy": "disclose", "cla": "dco"
    });
    for (key, value) in with.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn made(client: &Client, name: &str, with: Value) -> Value {
    client.post(PROJECTS, body(name, with)).await.expect(201)
}

async fn moderator(app: &TestApp) -> Client {
    app.person_with("mo", &[PlatformRole::Moderator]).await
}

/// A listed project of ada's, its slug `parser`.
async fn listed(app: &TestApp) -> (Client, Client) {
    let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
    made(&ada, "Parser", json!({})).await;
    coordinator.act(&format!("{PROJECTS}/parser/list")).await.expect(200);
    (ada, coordinator)
}

fn slugs(answer: Answer) -> Vec<String> {
    let page = answer.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_listing_is_made_and_listed_by_a_coordinator(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        let answer = ada.post(PROJECTS, body("Log4j 2", json!({
            "packages": ["pkg:maven/org.apache.logging.log4j/log4j-core", "pkg:Maven/org.apache.logging.log4j/log4j-core@2.1"],
            "languages": ["Java", "C++", "java"], "tags": ["Logging", "C plus plus", "Hot Stuff"], "homepage_url": "https://example.org/log"
        }))).await;
        assert_eq!(answer.header("location"), Some("/api/v1/projects/log4j-2"));
        let project = answer.expect(201);
        assert_eq!(project["status"], "claim_pending");
        assert_eq!(project["packages"], json!(["pkg:maven/org.apache.logging.log4j/log4j-core"]));
        assert_eq!(project["languages"], json!(["java", "cpp"]));
        assert_eq!(project["tags"][1], "hot-stuff");
        assert_eq!((&project["criticality"], &project["baseline"], &project["open_needs"]), (&Value::Null, &Value::Null, &json!(0)));
        assert_eq!(project["maintainers"][0]["handle"], "ada");
        assert_eq!((&project["maintainers"][0]["role"], &project["maintainers"][0]["verified"]), (&json!("lead"), &json!(false)));
        app.anonymous().act(&format!("{PROJECTS}/log4j-2/list")).await.problem(401, "auth.required");
        ada.act(&format!("{PROJECTS}/log4j-2/list")).await.problem(403, "forbidden");
        let listed = coordinator.act(&format!("{PROJECTS}/log4j-2/list")).await.expect(200);
        assert_eq!((&listed["status"], &listed["maintainers"][0]["verified"]), (&json!("listed"), &json!(true)));
        let again = coordinator.act(&format!("{PROJECTS}/log4j-2/list")).await.problem(409, "project.transition_refused");
        assert_eq!(again["allowed"], json!(["archive", "suspend", "opt_out"]));
        let shown = app.anonymous().get(&format!("{PROJECTS}/log4j-2")).await;
        let tag = shown.etag();
        assert_eq!(shown.expect(200)["name"], "Log4j 2");
        let known = app.anonymous().send(Method::GET, &format!("{PROJECTS}/log4j-2"), &[("if-none-match", &tag)], None).await;
        assert_eq!((known.status, known.text.as_str()), (304, ""));
    }

    async fn coordinators_do_not_list_their_own(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        made(&coordinator, "Parser", json!({})).await;
        let refused = coordinator.act(&format!("{PROJECTS}/parser/list")).await.problem(403, "forbidden");
        assert!(refused["detail"].as_str().unwrap().contains("another coordinator"));
    }

    async fn bad_input_is_named(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let answer = ada.post(PROJECTS, body("x", json!({
            "slug": "Bad Slug", "name": "a\u{0}b", "description": "re\u{202E}order", "repository_url": "http://github.com/a/b",
            "homepage_url": "https://u:p@example.org", "license": "'; drop", "packages": ["pkg:npm/ok", "npm/left-pad"],
            "languages": ["rust", "rsut"], "tags": ["", "fine"], "review_hours_per_week": -1
        }))).await;
        assert_eq!(answer.faults(), [
            "/slug invalid_character", "/name control_character", "/description hidden_character", "/repository_url invalid_url",
            "/homepage_url invalid_url", "/license invalid_license", "/packages/1 invalid_purl", "/languages/1 unknown_skill",
            "/tags/0 invalid_tag", "/review_hours_per_week out_of_range",
        ]);
        let unknown = ada.post(PROJECTS, body("x", json!({"languages": ["rsut"]}))).await;
        let detail = unknown.problem(422, "input.invalid")["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("did you mean `rust`"), "{detail}");
        for (with, fault) in [
            (json!({"review_hours_per_week": 1.3}), "/review_hours_per_week not_in_halves"),
            (json!({"review_hours_per_week": 1001}), "/review_hours_per_week out_of_range"),
            (json!({"review_hours_per_week": "four"}), "/review_hours_per_week wrong_type"),
            (json!({"ai_policy": "maybe"}), "/ai_policy unknown_word"),
            (json!({"repository_url": "https://github.com/example"}), "/repository_url invalid_repository"),
            (json!({"name": "x".repeat(101)}), "/name too_long"),
            (json!({"description": "x".repeat(5001)}), "/description too_long"),
            (json!({"packages": vec!["pkg:npm/x"; 51]}), "/packages too_many"),
            (json!({"slug": "import"}), "/slug reserved"),
            (json!({"colour": "red"}), "/colour unknown_field"),
            (json!({"status": "listed"}), "/status unknown_field"),
        ] {
            assert_eq!(ada.post(PROJECTS, body("x", with.clone())).await.faults(), [fault], "{with}");
        }
        ada.post(PROJECTS, json!({"name": "x"})).await.problem(422, "input.invalid");
        app.anonymous().post(PROJECTS, json!({})).await.problem(401, "auth.required");
        assert!(slugs(app.anonymous().get(PROJECTS).await).is_empty(), "nothing is half-written");
        for slug in ["none-such", "Bad%20Slug", "a%00b", "%F0%9F%9A%80"] {
            app.anonymous().get(&format!("{PROJECTS}/{slug}")).await.problem(404, "not_found");
        }
    }

    async fn each_repository_and_slug_once(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        made(&ada, "Parser", json!({})).await;
        let double = bob.post(PROJECTS, body("Other", json!({"repository_url": "https://www.github.com/Example/PARSER.git/"}))).await;
        let double = double.problem(409, "project.repository_listed");
        assert!(double["detail"].as_str().unwrap().contains("\"parser\""), "{double}");
        let taken = bob.post(PROJECTS, body("Other", json!({"slug": "parser"}))).await;
        taken.problem(409, "project.slug_taken");
        let second = made(&bob, "Parser", json!({"repository_url": "https://codeberg.org/bob/tool"})).await;
        assert_eq!(second["slug"], "tool");
        let third = made(&bob, "Parser", json!({"repository_url": "https://gitlab.com/bob/parser"})).await;
        assert_eq!(third["slug"], "bob-parser");
        let fourth = made(&bob, "日本", json!({"repository_url": "https://gitlab.com/bob/x/parser"})).await;
        assert_eq!(fourth["slug"], "bob-x-parser");
    }

    async fn of_two_who_list_one_repository_at_once_one_wins(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        for n in 0..5 {
            let same = json!({"repository_url": format!("https://github.com/example/race-{n}")});
            let (left, right) = tokio::join!(ada.post(PROJECTS, body("Race", same.clone())), bob.post(PROJECTS, body("Race", same)));
            let mut statuses = [left.status, right.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} {}", left.text, right.text);
            let lost = if left.status == 409 { left } else { right };
            lost.problem(409, "project.repository_listed");
        }
        let (one, two) = (json!({"repository_url": "https://a.example.org/x/same"}), json!({"repository_url": "https://b.example.org/y/same"}));
        let (left, right) = tokio::join!(made(&ada, "Same", one), made(&bob, "Same", two));
        assert_ne!(left["slug"], right["slug"]);
    }

    async fn maintainers_change_what_it_says(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = listed(&app).await;
        let (bob, path) = (app.person("bob").await, format!("{PROJECTS}/parser"));
        let before = ada.get(&path).await;
        let tag = before.etag();
        let change = json!({"name": "Parser Two", "homepage_url": "https://parser.example.org/", "license": null, "tags": ["fuzzing"]});
        ada.send(Method::PATCH, &path, &[], Some(change.to_string())).await.problem(428, "precondition.required");
        bob.patch(&path, change.clone()).await.problem(403, "forbidden");
        app.anonymous().patch(&path, change.clone()).await.problem(401, "auth.required");
        ada.patch(&format!("{PROJECTS}/none-such"), change.clone()).await.problem(404, "not_found");
        let changed = ada.send(Method::PATCH, &path, &[("if-match", &tag)], Some(change.to_string())).await.expect(200);
        assert_eq!((&changed["name"], &changed["license"], &changed["slug"]), (&json!("Parser Two"), &Value::Null, &json!("parser")));
        assert_eq!((&changed["tags"], &changed["languages"]), (&json!(["fuzzing"]), &json!(["rust"])));
        ada.send(Method::PATCH, &path, &[("if-match", &tag)], Some(change.to_string())).await.problem(412, "precondition.stale");
        let changed = ada.patch(&path, json!({"languages": ["go"], "packages": ["pkg:golang/example.org/parser"]})).await.expect(200);
        assert_eq!((&changed["tags"], &changed["languages"]), (&json!(["fuzzing"]), &json!(["go"])));
        assert_eq!(slugs(bob.get(&format!("{PROJECTS}?q=TWO%20parser&ecosystem=golang&language=golang&skill=fuzzing")).await), ["parser"]);
        for (with, fault) in [
            (json!({"name": null}), "/name wrong_type"),
            (json!({"slug": "other"}), "/slug unknown_field"),
            (json!({"languages": ["klingonese"]}), "/languages/0 unknown_skill"),
            (json!({"review_hours_per_week": -0.5}), "/review_hours_per_week out_of_range"),
            (json!({"homepage_url": "ftp://example.org"}), "/homepage_url invalid_url"),
        ] {
            assert_eq!(ada.patch(&path, with.clone()).await.faults(), [fault], "{with}");
        }
        let moved = json!({"repository_url": "https://codeberg.org/example/parser"});
        bob.patch(&path, moved.clone()).await.problem(403, "forbidden");
        made(&bob, "Taken", json!({})).await;
        coordinator.patch(&path, json!({"repository_url": "https://github.com/example/taken"})).await.problem(409, "project.repository_listed");
        let moved = coordinator.patch(&path, moved).await.expect(200);
        assert_eq!((&moved["repository_url"], &moved["source"]), (&json!("https://codeberg.org/example/parser"), &json!("member")));
    }

    async fn lists_filter_sort_and_page(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        for (name, with) in [
            ("Delta", json!({"languages": ["c"], "packages": ["pkg:npm/delta"]})),
            ("alpha", json!({"tags": ["percent_100%"], "description": "A tool_box at 100%."})),
            ("Charlie", json!({"languages": ["c", "go"]})),
            ("Bravo", json!({"packages": ["pkg:pypi/bravo", "pkg:npm/bravo"]})),
            ("Echo", json!({})),
        ] {
            made(&ada, name, with).await;
        }
        for (slug, rating) in [
            ("delta", json!({"score": 0.65})), ("bravo", json!({"score": 0.9})), ("alpha", json!({"score": 0.9})), ("echo", json!({"tier": 1})),
        ] {
            let mut rating = rating;
            for (key, value) in [("algorithm", "judgment"), ("as_of", "2026-11-01T00:00:00Z"), ("reason", "Looked at it.")] {
                rating[key] = json!(value);
            }
            coordinator.put(&format!("{PROJECTS}/{slug}/criticality"), rating).await.expect(200);
        }
        let anybody = app.anonymous();
        for (query, expected) in [
            ("", vec!["echo", "bravo", "charlie", "alpha", "delta"]),
            ("?sort=name", vec!["alpha", "bravo", "charlie", "delta", "echo"]),
            ("?sort=criticality", vec!["bravo", "alpha", "echo", "delta", "charlie"]),
            ("?criticality_tier=1&sort=name", vec!["alpha", "bravo", "echo"]),
            ("?language=C", vec!["charlie", "delta"]),
            ("?skill=golang", vec!["charlie"]),
            ("?ecosystem=npm&sort=name", vec!["bravo", "delta"]),
            ("?q=100%25", vec!["alpha"]),
            ("?q=tool_box", vec!["alpha"]),
            ("?q=toolxbox", vec![]),
            ("?q=EXAMPLE%20charlie", vec!["charlie"]),
            ("?skill=Percent_100%25", vec!["alpha"]),
            ("?status=listed", vec![]),
            ("?maintainer=ada&q=echo", vec!["echo"]),
            ("?maintainer=nobody", vec![]),
        ] {
            assert_eq!(slugs(anybody.get(&format!("{PROJECTS}{query}")).await), expected, "{query}");
        }
        for sort in ["newest", "name", "criticality"] {
            let whole = slugs(anybody.get(&format!("{PROJECTS}?sort={sort}")).await);
            let (mut seen, mut path) = (Vec::new(), format!("{PROJECTS}?sort={sort}&limit=2"));
            loop {
                let answer = anybody.get(&path).await;
                let link = answer.header("link").map(str::to_owned);
                seen.extend(slugs(answer));
                let Some(link) = link else { break };
                path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
            }
            assert_eq!(seen, whole, "{sort}");
        }
        let cursor = anybody.get(&format!("{PROJECTS}?sort=name&limit=2")).await.expect(200)["next_cursor"].as_str().unwrap().to_owned();
        for (query, fault) in [
            ("limit=0", "?limit out_of_range"), ("cursor=x", "?cursor invalid_cursor"), ("sort=stars", "?sort unknown_word"),
            ("language=klingonese", "?language unknown_skill"), ("criticality_tier=4", "?criticality_tier out_of_range"),
            ("ecosystem=n%20pm", "?ecosystem invalid_ecosystem"), ("status=gone", "?status unknown_word"), ("q=a%00b", "?q control_character"),
            ("maintainer=Not%20A%20Handle", "?maintainer invalid_character"), ("colour=red", "?colour unknown_field"),
            (&format!("sort=criticality&cursor={cursor}"), "?cursor invalid_cursor"), (&format!("cursor={cursor}"), "?cursor invalid_cursor"),
        ] {
            assert_eq!(anybody.get(&format!("{PROJECTS}?{query}")).await.faults(), [fault], "{query}");
        }
        anybody.get(&format!("{PROJECTS}?maintainer=me")).await.problem(401, "auth.required");
        assert_eq!(slugs(ada.get(&format!("{PROJECTS}?maintainer=me")).await).len(), 5);
        let public = anybody.get(PROJECTS).await;
        assert!(public.header("cache-control").unwrap().contains("public"));
        assert_eq!(ada.get(&format!("{PROJECTS}?maintainer=me")).await.header("cache-control"), Some("no-store"));
    }

    async fn a_claim_gives_no_say_until_it_is_found_good(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, mallory, coordinator) = (app.person("ada").await, app.person("mallory").await, app.coordinator().await);
        made(&ada, "Parser", json!({})).await;
        let path = format!("{PROJECTS}/parser");
        ada.act(&format!("{path}/claim")).await.problem(409, "project.already_maintainer");
        ada.send(Method::DELETE, &format!("{path}/maintainers/ada"), &[], None).await.expect(204);
        let left = ada.get(&path).await.expect(200);
        assert_eq!((&left["status"], &left["maintainers"]), (&json!("unclaimed"), &json!([])));
        let claimed = mallory.act(&format!("{path}/claim")).await.expect(200);
        assert_eq!((&claimed["status"], &claimed["maintainers"][0]["verified"]), (&json!("claim_pending"), &json!(false)));
        for refused in [
            mallory.patch(&path, json!({"name": "Mine now"})).await, mallory.act(&format!("{path}/opt-out")).await,
            mallory.act(&format!("{path}/archive")).await, mallory.post(&format!("{path}/maintainers"), json!({"handle": "ada"})).await,
            mallory.put(&format!("{path}/criticality"), json!({"tier": 1, "algorithm": "x", "as_of": "2026-01-01T00:00:00Z", "reason": "I want it"})).await,
        ] {
            refused.problem(403, "forbidden");
        }
        coordinator.act(&format!("{path}/list")).await.expect(200);
        mallory.patch(&path, json!({"name": "Mine indeed"})).await.expect(200);
    }

    async fn a_project_comes_and_goes(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = listed(&app).await;
        let (moderator, bob, path) = (moderator(&app).await, app.person("bob").await, format!("{PROJECTS}/parser"));
        let step = async |who: &Client, action: &str, status: &str| {
            let answer = who.act(&format!("{path}/{action}")).await.expect(200);
            assert_eq!(answer["status"], status, "{action}");
        };
        assert_eq!(ada.post(&format!("{path}/archive"), json!({"why": "x"})).await.faults(), ["/why unknown_field"]);
        step(&ada, "archive", "archived").await;
        bob.act(&format!("{path}/restore")).await.problem(403, "forbidden");
        step(&coordinator, "restore", "listed").await;
        let stale = ada.send(Method::POST, &format!("{path}/archive"), &[("if-match", "\"1-0\"")], None).await;
        stale.problem(412, "precondition.stale");
        ada.post(&format!("{path}/suspend"), json!({"reason": "No reason."})).await.problem(403, "forbidden");
        assert_eq!(moderator.post(&format!("{path}/suspend"), json!({"reason": ""})).await.faults(), ["/reason too_short"]);
        moderator.post(&format!("{path}/suspend"), json!({"reason": "Not the project's own repository."})).await.expect(200);
        bob.get(&path).await.problem(404, "not_found");
        bob.get(&format!("{path}/maintainers")).await.problem(404, "not_found");
        bob.act(&format!("{path}/archive")).await.problem(404, "not_found");
        app.anonymous().get(&path).await.problem(404, "not_found");
        assert_eq!(ada.get(&path).await.expect(200)["status"], "suspended");
        assert!(slugs(bob.get(PROJECTS).await).is_empty() && slugs(bob.get(&format!("{PROJECTS}?status=suspended")).await).is_empty());
        assert_eq!(slugs(ada.get(&format!("{PROJECTS}?maintainer=me")).await), ["parser"]);
        assert_eq!(slugs(moderator.get(&format!("{PROJECTS}?status=suspended")).await), ["parser"]);
        bob.post(PROJECTS, body("Parser", json!({}))).await.problem(409, "project.repository_listed");
        moderator.post(&format!("{path}/unsuspend"), json!({"reason": "It is theirs after all."})).await.expect(200);
        step(&ada, "opt-out", "opted_out").await;
        bob.get(&path).await.problem(404, "not_found");
        bob.post(PROJECTS, body("Parser", json!({}))).await.problem(409, "project.opted_out");
        for action in ["restore", "archive", "opt-out", "list"] {
            let refused = coordinator.act(&format!("{path}/{action}")).await.problem(409, "project.transition_refused");
            assert_eq!(refused["allowed"], json!([]), "{action}");
        }
    }

    async fn people_are_added_and_leave(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = listed(&app).await;
        let (bob, path) = (app.person("bob").await, format!("{PROJECTS}/parser/maintainers"));
        bob.post(&path, json!({"handle": "bob"})).await.problem(403, "forbidden");
        coordinator.post(&path, json!({"handle": "coordinator"})).await.problem(403, "forbidden");
        ada.post(&path, json!({"handle": "bob", "role": "lead"})).await.problem(403, "forbidden");
        assert_eq!(ada.post(&path, json!({"handle": "nobody"})).await.faults(), ["/handle unknown_handle"]);
        assert_eq!(ada.post(&path, json!({"handle": "No\u{0}body"})).await.faults(), ["/handle invalid_character"]);
        assert_eq!(ada.post(&path, json!({"handle": "bob", "role": "owner"})).await.faults(), ["/role unknown_word"]);
        app.clock.advance(TimeDelta::minutes(1));
        let added = ada.post(&path, json!({"handle": "bob"})).await.expect(201);
        assert_eq!((&added["role"], &added["verified"], &added["pending"]), (&json!("maintainer"), &json!(false), &json!(true)));
        app.clock.advance(TimeDelta::minutes(1));
        market::maintain(&ada, &bob, "parser").await;
        ada.post(&path, json!({"handle": "bob"})).await.problem(409, "project.already_maintainer");
        bob.patch(&format!("{PROJECTS}/parser"), json!({"review_hours_per_week": 6})).await.expect(200);
        bob.act(&format!("{PROJECTS}/parser/archive")).await.problem(403, "forbidden");
        bob.send(Method::DELETE, &format!("{path}/ada"), &[], None).await.problem(403, "forbidden");
        let first = app.anonymous().get(&format!("{path}?limit=1")).await.expect(200);
        assert_eq!(first["items"][0]["handle"], "ada");
        let next = first["next_cursor"].as_str().unwrap();
        let second = app.anonymous().get(&format!("{path}?limit=1&cursor={next}")).await.expect(200);
        assert_eq!((&second["items"][0]["handle"], &second["next_cursor"]), (&json!("bob"), &Value::Null));
        ada.send(Method::DELETE, &format!("{path}/nobody"), &[], None).await.problem(404, "not_found");
        ada.send(Method::DELETE, &format!("{path}/ada"), &[], None).await.expect(204);
        let dormant = bob.get(&format!("{PROJECTS}/parser")).await.expect(200);
        assert_eq!(dormant["status"], "dormant");
        coordinator.act(&format!("{PROJECTS}/parser/restore")).await.problem(409, "project.transition_refused");
        coordinator.post(&path, json!({"handle": "ada", "role": "lead"})).await.expect(201);
        assert_eq!(ada.act(&format!("{PROJECTS}/parser/restore")).await.expect(200)["status"], "listed");
        bob.send(Method::DELETE, &format!("{path}/bob"), &[], None).await.expect(204);
        bob.patch(&format!("{PROJECTS}/parser"), json!({"name": "Still mine?"})).await.problem(403, "forbidden");
    }

    async fn criticality_is_for_coordinators_to_decide(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = listed(&app).await;
        let path = format!("{PROJECTS}/parser/criticality");
        let decision = json!({"score": 0.81, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z", "reason": "Signals collected anew."});
        ada.put(&path, decision.clone()).await.problem(403, "forbidden");
        app.anonymous().put(&path, decision.clone()).await.problem(401, "auth.required");
        let rated = coordinator.put(&path, decision.clone()).await.expect(200);
        assert_eq!(rated["criticality"], json!({"score": 0.81, "tier": 1, "algorithm": "original_pike", "as_of": "2026-11-01T00:00:00Z"}));
        let mut only_tier = decision.clone();
        only_tier["score"] = Value::Null;
        only_tier["tier"] = json!(2);
        let rated = coordinator.put(&path, only_tier).await.expect(200);
        assert_eq!((&rated["criticality"]["score"], &rated["criticality"]["tier"]), (&Value::Null, &json!(2)));
        for (key, value, fault) in [
            ("score", json!(1.5), "/score out_of_range"), ("tier", json!(0), "/tier out_of_range"), ("score", Value::Null, "/tier missing"),
            ("as_of", json!("2027-01-01T00:00:00Z"), "/as_of in_future"), ("as_of", json!("2026-13-01T00:00:00Z"), "/as_of wrong_type"),
            ("reason", json!(""), "/reason too_short"), ("algorithm", json!("a\u{0}"), "/algorithm control_character"),
        ] {
            let mut wrong = decision.clone();
            wrong[key] = value;
            assert_eq!(coordinator.put(&path, wrong).await.faults(), [fault], "{key}");
        }
        coordinator.put(&format!("{PROJECTS}/none-such/criticality"), decision).await.problem(404, "not_found");
    }

    async fn unverified_people_list_nothing(db: TestDb) {
        let app = TestApp::start(db).await;
        let person = json!({"email": "eve@example.org", "password": crate::app::PASSWORD, "handle": "eve", "display_name": "Eve"});
        app.anonymous().post("/api/v1/auth/register", person).await.expect(202);
        let eve = app.sign_in("eve@example.org", "eve").await;
        eve.post(PROJECTS, body("Parser", json!({}))).await.problem(403, "account.email_unverified");
        let ada = app.person("ada").await;
        made(&ada, "Parser", json!({})).await;
        eve.act(&format!("{PROJECTS}/parser/claim")).await.problem(403, "account.email_unverified");
    }

    async fn a_repeated_post_makes_one_listing(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let (key, body) = ([("idempotency-key", "once-and-for-all")], body("Parser", json!({})).to_string());
        let first = ada.send(Method::POST, PROJECTS, &key, Some(body.clone())).await.expect(201);
        let again = ada.send(Method::POST, PROJECTS, &key, Some(body)).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201)["id"], first["id"]);
    }
}
