//! Who a project belongs to: claims, proofs against a forge and a name server on loopback, disputes, lapsing.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::dns::NameServer;
use crate::lease::hire;
use crate::seed;
use crate::site::{Page, Site};
use chrono::TimeDelta;
use mainstay::features::projects;
use mainstay::kernel::{PlatformRole, RequestId};
use reqwest::Method;
use serde_json::{Value, json};

const PARSER: &str = "/api/v1/projects/parser";
const FILE: &str = "/ada/parser/raw/HEAD/.well-known/mainstay.txt";
const OTHER_FILE: &str = "/ada/parser/raw/HEAD/.mainstay-verification";

/// The server with a forge and a name server of the test's own. 127.0.0.2 stands for the internet.
struct Town {
    app: TestApp,
    forge: Site,
    names: NameServer,
}

impl Town {
    async fn start(db: TestDb) -> Self {
        let (forge, names) = (Site::start("127.0.0.2").await, NameServer::start().await);
        let pattern = format!("forge.example.org http://{}/{{path}}/raw/HEAD/{{file}}", forge.address);
        let server = names.address.to_string();
        let app = TestApp::start_with(db, |settings| {
            settings.fetch.allow_networks = vec!["127.0.0.2/32".parse().unwrap()];
            settings.fetch.allow_http = true;
            settings.fetch.timeout_seconds = 1;
            settings.fetch.name_servers = vec![server.parse().unwrap()];
            settings.projects.forges = vec![pattern.parse().unwrap()];
        })
        .await;
        Self { app, forge, names }
    }

    /// Ada with a listing of hers that waits to be verified.
    async fn ada(&self) -> Client {
        let ada = self.app.person("ada").await;
        list(&ada, "https://forge.example.org/ada/parser", Value::Null).await;
        ada
    }

    /// Looks for the proof, after the pause that is asked for.
    async fn check(&self, who: &Client) -> crate::client::Answer {
        self.app.clock.advance(TimeDelta::seconds(6));
        who.act(&format!("{PARSER}/verification/check")).await
    }

    /// Puts up what is asked for and has it looked for.
    async fn prove(&self, who: &Client) -> Value {
        self.forge.put(FILE, Page::Text(format!("{}\n", ask(who).await)));
        self.check(who).await.expect(200)
    }
}

async fn list(who: &Client, repository: &str, homepage: Value) -> Value {
    let body = json!({
        "name": "Parser", "description": "Reads what others write.", "repository_url": repository, "homepage_url": homepage,
        "review_hours_per_week": 20, "ai_policy": "disclose", "cla": "dco"
    });
    who.post("/api/v1/projects", body).await.expect(201)
}

/// The line that this person has to put up.
async fn ask(who: &Client) -> String {
    let answer = who.act(&format!("{PARSER}/verification")).await;
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    answer.json["line"].as_str().unwrap().to_owned()
}

/// `outcome` of each place, and all details.
fn attempts(problem: &Value) -> (Vec<String>, String) {
    let all = problem["attempts"].as_array().unwrap();
    let outcomes = all.iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect();
    (outcomes, all.iter().map(|one| format!("{} {}\n", one["address"], one["detail"])).collect())
}

async fn status(who: &Client) -> String {
    who.get(PARSER).await.expect(200)["status"].as_str().unwrap().to_owned()
}

fn request_id() -> RequestId {
    RequestId::accept("a-yearly-chore").unwrap()
}

