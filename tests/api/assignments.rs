//! Leases on somebody's hours: how they are made, kept and ended.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::lease::{self, hire};
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::features::{accounts, assignments};
use serde_json::{Value, json};

/// A listed project `parser` of `lin`, and `ada`, a member of `freight`, which `olga` owns and `max` manages.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) lin: Client,
    pub(crate) ada: Client,
    pub(crate) olga: Client,
    pub(crate) max: Client,
    pub(crate) coordinator: Client,
}

impl World {
    pub(crate) async fn new(db: TestDb) -> Self {
        Self::with_project(db, json!({})).await
    }

    pub(crate) async fn with_project(db: TestDb, changes: Value) -> Self {
        Self::over(TestApp::start(db).await, changes).await
    }

    pub(crate) async fn over(app: TestApp, changes: Value) -> Self {
        let (lin, ada, olga, max) =
            (app.person("lin").await, app.person("ada").await, app.person("olga").await, app.person("max").await);
        let coordinator = app.coordinator().await;
        market::organization(&olga, "freight").await;
        market::join(&app, "freight", "max", Manager).await;
        market::join(&app, "freight", "ada", Member).await;
        market::project(&lin, &coordinator, "parser", changes).await;
        seed::offer(&ada, json!({})).await;
        Self { app, lin, ada, olga, max, coordinator }
    }

    /// The id of an open need of four hours a week with two seats.
    pub(crate) async fn need(&self, changes: Value) -> String {
        let body = market::but(json!({"hours_per_week": 4, "seats": 2}), &changes);
        seed::open_need(&self.lin, "parser", "Fuzz the parser", body).await
    }

    /// The id of an active pledge of freight.
    pub(crate) async fn pledge(&self, changes: Value) -> String {
        let body = json!({"hours_per_week": 40, "starts_on": "2026-11-22", "ends_on": "2027-05-22", "approval": "auto", "max_hours_per_person": 8});
        let path = "/api/v1/organizations/freight/pledges";
        let made = self.olga.post(path, market::but(body, &changes)).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        self.olga.act(&format!("/api/v1/pledges/{id}/activate")).await.expect(200);
        id
    }

    /// An assignment of `ada` in her own time, at work.
    pub(crate) async fn at_work(&self) -> String {
        let need = self.need(json!({})).await;
        let path = hire(&self.app, &need, "ada", 4.0, None).await.unwrap();
        self.lin.post(&format!("{path}/start"), json!({"reason": "We know each other."})).await.expect(200);
        path
    }

    /// So many days later, with everybody signed in again.
    pub(crate) async fn later(&mut self, days: i64) {
        self.app.clock.advance(TimeDelta::days(days));
        accounts::keys::refresh(&self.app.ctx).await.unwrap();
        for client in [&mut self.lin, &mut self.ada, &mut self.olga, &mut self.max, &mut self.coordinator] {
            *client = self.app.sign_in(&format!("{}@example.org", client.handle), &client.handle).await;
        }
    }

    /// What the clocks do by now.
    pub(crate) async fn sweep(&self) -> usize {
        assignments::work_off_clocks(&self.app.ctx, market::request_id()).await.unwrap()
    }

    /// Reserved and available hours of a pledge.
    pub(crate) async fn balance(&self, pledge: &str) -> [f64; 2] {
        let balance = self.olga.get(&format!("/api/v1/pledges/{pledge}")).await.expect(200)["balance"].clone();
        ["reserved", "available"].map(|name| balance[name].as_f64().unwrap())
    }

    pub(crate) async fn need_state(&self, id: &str) -> (String, i64) {
        let need = self.lin.get(&format!("/api/v1/needs/{id}")).await.expect(200);
        (need["status"].as_str().unwrap().to_owned(), need["seats_left"].as_i64().unwrap())
    }

    pub(crate) async fn status(&self, path: &str) -> String {
        self.ada.get(path).await.expect(200)["status"].as_str().unwrap().to_owned()
    }
}

