//! Applications, invitations, recommendations, and everybody's answers.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::features::proposals;
use mainstay::kernel::Email;
use serde_json::{Value, json};

/// A listed project with a need of one seat, its lead, and volunteers who could help.
struct Scene {
    app: TestApp,
    lead: Client,
    need: String,
}

impl Scene {
    async fn new(db: crate::db::TestDb, changes: Value) -> Self {
        let app = TestApp::start(db).await;
        let lead = app.person("lead").await;
        seed::listed_project(&app, "parser", &lead).await;
        let need = seed::open_need(&lead, "parser", "Fuzz the parser", changes).await;
        Self { app, lead, need }
    }

    async fn volunteer(&self, handle: &str) -> Client {
        let person = self.app.person(handle).await;
        seed::offer(&person, json!({})).await;
        person
    }

    async fn apply(&self, volunteer: &Client, body: Value) -> Value {
        volunteer.post(&format!("/api/v1/needs/{}/applications", self.need), body).await.expect(201)
    }

    /// Moves the clock, lets the timers and jobs run, and signs these people in again.
    async fn later<const N: usize>(&self, by: TimeDelta, handles: [&str; N]) -> [Client; N] {
        self.app.clock.advance(by);
        mainstay::features::accounts::keys::refresh(&self.app.ctx).await.unwrap();
        proposals::work_off_clocks(&self.app.ctx, market::request_id()).await.unwrap();
        self.app.run_jobs().await;
        let mut clients = Vec::new();
        for handle in handles {
            clients.push(self.app.sign_in(&format!("{handle}@example.org"), handle).await);
        }
        clients.try_into().ok().expect("a client for each handle")
    }

    async fn seats_left(&self) -> i64 {
        self.lead_again().await.get(&format!("/api/v1/needs/{}", self.need)).await.expect(200)["seats_left"]
            .as_i64()
            .unwrap()
    }

    async fn lead_again(&self) -> Client {
        self.app.sign_in("lead@example.org", "lead").await
    }

    /// Subjects of the mails to this person since the last time.
    async fn mails(&self, handle: &str) -> Vec<String> {
        self.app.run_jobs().await;
        let address = Email::parse(&format!("{handle}@example.org")).unwrap();
        self.app.mailbox.to(&address).iter().map(|mail| mail.subject.as_str().to_owned()).collect()
    }
}

fn path(proposal: &Value, action: &str) -> String {
    format!("/api/v1/proposals/{}/{action}", proposal["id"].as_str().unwrap())
}

async fn status(client: &Client, proposal: &Value) -> String {
    let read = client.get(&format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap())).await.expect(200);
    read["status"].as_str().unwrap().to_owned()
}

/// Lets `freight` pledge 40 hours a week; gives its id.
async fn pledge(owner: &Client, changes: Value) -> String {
    let body = json!({"hours_per_week": 40, "starts_on": "2026-11-22", "ends_on": "2027-05-31", "approval": "manager", "max_hours_per_person": 8});
    let made = owner.post("/api/v1/organizations/freight/pledges", market::but(body, &changes)).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    owner.act(&format!("/api/v1/pledges/{id}/activate")).await.expect(200);
    id
}

