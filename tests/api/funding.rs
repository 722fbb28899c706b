//! Money beside time: where projects can be funded, and what organizations promise.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::market::{self, but};
use crate::seed;
use mainstay::features::organizations::OrganizationRole;
use reqwest::Method;
use serde_json::{Value, json};

const FUNDING: &str = "/api/v1/projects/parser/funding";
const MONEY: &str = "/api/v1/organizations/acme/funding";

async fn import(client: &Client, kind: &str, text: &str) -> Answer {
    client.send(Method::POST, &format!("{FUNDING}/import"), &[("content-type", kind)], Some(text.to_owned())).await
}

fn promise() -> Value {
    json!({"project": "parser", "amount": 2500.5, "currency": "EUR", "period": "monthly", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "note": "Through the foundation."})
}

async fn acme(db: TestDb) -> (TestApp, Client, Client) {
    let app = TestApp::start(db).await;
    let (owner, ada) = (app.person("owner").await, app.person("ada").await);
    market::organization(&owner, "acme").await;
    market::project(&ada, &app.coordinator().await, "parser", json!({})).await;
    (app, owner, ada)
}

on_both! {
    async fn funding_links_are_shown_with_the_project_and_its_needs(db: TestDb) {
        let (app, _, ada) = acme(db).await;
        assert_eq!(app.anonymous().get(FUNDING).await.expect(200), json!({"links": []}));
        let need = seed::open_need(&ada, "parser", "Fuzz the parser", json!({})).await;
        let kept = import(&ada, "application/yaml", "github: ada\ncustom: https://example.org/donate\n").await.expect(200);
        let links = json!([{"platform": "github", "url": "https://github.com/sponsors/ada"}, {"platform": "custom", "url": "https://example.org/donate"}]);
        assert_eq!(kept["links"], links);
        assert_eq!(app.anonymous().get("/api/v1/projects/parser").await.expect(200)["funding"], links);
        let shown = app.anonymous().get(&format!("/api/v1/needs/{need}")).await.expect(200);
        assert_eq!(shown["project"]["funding"], json!(["https://github.com/sponsors/ada", "https://example.org/donate"]));
        let file = json!({"version": "v1.0.0", "funding": {"channels": [{"guid": "a", "type": "payment-provider", "address": "https://opencollective.com/parser"}]}});
        let kept = import(&ada, "application/json", &file.to_string()).await.expect(200);
        assert_eq!(kept["links"], json!([{"platform": "open_collective", "url": "https://opencollective.com/parser"}]));
        let kept = ada.put(FUNDING, json!({"links": ["https://ko-fi.com/parser", "https://ko-fi.com/parser"]})).await.expect(200);
        assert_eq!(kept["links"], json!([{"platform": "ko_fi", "url": "https://ko-fi.com/parser"}]));
        let answer = ada.put(FUNDING, json!({"links": ["javascript:alert(1)"]})).await;
        assert_eq!((answer.status, answer.faults()), (422, vec!["/links/0 invalid_url".to_owned()]));
        import(&ada, "application/yaml", "github: [").await.problem(422, "import.not_this_format");
        assert_eq!(import(&ada, "text/csv", "x").await.status, 415);
        app.person("stranger").await.put(FUNDING, json!({"links": []})).await.problem(403, "forbidden");
        assert_eq!(app.anonymous().get(FUNDING).await.expect(200), kept);
    }

    async fn an_organization_records_what_it_promises(db: TestDb) {
        let (app, owner, _) = acme(db).await;
        let answer = owner.post(MONEY, promise()).await;
        let (place, etag) = (answer.header("location").unwrap().to_owned(), answer.etag());
        let made = answer.expect(201);
        assert_eq!((&made["amount"], &made["currency"], &made["project"], &made["status"]), (&json!(2500.5), &json!("EUR"), &json!("parser"), &json!("planned")));
        let changed = but(promise(), &json!({"amount": 3000, "project": null}));
        owner.put(&place, changed.clone()).await.problem(428, "precondition.required");
        let changed = owner.send(Method::PUT, &place, &[("if-match", &etag)], Some(changed.to_string())).await.expect(200);
        assert_eq!((&changed["amount"], &changed["project"]), (&json!(3000.0), &Value::Null));
        let refused = owner.act(&format!("{place}/fulfil")).await.problem(409, "money_pledge.transition_refused");
        assert_eq!(refused["allowed"], json!(["activate", "cancel"]));
        assert_eq!(owner.act(&format!("{place}/activate")).await.expect(200)["status"], "active");
        owner.send(Method::PUT, &place, &[("if-match", "*")], Some(promise().to_string())).await.problem(409, "money_pledge.not_planned");
        let yen = json!({"amount": 500, "currency": "JPY", "period": "once", "starts_on": "2027-01-01"});
        let yen = owner.post(MONEY, yen).await.expect(201);
        owner.post(MONEY, promise()).await.expect(201);
        let cancelled = format!("{MONEY}/{}/cancel", yen["id"].as_str().unwrap());
        assert_eq!(owner.act(&cancelled).await.expect(200)["status"], "cancelled");
        let nowhere = owner.act(&format!("{MONEY}/nowhere/cancel")).await;
        assert_eq!(nowhere.faults(), ["{money_pledge_id} invalid_path"]);
        let totals = owner.get(&format!("{MONEY}-totals")).await.expect(200);
        assert_eq!(totals, json!({"totals": [{"currency": "EUR", "period": "monthly", "planned": 2500.5, "active": 3000.0, "fulfilled": 0.0}]}));
        let page = owner.get(&format!("{MONEY}?limit=2")).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
        let next = owner.get(&format!("{MONEY}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(next["items"][0]["id"], made["id"]);
        assert_eq!(owner.get(&format!("{MONEY}?status=cancelled")).await.expect(200)["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(owner.get("/api/v1/me/export").await.expect(200)["money_pledges_recorded"].as_array().map(Vec::len), Some(3));

        let clerk = app.person("clerk").await;
        clerk.get(MONEY).await.problem(403, "forbidden");
        market::join(&app, "acme", "clerk", OrganizationRole::Member).await;
        assert_eq!(clerk.get(&place).await.expect(200)["status"], "active");
        clerk.post(MONEY, promise()).await.problem(403, "forbidden");
        owner.get(&format!("{MONEY}/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d")).await.problem(404, "not_found");
    }

    async fn what_is_no_promise_leaves_no_trace(db: TestDb) {
        let (_app, owner, _) = acme(db).await;
        for (changes, fault) in [
            (json!({"amount": 0}), "/amount out_of_range"),
            (json!({"amount": 1.005}), "/amount too_many_digits"),
            (json!({"amount": 1e13}), "/amount out_of_range"),
            (json!({"currency": "XXX"}), "/currency unknown_currency"),
            (json!({"period": "weekly"}), "/period unknown_word"),
            (json!({"ends_on": "2026-12-31"}), "/ends_on out_of_order"),
            (json!({"period": "once"}), "/ends_on not_here"),
            (json!({"starts_on": "2099-01-01", "ends_on": null}), "/starts_on out_of_range"),
            (json!({"project": "nowhere"}), "/project unknown_project"),
            (json!({"note": ""}), "/note too_short"),
            (json!({"card": "4111"}), "/card unknown_field"),
        ] {
            let answer = owner.post(MONEY, but(promise(), &changes)).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![fault.to_owned()]), "{changes}");
        }
        assert_eq!(owner.get(MONEY).await.expect(200)["items"], json!([]));
    }
}
