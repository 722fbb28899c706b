//! Signed-in devices: listed, ended, and ended by themselves when a token is used twice.

use crate::app::{PASSWORD, TestApp};
use crate::client::Client;
use crate::db::on_both;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

async fn delete(client: &Client, path: &str) -> crate::client::Answer {
    client.send(Method::DELETE, path, &[], None).await
}

on_both! {
    async fn sessions_are_listed_newest_first_and_by_page(db: TestDb) {
        let app = TestApp::start(db).await;
        let first = app.person("ada").await;
        let second = app.sign_in("ada@example.org", "ada").await;
        app.person("grace").await;
        let list = second.get("/api/v1/me/sessions").await.expect(200);
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|item| item["current"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false]);
        assert_eq!((items[0]["address"].as_str(), items[0]["user_agent"].is_null()), (Some("127.0.0.1"), true));
        let page = first.get("/api/v1/me/sessions?limit=1").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = first.get(&format!("/api/v1/me/sessions?limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!((rest["items"][0]["current"].as_bool(), rest["next_cursor"].is_null()), (Some(true), true));
        app.anonymous().get("/api/v1/me/sessions").await.problem(401, "auth.required");
        first.get("/api/v1/me/sessions?limit=0&cursor=x").await.problem(422, "input.invalid");
        app.stop().await;
    }

    async fn a_session_is_ended_by_its_owner_alone(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let other = app.sign_in("ada@example.org", "ada").await;
        let list = ada.get("/api/v1/me/sessions").await.expect(200);
        let id = list["items"].as_array().unwrap().iter().find(|item| item["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/me/sessions/{id}");
        delete(&grace, &path).await.problem(404, "not_found");
        other.get("/api/v1/me").await.expect(200);
        assert_eq!(delete(&ada, &path).await.status, 204);
        other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        delete(&ada, &path).await.problem(404, "not_found");
        delete(&ada, "/api/v1/me/sessions/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d").await.problem(404, "not_found");
        delete(&ada, "/api/v1/me/sessions/nonsense").await.problem(422, "input.invalid");
        delete(&app.anonymous(), &path).await.problem(401, "auth.required");
        ada.get("/api/v1/me").await.expect(200);
    }

    async fn all_others_end_at_once(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let others = [app.sign_in("ada@example.org", "ada").await, app.sign_in("ada@example.org", "ada").await];
        assert_eq!(delete(&ada, "/api/v1/me/sessions").await.status, 204);
        for other in others {
            other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        }
        assert_eq!(ada.get("/api/v1/me/sessions").await.expect(200)["items"].as_array().unwrap().len(), 1);
        grace.get("/api/v1/me").await.expect(200);
    }

    async fn an_expired_session_is_not_listed(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        app.clock.advance(TimeDelta::days(31));
        let ada = app.sign_in("ada@example.org", "ada").await;
        assert_eq!(ada.get("/api/v1/me/sessions").await.expect(200)["items"].as_array().unwrap().len(), 1);
    }

    async fn a_token_used_twice_ends_the_session_and_tells_the_owner_once(db: TestDb) {
        let app = TestApp::start(db).await;
        app.person("ada").await;
        let login = json!({"email": "ada@example.org", "password": PASSWORD});
        let tokens = app.anonymous().post("/api/v1/auth/login", login).await.expect(200);
        let body: Value = json!({"refresh_token": tokens["refresh_token"]});
        app.anonymous().post("/api/v1/auth/refresh", body.clone()).await.expect(200);
        for _ in 0..3 {
            app.anonymous().post("/api/v1/auth/refresh", body.clone()).await.problem(401, "auth.invalid_refresh_token");
        }
        app.run_jobs().await;
        let mails = app.mailbox.messages();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].text.contains("used twice"), "{}", mails[0].text);
    }

    async fn a_session_ends_for_good_however_much_it_is_used(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.session_days = 45).await;
        app.person("ada").await;
        let log_in = json!({"email": "ada@example.org", "password": PASSWORD});
        let mut tokens = app.anonymous().post("/api/v1/auth/login", log_in).await.expect(200);
        for _ in 0..2 {
            app.clock.advance(TimeDelta::days(20));
            let refresh = json!({"refresh_token": tokens["refresh_token"]});
            tokens = app.anonymous().post("/api/v1/auth/refresh", refresh).await.expect(200);
        }
        let holder = app.anonymous().with_token(tokens["access_token"].as_str().unwrap(), "ada");
        assert_eq!(holder.get("/api/v1/me/sessions").await.expect(200)["items"][0]["expires_at"], "2027-01-06T09:00:00Z");
        app.clock.advance(TimeDelta::days(5));
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        app.anonymous().post("/api/v1/auth/refresh", refresh).await.problem(401, "auth.invalid_refresh_token");
    }

    async fn sessions_are_ended_at_the_machine_of_one_or_of_everybody(db: TestDb) {
        let url = db.url.clone();
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let run = |arguments: &[&str]| crate::audit::mainstay(&url, &[&["admin", "sign-out"], arguments].concat());
        assert_eq!(run(&[]).status.code(), Some(2));
        assert_eq!(run(&["nobody@example.org"]).status.code(), Some(1));
        assert_eq!(run(&["ada@example.org", "--everybody"]).status.code(), Some(2));
        ada.get("/api/v1/me").await.expect(200);
        let done = run(&["Ada@example.org"]);
        assert!(done.status.success(), "{done:?}");
        ada.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        bob.get("/api/v1/me").await.expect(200);
        let ada = app.sign_in("ada@example.org", "ada").await;
        let done = run(&["--everybody"]);
        assert!(String::from_utf8_lossy(&done.stdout).contains("of 2 accounts"), "{done:?}");
        for person in [&ada, &bob] {
            person.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        }
        let mine = app.sign_in("ada@example.org", "ada").await.get("/api/v1/me/export").await.expect(200);
        assert_eq!(mine["sessions"][0]["ended_reason"], "ended_by_administrator");
        app.stop().await;
    }

    async fn only_who_has_just_signed_in_ends_other_sessions(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let owner = app.person("ada").await;
        let list = owner.get("/api/v1/me/sessions").await.expect(200);
        let own = format!("/api/v1/me/sessions/{}", list["items"][0]["id"].as_str().unwrap());
        app.clock.advance(TimeDelta::minutes(14));
        let other = app.sign_in("ada@example.org", "ada").await;
        let list = other.get("/api/v1/me/sessions").await.expect(200);
        let others = list["items"].as_array().unwrap().iter().find(|one| one["current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        app.clock.advance(TimeDelta::minutes(2));
        // The older one, in whosever hands it is, only reads, and ends itself.
        delete(&owner, &format!("/api/v1/me/sessions/{others}")).await.problem(403, "auth.fresh_sign_in_required");
        delete(&owner, "/api/v1/me/sessions").await.problem(403, "auth.fresh_sign_in_required");
        other.get("/api/v1/me").await.expect(200);
        let third = app.sign_in("ada@example.org", "ada").await;
        delete(&third, &format!("/api/v1/me/sessions/{others}")).await.expect(204);
        other.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        delete(&owner, &own).await.expect(204);
        owner.get("/api/v1/me").await.problem(401, "auth.invalid_token");
        // With a second factor it is that which is asked for.
        let (totp, _) = crate::factors::set_up(&app, &third).await;
        app.clock.advance(TimeDelta::minutes(16));
        delete(&third, "/api/v1/me/sessions").await.problem(403, "auth.step_up_required");
        third.post("/api/v1/auth/step-up", json!({"method": "totp", "code": totp.code(&app)})).await.expect(200);
        delete(&third, "/api/v1/me/sessions").await.expect(204);
        app.stop().await;
    }

    async fn the_first_administrator_is_made_at_the_machine_and_only_there(db: TestDb) {
        let url = db.url.clone();
        let app = TestApp::start(db).await;
        let run = |arguments: &[&str]| crate::audit::mainstay(&url, &[&["admin", "grant"], arguments].concat());
        // A fresh installation has no account, and none that could be guessed.
        let log_in = json!({"email": "admin@example.org", "password": "admin"});
        app.anonymous().post("/api/v1/auth/login", log_in).await.problem(401, "auth.wrong_credentials");
        let said = |done: &std::process::Output| {
            (done.status.code().unwrap(), String::from_utf8_lossy(&[&done.stdout[..], &done.stderr[..]].concat()).trim().to_owned())
        };
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("none.db");
        let (code, text) = said(&crate::audit::mainstay(&format!("sqlite:{}", none.display()), &["admin", "grant", "ada@example.org", "admin"]));
        assert!(code == 1 && text.contains("there is no database at") && !none.exists(), "{text}");
        std::fs::write(&none, "").unwrap();
        let (code, text) = said(&crate::audit::mainstay(&format!("sqlite:{}", none.display()), &["admin", "grant", "ada@example.org", "admin"]));
        assert!(code == 1 && text.contains("run `mainstay migrate` first"), "{text}");
        let (code, text) = said(&run(&["ada@example.org", "admin"]));
        assert!(code == 1 && text.contains("there is no account with this address; register it first"), "{text}");
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        for (wrong, what) in [(&["ada", "admin"][..], "address"), (&["ada@example.org", "root"], "root"), (&["ada@example.org"], "ROLE")] {
            let (code, text) = said(&run(wrong));
            assert!(code == 2 && text.contains(what), "{wrong:?}: {code} {text}");
        }
        ada.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        assert_eq!(said(&run(&["Ada@Example.org", "admin"])), (0, "ada is now admin".to_owned()));
        assert_eq!(said(&run(&["ada@example.org", "admin"])), (0, "ada was already admin".to_owned()));
        assert_eq!(said(&run(&["ada@example.org", "moderator"])), (0, "ada is now moderator".to_owned()));
        // At once, for the session that is open; and for nobody else.
        let log = ada.get("/api/v1/admin/audit?kind=platform_role").await.expect(200);
        let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|item| (item["action"].clone(), item["actor"].clone())).collect();
        assert_eq!(told.len(), 2, "given twice is written once: {log}");
        assert!(told.iter().all(|(_, actor)| actor.is_null()), "nobody signed in did it: {log}");
        let mut roles: Vec<String> = serde_json::from_value(ada.get("/api/v1/me").await.expect(200)["platform_roles"].clone()).unwrap();
        roles.sort_unstable();
        assert_eq!(roles, ["admin", "moderator"]);
        bob.get("/api/v1/admin/audit").await.problem(403, "forbidden");
        app.stop().await;
    }
}
