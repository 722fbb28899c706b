//! Public figures.

use crate::app::TestApp;
use crate::db::on_both;
use crate::{market, seed};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    async fn figures_of_fewer_than_five_are_not_told(db: TestDb) {
        let app = TestApp::start(db).await;
        let ada = app.person("ada").await;
        let coordinator = app.coordinator().await;
        market::project(&ada, &coordinator, "parser", json!({"review_hours_per_week": 100})).await;
        for n in 0..4 {
            seed::open_need(&ada, "parser", &format!("Fuzz part {n}"), json!({})).await;
            seed::offer(&app.person(&format!("helper{n}")).await, json!({})).await;
            market::organization(&ada, &format!("company{n}")).await;
        }
        let anyone = app.anonymous();
        let answer = anyone.get("/api/v1/statistics").await;
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
        let few = answer.expect(200);
        let nothing = json!({"total": null, "parts": []});
        for name in ["projects", "open_needs", "organizations"] {
            assert_eq!(few[name], nothing, "{name}");
        }
        for name in ["seats", "volunteers", "offered_hours_per_week", "people_at_work", "pledging_organizations", "pledged_hours_per_week", "confirmed_hours"] {
            assert_eq!(few[name], Value::Null, "{name}");
        }

        seed::open_need(&ada, "parser", "Fuzz the last part", json!({"seats": 2})).await;
        seed::open_need(&ada, "parser", "Not for everybody", json!({"visibility": "vetted"})).await;
        seed::offer(&app.person("helper4").await, json!({"visibility": "public", "hours_per_week": 3})).await;
        seed::offer(&app.person("shy").await, json!({"visibility": "hidden"})).await;
        market::organization(&ada, "company4").await;
        for n in 0..5 {
            let body = json!({"hours_per_week": 8, "starts_on": "2026-11-22", "ends_on": "2026-12-22", "approval": "auto"});
            let made = ada.post(&format!("/api/v1/organizations/company{n}/pledges"), body).await.expect(201);
            ada.act(&format!("/api/v1/pledges/{}/activate", made["id"].as_str().unwrap())).await.expect(200);
        }
        let answer = anyone.get("/api/v1/statistics").await;
        let etag = answer.etag();
        let many = answer.expect(200);
        assert_eq!(many["open_needs"], json!({"total": 5, "parts": [{"name": "fuzzing", "count": 5}]}));
        assert_eq!((many["seats"].as_i64(), many["volunteers"].as_i64(), many["offered_hours_per_week"].as_f64()), (Some(6), Some(5), Some(35.0)));
        assert_eq!(many["organizations"], json!({"total": 5, "parts": [{"name": "company", "count": 5}]}));
        assert_eq!((many["pledging_organizations"].as_i64(), many["pledged_hours_per_week"].as_f64()), (Some(5), Some(40.0)));
        assert_eq!((&many["projects"], &many["confirmed_hours"]), (&nothing, &Value::Null));
        assert_eq!(anyone.send(Method::GET, "/api/v1/statistics", &[("if-none-match", &etag)], None).await.status, 304);

        // One more of another kind: neither it nor what would tell it.
        ada.post("/api/v1/organizations", json!({"name": "The one foundation", "kind": "foundation"})).await.expect(201);
        assert_eq!(anyone.get("/api/v1/statistics").await.expect(200)["organizations"], json!({"total": 6, "parts": []}));
    }
}
