//! A volunteer's assignments as a calendar, read by a reader of our own that takes RFC 5545 by its word.

use crate::db::on_both;
use crate::work::{Acme, hired};
use crate::{market, seed};
use chrono::TimeDelta;
use mainstay::features::accounts;
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A property: its name, its parameters, its value.
type Property = (String, Vec<(String, String)>, String);

/// A component: its name, its properties, and the components in it.
#[derive(Debug, Default)]
struct Component {
    name: String,
    properties: Vec<Property>,
    inner: Vec<Component>,
}

impl Component {
    /// The only property of this name.
    #[track_caller]
    fn the(&self, name: &str) -> &str {
        let found: Vec<_> = self.properties.iter().filter(|(known, ..)| known == name).collect();
        let [(_, _, value)] = found.as_slice() else { panic!("{name} stands {} times in {self:?}", found.len()) };
        value
    }

    fn text(&self, name: &str) -> String {
        let (mut plain, mut letters) = (String::new(), self.the(name).chars());
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => plain.push('\n'),
                    Some(other @ ('\\' | ';' | ',')) => plain.push(other),
                    other => panic!("no escape of RFC 5545: {other:?}"),
                },
                ';' | ',' => panic!("a naked {letter} in {name}"),
                other => plain.push(other),
            }
        }
        plain
    }

    fn is_date(&self, name: &str) -> bool {
        self.properties.iter().any(|(known, parameters, _)| {
            known == name && parameters.iter().any(|(key, value)| key == "VALUE" && value == "DATE")
        })
    }
}

