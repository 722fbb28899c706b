//! The access ladder: what a volunteer is let into, by whose word, what earns it, and that it is taken back.

use crate::app::TestApp;
use crate::assignments::World;
use crate::client::Client;
use crate::db::on_both;
use crate::lease::hire;
use crate::{factors, market};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole::Member;
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    async fn access_is_written_down_and_taken_back(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        let access = format!("{path}/access");
        let write = json!({"what": "Write access to the repository", "level": 2});
        let given = world.lin.post(&access, write.clone()).await.expect(201);
        assert_eq!((&given["status"], &given["asked_by"], &given["granted_at"]), (&json!("granted"), &json!("lin"), &json!("2026-11-22T09:00:00Z")));
        let asked = world.ada.post(&access, json!({"what": "The fuzzing cluster", "level": 1})).await.expect(201);
        assert_eq!(asked["status"], "asked");
        let of = |row: &Value, verb: &str| format!("{access}/{}/{verb}", row["id"].as_str().unwrap());
        world.ada.act(&of(&asked, "approve")).await.problem(403, "forbidden");
        world.olga.act(&of(&asked, "approve")).await.problem(404, "not_found");
        world.lin.act(&of(&asked, "revoke")).await.problem(409, "assignment.access_refused");
        let approved = world.lin.act(&of(&asked, "approve")).await.expect(200);
        assert_eq!((&approved["status"], &approved["approvals"][0]["handle"]), (&json!("granted"), &json!("lin")));
        let other = world.ada.post(&access, json!({"what": "The build server", "level": 1})).await.expect(201);
        assert_eq!(world.lin.act(&of(&other, "refuse")).await.expect(200)["status"], "refused");
        let left = world.ada.post(&access, json!({"what": "The mailing list", "level": 0})).await.expect(201);
        let bad = world.ada.post(&access, json!({"what": "x", "level": 5})).await;
        assert_eq!(bad.faults().len(), 2, "{}", bad.text);
        assert_eq!(world.ada.get(&format!("{access}?limit=2")).await.expect(200)["items"].as_array().unwrap().len(), 2);

        let ended = world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        let names: Vec<&str> = ended["access_to_revoke"].as_array().unwrap().iter().map(|row| row["what"].as_str().unwrap()).collect();
        assert_eq!(names, ["Write access to the repository", "The fuzzing cluster"]);
        world.lin.act(&of(&left, "approve")).await.problem(409, "assignment.access_refused");
        world.lin.post(&access, write).await.problem(409, "assignment.over");
        world.later(6).await;
        assert_eq!(world.sweep().await, 0);
        let count = |mails: Vec<String>| mails.iter().filter(|subject| subject.starts_with("Access has to be revoked")).count();
        world.later(1).await;
        assert_eq!((world.sweep().await, world.sweep().await), (1, 0));
        for handle in ["lin", "coordinator"] {
            assert_eq!(count(world.mails_to(handle).await), 1, "{handle}");
        }
        assert_eq!(count(world.mails_to("ada").await), 0);
        assert_eq!(world.lin.act(&of(&given, "revoke")).await.expect(200)["status"], "revoked");
        world.later(7).await;
        assert_eq!(world.sweep().await, 1, "what is left comes again every week");
        assert_eq!(count(world.mails_to("lin").await), 2);
        world.lin.act(&of(&asked, "revoke")).await.expect(200);
        world.later(7).await;
        assert_eq!((world.sweep().await, count(world.mails_to("lin").await)), (0, 2));
        assert_eq!(world.ada.get(&path).await.expect(200)["access_to_revoke"], json!([]));
        world.app.stop().await;
    }

    async fn access_that_nobody_wrote_down_is_on_the_list_all_the_same(db: TestDb) {
        let world = World::new(db).await;
        let need = world.need(json!({"access_level": 2})).await;
        let path = hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        world.ada.post(&format!("{path}/onboarding"), json!({"task": "access"})).await.expect(200);
        let ended = world.lin.post(&format!("{path}/end"), json!({"reason_code": "not_a_fit"})).await.expect(200);
        assert_eq!(ended["access_to_revoke"][0]["what"], "Access of level L2");
        world.app.stop().await;
    }

    async fn high_access_is_earned_and_two_houses_agree(db: TestDb) {
        let mut world = World::new(db).await;
        let need = world.need(json!({"weeks": 52})).await;
        let path = hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        world.lin.post(&format!("{path}/start"), json!({"reason": "We know each other."})).await.expect(200);
        let access = format!("{path}/access");
        let release = json!({"what": "Signing releases", "level": 3});
        let early = world.lin.post(&access, release.clone()).await.problem(409, "assignment.access_not_earned");
        assert_eq!(early["detail"], "It wants 90 active days on this project; the volunteer has 0.");
        for _ in 0..7 {
            world.later(13).await;
            world.ada.act(&format!("{path}/check-in")).await.expect(200);
        }
        world.lin.post(&access, release.clone()).await.problem(409, "assignment.volunteer_factor_needed");
        factors::set_up(&world.app, &world.ada).await;
        let asked = world.lin.post(&access, release).await.expect(201);
        assert_eq!(asked["status"], "asked");
        let approve = format!("{access}/{}/approve", asked["id"].as_str().unwrap());
        let own = world.lin.act(&approve).await.problem(403, "forbidden");
        assert!(own["detail"].as_str().unwrap().starts_with("Nobody approves"), "{own}");
        world.coordinator.act(&approve).await.problem(403, "assignment.factor_needed");

        // Two maintainers of one house, and a third of another.
        let people = ["mia", "noa", "pat"];
        let mut clients: Vec<Client> = Vec::new();
        for handle in people {
            let person = world.app.person(handle).await;
            market::maintain(&world.lin, &person, "parser").await;
            factors::set_up(&world.app, &person).await;
            clients.push(person);
        }
        market::join(&world.app, "freight", "mia", Member).await;
        market::join(&world.app, "freight", "noa", Member).await;
        let once = clients[0].act(&approve).await.expect(200);
        assert_eq!((&once["status"], once["approvals"].as_array().unwrap().len()), (&json!("asked"), 1));
        clients[0].act(&approve).await.problem(409, "assignment.approves_already");
        clients[1].act(&approve).await.problem(409, "assignment.approvers_too_close");
        let given = clients[2].act(&approve).await.expect(200);
        assert_eq!((&given["status"], given["approvals"].as_array().unwrap().len()), (&json!("granted"), 2));
        clients[1].act(&approve).await.problem(409, "assignment.access_refused");
        world.app.stop().await;
    }

    async fn each_thing_that_high_access_wants_is_asked_for_by_itself(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.auth.access_minutes = 60).await;
        let mut world = World::over(app, json!({})).await;
        let need = world.need(json!({"weeks": 52})).await;
        let path = hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        world.lin.post(&format!("{path}/start"), json!({"reason": "We know each other."})).await.expect(200);
        let access = format!("{path}/access");
        let wish = |level: i64| json!({"what": "Signing releases", "level": level});

        // The volunteer has a second factor, but not the days.
        factors::set_up(&world.app, &world.ada).await;
        for level in [3, 4] {
            world.lin.post(&access, wish(level)).await.problem(409, "assignment.access_not_earned");
        }
        assert_eq!(world.lin.post(&access, wish(2)).await.expect(201)["status"], "granted", "below L3 one word is enough");
        assert_eq!(world.ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.status, 204);

        // The days, but no second factor any more; one day less is not enough.
        for days in [13, 13, 13, 13, 13, 13, 11] {
            world.later(days).await;
            world.ada.act(&format!("{path}/check-in")).await.expect(200);
        }
        let early = world.lin.post(&access, wish(3)).await.problem(409, "assignment.access_not_earned");
        assert_eq!(early["detail"], "It wants 90 active days on this project; the volunteer has 89.");
        world.later(1).await;
        for level in [3, 4] {
            world.lin.post(&access, wish(level)).await.problem(409, "assignment.volunteer_factor_needed");
        }
        let listed = world.lin.get(&access).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "what was refused leaves no trace");
        let (hers, _) = factors::set_up(&world.app, &world.ada).await;
        let asked = world.lin.post(&access, wish(3)).await.expect(201);
        assert_eq!(asked["status"], "asked");
        let approve = format!("{access}/{}/approve", asked["id"].as_str().unwrap());

        // An approver without any factor, and one whose proof is older than a quarter of an hour.
        market::organization(&world.max, "harbor").await;
        let mut people = Vec::new();
        for (handle, house) in [("mia", "freight"), ("noa", "freight"), ("pat", "harbor")] {
            let person = world.app.person(handle).await;
            market::maintain(&world.lin, &person, "parser").await;
            market::join(&world.app, house, handle, Member).await;
            people.push(person);
        }
        let [mia, noa, pat] = people.try_into().ok().unwrap();
        mia.act(&approve).await.problem(403, "assignment.factor_needed");
        let apps = [factors::set_up(&world.app, &mia).await.0, factors::set_up(&world.app, &noa).await.0, factors::set_up(&world.app, &pat).await.0];
        world.app.clock.advance(TimeDelta::minutes(16));
        for person in [&mia, &noa, &pat] {
            let stale = person.act(&approve).await.problem(403, "auth.step_up_required");
            assert_eq!(stale["methods"], json!(["passkey", "totp", "recovery_code"]));
        }
        for (person, app) in [&mia, &noa, &pat].into_iter().zip(&apps) {
            person.post("/api/v1/auth/step-up", json!({"method": "totp", "code": app.code(&world.app)})).await.expect(200);
        }
        let once = mia.act(&approve).await.expect(200);
        assert_eq!((&once["status"], once["approvals"].as_array().unwrap().len()), (&json!("asked"), 1), "one approver is not enough");
        mia.act(&approve).await.problem(409, "assignment.approves_already");
        noa.act(&approve).await.problem(409, "assignment.approvers_too_close");

        // What was earned is looked at again with each yes: the volunteer took the factor off meanwhile.
        world.ada.post("/api/v1/auth/step-up", json!({"method": "totp", "code": hers.code(&world.app)})).await.expect(200);
        assert_eq!(world.ada.send(Method::DELETE, "/api/v1/me/totp", &[], None).await.status, 204);
        pat.act(&approve).await.problem(409, "assignment.volunteer_factor_needed");
        world.ada = world.app.sign_in("ada@example.org", "ada").await;
        factors::set_up(&world.app, &world.ada).await;
        world.app.clock.advance(TimeDelta::minutes(16));
        pat.act(&approve).await.problem(403, "auth.step_up_required");
        pat.post("/api/v1/auth/step-up", json!({"method": "totp", "code": apps[2].code(&world.app)})).await.expect(200);
        let given = pat.act(&approve).await.expect(200);
        let names: Vec<&str> = given["approvals"].as_array().unwrap().iter().map(|one| one["handle"].as_str().unwrap()).collect();
        assert_eq!((given["status"].as_str(), names), (Some("granted"), vec!["mia", "pat"]));
        world.app.stop().await;
    }
}
