//! Random commands, legal and illegal, alone and many at once, against the whole server: after every step the invariants of
//! the marketplace hold, and each answer is one that the transition tables allow.
//!
//! A small model goes along: see [`watch`]. That bugs of the kind which this looks for are found is shown by [`plants`].
//!
//! A seed gives the same commands every time. `MAINSTAY_FLOW_STEPS` and `MAINSTAY_FLOW_SEED` make it longer (10,000 steps, seeds 1 to 20,
//! are the long run: `just flow`); the usual one is short.

mod plants;
mod sound;
mod watch;

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::{TestDb, on_both};
use crate::dice::{Dice, setting};
use crate::{market, seed};
use chrono::TimeDelta;
use futures_util::future::join_all;
use mainstay::features::organizations::OrganizationRole::{Manager, Member};
use mainstay::features::{accounts, assignments, needs, pledges, proposals};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use watch::{Answered, Watch};

/// What the test knows of the market: ids, and where each proposal was last seen.
struct World {
    app: TestApp,
    dice: Dice,
    people: BTreeMap<String, Client>,
    needs: Vec<String>,
    pledges: Vec<String>,
    proposals: Vec<(String, String)>,
    assignments: Vec<String>,
    entries: Vec<String>,
    answers: BTreeMap<u16, usize>,
    states: BTreeSet<String>,
    watch: Watch,
    /// What was answered in the step at hand.
    answered: Vec<Answered>,
    /// What was wrong with the step at hand.
    wrong: Vec<String>,
}

const VOLUNTEERS: [&str; 6] = ["ann", "bea", "cid", "dan", "eve", "fay"];

impl World {
    async fn new(db: TestDb, seed: u64) -> Self {
        let app = TestApp::start(db).await;
        let mut people = BTreeMap::new();
        for handle in ["lead", "ada", "boss"].iter().chain(&VOLUNTEERS) {
            people.insert((*handle).to_owned(), app.person(handle).await);
        }
        market::organization(&people["ada"], "freight").await;
        for handle in ["ann", "bea", "cid", "boss"] {
            market::join(&app, "freight", handle, if handle == "boss" { Manager } else { Member }).await;
        }
        for handle in VOLUNTEERS {
            seed::offer(&people[handle], json!({"hours_per_week": 6})).await;
        }
        let coordinator = app.coordinator().await;
        for slug in ["small", "large"] {
            market::project(
                &people["lead"],
                &coordinator,
                slug,
                json!({"review_hours_per_week": if slug == "small" { 8 } else { 40 }}),
            )
            .await;
        }
        let dice = Dice::seeded(seed);
        let (needs, pledges, proposals) = (Vec::new(), Vec::new(), Vec::new());
        let (assignments, entries, answers, states) = (Vec::new(), Vec::new(), BTreeMap::new(), BTreeSet::new());
        let (watch, answered, wrong) = (Watch::new(), Vec::new(), Vec::new());
        let mut world = Self {
            app,
            dice,
            people,
            needs,
            pledges,
            proposals,
            assignments,
            entries,
            answers,
            states,
            watch,
            answered,
            wrong,
        };
        for _ in 0..3 {
            world.state_need().await;
        }
        for approval in ["auto", "manager"] {
            world.pledge(approval).await;
        }
        world
    }

    async fn state_need(&mut self) {
        let project = *self.dice.pick(&["small", "large"]);
        let body = json!({"seats": 1 + self.dice.below(2), "hours_per_week": 1 + self.dice.below(4), "weeks": 2 + self.dice.below(4), "response_days": 3});
        let made = self.people["lead"]
            .post(&format!("/api/v1/projects/{project}/needs"), seed::need("Some need", body))
            .await
            .expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        self.people["lead"].act(&format!("/api/v1/needs/{id}/publish")).await;
        self.needs.push(id);
    }

    async fn pledge(&mut self, approval: &str) {
        let today = mainstay::kernel::Clock::now(&*self.app.clock).date_naive();
        let body = json!({"hours_per_week": 5, "starts_on": today, "ends_on": today + chrono::Days::new(60), "approval": approval, "max_hours_per_person": 4});
        let made = self.people["ada"].post("/api/v1/organizations/freight/pledges", body).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        self.people["ada"].act(&format!("/api/v1/pledges/{id}/activate")).await.expect(200);
        self.pledges.push(id);
    }

    fn anybody(&mut self) -> Client {
        let handles: Vec<&String> = self.people.keys().collect();
        self.people[*self.dice.pick(&handles)].clone()
    }

