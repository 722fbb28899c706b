//! Many at once for the last of something: one of them gets it, and each of the others is told why.

use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::{market, seed};
use futures_util::future::join_all;
use mainstay::features::organizations::OrganizationRole::Member;
use serde_json::{Value, json};

/// How many rounds a race has: a few in the usual run; `MAINSTAY_RACES=200` for the long one.
fn rounds() -> usize {
    std::env::var("MAINSTAY_RACES").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

fn clients() -> usize {
    if rounds() > 10 { 64 } else { 12 }
}

async fn people(app: &TestApp, count: usize) -> Vec<Client> {
    let mut people = Vec::new();
    for number in 0..count {
        let person = app.person(&format!("racer{number}")).await;
        seed::offer(&person, json!({"hours_per_week": 60})).await;
        people.push(person);
    }
    people
}

/// Everybody confirms at the same time; gives the statuses that came of it and the codes of who was refused.
async fn all_at_once(people: &[Client], paths: &[String]) -> (usize, Vec<String>) {
    let answers = join_all(people.iter().zip(paths).map(|(person, path)| person.act(path))).await;
    let (mut won, mut lost) = (0, Vec::new());
    for answer in answers {
        match answer.status {
            200 if answer.json["status"] == "converted" || answer.json["status"] == "accepted" => won += 1,
            200 => lost.push(format!(
                "{}: {}",
                answer.json["status"].as_str().unwrap(),
                answer.json["reason"]["code"].as_str().unwrap()
            )),
            409 => lost.push(answer.json["code"].as_str().unwrap().to_owned()),
            status => panic!("{status}: {}", answer.text),
        }
    }
    (won, lost)
}

/// The last seat of a need: the project says yes to everybody at the same time.
async fn last_seat(db: TestDb) {
    let app = TestApp::start(db).await;
    let lead = app.person("lead").await;
    seed::listed_project(&app, "parser", &lead).await;
    let people = people(&app, clients()).await;
    for round in 0..rounds() {
        let need =
            seed::open_need(&lead, "parser", &format!("Round {round}"), json!({"hours_per_week": 0.5, "weeks": 1}))
                .await;
        let mut paths = Vec::new();
        for person in &people {
            let made = person.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.expect(201);
            paths.push(format!("/api/v1/proposals/{}/accept", made["id"].as_str().unwrap()));
        }
        let leads = vec![lead.clone(); people.len()];
        let (won, lost) = all_at_once(&leads, &paths).await;
        assert_eq!((won, lost.len()), (1, people.len() - 1), "{lost:?}");
        assert!(lost.iter().all(|why| why == "waitlisted: no_seat_left"), "{lost:?}");
        assert_eq!(lead.get(&format!("/api/v1/needs/{need}")).await.expect(200)["seats_left"], 0);
        lead.act(&format!("/api/v1/needs/{need}/cancel")).await.expect(200);
        app.run_jobs().await;
    }
}

/// The last hours of a pledge: everybody gives the final word at the same time.
async fn last_hours(db: TestDb) {
    let app = TestApp::start(db).await;
    let (lead, ada) = (app.person("lead").await, app.person("ada").await);
    seed::listed_project(&app, "parser", &lead).await;
    market::organization(&ada, "freight").await;
    let count = clients();
    let people = people(&app, count).await;
    for number in 0..count {
        let handle: &'static str = Box::leak(format!("racer{number}").into_boxed_str());
        market::join(&app, "freight", handle, Member).await;
    }
    for round in 0..rounds() {
        let pledge = json!({"hours_per_week": 10, "starts_on": "2026-11-22", "ends_on": "2026-12-31", "approval": "auto", "max_hours_per_person": 5});
        let pledge = ada.post("/api/v1/organizations/freight/pledges", pledge).await.expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        ada.act(&format!("/api/v1/pledges/{pledge}/activate")).await.expect(200);
        let need = json!({"hours_per_week": 2.5, "weeks": 2, "seats": count});
        let need = seed::open_need(&lead, "parser", &format!("Round {round}"), need).await;
        let mut paths = Vec::new();
        for person in &people {
            let body = json!({"capacity": "employer_time", "pledge": pledge});
            let made = person.post(&format!("/api/v1/needs/{need}/applications"), body).await.expect(201);
            let path = format!("/api/v1/proposals/{}", made["id"].as_str().unwrap());
            lead.act(&format!("{path}/accept")).await.expect(200);
            paths.push(format!("{path}/confirm"));
        }
        let (won, lost) = all_at_once(&people, &paths).await;
        assert_eq!((won, lost.len()), (4, count - 4), "ten hours are four times two and a half: {lost:?}");
        assert!(lost.iter().all(|code| code.contains("pledge")), "{lost:?}");
        let balance: Value = ada.get(&format!("/api/v1/pledges/{pledge}")).await.expect(200)["balance"].clone();
        assert_eq!(balance["reserved"], 20.0, "four people, two and a half hours, two weeks");
        // The winners' hours are given back before the next round.
        for (person, path) in people.iter().zip(&paths) {
            let read = person.get(path.trim_end_matches("/confirm")).await.expect(200);
            if let Some(assignment) = read["assignment"].as_str() {
                let body = json!({"reason_code": "other"});
                person.post(&format!("/api/v1/assignments/{assignment}/end"), body).await.expect(200);
            }
        }
        lead.act(&format!("/api/v1/needs/{need}/cancel")).await.expect(200);
        app.run_jobs().await;
    }
}

on_both! {
    async fn the_last_seat_is_given_once(db: TestDb) {
        last_seat(db).await;
    }

    async fn the_last_hours_of_a_pledge_are_given_once(db: TestDb) {
        last_hours(db).await;
    }
}