/// Content lines: unfolded, each no longer than 75 octets before, and ended by CRLF.
fn lines(text: &str) -> Vec<String> {
    let body = text.strip_suffix("\r\n").expect("the last line is ended");
    let mut lines: Vec<String> = Vec::new();
    for line in body.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "a naked end of line in {line:?}");
        match line.strip_prefix([' ', '\t']) {
            Some(rest) => lines.last_mut().expect("a line before").push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

fn property(line: &str) -> Property {
    let (head, value) = line.split_once(':').unwrap_or_else(|| panic!("no content line: {line}"));
    let mut parts = head.split(';');
    let name = parts.next().unwrap().to_owned();
    assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{name}");
    let parameters = parts.map(|part| {
        let (key, value) = part.split_once('=').unwrap_or_else(|| panic!("no parameter: {part}"));
        (key.to_owned(), value.to_owned())
    });
    (name, parameters.collect(), value.to_owned())
}

/// Reads a calendar; panics at the first thing that the format does not allow.
fn read(text: &str) -> Component {
    let mut open: Vec<Component> = vec![Component::default()];
    for line in lines(text) {
        let (name, parameters, value) = property(&line);
        match name.as_str() {
            "BEGIN" => open.push(Component { name: value, ..Component::default() }),
            "END" => {
                let done = open.pop().expect("something open");
                assert_eq!(done.name, value);
                open.last_mut().expect("something around it").inner.push(done);
            }
            _ => open.last_mut().unwrap().properties.push((name, parameters, value)),
        }
    }
    let [root] = <[Component; 1]>::try_from(open).expect("all is closed");
    let [calendar] = <[Component; 1]>::try_from(root.inner).expect("one calendar");
    assert_eq!((calendar.name.as_str(), calendar.the("VERSION")), ("VCALENDAR", "2.0"));
    assert!(!calendar.the("PRODID").is_empty() && !calendar.inner.is_empty());
    let mut names = BTreeSet::new();
    for event in calendar.inner.iter().filter(|inner| inner.name == "VEVENT") {
        assert!(names.insert(event.text("UID")), "a name twice: {}", event.text("UID"));
        for stamp in ["DTSTAMP", "CREATED", "LAST-MODIFIED"] {
            chrono::NaiveDateTime::parse_from_str(event.the(stamp), "%Y%m%dT%H%M%SZ").expect("a UTC instant");
        }
        if event.is_date("DTSTART") {
            let date = |name: &str| chrono::NaiveDate::parse_from_str(event.the(name), "%Y%m%d").expect("a date");
            assert!(event.is_date("DTEND") && date("DTEND") > date("DTSTART"), "{event:?}");
        } else {
            chrono::NaiveDateTime::parse_from_str(event.the("DTSTART"), "%Y%m%dT%H%M%SZ").expect("a UTC instant");
        }
        event.the("SEQUENCE").parse::<u32>().expect("a count");
    }
    calendar
}

/// Summary, first instant or day, and sequence of each event by its name.
fn events(calendar: &Component) -> BTreeMap<String, (String, String, u32)> {
    let of = calendar.inner.iter().filter(|inner| inner.name == "VEVENT");
    of.map(|event| {
        let shown = (event.text("SUMMARY"), event.the("DTSTART").to_owned(), event.the("SEQUENCE").parse().unwrap());
        (event.text("UID"), shown)
    })
    .collect()
}

const TITLE: &str =
    "Fuzz the Straßenbahn; lexer, parser\\printer – all of what reads what nobody of us wrote, in every encoding";

on_both! {
    async fn assignments_and_check_ins_are_a_calendar_by_a_private_token(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        let anyone = acme.app.anonymous();
        let made = acme.ada.post("/api/v1/me/feed-tokens", json!({"name": "calendar on my phone"})).await.expect(201);
        let path = made["calendar_url"].as_str().unwrap().strip_prefix("https://mainstay.example.org").unwrap().to_owned();
        let empty = anyone.get(&path).await;
        assert_eq!((empty.status, empty.header("content-type")), (200, Some("text/calendar; charset=utf-8")));
        assert_eq!(empty.header("cache-control"), Some("private, no-cache"));
        assert!(events(&read(&empty.text)).is_empty());

        let need = seed::open_need(&acme.lin, "parser", TITLE, json!({"weeks": 1, "hours_per_week": 2.5})).await;
        let id = hired(&acme.app, &need, "ada", 2.5, Some(&acme.pledge)).await;
        let first = anyone.get(&path).await;
        let (work, check_in) = (format!("assignment-{id}@mainstay.example.org"), format!("check-in-{id}@mainstay.example.org"));
        let before = events(&read(&first.text));
        assert_eq!(before[&work], (format!("parser: {TITLE} (2.5 h/week)"), "20261122".to_owned(), 1));
        assert_eq!(before[&check_in], (format!("Begin: {TITLE} (parser)"), "20261220T090000Z".to_owned(), 1));
        assert!(first.text.contains("STATUS:TENTATIVE") && first.text.contains("DTEND;VALUE=DATE:20261129\r\n"), "{}", first.text);
        assert!(!first.text.contains("mst_feed_"), "its address is a secret");
        let known = anyone.send(Method::GET, &path, &[("if-none-match", &first.etag())], None).await;
        assert_eq!(known.status, 304, "nothing has changed, whenever it is asked");

        acme.lin.post(&format!("/api/v1/assignments/{id}/start"), json!({"reason": "We know each other."})).await.expect(200);
        let started = events(&read(&anyone.get(&path).await.text));
        assert_eq!(started[&check_in], (format!("Check in: {TITLE} (parser)"), "20261206T090000Z".to_owned(), 2));
        acme.app.clock.advance(TimeDelta::minutes(10));
        acme.ada.act(&format!("/api/v1/assignments/{id}/check-in")).await.expect(200);
        let moved = events(&read(&anyone.get(&path).await.text));
        assert_eq!(moved.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "the names stay");
        assert_eq!((moved[&check_in].1.as_str(), moved[&check_in].2), ("20261206T091000Z", 3));
        acme.lin.post(&format!("/api/v1/assignments/{id}/pause"), json!({"reason": "A holiday.", "until": "2026-11-30"})).await.expect(200);
        let paused = events(&read(&anyone.get(&path).await.text));
        assert_eq!(paused[&check_in].0, format!("The pause is over: {TITLE} (parser)"));
        assert_eq!(paused[&check_in].1, "20261130T000000Z");
        acme.ada.post(&format!("/api/v1/assignments/{id}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        let ended = anyone.get(&path).await;
        assert_eq!(events(&read(&ended.text)).keys().collect::<Vec<_>>(), [&work], "what was done stays, and nothing is due");
        assert!(ended.text.contains("DTEND;VALUE=DATE:20261123\r\n"), "{}", ended.text);
        acme.app.stop().await;
    }

    async fn the_calendar_is_its_owners_alone(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({})).await;
        acme.own_work(2.0).await;
        let anyone = acme.app.anonymous();
        let made = acme.olga.post("/api/v1/me/feed-tokens", json!({"name": "mine"})).await;
        let (place, made) = (made.header("location").unwrap().to_owned(), made.expect(201));
        let path = made["calendar_url"].as_str().unwrap().strip_prefix("https://mainstay.example.org").unwrap().to_owned();
        assert!(events(&read(&anyone.get(&path).await.text)).is_empty(), "olga has no assignment, whoever else has one");
        for wrong in ["x", "mst_api_x", acme.ada.token()] {
            anyone.get(&format!("/api/v1/feeds/assignments.ics?token={wrong}")).await.problem(404, "not_found");
        }
        assert_eq!(anyone.get("/api/v1/feeds/assignments.ics").await.status, 422);
        acme.olga.send(Method::DELETE, &place, &[], None).await.expect(204);
        anyone.get(&path).await.problem(404, "not_found");

        // What never began is in it no more once it is over, and nobody reads it whose account is locked.
        let ben = acme.app.person("ben").await;
        seed::offer(&ben, json!({})).await;
        let need = seed::open_need(&acme.lin, "parser", "Review it", json!({})).await;
        let id = hired(&acme.app, &need, "ben", 2.0, None).await;
        let made = ben.post("/api/v1/me/feed-tokens", json!({"name": "mine"})).await.expect(201);
        let path = made["calendar_url"].as_str().unwrap().strip_prefix("https://mainstay.example.org").unwrap().to_owned();
        assert_eq!(events(&read(&anyone.get(&path).await.text)).len(), 2);
        ben.post(&format!("/api/v1/assignments/{id}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        assert!(events(&read(&anyone.get(&path).await.text)).is_empty());
        ben.send(Method::DELETE, "/api/v1/me", &[], None).await.expect(202);
        acme.app.clock.advance(TimeDelta::days(14));
        accounts::erase_due(&acme.app.ctx, mainstay::app::personal::PARTS, market::request_id()).await.unwrap();
        anyone.get(&path).await.problem(404, "not_found");
        acme.app.stop().await;
    }
}