on_both! {
    async fn a_token_in_the_repository_proves_ownership(db: TestDb) {
        let town = Town::start(db).await;
        let ada = town.ada().await;
        let nothing = ada.get(&format!("{PARSER}/verification")).await.expect(200);
        assert_eq!((&nothing["status"], &nothing["expires_at"]), (&json!("none"), &Value::Null));
        let asked = ada.act(&format!("{PARSER}/verification")).await.expect(201);
        assert_eq!(asked["status"], "pending");
        assert_eq!(asked["line"], format!("mainstay-verification={}", asked["token"].as_str().unwrap()));
        assert_eq!(asked["places"][0], json!({"method": "repository_file", "address": town.forge.url(FILE)}));
        assert_eq!(asked["places"][1], json!({"method": "repository_file", "address": town.forge.url(OTHER_FILE)}));
        assert_eq!(ask(&ada).await, asked["line"].as_str().unwrap(), "the same until it was found");

        let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
        let (outcomes, details) = attempts(&problem);
        assert_eq!(outcomes, ["missing", "missing"]);
        assert!(details.contains(FILE) && details.contains("404"), "{details}");
        ada.act(&format!("{PARSER}/verification/check")).await.problem(429, "project.checked_just_now");

        town.forge.put(FILE, Page::Text("Not yours, <b>ada</b>\n".into()));
        town.forge.put(OTHER_FILE, Page::Text(format!("{}0", asked["line"].as_str().unwrap())));
        let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
        let (outcomes, details) = attempts(&problem);
        assert_eq!(outcomes, ["other_content", "other_content"]);
        assert!(details.contains("it begins with \\\"Not yours, <b>ada</b>\\\""), "{details}");
        assert_eq!(status(&ada).await, "claim_pending");

        town.forge.put(OTHER_FILE, Page::Text(format!("# ours\n{}\n", asked["line"].as_str().unwrap())));
        let found = town.check(&ada).await.expect(200);
        assert_eq!((&found["verified"], &found["project_status"], &found["method"]), (&json!(true), &json!("listed"), &json!("repository_file")));
        assert_eq!(found["evidence"], town.forge.url(OTHER_FILE));
        let shown = ada.get(PARSER).await.expect(200);
        assert_eq!((&shown["status"], &shown["maintainers"][0]["verified"]), (&json!("listed"), &json!(true)));
        let proof = ada.get(&format!("{PARSER}/verification")).await.expect(200);
        assert_eq!((&proof["status"], proof["expires_at"].as_str().unwrap()), (&json!("proven"), "2027-11-22T09:00:18Z"));
        town.check(&ada).await.problem(409, "project.proof_spent");
        let head = town.forge.seen().join("");
        assert!(!head.to_lowercase().contains("authorization") && !head.to_lowercase().contains("cookie"), "{head}");
    }

    async fn a_forge_that_misbehaves_proves_nothing(db: TestDb) {
        let town = Town::start(db).await;
        let ada = town.ada().await;
        let line = ask(&ada).await;
        let inner = Site::start("127.0.0.1").await;
        inner.put("/", Page::Text(line.clone()));
        for (page, told) in [
            (Page::Status(500), "The answer was 500"),
            (Page::Status(403), "The answer was 403"),
            (Page::Redirect(inner.url("/")), "does not lead to a public address"),
            (Page::Redirect("http://169.254.169.254/latest".into()), "does not lead to a public address"),
            (Page::Redirect(FILE.into()), "more than 3 redirects"),
            (Page::Drip, "within 1 seconds"),
            (Page::Endless, "more than 1048576 bytes"),
            (Page::Nothing, "can't be reached"),
        ] {
            town.forge.put(FILE, page);
            let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
            let (outcomes, details) = attempts(&problem);
            assert_eq!(outcomes, ["unreachable", "missing"], "{told}");
            assert!(details.contains(told), "{details}");
        }
        assert!(inner.seen().is_empty());
        town.forge.put(FILE, Page::Text(String::new()));
        let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
        assert!(attempts(&problem).1.contains("it is empty"));
        assert_eq!(status(&ada).await, "claim_pending");
    }

    async fn a_site_or_its_name_proves_what_others_said_of_it(db: TestDb) {
        let town = Town::start(db).await;
        let (ada, eve, coordinator) = (town.app.person("ada").await, town.app.person("eve").await, town.app.coordinator().await);
        let site = Site::start("127.0.0.2").await;
        let home = format!("https://evil.example.net:{}/", site.address.port());
        town.names.host("evil.example.net", &["127.0.0.2"]);
        town.names.host("parser.example.net", &["127.0.0.2"]);
        // A stranger's repository with a home page of one's own proves nothing, also not by leaving and claiming anew.
        list(&eve, "https://elsewhere.example.org/ada/parser", json!(home)).await;
        let asked = eve.act(&format!("{PARSER}/verification")).await.json;
        assert_eq!(asked["places"], json!([]));
        eve.send(Method::DELETE, &format!("{PARSER}/maintainers/eve"), &[], None).await.expect(204);
        eve.act(&format!("{PARSER}/claim")).await.expect(200);
        let asked = eve.act(&format!("{PARSER}/verification")).await.json;
        assert_eq!(asked["places"], json!([]));
        let problem = town.check(&eve).await.problem(409, "project.proof_not_found");
        assert!(problem["detail"].as_str().unwrap().contains("no forge that is known here"), "{problem}");
        eve.send(Method::DELETE, &format!("{PARSER}/maintainers/eve"), &[], None).await.expect(204);

        let home = format!("https://parser.example.net:{}/docs", site.address.port());
        coordinator.patch(PARSER, json!({"homepage_url": home})).await.expect(200);
        ada.act(&format!("{PARSER}/claim")).await.expect(200);
        let line = ask(&ada).await;
        town.names.texts("_mainstay.parser.example.net", &["v=spf1 -all"]);
        let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
        let (outcomes, details) = attempts(&problem);
        assert_eq!(outcomes, ["unreachable", "missing", "other_content"]);
        assert!(details.contains("_mainstay.parser.example.net") && details.contains("v=spf1 -all"), "{details}");
        town.names.set_silent(true);
        let problem = town.check(&ada).await.problem(409, "project.proof_not_found");
        assert!(attempts(&problem).1.contains("did not answer in time"), "{problem}");
        town.names.set_silent(false);
        town.names.texts("_mainstay.parser.example.net", &["v=spf1 -all", &line]);
        let found = town.check(&ada).await.expect(200);
        assert_eq!((&found["method"], &found["evidence"]), (&json!("dns"), &json!("_mainstay.parser.example.net")));
        // Once more, by a file of the site.
        site.put("/.well-known/mainstay.txt", Page::Text(ask(&ada).await));
        let found = town.check(&ada).await.expect(200);
        assert_eq!((&found["method"], &found["project_status"]), (&json!("site_file"), &json!("listed")));
    }

    async fn whoever_did_not_claim_has_nothing_to_prove(db: TestDb) {
        let town = Town::start(db).await;
        let (ada, bob) = (town.ada().await, town.app.person("bob").await);
        let none = bob.get(&format!("{PARSER}/verification")).await.expect(200);
        assert_eq!((&none["status"], &none["token"]), (&json!("none"), &Value::Null));
        for path in ["verification", "verification/check"] {
            bob.act(&format!("{PARSER}/{path}")).await.problem(409, "project.not_claimed");
            town.app.anonymous().act(&format!("{PARSER}/{path}")).await.problem(401, "auth.required");
            bob.act(&format!("/api/v1/projects/none-such/{path}")).await.problem(404, "not_found");
        }
        ada.act(&format!("{PARSER}/claim")).await.problem(409, "project.already_maintainer");
        // Somebody else's token is no use.
        let line = ask(&ada).await;
        town.prove(&ada).await;
        bob.act(&format!("{PARSER}/claim")).await.expect(200);
        town.forge.put(FILE, Page::Text(line));
        ask(&bob).await;
        town.check(&bob).await.problem(409, "project.proof_not_found");
        ada.act(&format!("{PARSER}/archive")).await.expect(200);
        ada.act(&format!("{PARSER}/verification")).await.problem(409, "project.transition_refused");
        bob.act(&format!("{PARSER}/claim")).await.problem(409, "project.transition_refused");
        ada.act(&format!("{PARSER}/opt-out")).await.expect(200);
        bob.act(&format!("{PARSER}/verification")).await.problem(404, "not_found");
    }

    async fn two_who_wait_make_a_dispute_that_a_moderator_decides(db: TestDb) {
        let town = Town::start(db).await;
        let (ada, bob, coordinator) = (town.ada().await, town.app.person("bob").await, town.app.coordinator().await);
        let mo = town.app.person_with("mo", &[PlatformRole::Moderator]).await;
        let decision = json!({"keep": "bob", "reason": "His key signed the releases."});
        mo.post(&format!("{PARSER}/dispute/decide"), decision.clone()).await.problem(409, "project.not_disputed");
        assert_eq!(ada.get(&format!("{PARSER}/dispute")).await.expect(200)["open"], false);
        town.app.clock.advance(TimeDelta::minutes(1));
        let claimed = bob.act(&format!("{PARSER}/claim")).await.expect(200);
        assert_eq!((&claimed["status"], claimed["maintainers"].as_array().unwrap().len()), (&json!("claim_pending"), 1));
        bob.act(&format!("{PARSER}/claim")).await.expect(200);
        for frozen in [
            ada.patch(PARSER, json!({"name": "Mine"})).await, bob.patch(PARSER, json!({"name": "Mine"})).await,
            coordinator.act(&format!("{PARSER}/list")).await, ada.send(Method::DELETE, &format!("{PARSER}/maintainers/ada"), &[], None).await,
            ada.post(&format!("{PARSER}/dispute/decide"), decision.clone()).await, bob.get(&format!("{PARSER}/dispute")).await,
            coordinator.post(&format!("{PARSER}/dispute/decide"), decision.clone()).await,
        ] {
            frozen.problem(403, "forbidden");
        }
        for who in [&ada, &bob] {
            who.act(&format!("{PARSER}/verification")).await.problem(409, "project.disputed");
            town.check(who).await.problem(409, "project.disputed");
            assert_eq!(who.get(&format!("{PARSER}/verification")).await.expect(200)["disputed"], true);
        }
        let dispute = mo.get(&format!("{PARSER}/dispute")).await.expect(200);
        assert_eq!((&dispute["open"], &dispute["opened_at"]), (&json!(true), &json!("2026-11-22T09:01:00Z")));
        let sides: Vec<_> = dispute["parties"].as_array().unwrap().iter().map(|side| (side["handle"].clone(), side["leads"].clone())).collect();
        assert_eq!(sides, [(json!("ada"), json!(true)), (json!("bob"), json!(false))]);
        for (with, fault) in [
            (json!({"keep": "mo", "reason": "Why not me?"}), "/keep not_a_party"), (json!({"keep": "bob", "reason": "x"}), "/reason too_short"),
        ] {
            assert_eq!(mo.post(&format!("{PARSER}/dispute/decide"), with).await.faults(), [fault]);
        }
        town.app.anonymous().post(&format!("{PARSER}/dispute/decide"), decision.clone()).await.problem(401, "auth.required");
        let decided = mo.post(&format!("{PARSER}/dispute/decide"), decision.clone()).await.expect(200);
        assert_eq!(decided["status"], "listed");
        let people = decided["maintainers"].as_array().unwrap();
        assert_eq!((people.len(), &people[0]["handle"], &people[0]["verified"]), (1, &json!("bob"), &json!(true)));
        mo.post(&format!("{PARSER}/dispute/decide"), decision).await.problem(409, "project.not_disputed");
        ada.patch(PARSER, json!({"name": "Mine"})).await.problem(403, "forbidden");
        bob.patch(PARSER, json!({"name": "Bob's"})).await.expect(200);
    }

    async fn a_second_proof_against_a_verified_lead_is_disputed(db: TestDb) {
        let town = Town::start(db).await;
        let ada = town.ada().await;
        town.prove(&ada).await;
        let mo = town.app.person_with("mo", &[PlatformRole::Moderator]).await;
        // The challenger may be a moderator, who must not decide then.
        let bob = town.app.person_with("bob", &[PlatformRole::Moderator]).await;
        let before = bob.act(&format!("{PARSER}/claim")).await.expect(200);
        assert_eq!((&before["status"], before["maintainers"].as_array().unwrap().len()), (&json!("listed"), 1), "a word alone changes nothing");
        ada.patch(PARSER, json!({"name": "Parser 2"})).await.expect(200);
        let eve = town.app.person("eve").await;
        seed::offer(&eve, json!({})).await;
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({"hours_per_week": 4})).await;
        let lease = hire(&town.app, &need, "eve", 4.0, None).await.unwrap();
        let found = town.prove(&bob).await;
        assert_eq!((&found["verified"], &found["disputed"], &found["project_status"]), (&json!(false), &json!(true), &json!("listed")));
        ada.patch(PARSER, json!({"name": "Parser 3"})).await.problem(403, "forbidden");
        ada.act(&format!("{PARSER}/archive")).await.problem(403, "forbidden");
        bob.patch(PARSER, json!({"name": "Bob's"})).await.problem(403, "forbidden");
        // Whose project it is is open, and so is who may send its people home; whoever works there may go.
        let leave = |code: &str| json!({"reason_code": code});
        ada.get(&lease).await.expect(200);
        ada.post(&format!("{lease}/end"), leave("not_a_fit")).await.problem(403, "forbidden");
        eve.post(&format!("{lease}/end"), leave("no_time")).await.expect(200);
        let keep = |who: &str| json!({"keep": who, "reason": "They have always led it."});
        bob.post(&format!("{PARSER}/dispute/decide"), keep("bob")).await.problem(403, "forbidden");
        mo.post(&format!("{PARSER}/dispute/decide"), keep("ada")).await.expect(200);
        ada.patch(PARSER, json!({"name": "Parser 3"})).await.expect(200);
        assert_eq!(bob.get(&format!("{PARSER}/verification")).await.expect(200)["status"], "none");
    }

    async fn a_maintainer_who_proves_it_leads_too(db: TestDb) {
        let town = Town::start(db).await;
        let (ada, coordinator, bob) = (town.ada().await, town.app.coordinator().await, town.app.person("bob").await);
        town.prove(&ada).await;
        coordinator.post(&format!("{PARSER}/maintainers"), json!({"handle": "bob"})).await.expect(201);
        let found = town.prove(&bob).await;
        assert_eq!((&found["verified"], &found["disputed"]), (&json!(true), &json!(false)));
        let roles: Vec<_> = bob.get(PARSER).await.expect(200)["maintainers"].as_array().unwrap().iter().map(|one| one["role"].clone()).collect();
        assert_eq!(roles, ["lead", "lead"]);
    }

    async fn a_proof_lapses_after_a_year_and_is_renewed_by_a_new_one(db: TestDb) {
        let town = Town::start(db).await;
        let ada = town.ada().await;
        let first = ask(&ada).await;
        town.prove(&ada).await;
        town.app.clock.advance(TimeDelta::days(364));
        assert_eq!(projects::lapse_verifications(&town.app.ctx, request_id()).await.unwrap(), 0);
        let ada = town.app.sign_in("ada@example.org", "ada").await;
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        town.app.clock.advance(TimeDelta::days(2));
        assert_eq!(projects::lapse_verifications(&town.app.ctx, request_id()).await.unwrap(), 1);
        assert_eq!(projects::lapse_verifications(&town.app.ctx, request_id()).await.unwrap(), 0);
        let ada = town.app.sign_in("ada@example.org", "ada").await;
        assert_eq!(status(&ada).await, "dormant");
        town.app.run_jobs().await;
        assert_eq!(ada.get(&format!("/api/v1/needs/{need}")).await.expect(200)["status"], "paused");
        town.check(&ada).await.problem(409, "project.proof_spent");
        let second = ask(&ada).await;
        assert_ne!(first, second, "a file that nobody took away proves nothing");
        town.check(&ada).await.problem(409, "project.proof_not_found");
        town.forge.put(FILE, Page::Text(second));
        assert_eq!(town.check(&ada).await.expect(200)["project_status"], "listed");
    }

    async fn a_moved_repository_is_asked_for_again(db: TestDb) {
        let town = Town::start(db).await;
        let (ada, coordinator, bob) = (town.ada().await, town.app.coordinator().await, town.app.person("bob").await);
        town.prove(&ada).await;
        coordinator.post(&format!("{PARSER}/maintainers"), json!({"handle": "bob"})).await.expect(201);
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        let moved = json!({"repository_url": "https://forge.example.org/new/home"});
        bob.patch(PARSER, moved.clone()).await.problem(403, "forbidden");
        let before = ada.get(PARSER).await.etag();
        let answer = ada.patch(PARSER, moved).await;
        assert_ne!(answer.etag(), before);
        let shown = answer.expect(200);
        assert_eq!((&shown["status"], &shown["maintainers"][0]["verified"]), (&json!("dormant"), &json!(false)));
        town.app.run_jobs().await;
        assert_eq!(ada.get(&format!("/api/v1/needs/{need}")).await.expect(200)["status"], "paused");
        let line = ask(&ada).await;
        town.forge.put(FILE, Page::Text(line.clone()));
        town.check(&ada).await.problem(409, "project.proof_not_found");
        town.forge.put("/new/home/raw/HEAD/.mainstay-verification", Page::Text(line));
        assert_eq!(town.check(&ada).await.expect(200)["project_status"], "listed");
        // A coordinator who moves it vouches for it.
        let back = json!({"repository_url": "https://forge.example.org/ada/parser"});
        assert_eq!(coordinator.patch(PARSER, back).await.expect(200)["status"], "listed");
    }

    async fn the_last_lead_leaving_pauses_what_the_project_asks_for(db: TestDb) {
        let town = Town::start(db).await;
        let ada = town.ada().await;
        town.prove(&ada).await;
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        ada.send(Method::DELETE, &format!("{PARSER}/maintainers/ada"), &[], None).await.expect(204);
        assert_eq!(status(&ada).await, "dormant");
        town.app.run_jobs().await;
        assert_eq!(ada.get(&format!("/api/v1/needs/{need}")).await.expect(200)["status"], "paused");
        // Whoever proves it next leads it: there is nobody to dispute it.
        let bob = town.app.person("bob").await;
        bob.act(&format!("{PARSER}/claim")).await.expect(200);
        let found = town.prove(&bob).await;
        assert_eq!((&found["verified"], &found["project_status"]), (&json!(true), &json!("listed")));
    }
}