    fn volunteer(&mut self) -> Client {
        self.people[*self.dice.pick(&VOLUNTEERS)].clone()
    }

    /// A command, as somebody's request.
    fn command(&mut self) -> (Client, String, Option<Value>) {
        let need = self.dice.pick(&self.needs).clone();
        let terms = match self.dice.below(3) {
            0 => json!({"capacity": "employer_time"}),
            1 => json!({"capacity": "employer_time", "pledge": self.dice.pick(&self.pledges).clone()}),
            _ => json!({"capacity": "own_time"}),
        };
        match self.dice.below(20) {
            0..=4 => (self.volunteer(), format!("/api/v1/needs/{need}/applications"), Some(terms)),
            5 => {
                let whom = *self.dice.pick(&VOLUNTEERS);
                (
                    self.people["lead"].clone(),
                    format!("/api/v1/needs/{need}/invitations"),
                    Some(json!({"volunteer": whom})),
                )
            }
            6..=11 if !self.proposals.is_empty() => {
                // Mostly recent ones, and mostly by who may.
                let from = self.proposals.len().saturating_sub(12);
                let (id, volunteer) = self.proposals[from + self.dice.below(self.proposals.len() - from)].clone();
                let action = *self.dice.pick(&[
                    "accept", "accept", "confirm", "confirm", "approve", "approve", "decline", "withdraw", "refuse",
                ]);
                let who = match (self.dice.below(8), action) {
                    (0, _) => self.anybody(),
                    (_, "approve" | "refuse") => self.people["boss"].clone(),
                    (_, "confirm" | "withdraw") => self.people[&volunteer].clone(),
                    _ => self.people["lead"].clone(),
                };
                (who, format!("/api/v1/proposals/{id}/{action}"), None)
            }
            12..=15 if !self.assignments.is_empty() => {
                let from = self.assignments.len().saturating_sub(8);
                let id = self.assignments[from + self.dice.below(self.assignments.len() - from)].clone();
                let (action, body) = self
                    .dice
                    .pick(&[
                        ("start", Some(json!({"reason": "Let us begin."}))),
                        ("check-in", Some(json!({}))),
                        ("pause", Some(json!({"reason": "A holiday."}))),
                        ("resume", None),
                        ("complete", None),
                        ("end", Some(json!({"reason_code": "other"}))),
                        ("time-entries", Some(json!({"worked_on": "2026-11-23", "minutes": 60}))),
                    ])
                    .clone();
                let who = if self.dice.below(2) == 0 { self.people["lead"].clone() } else { self.volunteer() };
                (who, format!("/api/v1/assignments/{id}/{action}"), body)
            }
            16 if !self.entries.is_empty() => {
                let id = self.dice.pick(&self.entries).clone();
                let action = *self.dice.pick(&["confirm", "confirm", "dispute"]);
                (self.people["lead"].clone(), format!("/api/v1/time-entries/{id}/{action}"), None)
            }
            17 => {
                let pledge = self.dice.pick(&self.pledges).clone();
                let action = *self.dice.pick(&["pause", "resume", "resume"]);
                (self.people["ada"].clone(), format!("/api/v1/pledges/{pledge}/{action}"), None)
            }
            18 => {
                let action = *self.dice.pick(&[
                    "pause", "resume", "resume", "renew", "renew", "renew", "renew", "renew", "cancel", "fulfil",
                ]);
                (self.people["lead"].clone(), format!("/api/v1/needs/{need}/{action}"), None)
            }
            _ => (self.anybody(), format!("/api/v1/needs/{need}/applications"), Some(json!({"hours_per_week": -1}))),
        }
    }