on_both! {
    async fn an_application_is_accepted_and_confirmed(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (grace, stranger) = (scene.volunteer("grace").await, scene.app.person("stranger").await);
        let answer = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({"message": "I would like to."})).await;
        let (location, etag) = (answer.header("location").unwrap().to_owned(), answer.etag());
        let made = answer.expect(201);
        assert_eq!(location, format!("/api/v1/proposals/{}", made["id"].as_str().unwrap()));
        assert_eq!((made["status"].as_str(), made["origin"].as_str(), made["capacity"].as_str()), (Some("under_review"), Some("application"), Some("own_time")));
        assert_eq!((&made["waiting_for"], made["hours_per_week"].as_f64()), (&json!(["project"]), Some(2.0)));
        assert_eq!(made["need"]["project"]["slug"], "parser");
        assert_eq!(scene.mails("lead").await, ["Person grace offers 2 hours a week of their own time for \"Fuzz the parser\", and expects an answer by 2026-11-29."]);

        let again = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({})).await;
        assert_eq!(again.problem(409, "proposal.already_proposed")["proposal"], made["id"]);
        stranger.get(&location).await.problem(404, "not_found");
        stranger.act(&path(&made, "accept")).await.problem(404, "not_found");
        grace.act(&path(&made, "accept")).await.problem(403, "forbidden");
        grace.act(&path(&made, "approve")).await.problem(403, "forbidden");
        let seen = scene.lead.get(&location).await.expect(200);
        assert_eq!(seen["volunteer"], json!({"handle": "grace", "display_name": "Person grace", "email": null}), "no address yet");
        let stale = scene.lead.send(reqwest::Method::POST, &path(&made, "accept"), &[("if-match", "\"99-x\"")], None).await;
        assert_eq!(stale.status, 412);
        let accepted = scene.lead.send(reqwest::Method::POST, &path(&made, "accept"), &[("if-match", &etag)], None).await.expect(200);
        assert_eq!((accepted["status"].as_str(), &accepted["waiting_for"]), (Some("accepted"), &json!(["volunteer"])));
        assert_eq!(accepted["volunteer"]["email"], "grace@example.org");
        assert_eq!(scene.seats_left().await, 0, "the seat is held");
        let refused = scene.lead.act(&path(&made, "accept")).await.problem(409, "proposal.transition_refused");
        assert_eq!(refused["allowed"], json!(["confirm", "decline", "withdraw"]));
        scene.lead.act(&path(&made, "confirm")).await.problem(403, "forbidden");
        let converted = grace.act(&path(&made, "confirm")).await.expect(200);
        assert_eq!(converted["status"], "converted");
        assert!(converted["assignment"].is_string());
        assert_eq!(scene.seats_left().await, 0, "the assignment took the seat over");
        assert_eq!(scene.mails("grace").await, ["parser says yes to you for \"Fuzz the parser\", and waits for your final word until 2026-11-25."]);
        assert_eq!(scene.mails("lead").await.last().unwrap(), "Person grace and parser agreed on \"Fuzz the parser\". Agreement, access and a first contact come next.");
        assert_eq!(scene.lead.get(&format!("/api/v1/needs/{}", scene.need)).await.expect(200)["status"], "in_progress");
        let mine = grace.get("/api/v1/me/proposals?status=converted").await.expect(200);
        assert_eq!(mine["items"][0]["id"], made["id"]);
        let theirs = scene.lead.get("/api/v1/projects/parser/proposals").await.expect(200);
        assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
        stranger.get("/api/v1/projects/parser/proposals").await.problem(403, "forbidden");
    }

    async fn an_employer_is_asked_and_approves_nothing_of_its_own(db: TestDb) {
        let scene = Scene::new(db, json!({"seats": 3})).await;
        let (ada, grace, mary) = (scene.app.person("ada").await, scene.volunteer("grace").await, scene.volunteer("mary").await);
        market::organization(&ada, "freight").await;
        market::join(&scene.app, "freight", "grace", Member).await;
        market::join(&scene.app, "freight", "mary", Manager).await;
        let none = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({"capacity": "employer_time"})).await;
        none.problem(409, "proposal.no_pledge");
        let pledge = pledge(&ada, json!({})).await;
        let made = scene.apply(&grace, json!({"capacity": "employer_time"})).await;
        assert_eq!((made["status"].as_str(), &made["pledge"], made["employer"].as_str()), (Some("employer_pending"), &json!(pledge), Some("freight")));
        assert_eq!(made["due_at"], "2026-11-27T09:00:00Z", "five working days after a Sunday");
        scene.lead.act(&path(&made, "approve")).await.problem(403, "forbidden");
        let queue = mary.get("/api/v1/organizations/freight/approvals").await.expect(200);
        assert_eq!(queue["items"][0]["id"], made["id"]);
        grace.get("/api/v1/organizations/freight/approvals").await.problem(403, "forbidden");
        let approved = mary.act(&path(&made, "approve")).await.expect(200);
        assert_eq!((approved["status"].as_str(), &approved["waiting_for"]), (Some("under_review"), &json!(["project"])));

        let own = scene.apply(&mary, json!({"pledge": pledge, "capacity": "employer_time"})).await;
        mary.act(&path(&own, "approve")).await.problem(403, "forbidden");
        let refused = ada.post(&path(&own, "refuse"), json!({"reason": "Not before the release."})).await.expect(200);
        assert_eq!((refused["status"].as_str(), &refused["reason"]), (Some("declined"), &json!({"code": "employer_refused", "text": "Not before the release."})));
        scene.apply(&mary, json!({})).await;
        scene.lead.act(&path(&made, "accept")).await.expect(200);
        let converted = grace.act(&path(&made, "confirm")).await.expect(200);
        assert_eq!(converted["status"], "converted");
        let balance = ada.get(&format!("/api/v1/pledges/{pledge}")).await.expect(200)["balance"].clone();
        assert_eq!(balance["reserved"], 16.0, "two hours a week for eight weeks");
    }

    async fn the_employers_rules_are_looked_at_before_anybody_is_asked(db: TestDb) {
        let scene = Scene::new(db, json!({"hours_per_week": 6})).await;
        let (ada, grace) = (scene.app.person("ada").await, scene.volunteer("grace").await);
        market::organization(&ada, "freight").await;
        market::join(&scene.app, "freight", "grace", Member).await;
        pledge(&ada, json!({"max_hours_per_person": 4, "focus": {"kinds": ["testing"], "ecosystems": ["npm"]}})).await;
        let rules = json!({"approval": "auto", "projects": [], "licenses": ["Apache-2.0"], "kinds": [], "cla_kinds": ["dco"], "max_hours_per_person": 3});
        ada.send(reqwest::Method::PUT, "/api/v1/organizations/freight/policy", &[("if-match", "*")], Some(rules.to_string())).await.expect(200);
        let objections = async || {
            let asked = json!({"capacity": "employer_time"});
            let problem = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), asked).await.problem(409, "proposal.employer_rules");
            let all = problem["objections"].as_array().unwrap().iter();
            all.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
        };
        let always = ["too_many_hours", "ecosystem_not_in_focus", "kind_not_allowed", "license_not_allowed"];
        assert_eq!(objections().await, always, "where no agreement is asked for, none is in the way");
        scene.lead.patch("/api/v1/projects/parser", json!({"cla": "individual"})).await.expect(200);
        assert_eq!(objections().await, [&always[..], &["cla_not_allowed"]].concat());
        assert_eq!(grace.get("/api/v1/me/proposals").await.expect(200)["items"], json!([]), "nothing is kept");
        assert_eq!(scene.mails("ada").await, [""; 0]);
    }

    async fn the_last_seat_is_given_once_and_offered_on(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (grace, mary, ruth) = (scene.volunteer("grace").await, scene.volunteer("mary").await, scene.volunteer("ruth").await);
        let (first, second) = (scene.apply(&grace, json!({})).await, scene.apply(&mary, json!({})).await);
        assert_eq!(scene.lead.act(&path(&first, "accept")).await.expect(200)["status"], "accepted");
        let late = scene.lead.act(&path(&second, "accept")).await.expect(200);
        assert_eq!((late["status"].as_str(), late["reason"]["code"].as_str()), (Some("waitlisted"), Some("no_seat_left")));
        let third = scene.apply(&ruth, json!({})).await;
        assert_eq!(third["status"], "waitlisted", "later applications wait");
        assert_eq!(grace.post(&path(&first, "decline"), json!({"reason_code": "timing"})).await.expect(200)["status"], "declined");
        scene.app.run_jobs().await;
        assert_eq!((status(&mary, &second).await, status(&ruth, &third).await), ("offered".to_owned(), "waitlisted".to_owned()));
        assert_eq!(scene.seats_left().await, 0, "the offer holds it");
        let taken = mary.act(&path(&second, "confirm")).await.expect(200);
        assert_eq!(taken["status"], "converted", "the project had said yes before");
        assert!(scene.mails("mary").await.iter().any(|mail| mail.starts_with("A seat of \"Fuzz the parser\" of parser came free")));
    }

    async fn an_offer_lapses_and_goes_to_the_next(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (grace, mary, ruth) = (scene.volunteer("grace").await, scene.volunteer("mary").await, scene.volunteer("ruth").await);
        let first = scene.apply(&grace, json!({})).await;
        scene.lead.act(&path(&first, "accept")).await.expect(200);
        let (second, third) = (scene.apply(&mary, json!({})).await, scene.apply(&ruth, json!({})).await);
        let [mary, ruth, grace] = scene.later(TimeDelta::hours(73), ["mary", "ruth", "grace"]).await;
        assert_eq!(status(&grace, &first).await, "expired");
        assert_eq!(status(&mary, &second).await, "offered");
        let [mary, ruth, grace] = { let _ = (mary, ruth, grace); scene.later(TimeDelta::hours(49), ["mary", "ruth", "grace"]).await };
        assert_eq!(status(&mary, &second).await, "expired");
        assert_eq!(status(&ruth, &third).await, "offered");
        grace.act(&path(&first, "confirm")).await.problem(409, "proposal.no_seat_left");
        ruth.act(&path(&third, "withdraw")).await.expect(200);
        scene.app.run_jobs().await;
        assert_eq!(scene.seats_left().await, 1);
        let late = grace.act(&path(&first, "confirm")).await.expect(200);
        assert_eq!(late["status"], "converted", "a late yes counts while a seat is left");
    }

    async fn an_invitation_holds_a_seat_and_meets_an_application(db: TestDb) {
        let scene = Scene::new(db, json!({"seats": 2})).await;
        let (grace, mary) = (scene.volunteer("grace").await, scene.volunteer("mary").await);
        let invitations = format!("/api/v1/needs/{}/invitations", scene.need);
        let unknown = scene.lead.post(&invitations, json!({"volunteer": "nobody", "hours_per_week": 9})).await;
        assert_eq!((unknown.status, unknown.faults()), (422, vec!["/volunteer unknown_volunteer".to_owned(), "/hours_per_week out_of_range".to_owned()]));
        let made = scene.lead.post(&invitations, json!({"volunteer": "grace", "message": "You are what we lack."})).await.expect(201);
        assert_eq!((made["status"].as_str(), &made["waiting_for"]), (Some("submitted"), &json!(["volunteer"])));
        assert_eq!(scene.seats_left().await, 1);
        scene.lead.act(&path(&made, "accept")).await.problem(403, "forbidden");
        // An application and an invitation that cross accept each other.
        let met = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({"hours_per_week": 1})).await.expect(200);
        assert_eq!((met["id"].as_str(), met["status"].as_str(), met["hours_per_week"].as_f64()), (made["id"].as_str(), Some("converted"), Some(1.0)));
        let applied = scene.apply(&mary, json!({})).await;
        let met = scene.lead.post(&invitations, json!({"volunteer": "mary"})).await.expect(200);
        assert_eq!((met["id"].as_str(), met["status"].as_str()), (applied["id"].as_str(), Some("accepted")));
        scene.volunteer("ruth").await;
        scene.lead.post(&invitations, json!({"volunteer": "ruth"})).await.problem(409, "proposal.no_seat_left");
        scene.lead.post(&invitations, json!({"volunteer": "lead"})).await;
    }

    async fn silence_frees_the_applicant_after_reminders(db: TestDb) {
        let scene = Scene::new(db, json!({"response_days": 7})).await;
        let grace = scene.volunteer("grace").await;
        let made = scene.apply(&grace, json!({})).await;
        for (days, mails) in [(2, 2), (1, 2), (2, 3), (1, 3)] {
            let [] = scene.later(TimeDelta::days(days), []).await;
            assert_eq!(scene.mails("lead").await.len(), mails, "after {days} more days");
        }
        let [grace, lead] = scene.later(TimeDelta::days(1), ["grace", "lead"]).await;
        let read = grace.get(&format!("/api/v1/proposals/{}", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((read["status"].as_str(), read["reason"]["code"].as_str()), (Some("expired"), Some("project_silent")));
        lead.act(&path(&made, "accept")).await.problem(409, "proposal.transition_refused");
        grace.act(&path(&made, "confirm")).await.problem(409, "proposal.transition_refused");
        let again = scene.apply(&grace, json!({})).await;
        assert_eq!(again["status"], "under_review", "silence brings no cool-down");
    }

    async fn an_answer_after_its_time_does_not_count_before_the_sweep_either(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let grace = scene.volunteer("grace").await;
        let made = scene.apply(&grace, json!({})).await;
        scene.app.clock.advance(TimeDelta::days(7));
        mainstay::features::accounts::keys::refresh(&scene.app.ctx).await.unwrap();
        let lead = scene.lead_again().await;
        let refused = lead.act(&path(&made, "accept")).await.problem(409, "proposal.transition_refused");
        assert_eq!(refused["allowed"], json!([]));
    }

    async fn a_no_comes_with_a_reason_and_a_pause(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let grace = scene.volunteer("grace").await;
        let made = scene.apply(&grace, json!({})).await;
        let bad = scene.lead.post(&path(&made, "decline"), json!({"reason": ""})).await;
        assert_eq!((bad.status, bad.faults()), (422, vec!["/reason too_short".to_owned()]));
        let declined = scene.lead.post(&path(&made, "decline"), json!({"reason_code": "no_capacity"})).await.expect(200);
        assert_eq!(declined["reason"]["code"], "no_capacity");
        assert!(declined["reason"]["text"].as_str().unwrap().contains("care it deserves"));
        assert_eq!(scene.mails("grace").await, [format!("Your proposal with parser for \"Fuzz the parser\" has ended. {}", declined["reason"]["text"].as_str().unwrap())]);
        let again = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({})).await;
        assert!(again.problem(409, "proposal.cooling_down")["detail"].as_str().unwrap().contains("2026-12-22"));
        let [lead] = scene.later(TimeDelta::days(29), ["lead"]).await;
        lead.post(&format!("/api/v1/needs/{}/invitations", scene.need), json!({"volunteer": "grace"})).await.problem(409, "proposal.cooling_down");
        let [grace] = scene.later(TimeDelta::days(2), ["grace"]).await;
        scene.apply(&grace, json!({})).await;
    }

    async fn nobody_drowns_in_applications(db: TestDb) {
        let scene = Scene::new(db, json!({"seats": 3})).await;
        let grace = scene.volunteer("grace").await;
        for number in 0..5 {
            let need = seed::open_need(&scene.lead, "parser", &format!("Need {number}"), json!({})).await;
            grace.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.expect(201);
        }
        let answer = grace.post(&format!("/api/v1/needs/{}/applications", scene.need), json!({})).await;
        answer.problem(409, "proposal.too_many_open");
        let lead = scene.app.person("otherlead").await;
        market::project(&lead, &scene.app.coordinator().await, "small", json!({"review_hours_per_week": 2})).await;
        let need = seed::open_need(&lead, "small", "Small", json!({})).await;
        for number in 0..5 {
            let person = scene.volunteer(&format!("person{number}")).await;
            person.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.expect(201);
        }
        let late = scene.volunteer("late").await;
        late.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.problem(409, "proposal.project_full");
    }

    async fn who_applies_must_be_able_to(db: TestDb) {
        let scene = Scene::new(db, json!({"hours_per_week": 6, "access_level": 1})).await;
        let applications = format!("/api/v1/needs/{}/applications", scene.need);
        let nobody = scene.app.person("nobody").await;
        nobody.post(&applications, json!({})).await.problem(409, "proposal.no_profile");
        let shy = scene.app.person("shy").await;
        seed::offer(&shy, json!({"max_access_level": 0})).await;
        shy.post(&applications, json!({})).await.problem(409, "proposal.not_eligible");
        let busy = scene.app.person("busy").await;
        seed::offer(&busy, json!({"hours_per_week": 3})).await;
        busy.post(&applications, json!({})).await.problem(409, "proposal.not_eligible");
        busy.post(&applications, json!({"hours_per_week": 3})).await.expect(201);
        for (hours, code) in [(-1.0, "out_of_range"), (0.3, "out_of_range"), (1.3, "not_in_halves"), (25.0, "out_of_range")] {
            let answer = busy.post(&applications, json!({"hours_per_week": hours})).await;
            assert_eq!(answer.status, 422, "{hours}: {}", answer.text);
            assert!(answer.faults()[0].starts_with("/hours_per_week "), "{hours} {code}");
        }
        seed::offer(&scene.lead, json!({})).await;
        scene.lead.post(&applications, json!({})).await.problem(409, "proposal.not_eligible");
        scene.lead.act(&format!("/api/v1/needs/{}/pause", scene.need)).await.expect(200);
        let keen = scene.volunteer("keen").await;
        keen.post(&applications, json!({})).await.problem(409, "proposal.need_not_open");
    }

    async fn changed_terms_are_confirmed_again(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let grace = scene.volunteer("grace").await;
        let made = scene.apply(&grace, json!({})).await;
        grace.act(&path(&made, "confirm")).await.problem(409, "proposal.transition_refused");
        scene.lead.patch(&format!("/api/v1/needs/{}", scene.need), json!({"access_level": 2})).await.expect(200);
        let seen = grace.get(&format!("/api/v1/proposals/{}", made["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&seen["terms_changed"], &seen["waiting_for"]), (&json!(true), &json!(["volunteer", "project"])));
        scene.lead.act(&path(&made, "accept")).await.problem(409, "proposal.terms_changed");
        let asked = ["parser changed what \"Fuzz the parser\" asks for: say whether your proposal still holds."];
        assert_eq!(scene.mails("grace").await, asked);
        scene.lead.patch(&format!("/api/v1/needs/{}", scene.need), json!({"access_level": 1})).await.expect(200);
        assert_eq!(scene.mails("grace").await, asked, "nobody is asked twice before they answer");
        let confirmed = grace.act(&path(&made, "confirm")).await.expect(200);
        assert_eq!((confirmed["status"].as_str(), &confirmed["terms_changed"]), (Some("under_review"), &json!(false)));
        // The project's agreement and its policy on AI are terms of every need.
        scene.lead.patch("/api/v1/projects/parser", json!({"description": "Other words."})).await.expect(200);
        scene.lead.patch("/api/v1/projects/parser", json!({"cla": "dco"})).await.expect(200);
        assert_eq!(scene.mails("grace").await, [asked[0], asked[0]]);
        scene.lead.act(&path(&made, "accept")).await.problem(409, "proposal.terms_changed");
        grace.act(&path(&made, "confirm")).await.expect(200);
        scene.lead.act(&path(&made, "accept")).await.expect(200);
    }

    async fn what_changes_while_the_employer_is_asked_is_asked_after(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (ada, grace) = (scene.app.person("ada").await, scene.volunteer("grace").await);
        market::organization(&ada, "freight").await;
        market::join(&scene.app, "freight", "grace", Member).await;
        pledge(&ada, json!({})).await;
        let made = scene.apply(&grace, json!({"capacity": "employer_time"})).await;
        scene.lead.patch(&format!("/api/v1/needs/{}", scene.need), json!({"access_level": 2})).await.expect(200);
        assert_eq!(scene.mails("grace").await, [""; 0], "she can't answer yet");
        ada.act(&path(&made, "approve")).await.expect(200);
        let told = scene.mails("grace").await;
        assert_eq!(told.iter().filter(|mail| mail.starts_with("parser changed what")).count(), 1, "{told:?}");
        assert_eq!(scene.mails("lead").await.iter().filter(|mail| mail.starts_with("Person grace offers")).count(), 1);
    }

    async fn news_of_proposals_comes_as_each_person_chose(db: TestDb) {
        let scene = Scene::new(db, json!({"seats": 2})).await;
        let grace = scene.volunteer("grace").await;
        let wish = async |person: &Client, wishes: Value| {
            let put = person.send(reqwest::Method::PUT, "/api/v1/me/notification-preferences", &[("if-match", "*")], Some(wishes.to_string()));
            put.await.expect(200);
        };
        let told = async |person: &Client| {
            let list = person.get("/api/v1/me/notifications").await.expect(200);
            list["items"].as_array().unwrap().iter().map(|one| one["topic"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        scene.app.run_jobs().await;
        wish(&scene.lead, json!({"topics": {"proposal": "daily"}, "time_zone": "UTC"})).await;
        wish(&grace, json!({"topics": {"proposal.accepted": "none"}})).await;
        let made = scene.apply(&grace, json!({})).await;
        assert_eq!(scene.mails("lead").await, [""; 0], "it waits for the digest");
        assert!(told(&scene.lead).await.contains(&"proposal.under_review".to_owned()));
        scene.lead.act(&path(&made, "accept")).await.expect(200);
        assert_eq!(scene.mails("grace").await, [""; 0], "she wants no mail about it");
        assert_eq!(told(&grace).await, ["proposal.accepted"]);
        grace.post(&path(&made, "decline"), json!({"reason_code": "timing"})).await.expect(200);
        scene.app.run_jobs().await;
        scene.app.clock.advance(TimeDelta::days(1));
        mainstay::features::notifications::send_due(&scene.app.ctx).await.unwrap();
        let digest = { scene.mails("lead").await; scene.app.mailbox.to(&Email::parse("lead@example.org").unwrap()).pop().expect("a digest") };
        for sentence in ["Person grace offers 2 hours a week", "The proposal of Person grace for \"Fuzz the parser\" has ended."] {
            assert!(digest.text.contains(sentence), "{}", digest.text);
        }
        assert!(digest.list_unsubscribe.is_some());
    }

    async fn a_manager_who_applied_is_not_asked_to_approve_it(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (ada, mary) = (scene.app.person("ada").await, scene.volunteer("mary").await);
        market::organization(&ada, "freight").await;
        market::join(&scene.app, "freight", "mary", Manager).await;
        pledge(&ada, json!({})).await;
        scene.apply(&mary, json!({"capacity": "employer_time"})).await;
        let [] = scene.later(TimeDelta::days(2), []).await;
        let of_proposals = async |handle: &str| scene.mails(handle).await.into_iter().filter(|mail| mail.contains("Fuzz the parser")).count();
        assert_eq!((of_proposals("ada").await, of_proposals("mary").await), (2, 0), "asked and reminded");
    }

    async fn a_cancelled_need_answers_every_application(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (grace, mary) = (scene.volunteer("grace").await, scene.volunteer("mary").await);
        let (first, second) = (scene.apply(&grace, json!({})).await, scene.apply(&mary, json!({})).await);
        scene.lead.act(&path(&first, "accept")).await.expect(200);
        scene.lead.act(&format!("/api/v1/needs/{}/cancel", scene.need)).await.expect(200);
        grace.act(&path(&first, "confirm")).await.problem(409, "proposal.need_not_open");
        scene.app.run_jobs().await;
        for (person, proposal) in [(&grace, &first), (&mary, &second)] {
            let read = person.get(&format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap())).await.expect(200);
            assert_eq!((read["status"].as_str(), read["reason"]["code"].as_str()), (Some("declined"), Some("need_cancelled")));
        }
        assert_eq!(scene.seats_left().await, 1, "its seat is given back");
    }

    async fn hours_of_an_employer_end_with_the_membership(db: TestDb) {
        let scene = Scene::new(db, json!({})).await;
        let (ada, grace) = (scene.app.person("ada").await, scene.volunteer("grace").await);
        market::organization(&ada, "freight").await;
        market::join(&scene.app, "freight", "grace", Member).await;
        pledge(&ada, json!({"approval": "auto"})).await;
        let made = scene.apply(&grace, json!({"capacity": "employer_time"})).await;
        assert_eq!(made["status"], "under_review", "nobody had to be asked");
        scene.lead.act(&path(&made, "accept")).await.expect(200);
        let left = ada.send(reqwest::Method::DELETE, "/api/v1/organizations/freight/members/grace", &[], None).await;
        assert_eq!(left.status, 204, "{}", left.text);
        grace.act(&path(&made, "confirm")).await.problem(409, "proposal.left_employer");
        let own = grace.post(&path(&made, "confirm"), json!({"capacity": "own_time"})).await.expect(200);
        assert_eq!((own["status"].as_str(), own["capacity"].as_str(), &own["pledge"]), (Some("converted"), Some("own_time"), &Value::Null));
    }
}
