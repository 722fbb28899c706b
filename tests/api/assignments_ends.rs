//! What happens around a lease: the employer's hours go, a colleague takes over, a project is suspended, a person leaves.

use crate::assignments::World;
use crate::db::on_both;
use crate::lease::hire;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::app::personal::PARTS;
use mainstay::features::organizations::OrganizationRole::Member;
use mainstay::features::{accounts, assignments};
use mainstay::kernel::PlatformRole;
use serde_json::{Value, json};

impl World {
    /// An assignment of `ada` in freight's time, at work; its address and its pledge.
    pub(crate) async fn employed(&self) -> (String, String) {
        let (need, pledge) = (self.need(json!({"seats": 3})).await, self.pledge(json!({})).await);
        let path = hire(&self.app, &need, "ada", 4.0, Some((&pledge, "freight"))).await.unwrap();
        self.lin.post(&format!("{path}/start"), json!({"reason": "We know each other."})).await.expect(200);
        (path, pledge)
    }

    pub(crate) async fn follow(&self) -> usize {
        assignments::follow(&self.app.ctx, market::request_id()).await.unwrap()
    }

    /// Subjects of the mails to this person since the last look at them.
    pub(crate) async fn mails_to(&self, handle: &str) -> Vec<String> {
        self.app.run_jobs().await;
        let mails = self.app.mailbox.messages().into_iter();
        let to = format!("{handle}@example.org");
        mails.filter(|mail| mail.to.as_str() == to).map(|mail| mail.subject.as_str().to_owned()).collect()
    }
}

