//! A company's own plan: the best use of a pledge's hours.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use serde_json::{Value, json};

async fn pledge(owner: &Client, changes: Value) -> String {
    let body = json!({"hours_per_week": 6, "starts_on": "2026-11-22", "ends_on": "2027-05-31", "approval": "auto", "max_hours_per_person": 4});
    let made = owner.post("/api/v1/organizations/freight/pledges", market::but(body, &changes)).await.expect(201);
    format!("/api/v1/pledges/{}", made["id"].as_str().unwrap())
}

on_both! {
    async fn a_plan_is_for_the_companys_people_within_the_pledges_hours(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, lead) = (app.person("ada").await, app.person("lead").await);
        market::organization(&ada, "freight").await;
        seed::listed_project(&app, "parser", &lead).await;
        seed::listed_project(&app, "printer", &lead).await;
        let urgent = seed::open_need(&lead, "parser", "Urgent", json!({"hours_per_week": 4, "urgency": "critical"})).await;
        let quiet = seed::open_need(&lead, "parser", "Quiet", json!({"hours_per_week": 4, "urgency": "low"})).await;
        let other = seed::open_need(&lead, "printer", "Other", json!({"hours_per_week": 4, "urgency": "critical", "kind": "testing"})).await;
        for (handle, role) in [("grace", Some(Member)), ("mary", Some(Manager)), ("free", None)] {
            let person = app.person(handle).await;
            seed::offer(&person, json!({"hours_per_week": 8})).await;
            if let Some(role) = role {
                market::join(&app, "freight", handle, role).await;
            }
        }
        let path = pledge(&ada, json!({"focus": {"kinds": ["fuzzing"]}})).await;
        ada.get(&format!("{path}/plan")).await.problem(409, "matching.pledge_not_running");
        ada.act(&format!("{path}/activate")).await.expect(200);
        let plan = ada.get(&format!("{path}/plan")).await.expect(200);
        assert_eq!((plan["free_hours_per_week"].as_f64(), plan["people"].as_i64()), (Some(6.0), Some(2)), "{plan}");
        let pairs = plan["pairs"].as_array().unwrap();
        let hours = |need: &str| -> f64 { pairs.iter().filter(|pair| pair["need"]["id"] == need).map(|pair| pair["hours_per_week"].as_f64().unwrap()).sum() };
        assert_eq!((hours(&urgent), hours(&quiet), hours(&other)), (4.0, 2.0, 0.0), "the better need first, and testing is not in the focus: {plan}");
        for pair in pairs {
            assert!(["grace", "mary"].contains(&pair["volunteer"]["handle"].as_str().unwrap()), "{pair}");
            let sum: f64 = pair["reasons"].as_array().unwrap().iter().map(|reason| reason["points"].as_f64().unwrap()).sum();
            assert!((sum - pair["score"].as_f64().unwrap()).abs() < 1e-6, "{pair}");
        }
        let (value, bound) = (plan["value"].as_f64().unwrap(), plan["bound"].as_f64().unwrap());
        assert!(value <= bound + 1e-6 && plan["gap"].as_f64().unwrap() < 0.01, "{plan}");

        let (grace, mary) = (app.sign_in("grace@example.org", "grace").await, app.sign_in("mary@example.org", "mary").await);
        assert_eq!(mary.get(&format!("{path}/plan")).await.expect(200)["value"], plan["value"]);
        grace.get(&format!("{path}/plan")).await.problem(403, "forbidden");
        lead.get(&format!("{path}/plan")).await.problem(404, "not_found");
        app.coordinator().await.get(&format!("{path}/plan")).await.problem(404, "not_found");
    }
}