/// Two people, each wanted by more needs at once than they and their pledge have hours for.
async fn at_once(world: &World, wishes: Vec<(String, &'static str, Option<String>)>) -> Vec<Result<String, String>> {
    let tries = wishes.into_iter().map(|(need, handle, pledge)| async move {
        let employer: lease::Employer<'_> = pledge.as_deref().map(|pledge| (pledge, "freight"));
        hire(&world.app, &need, handle, 4.0, employer).await.map_err(|error| error.code().to_owned())
    });
    futures_util::future::join_all(tries).await
}

on_both! {
    async fn a_lease_from_its_beginning_to_its_end(db: TestDb) {
        let world = World::new(db).await;
        let World { app, lin, ada, .. } = &world;
        let need = world.need(json!({"access_level": 1})).await;
        let path = hire(app, &need, "ada", 4.0, None).await.unwrap();
        let made = ada.get(&path).await.expect(200);
        assert_eq!(made["need"], json!({"id": need, "title": "Fuzz the parser", "project": {"slug": "parser", "name": "Project parser"}}));
        assert_eq!(made["volunteer"], json!({"handle": "ada", "display_name": "Person ada"}));
        assert_eq!((&made["status"], &made["capacity"], &made["cla"]), (&json!("onboarding"), &json!("own_time"), &json!("dco")));
        assert_eq!((&made["starts_on"], &made["ends_on"]), (&json!("2026-11-22"), &json!("2027-01-16")), "eight weeks");
        assert_eq!((&made["pledge"], &made["employer"], &made["minutes_confirmed"]), (&json!(null), &json!(null), &json!(0)));
        assert_eq!((&made["start_by"], &made["next_check_in_at"]), (&json!("2026-12-20T09:00:00Z"), &json!(null)));
        assert_eq!(world.need_state(&need).await, ("in_progress".to_owned(), 1));

        let open = ada.act(&format!("{path}/start")).await.problem(409, "assignment.onboarding_open");
        assert_eq!(open["open"], json!(["cla", "access", "first_contact"]));
        ada.post(&format!("{path}/onboarding"), json!({"task": "cla"})).await.problem(403, "forbidden");
        lin.post(&format!("{path}/onboarding"), json!({"task": "cla"})).await.expect(200);
        ada.post(&format!("{path}/onboarding"), json!({"task": "access"})).await.expect(200);
        let ticked = ada.post(&format!("{path}/onboarding"), json!({"task": "first_contact"})).await.expect(200);
        assert!(ticked["onboarding"].as_array().unwrap().iter().all(|item| item["done_at"] == "2026-11-22T09:00:00Z"));
        let back = lin.post(&format!("{path}/onboarding"), json!({"task": "first_contact", "done": false})).await.expect(200);
        assert_eq!(back["onboarding"][2], json!({"task": "first_contact", "done_at": null}));
        lin.act(&format!("{path}/start")).await.problem(409, "assignment.onboarding_open");
        lin.post(&format!("{path}/onboarding"), json!({"task": "first_contact"})).await.expect(200);
        let started = ada.act(&format!("{path}/start")).await.expect(200);
        assert_eq!((&started["status"], &started["next_check_in_at"]), (&json!("active"), &json!("2026-12-06T09:00:00Z")));
        ada.act(&format!("{path}/start")).await.problem(409, "assignment.transition_refused");
        lin.post(&format!("{path}/onboarding"), json!({"task": "cla"})).await.problem(409, "assignment.transition_refused");

        app.clock.advance(TimeDelta::minutes(5));
        lin.post(&format!("{path}/check-in"), json!({})).await.problem(403, "forbidden");
        let checked = ada.post(&format!("{path}/check-in"), json!({"note": "Two parsers are covered.", "on_track": true})).await.expect(200);
        assert_eq!(checked["next_check_in_at"], "2026-12-06T09:05:00Z");
        ada.act(&format!("{path}/check-in")).await.expect(200);
        let said = lin.get(&format!("{path}/check-ins?limit=1")).await.expect(200);
        assert_eq!((&said["items"][0]["note"], said["next_cursor"].is_null()), (&json!(null), false));
        let said = lin.get(&format!("{path}/check-ins?cursor={}", said["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&said["items"][0]["note"], &said["items"][0]["on_track"]), (&json!("Two parsers are covered."), &json!(true)));

        let once = ada.act(&format!("{path}/complete")).await.expect(200);
        assert_eq!((&once["status"], &once["completes_at"]), (&json!("active"), &json!("2026-12-06T09:05:00Z")));
        assert_eq!(ada.act(&format!("{path}/complete")).await.expect(200)["volunteer_done_at"], once["volunteer_done_at"]);
        let done = lin.post(&format!("{path}/complete"), json!({"reason": "Thank you!"})).await.expect(200);
        assert_eq!((&done["status"], &done["reason_code"], &done["reason"]), (&json!("completed"), &json!("agreed"), &json!("Thank you!")));
        assert_eq!(world.need_state(&need).await, ("open".to_owned(), 2));
        let refused = ada.act(&format!("{path}/check-in")).await.problem(409, "assignment.transition_refused");
        assert_eq!(refused["allowed"], json!([]));
        world.app.stop().await;
    }

    async fn an_assignment_is_its_sides_own_business(db: TestDb) {
        let world = World::new(db).await;
        let World { app, lin, ada, olga, max, coordinator } = &world;
        let (need, pledge) = (world.need(json!({})).await, world.pledge(json!({})).await);
        let path = hire(app, &need, "ada", 4.0, Some((&pledge, "freight"))).await.unwrap();
        let (stranger, clerk) = (app.person("stranger").await, app.person("clerk").await);
        market::join(app, "freight", "clerk", Member).await;
        app.anonymous().get(&path).await.problem(401, "auth.required");
        for outsider in [&stranger, &clerk] {
            outsider.get(&path).await.problem(404, "not_found");
            outsider.get(&format!("{path}/check-ins")).await.problem(404, "not_found");
            outsider.post(&format!("{path}/end"), json!({"reason_code": "other"})).await.problem(404, "not_found");
            outsider.act(&format!("{path}/complete")).await.problem(404, "not_found");
        }
        let contacts = json!({"volunteer_email": "ada@example.org", "maintainers": [{"handle": "lin", "display_name": "Person lin", "email": "lin@example.org"}]});
        for (caller, sees_pledge, sees_contacts) in
            [(ada, true, true), (lin, false, true), (olga, true, false), (max, true, false), (coordinator, true, false)]
        {
            let seen = caller.get(&path).await.expect(200);
            assert_eq!(seen["employer"], "freight", "{}", caller.handle);
            assert_eq!(seen["pledge"], if sees_pledge { json!(pledge) } else { json!(null) }, "{}", caller.handle);
            assert_eq!(seen["contacts"], if sees_contacts { contacts.clone() } else { json!(null) }, "{}", caller.handle);
        }
        max.get(&format!("{path}/check-ins")).await.problem(403, "forbidden");
        max.act(&format!("{path}/start")).await.problem(403, "forbidden");
        max.post(&format!("{path}/pause"), json!({"reason": "A big customer."})).await.problem(403, "forbidden");

        for (caller, list, shown) in [
            (ada, "/api/v1/me/assignments", true),
            (lin, "/api/v1/me/assignments", false),
            (lin, "/api/v1/projects/parser/assignments", true),
            (coordinator, "/api/v1/projects/parser/assignments", true),
            (max, "/api/v1/organizations/freight/assignments", true),
            (max, "/api/v1/organizations/freight/assignments?status=completed&status=released", false),
        ] {
            let listed = caller.get(list).await.expect(200);
            assert_eq!(listed["items"].as_array().unwrap().len(), usize::from(shown), "{list}");
            if shown {
                assert_eq!((&listed["items"][0]["contacts"], &listed["items"][0]["need"]["id"]), (&json!(null), &json!(need)));
            }
        }
        ada.get("/api/v1/projects/parser/assignments").await.problem(403, "forbidden");
        ada.get("/api/v1/organizations/freight/assignments").await.problem(403, "forbidden");

        let body = json!({"reason_code": "employer_needs", "reason": "A big customer."});
        let ended = max.post(&format!("{path}/end"), body).await.expect(200);
        assert_eq!((&ended["status"], &ended["reason_code"]), (&json!("ended_early"), &json!("employer_needs")));
        assert_eq!(lin.get(&path).await.expect(200)["contacts"], json!(null), "it is over");
        let bad = ada.post(&format!("{path}/end"), json!({"reason_code": "released"})).await;
        assert_eq!(bad.status, 422, "the clock's words are not for people: {}", bad.text);
        world.app.stop().await;
    }

    async fn hours_are_given_once(db: TestDb) {
        let world = World::with_project(db, json!({"review_hours_per_week": 20})).await;
        let World { app, olga, .. } = &world;
        let (need, pledge) = (world.need(json!({"seats": 4, "hours_per_week": 4})).await, world.pledge(json!({"hours_per_week": 6, "max_hours_per_person": 4})).await);
        let mine = Some((pledge.as_str(), "freight"));
        let code = |refused: Result<String, mainstay::kernel::Error>| {
            let error = refused.unwrap_err();
            format!("{}: {}", error.code(), error.detail())
        };
        let full = hire(app, &need, "ada", 8.5, None).await;
        assert_eq!(code(full), "assignment.volunteer_hours_full: The volunteer offers 8 hours a week, of which 0 are taken by 0 assignments; 8.5 more don't fit.");
        let person = hire(app, &need, "ada", 4.5, mine).await;
        assert_eq!(code(person), "assignment.person_hours_full: Of this pledge one person gets 4 hours a week, of which 0 are taken by 0 assignments; 4.5 more don't fit.");
        let path = hire(app, &need, "ada", 4.0, mine).await.unwrap();
        assert_eq!(code(hire(app, &need, "ada", 1.0, None).await), "assignment.already_assigned: There is a live assignment of this need and this volunteer.");

        let ben = app.person("ben").await;
        seed::offer(&ben, json!({"hours_per_week": 20})).await;
        let stranger = hire(app, &need, "ben", 2.0, mine).await;
        assert!(code(stranger).starts_with("assignment.not_employed"));
        market::join(app, "freight", "ben", Member).await;
        let pledged = hire(app, &need, "ben", 2.5, mine).await;
        assert_eq!(code(pledged), "assignment.pledge_hours_full: The pledge has 6 hours a week, of which 4 are taken by 1 assignment; 2.5 more don't fit.");
        let wide = hire(app, &need, "ben", 12.5, None).await;
        assert_eq!(code(wide), "assignment.need_hours_full: Over all its seats the need asks for 16 hours a week, of which 4 are taken by 1 assignment; 12.5 more don't fit.");
        hire(app, &need, "ben", 12.0, None).await.unwrap();
        let other = world.need(json!({"seats": 1, "hours_per_week": 4, "title": "Another"})).await;
        let cyd = app.person("cyd").await;
        seed::offer(&cyd, json!({})).await;
        hire(app, &other, "cyd", 4.0, None).await.unwrap();
        world.lin.patch("/api/v1/projects/parser", json!({"review_hours_per_week": 30})).await.expect(200);
        let third = world.need(json!({"seats": 1, "hours_per_week": 10, "title": "A third"})).await;
        world.lin.patch("/api/v1/projects/parser", json!({"review_hours_per_week": 29.5})).await.expect(200);
        let dot = app.person("dot").await;
        seed::offer(&dot, json!({"hours_per_week": 10})).await;
        let budget = hire(app, &third, "dot", 10.0, None).await;
        assert_eq!(code(budget), "assignment.review_budget_full: The project's review budget is 29.5 hours a week, of which 20 are taken by 3 assignments; 10 more don't fit.");

        let policy = json!({"approval": "auto", "max_hours_per_person": 4});
        let put = olga.send(reqwest::Method::PUT, "/api/v1/organizations/freight/policy", &[("if-match", "*")], Some(policy.to_string())).await;
        put.expect(200);
        let second = world.pledge(json!({})).await;
        let own = Some((second.as_str(), "freight"));
        let over = code(hire(app, &third, "ada", 0.5, own).await);
        assert_eq!(over, "assignment.person_hours_full: In the employer's time one person gets 4 hours a week, of which 4 are taken by 1 assignment; 0.5 more don't fit.");
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        hire(app, &third, "ada", 4.0, own).await.unwrap();
        world.app.stop().await;
    }

    async fn the_ledger_holds_what_is_promised_and_no_more(db: TestDb) {
        let world = World::new(db).await;
        let (need, pledge) = (world.need(json!({"weeks": 4})).await, world.pledge(json!({"ends_on": "2026-12-05"})).await);
        let mine = Some((pledge.as_str(), "freight"));
        assert_eq!(world.balance(&pledge).await, [0.0, 80.0]);
        let path = hire(&world.app, &need, "ada", 4.0, mine).await.unwrap();
        assert_eq!(world.balance(&pledge).await, [8.0, 72.0], "four hours a week for the pledge's two weeks");
        let made = world.ada.get(&path).await.expect(200);
        assert_eq!((&made["ends_on"], &made["capacity"]), (&json!("2026-12-05"), &json!("employer_time")));
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "not_a_fit"})).await.expect(200);
        assert_eq!(world.balance(&pledge).await, [0.0, 80.0]);
        let entries = world.olga.get(&format!("/api/v1/pledges/{pledge}/ledger")).await.expect(200);
        let of: Vec<String> = entries["items"].as_array().unwrap().iter().map(|entry| format!("{} {}", entry["kind"].as_str().unwrap(), entry["minutes"])).collect();
        assert_eq!(of, ["grant 4800", "reserve 480", "release 480"]);
        assert_eq!(entries["items"][1]["reference"], made["id"]);

        let (short, late) = (world.pledge(json!({"hours_per_week": 8, "ends_on": "2026-11-23"})).await, world.need(json!({"starts_on": "2026-12-20", "title": "Later"})).await);
        let over = hire(&world.app, &late, "ada", 4.0, Some((&short, "freight"))).await.unwrap_err();
        assert_eq!((over.code(), over.detail()), ("assignment.pledge_over", "The work would begin on 2026-12-20, and the last day is 2026-11-23."));
        let paused = world.pledge(json!({})).await;
        world.olga.act(&format!("/api/v1/pledges/{paused}/pause")).await.expect(200);
        let refused = hire(&world.app, &need, "ada", 4.0, Some((&paused, "freight"))).await.unwrap_err();
        assert_eq!(refused.code(), "pledge.not_active");
        assert_eq!(world.need_state(&need).await, ("open".to_owned(), 2), "what was refused leaves no trace");
        assert_eq!(world.ada.get("/api/v1/me/assignments").await.expect(200)["items"].as_array().unwrap().len(), 1);
        world.app.stop().await;
    }

    async fn only_what_is_open_is_given_and_access_is_offered_and_earned(db: TestDb) {
        let world = World::new(db).await;
        let need = world.need(json!({"access_level": 2})).await;
        let refused = |answer: Result<String, mainstay::kernel::Error>| {
            let error = answer.unwrap_err();
            (error.code(), error.detail().to_owned())
        };
        seed::offer(&world.ada, json!({"max_access_level": 1})).await;
        let far = refused(hire(&world.app, &need, "ada", 4.0, None).await);
        assert_eq!(far, ("assignment.access_not_offered", "The work wants L2, and the volunteer goes to L1.".to_owned()));
        seed::offer(&world.ada, json!({"max_access_level": 4})).await;
        let release = world.need(json!({"access_level": 3, "title": "Release"})).await;
        let early = refused(hire(&world.app, &release, "ada", 4.0, None).await);
        assert_eq!(early, ("assignment.access_not_earned", "It wants 90 active days on this project; the volunteer has 0.".to_owned()));
        world.lin.act(&format!("/api/v1/needs/{need}/pause")).await.expect(200);
        assert_eq!(refused(hire(&world.app, &need, "ada", 4.0, None).await).0, "assignment.need_not_open");
        world.app.stop().await;
    }

    async fn a_need_that_is_resumed_knows_who_is_at_work(db: TestDb) {
        let world = World::new(db).await;
        let path = world.at_work().await;
        let need = world.ada.get(&path).await.expect(200)["need"]["id"].as_str().unwrap().to_owned();
        world.lin.act(&format!("/api/v1/needs/{need}/pause")).await.expect(200);
        let resumed = world.lin.act(&format!("/api/v1/needs/{need}/resume")).await.expect(200);
        assert_eq!((&resumed["status"], &resumed["seats_left"]), (&json!("in_progress"), &json!(1)));
        let events = world.lin.get(&format!("/api/v1/needs/{need}/events")).await.expect(200);
        let steps: Vec<&str> = events["items"].as_array().unwrap().iter().map(|event| event["to"].as_str().unwrap()).collect();
        assert!(steps.windows(3).any(|three| three == ["paused", "open", "in_progress"] || three == ["in_progress", "open", "paused"]), "{steps:?}");
        world.lin.act(&format!("/api/v1/needs/{need}/pause")).await.expect(200);
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        assert_eq!(world.lin.act(&format!("/api/v1/needs/{need}/resume")).await.expect(200)["status"], "open");
        world.app.stop().await;
    }

    async fn matching_knows_where_high_access_is_earned(db: TestDb) {
        let mut world = World::new(db).await;
        seed::offer(&world.ada, json!({"max_access_level": 4, "hours_per_week": 20})).await;
        let path = world.at_work().await;
        let release = world.need(json!({"access_level": 3, "title": "Release"})).await;
        let told = async |world: &World| {
            let told = world.ada.get(&format!("/api/v1/matching/explain?need={release}")).await.expect(200);
            let blockers = told["blockers"].as_array().unwrap().iter();
            blockers.map(|one| format!("{}: {}", one["code"].as_str().unwrap(), one["text"].as_str().unwrap())).collect::<Vec<_>>()
        };
        let unearned = ["access_not_earned: The work needs access L3, which you have not earned on this project."];
        assert_eq!(told(&world).await, unearned);
        world.later(91).await;
        assert_eq!(told(&world).await, unearned, "a second factor is missing");
        crate::factors::set_up(&world.app, &world.ada).await;
        assert_eq!(told(&world).await, [""; 0]);
        world.ada.post(&format!("{path}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        assert_eq!(told(&world).await, [""; 0], "what was earned stays");
        hire(&world.app, &release, "ada", 4.0, None).await.unwrap();
        world.app.stop().await;
    }

    async fn silence_makes_a_lease_overdue_and_then_frees_the_seat(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        let need = world.ada.get(&path).await.expect(200)["need"]["id"].as_str().unwrap().to_owned();
        world.later(16).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (1, "active"), "reminded");
        world.later(1).await;
        assert_eq!((world.sweep().await, world.sweep().await), (1, 0), "safe to repeat");
        assert_eq!(world.status(&path).await, "overdue");
        world.ada.post(&format!("{path}/pause"), json!({"reason": "Holidays."})).await.problem(409, "assignment.transition_refused");
        world.lin.act(&format!("{path}/resume")).await.problem(409, "assignment.transition_refused");
        let back = world.ada.post(&format!("{path}/check-in"), json!({"note": "I was ill."})).await.expect(200);
        assert_eq!((&back["status"], &back["next_check_in_at"]), (&json!("active"), &json!("2026-12-23T09:00:00Z")));

        world.later(17).await;
        assert_eq!(world.sweep().await, 2, "reminded, late, and overdue");
        world.later(4).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (1, "released"));
        let gone = world.ada.get(&path).await.expect(200);
        assert_eq!((&gone["reason_code"], &gone["ended_at"]), (&json!("check_in_missed"), &json!("2026-12-30T09:00:00Z")));
        assert_eq!(world.need_state(&need).await, ("open".to_owned(), 2));
        world.ada.act(&format!("{path}/check-in")).await.problem(409, "assignment.transition_refused");
        world.app.stop().await;
    }

    async fn what_is_never_started_is_released(db: TestDb) {
        let mut world = World::new(db).await;
        let need = world.need(json!({})).await;
        let path = hire(&world.app, &need, "ada", 4.0, None).await.unwrap();
        world.later(27).await;
        assert_eq!(world.sweep().await, 0);
        world.later(1).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (1, "released"));
        assert_eq!(world.ada.get(&path).await.expect(200)["reason_code"], "never_started");
        world.app.stop().await;
    }

    async fn a_pause_ends_by_itself(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        let pause = format!("{path}/pause");
        assert_eq!(world.ada.post(&pause, json!({})).await.status, 422);
        let far = world.ada.post(&pause, json!({"reason": "Holidays.", "until": "2026-12-21"})).await;
        assert_eq!(far.faults(), ["/until out_of_range"]);
        assert_eq!(world.ada.post(&pause, json!({"reason": ""})).await.faults().len(), 1);
        let paused = world.ada.post(&pause, json!({"reason": "Holidays.", "until": "2026-12-14"})).await.expect(200);
        assert_eq!((&paused["status"], &paused["paused_until"], &paused["next_check_in_at"]), (&json!("paused"), &json!("2026-12-14T00:00:00Z"), &json!(null)));
        world.ada.act(&format!("{path}/check-in")).await.problem(409, "assignment.transition_refused");
        world.later(21).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (0, "paused"));
        world.later(1).await;
        assert_eq!(world.sweep().await, 1);
        let back = world.ada.get(&path).await.expect(200);
        assert_eq!((&back["status"], &back["paused_until"], &back["next_check_in_at"]), (&json!("active"), &json!(null), &json!("2026-12-28T09:00:00Z")));
        world.lin.post(&pause, json!({"reason": "The release comes first."})).await.expect(200);
        let back = world.lin.act(&format!("{path}/resume")).await.expect(200);
        assert_eq!((&back["status"], &back["paused_until"]), (&json!("active"), &json!(null)));
        world.app.stop().await;
    }

    async fn silence_agrees_that_it_is_done(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        let said = world.lin.act(&format!("{path}/complete")).await.expect(200);
        assert_eq!((&said["project_done_at"], &said["volunteer_done_at"]), (&json!("2026-11-22T09:00:00Z"), &json!(null)));
        world.later(13).await;
        assert_eq!(world.sweep().await, 0);
        world.later(1).await;
        assert_eq!((world.sweep().await, world.status(&path).await.as_str()), (1, "completed"));
        assert_eq!(world.ada.get(&path).await.expect(200)["reason_code"], "silence");
        world.app.stop().await;
    }

    async fn a_lease_is_over_some_days_after_its_last_one(db: TestDb) {
        let mut world = World::new(db).await;
        let path = world.at_work().await;
        for _ in 0..4 {
            world.later(14).await;
            world.ada.act(&format!("{path}/check-in")).await.expect(200);
            assert_eq!(world.sweep().await, 0);
        }
        assert_eq!(world.ada.get(&path).await.expect(200)["completes_at"], "2027-01-31T00:00:00Z");
        world.later(14).await;
        assert_eq!(world.sweep().await, 1, "nobody has to check in after the last day");
        assert_eq!(world.status(&path).await, "completed");
        world.app.stop().await;
    }

    async fn stale_and_unverified_requests_change_nothing(db: TestDb) {
        let world = World::new(db).await;
        let path = world.at_work().await;
        let tag = world.ada.get(&path).await.etag();
        world.ada.act(&format!("{path}/check-in")).await.expect(200);
        let stale = world.ada.send(reqwest::Method::POST, &format!("{path}/check-in"), &[("if-match", &tag)], None).await;
        stale.problem(412, "precondition.stale");
        let typo = world.ada.post(&format!("{path}/check-in"), json!({"notes": "x"})).await;
        assert_eq!(typo.status, 422);
        let long = world.ada.post(&format!("{path}/check-in"), json!({"note": "x".repeat(2001)})).await;
        assert_eq!(long.faults().len(), 1, "{}", long.text);
        assert_eq!(world.lin.get(&format!("{path}/check-ins")).await.expect(200)["items"].as_array().unwrap().len(), 1);
        let nobody = world.ada.get("/api/v1/assignments/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d").await;
        nobody.problem(404, "not_found");
        world.app.stop().await;
    }

    async fn hours_are_not_given_twice_at_once(db: TestDb) {
        let world = World::with_project(db, json!({"review_hours_per_week": 100})).await;
        let pledge = world.pledge(json!({"hours_per_week": 12, "max_hours_per_person": 8})).await;
        let others = ["ben", "cyd", "dot", "eve"];
        for handle in others {
            let person = world.app.person(handle).await;
            seed::offer(&person, json!({})).await;
            market::join(&world.app, "freight", handle, Member).await;
        }
        let mut wishes = Vec::new();
        for at in 0..4 {
            let need = world.need(json!({"title": format!("Need {at}"), "seats": 6})).await;
            wishes.push((need.clone(), "ada", None));
            for handle in others {
                wishes.push((need.clone(), handle, Some(pledge.clone())));
            }
        }
        let answers = at_once(&world, wishes).await;
        let count = |code: &str| answers.iter().filter(|answer| answer.as_ref().is_err_and(|found| found == code)).count();
        let fine = answers.iter().filter(|answer| answer.is_ok()).count();
        let told = ["assignment.volunteer_hours_full", "assignment.pledge_hours_full", "assignment.person_hours_full", "pledge.overdrawn"].map(count);
        assert_eq!((fine, told.iter().sum::<usize>()), (2 + 3, 15), "{answers:?}");
        let live = world.lin.get("/api/v1/projects/parser/assignments?limit=100").await.expect(200);
        let hours = |mine: &dyn Fn(&Value) -> bool| {
            let rows = live["items"].as_array().unwrap().iter().filter(|row| mine(row));
            rows.map(|row| row["hours_per_week"].as_f64().unwrap()).sum::<f64>()
        };
        assert_eq!(hours(&|row| row["volunteer"]["handle"] == "ada"), 8.0);
        assert_eq!(hours(&|row| row["capacity"] == "employer_time"), 12.0);
        world.app.stop().await;
    }
}