on_both! {
    async fn whoever_does_the_work_may_go_on_in_their_own_time(db: TestDb) {
        let world = World::new(db).await;
        let (path, pledge) = world.employed().await;
        assert_eq!(world.balance(&pledge).await[0], 32.0, "eight weeks of four hours");
        world.lin.act(&format!("{path}/convert-to-own-time")).await.problem(403, "forbidden");
        world.max.act(&format!("{path}/convert-to-own-time")).await.problem(403, "forbidden");
        let mine = world.ada.act(&format!("{path}/convert-to-own-time")).await.expect(200);
        assert_eq!((&mine["status"], &mine["capacity"], &mine["pledge"], &mine["employer"]), (&json!("active"), &json!("own_time"), &json!(null), &json!("freight")));
        assert_eq!(world.balance(&pledge).await[0], 0.0, "given back");
        world.ada.act(&format!("{path}/convert-to-own-time")).await.problem(409, "assignment.already_own_time");
        world.max.get(&path).await.problem(404, "not_found");
        assert_eq!(world.max.get("/api/v1/organizations/freight/assignments").await.expect(200)["items"], json!([]));
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        world.ada.act(&format!("{path}/convert-to-own-time")).await.problem(409, "assignment.transition_refused");
        world.app.stop().await;
    }

    async fn a_withdrawn_pledge_gives_notice_and_silence_is_no_consent(db: TestDb) {
        let mut world = World::new(db).await;
        let (path, pledge) = world.employed().await;
        assert_eq!(world.follow().await, 0);
        world.olga.act(&format!("/api/v1/pledges/{pledge}/withdraw")).await.expect(200);
        assert_eq!((world.follow().await, world.follow().await), (1, 0), "safe to repeat");
        let noticed = world.ada.get(&path).await.expect(200);
        assert_eq!((&noticed["status"], &noticed["notice_ends_at"], &noticed["reason_code"]), (&json!("active"), &json!("2026-12-06T09:00:00Z"), &json!("pledge_withdrawn")));
        for handle in ["ada", "lin"] {
            assert!(world.mails_to(handle).await.iter().any(|subject| subject.starts_with("The employer's hours end")), "{handle}");
        }
        world.later(13).await;
        world.ada.act(&format!("{path}/check-in")).await.expect(200);
        world.sweep().await;
        assert_eq!(world.status(&path).await, "active");
        world.later(1).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (1, "ended_early"));
        assert_eq!(world.balance(&pledge).await[0], 0.0);
        world.app.stop().await;
    }

    async fn a_withdrawn_pledge_ends_nothing_that_goes_on_in_ones_own_time(db: TestDb) {
        let mut world = World::new(db).await;
        let (path, pledge) = world.employed().await;
        world.olga.act(&format!("/api/v1/pledges/{pledge}/withdraw")).await.expect(200);
        world.follow().await;
        let mine = world.ada.act(&format!("{path}/convert-to-own-time")).await.expect(200);
        assert_eq!((&mine["notice_ends_at"], &mine["reason_code"]), (&json!(null), &json!(null)));
        world.later(14).await;
        world.sweep().await;
        assert_eq!((world.follow().await, world.status(&path).await.as_str()), (0, "active"));
        world.app.stop().await;
    }

    async fn nobody_works_in_the_time_of_an_employer_they_left(db: TestDb) {
        let mut world = World::new(db).await;
        let (path, pledge) = world.employed().await;
        let left = world.ada.send(reqwest::Method::DELETE, "/api/v1/organizations/freight/members/ada", &[("if-match", "*")], None).await;
        assert_eq!(left.status, 204, "{}", left.text);
        assert_eq!((world.follow().await, world.follow().await), (1, 0));
        let paused = world.ada.get(&path).await.expect(200);
        assert_eq!((&paused["status"], &paused["notice_ends_at"], &paused["reason_code"]), (&json!("paused"), &json!("2026-12-06T09:00:00Z"), &json!("left_employer")));
        assert_eq!(world.balance(&pledge).await[0], 0.0, "nothing is held for somebody who is gone");
        world.lin.act(&format!("{path}/resume")).await.problem(409, "assignment.own_time_needed");
        let mine = world.ada.act(&format!("{path}/convert-to-own-time")).await.expect(200);
        assert_eq!((&mine["status"], &mine["notice_ends_at"]), (&json!("active"), &json!(null)));
        assert_eq!(mine["next_check_in_at"], "2026-12-06T09:00:00Z");

        let ben = world.app.person("ben").await;
        seed::offer(&ben, json!({})).await;
        market::join(&world.app, "freight", "ben", Member).await;
        let need = mine["need"]["id"].as_str().unwrap();
        let other = hire(&world.app, need, "ben", 4.0, Some((&pledge, "freight"))).await.unwrap();
        let removed = world.olga.send(reqwest::Method::DELETE, "/api/v1/organizations/freight/members/ben", &[("if-match", "*")], None).await;
        assert_eq!(removed.status, 204, "{}", removed.text);
        world.follow().await;
        world.lin.post(&format!("{other}/start"), json!({"reason": "Now."})).await.problem(409, "assignment.own_time_needed");
        world.later(14).await;
        world.sweep().await;
        let gone = world.lin.get(&other).await.expect(200);
        assert_eq!((&gone["status"], &gone["reason_code"]), (&json!("ended_early"), &json!("left_employer")));
        world.app.stop().await;
    }

    async fn a_colleague_takes_over_when_both_want_it(db: TestDb) {
        let mut world = World::new(db).await;
        let (path, pledge) = world.employed().await;
        let (grace, stranger) = (world.app.person("grace").await, world.app.person("stranger").await);
        seed::offer(&grace, json!({"hours_per_week": 2})).await;
        let ask = format!("{path}/hand-over");
        world.lin.post(&ask, json!({"handle": "grace"})).await.problem(403, "forbidden");
        for nobody in ["grace", "ada", "no-such-person"] {
            world.ada.post(&ask, json!({"handle": nobody})).await.problem(409, "assignment.no_colleague");
        }
        market::join(&world.app, "freight", "grace", Member).await;
        let asked = world.ada.post(&ask, json!({"handle": "grace"})).await.expect(201);
        assert_eq!((&asked["status"], &asked["from"]["handle"], &asked["to"]["handle"], &asked["due_at"]), (&json!("asked"), &json!("ada"), &json!("grace"), &json!("2026-11-29T09:00:00Z")));
        world.max.post(&ask, json!({"handle": "max"})).await.problem(409, "assignment.hand_over_open");
        let answer = |verb: &str| format!("/api/v1/hand-overs/{}/{verb}", asked["id"].as_str().unwrap());
        stranger.act(&answer("accept")).await.problem(404, "not_found");
        world.lin.act(&answer("accept")).await.problem(404, "not_found");
        world.ada.act(&answer("accept")).await.problem(403, "forbidden");
        grace.act(&answer("withdraw")).await.problem(403, "forbidden");
        assert_eq!(grace.get("/api/v1/me/hand-overs").await.expect(200)["items"][0]["id"], asked["id"]);
        let refused = grace.act(&answer("accept")).await.problem(409, "assignment.volunteer_hours_full");
        assert_eq!((&refused["hours"], &refused["hours_left"]), (&json!(2.0), &json!(2.0)));
        assert_eq!(world.status(&path).await, "active", "what was refused leaves no trace");
        seed::offer(&grace, json!({"hours_per_week": 4})).await;
        let taken = grace.act(&answer("accept")).await.expect(200);
        assert_eq!(taken["status"], "accepted");
        let next = format!("/api/v1/assignments/{}", taken["next_assignment_id"].as_str().unwrap());
        let hers = grace.get(&next).await.expect(200);
        assert_eq!((&hers["status"], &hers["pledge"], &hers["proposal_id"]), (&json!("onboarding"), &json!(pledge), &json!(null)));
        let his = world.ada.get(&path).await.expect(200);
        assert_eq!((&his["status"], &his["reason_code"]), (&json!("ended_early"), &json!("handed_over")));
        let need = his["need"]["id"].as_str().unwrap();
        assert_eq!(world.need_state(need).await, ("in_progress".to_owned(), 2), "the seat passed on");
        assert_eq!(world.balance(&pledge).await[0], 32.0);
        let over = grace.act(&answer("accept")).await.problem(409, "assignment.hand_over_refused");
        assert_eq!(over["allowed"], json!([]));

        grace.post(&format!("{next}/hand-over"), json!({"handle": "ada"})).await.problem(409, "assignment.transition_refused");
        world.lin.post(&format!("{next}/start"), json!({"reason": "Go."})).await.expect(200);
        let back = world.max.post(&format!("{next}/hand-over"), json!({"handle": "ada"})).await.expect(201);
        let back = format!("/api/v1/hand-overs/{}", back["id"].as_str().unwrap());
        assert_eq!(world.max.act(&format!("{back}/withdraw")).await.expect(200)["status"], "withdrawn");
        let again = world.max.post(&format!("{next}/hand-over"), json!({"handle": "ada"})).await.expect(201);
        let again = format!("/api/v1/hand-overs/{}", again["id"].as_str().unwrap());
        assert_eq!(world.ada.act(&format!("{again}/decline")).await.expect(200)["status"], "declined");
        world.max.post(&format!("{next}/hand-over"), json!({"handle": "ada"})).await.expect(201);
        world.later(7).await;
        assert_eq!(world.sweep().await, 1);
        let asked = world.ada.get("/api/v1/me/hand-overs").await.expect(200);
        assert_eq!(asked["items"][0]["status"], "expired");
        world.app.stop().await;
    }

    async fn a_project_suspends_its_leases_and_takes_them_with_it(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        let sheriff = world.app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        sheriff.post("/api/v1/projects/parser/suspend", json!({"reason": "A stolen repository."})).await.expect(200);
        world.app.run_jobs().await;
        let still = world.ada.get(&path).await.expect(200);
        assert_eq!((&still["status"], &still["next_check_in_at"]), (&json!("suspended"), &json!(null)));
        let refused = world.ada.act(&format!("{path}/check-in")).await.problem(409, "assignment.transition_refused");
        assert_eq!(refused["allowed"], json!(["end"]));
        world.later(40).await;
        assert_eq!((world.sweep().await, world.follow().await), (0, 0));
        let sheriff = world.app.sign_in("sheriff@example.org", "sheriff").await;
        sheriff.act("/api/v1/projects/parser/unsuspend").await.expect(200);
        world.app.run_jobs().await;
        let back = world.ada.get(&path).await.expect(200);
        assert_eq!((&back["status"], &back["next_check_in_at"]), (&json!("active"), &json!("2027-01-15T09:00:00Z")));
        world.lin.act("/api/v1/projects/parser/archive").await;
        world.coordinator.act("/api/v1/projects/parser/archive").await;
        world.app.run_jobs().await;
        let gone = world.ada.get(&path).await.expect(200);
        assert_eq!((&gone["status"], &gone["reason_code"]), (&json!("ended_early"), &json!("project_gone")));
        world.app.stop().await;
    }

    async fn a_need_that_is_cancelled_or_fulfilled_takes_its_leases_along(db: TestDb) {
        let world = World::new(db).await;
        let path = world.at_work().await;
        let need = world.ada.get(&path).await.expect(200)["need"]["id"].as_str().unwrap().to_owned();
        let other = world.need(json!({"title": "Another"})).await;
        let second = hire(&world.app, &other, "ada", 4.0, None).await.unwrap();
        world.lin.act(&format!("/api/v1/needs/{need}/fulfil")).await.expect(200);
        world.lin.act(&format!("/api/v1/needs/{other}/cancel")).await.expect(200);
        assert_eq!((world.follow().await, world.follow().await), (2, 0));
        let said = world.ada.get(&path).await.expect(200);
        assert_eq!((&said["status"], &said["project_done_at"], &said["completes_at"]), (&json!("active"), &json!("2026-11-22T09:00:00Z"), &json!("2026-12-06T09:00:00Z")));
        assert_eq!(world.ada.act(&format!("{path}/complete")).await.expect(200)["status"], "completed");
        let gone = world.ada.get(&second).await.expect(200);
        assert_eq!((&gone["status"], &gone["reason_code"]), (&json!("ended_early"), &json!("need_cancelled")));
        world.app.stop().await;
    }

    async fn whoever_leaves_leaves_their_work_in_order(db: TestDb) {
        let world = World::new(db).await;
        let path = world.at_work().await;
        world.ada.post(&format!("{path}/check-in"), json!({"note": "A secret of mine."})).await.expect(200);
        let export = world.ada.get("/api/v1/me/export").await.expect(200);
        let kept = export.to_string();
        assert!(kept.contains("A secret of mine.") && kept.contains("\"assignments\""), "{kept}");
        let leaving = world.ada.send(reqwest::Method::DELETE, "/api/v1/me", &[], None).await;
        assert!(matches!(leaving.status, 200 | 202), "{}", leaving.text);
        assert!(leaving.text.contains("\"assignment\""), "the tie is named: {}", leaving.text);
        world.app.clock.advance(TimeDelta::days(15));
        assert_eq!(accounts::erase_due(&world.app.ctx, PARTS, market::request_id()).await.unwrap(), 1);
        let lin = world.app.sign_in("lin@example.org", "lin").await;
        let gone = lin.get(&path).await.expect(200);
        assert_eq!((&gone["status"], &gone["reason_code"]), (&json!("ended_early"), &json!("account_deleted")));
        let said = lin.get(&format!("{path}/check-ins")).await.expect(200);
        assert_eq!((said["items"].as_array().unwrap().len(), &said["items"][0]["note"]), (1, &json!(null)));
        world.app.stop().await;
    }

    async fn the_board_knows_what_is_promised(db: TestDb) {
        let world = World::with_project(db, json!({"review_hours_per_week": 10})).await;
        let (need, other) = (world.need(json!({"seats": 1})).await, world.need(json!({"seats": 1, "title": "Another"})).await);
        let explain = |need: &str| format!("/api/v1/matching/explain?need={need}");
        let blockers = |explained: &Value| explained["blockers"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(blockers(&world.ada.get(&explain(&other)).await.expect(200)), [""; 0]);
        hire(&world.app, &need, "ada", 8.0, None).await.unwrap_err();
        seed::offer(&world.ada, json!({"hours_per_week": 4})).await;
        let path = hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        assert_eq!(blockers(&world.ada.get(&explain(&other)).await.expect(200)), ["no_free_hours"]);
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        assert_eq!(blockers(&world.ada.get(&explain(&other)).await.expect(200)), [""; 0]);
        world.app.stop().await;
    }
}