    fn learn(&mut self, path: &str, answer: &Answer) {
        let request_id = answer.header("x-request-id").unwrap().to_owned();
        self.answered.push(Answered { path: path.to_owned(), status: answer.status, request_id });
        *self.answers.entry(answer.status).or_default() += 1;
        let known = [200, 201, 400, 403, 404, 409, 412, 415, 422];
        assert!(known.contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
        if answer.status == 409 {
            assert!(
                answer.json["detail"].as_str().is_some_and(|text| text.len() > 10),
                "every loser is told why: {}",
                answer.text
            );
        }
        if !matches!(answer.status, 200 | 201) {
            return;
        }
        let id = || answer.json["id"].as_str().unwrap().to_owned();
        if let Some(status) = answer.json["status"].as_str() {
            self.states.insert(format!("{} {status}", path.split('/').nth(3).unwrap()));
        }
        if let Some(volunteer) =
            answer.json["volunteer"]["handle"].as_str().filter(|_| answer.json["origin"].is_string())
        {
            if !self.proposals.iter().any(|(known, _)| *known == id()) {
                self.proposals.push((id(), volunteer.to_owned()));
            }
            if let Some(assignment) = answer.json["assignment"].as_str().filter(|_| !path.contains("/assignments/")) {
                self.assignments.push(assignment.to_owned());
            }
        }
        if path.ends_with("/time-entries") {
            self.entries.push(id());
        }
    }

    /// The project says yes to whoever waits for one need, all at once, and those say yes to it.
    fn crowd(&mut self) -> Vec<(Client, String, Option<Value>)> {
        let need = self.dice.pick(&self.needs).clone();
        let mut commands: Vec<_> = VOLUNTEERS
            .iter()
            .map(|who| (self.people[*who].clone(), format!("/api/v1/needs/{need}/applications"), Some(json!({}))))
            .collect();
        if self.dice.below(2) == 0 {
            return commands;
        }
        commands.clear();
        for (id, volunteer) in self.proposals.iter().rev().take(12) {
            commands.push((self.people["lead"].clone(), format!("/api/v1/proposals/{id}/accept"), None));
            commands.push((self.people[volunteer].clone(), format!("/api/v1/proposals/{id}/confirm"), None));
        }
        commands
    }

    /// One command, or many at once, or the clock.
    async fn step(&mut self) {
        match self.dice.below(25) {
            0 => self.pass_time().await,
            1 if self.needs.len() < 60 => self.state_need().await,
            2..=6 => {
                let crowd = self.dice.below(2) == 0;
                let commands: Vec<_> = if crowd { self.crowd() } else { (0..6).map(|_| self.command()).collect() };
                let sent = commands.iter().map(|(who, path, body)| send(who, path, body.clone()));
                let answers = join_all(sent).await;
                for ((_, path, _), answer) in commands.iter().zip(&answers) {
                    self.learn(path, answer);
                }
            }
            _ => {
                let (who, path, body) = self.command();
                let allowed = self.watch.allows(&path);
                let answer = send(&who, &path, body).await;
                sound::note(&mut self.wrong, allowed || answer.status >= 400, || {
                    format!("model: {path} was taken where no row of the table allows it")
                });
                self.learn(&path, &answer);
            }
        }
    }

    /// One step, and everything that does not hold after it.
    async fn violations(&mut self) -> Vec<String> {
        self.answered.clear();
        self.step().await;
        let mut wrong = std::mem::take(&mut self.wrong);
        wrong.extend(sound::violations(&self.app).await);
        wrong.extend(self.watch.look(&self.app, &self.answered).await);
        wrong
    }

    async fn pass_time(&mut self) {
        let hours = 1 + i64::try_from(self.dice.below(60)).unwrap();
        self.app.clock.advance(TimeDelta::hours(hours));
        let ctx = &self.app.ctx;
        accounts::keys::refresh(ctx).await.unwrap();
        needs::expire_overdue(ctx, market::request_id()).await.unwrap();
        proposals::work_off_clocks(ctx, market::request_id()).await.unwrap();
        assignments::work_off_clocks(ctx, market::request_id()).await.unwrap();
        pledges::work_off_clocks(ctx, market::request_id()).await.unwrap();
        let wrong = self.watch.deliver(&self.app).await;
        self.wrong.extend(wrong);
        for handle in self.people.keys().cloned().collect::<Vec<_>>() {
            let client = self.app.sign_in(&format!("{handle}@example.org"), &handle).await;
            self.people.insert(handle, client);
        }
    }
}

async fn send(who: &Client, path: &str, body: Option<Value>) -> Answer {
    match body {
        Some(body) => who.post(path, body).await,
        None => who.act(path).await,
    }
}

on_both! {
    async fn whatever_is_asked_the_marketplace_stays_sound(db: TestDb) {
        let (steps, seed) = (setting("MAINSTAY_FLOW_STEPS", 250), setting("MAINSTAY_FLOW_SEED", 1));
        let mut world = World::new(db, seed).await;
        for step in 0..steps {
            let wrong = world.violations().await;
            assert!(wrong.is_empty(), "seed {seed}, step {step}: {wrong:#?}");
        }
        let events = world.watch.events;
        println!("seed {seed}, {steps} steps: {events} events, answers {:?}, states {:?}", world.answers, world.states);
        assert!(world.answers[&200] + world.answers[&201] > 20 && world.answers.get(&409).is_some_and(|count| *count > 5), "{:?}", world.answers);
    }
}
