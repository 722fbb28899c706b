//! Logged work: what counts, who says so, and what of it a pledge pays for.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::market::request_id;
use crate::seed;
use crate::work::{self, Acme};
use actix_web::web::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use mainstay::features::time_entries;
use reqwest::{Body, Method};
use serde_json::{Value, json};
use std::fmt::Write as _;

async fn log(person: &Client, assignment: &str, body: Value) -> Answer {
    person.post(&format!("/api/v1/assignments/{assignment}/time-entries"), body).await
}

fn entry(changes: &Value) -> Value {
    let body = json!({"worked_on": "2026-11-22", "minutes": 90, "note": "Fuzzed the lexer."});
    crate::market::but(body, changes)
}

async fn import(person: &Client, table: &str) -> Answer {
    let headers = [("content-type", "text/csv")];
    person.send(Method::POST, "/api/v1/me/time-entries/import", &headers, Some(table.to_owned())).await
}

/// A million rows, each of which would be fine.
fn million(assignment: &str) -> String {
    let mut table = String::with_capacity(70_000_000);
    table.push_str("assignment,worked_on,minutes,note\n");
    for row in 0..1_000_000 {
        writeln!(table, "{assignment},2026-11-22,1,row {row}").unwrap();
    }
    table
}

async fn nothing_logged(acme: &Acme, assignment: &str) {
    let list = acme.ada.get(&format!("/api/v1/assignments/{assignment}/time-entries")).await.expect(200);
    assert_eq!(list["items"], json!([]));
    assert_eq!(acme.balance().await[2..], [0, 0]);
}

async fn lapse(acme: &Acme) -> usize {
    time_entries::confirm_silent(&acme.app.ctx, request_id()).await.unwrap()
}

/// `kind minutes` of the pledge's ledger, without its grant.
async fn ledger(acme: &Acme) -> Vec<String> {
    let page = acme.olga.get(&format!("/api/v1/pledges/{}/ledger?limit=100", acme.pledge)).await.expect(200);
    let entry = |entry: &Value| format!("{} {}", entry["kind"].as_str().unwrap(), entry["minutes"]);
    page["items"].as_array().unwrap().iter().map(entry).skip(1).collect()
}

on_both! {
    async fn confirmed_work_is_paid_for_by_the_pledge(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        assert_eq!(acme.balance().await, [4800, 240, 0, 0]);
        let made = log(&acme.ada, &id, entry(&json!({"links": ["https://code.example.org/1"]}))).await;
        let path = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["status"], &made["due_at"], &made["pledged_minutes"]), (&json!("submitted"), &json!("2026-12-06T09:00:00Z"), &json!(0)));
        assert_eq!((&made["pledge"], &made["volunteer"]), (&json!(acme.pledge), &json!("ada")));
        assert_eq!(acme.balance().await, [4800, 240, 90, 0]);
        // Nobody confirms their own hours, and nobody else's business is shown.
        acme.ada.act(&format!("{path}/confirm")).await.problem(403, "forbidden");
        acme.olga.act(&format!("{path}/confirm")).await.problem(403, "forbidden");
        let stranger = acme.app.person("mallory").await;
        stranger.get(&path).await.problem(404, "not_found");
        stranger.act(&format!("{path}/confirm")).await.problem(404, "not_found");
        log(&stranger, &id, entry(&json!({}))).await.problem(404, "not_found");
        log(&acme.lin, &id, entry(&json!({}))).await.problem(403, "forbidden");
        acme.app.anonymous().get(&path).await.problem(401, "auth.required");
        let seen = acme.lin.get(&path).await;
        let tag = seen.etag();
        let seen = seen.expect(200);
        assert_eq!((&seen["pledge"], &seen["minutes"]), (&json!(null), &json!(90)), "the pledge is not the project's to know");
        let done = acme.lin.send(Method::POST, &format!("{path}/confirm"), &[("if-match", tag.as_str())], None).await.expect(200);
        assert_eq!((&done["status"], &done["confirmed_minutes"], &done["pledged_minutes"], &done["own_time_minutes"], &done["automatic"]),
            (&json!("confirmed"), &json!(90), &json!(90), &json!(0), &json!(false)));
        assert_eq!(acme.balance().await, [4800, 150, 90, 90]);
        assert_eq!(ledger(&acme).await, ["reserve 240", "deliver 90", "confirm 90"]);
        assert_eq!(acme.ada.get(&format!("/api/v1/assignments/{id}")).await.expect(200)["minutes_confirmed"], 90);
        let again = acme.lin.act(&format!("{path}/confirm")).await.problem(409, "time_entry.transition_refused");
        assert_eq!(again["allowed"], json!(["void"]));
        acme.lin.send(Method::POST, &format!("{path}/void"), &[("if-match", tag.as_str())], None).await.problem(412, "precondition.stale");
        let list = acme.olga.get(&format!("/api/v1/assignments/{id}/time-entries?status=confirmed")).await.expect(200);
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["pledge"]), (1, &json!(acme.pledge)));
        acme.app.stop().await;
    }

    async fn what_the_project_doubts_is_adjusted_or_rejected(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let (first, second) = (acme.logged(&id, "2026-11-22", 90).await, acme.logged(&id, "2026-11-22", 60).await);
        assert_eq!(acme.balance().await, [4800, 240, 150, 0]);
        let adjust = json!({"minutes": 60, "reason": "As agreed in the review."});
        let early = acme.lin.post(&format!("{first}/adjust"), adjust.clone()).await.problem(409, "time_entry.transition_refused");
        assert_eq!(early["allowed"], json!(["confirm", "dispute", "void"]));
        assert_eq!(acme.lin.post(&format!("{first}/dispute"), json!({"reason": " "})).await.faults(), ["/reason too_short"]);
        let disputed = acme.lin.post(&format!("{first}/dispute"), json!({"reason": "Half of it was ours."})).await.expect(200);
        assert_eq!((&disputed["status"], &disputed["reason"], &disputed["due_at"]), (&json!("disputed"), &json!("Half of it was ours."), &json!(null)));
        for minutes in [90, 959] {
            let more = json!({"minutes": minutes, "reason": "More."});
            assert_eq!(acme.lin.post(&format!("{first}/adjust"), more).await.faults(), ["/minutes out_of_range"]);
        }
        acme.ada.post(&format!("{first}/adjust"), adjust.clone()).await.problem(403, "forbidden");
        let adjusted = acme.lin.post(&format!("{first}/adjust"), adjust).await.expect(200);
        assert_eq!((&adjusted["status"], &adjusted["minutes"], &adjusted["confirmed_minutes"]), (&json!("adjusted"), &json!(90), &json!(60)));
        assert_eq!(acme.balance().await, [4800, 180, 120, 60]);
        acme.lin.post(&format!("{second}/dispute"), json!({"reason": "Never seen."})).await.expect(200);
        let rejected = acme.lin.post(&format!("{second}/reject"), json!({"reason": "Never seen."})).await.expect(200);
        assert_eq!((&rejected["status"], &rejected["confirmed_minutes"]), (&json!("rejected"), &json!(0)));
        assert_eq!(acme.balance().await, [4800, 180, 60, 60]);
        assert_eq!(ledger(&acme).await, ["reserve 240", "deliver 90", "deliver 60", "confirm 60", "deliver -30", "deliver -60"]);
        // What was rejected does not fill the day.
        acme.logged(&id, "2026-11-22", 900).await;
        assert_eq!(log(&acme.ada, &id, entry(&json!({"minutes": 1}))).await.faults(), ["/minutes day_full"]);
        acme.app.stop().await;
    }

    async fn what_the_pledge_has_not_is_own_time(db: TestDb) {
        let acme = Acme::new(db, 1.0, json!({"hours_per_week": 0.5})).await;
        let id = acme.pledged_work(0.5).await;
        assert_eq!(acme.balance().await, [120, 60, 0, 0]);
        let path = acme.logged(&id, "2026-11-22", 150).await;
        let done = acme.lin.act(&format!("{path}/confirm")).await.expect(200);
        assert_eq!((&done["confirmed_minutes"], &done["pledged_minutes"], &done["own_time_minutes"]), (&json!(150), &json!(120), &json!(30)));
        assert_eq!(acme.balance().await, [120, 0, 120, 120]);
        assert_eq!(acme.olga.get(&format!("/api/v1/pledges/{}", acme.pledge)).await.expect(200)["status"], "exhausted");
        // Taking it back gives the pledge its minutes again, and the entry stays to be read.
        let undone = acme.ada.post(&format!("{path}/void"), json!({"reason": "Wrong week."})).await.expect(200);
        assert_eq!((&undone["status"], &undone["reason"]), (&json!("reversed"), &json!("Wrong week.")));
        assert_eq!(acme.balance().await, [120, 60, 0, 0], "what was agreed stays reserved, and what came on top does not");
        let list = acme.ada.get(&format!("/api/v1/assignments/{id}/time-entries")).await.expect(200);
        let reversing = &list["items"][0];
        assert_eq!((&reversing["status"], &reversing["minutes"], &reversing["confirmed_minutes"], &reversing["reverses"]),
            (&json!("reversing"), &json!(-150), &json!(-150), &undone["id"]));
        acme.lin.act(&format!("{path}/void")).await.problem(409, "time_entry.transition_refused");
        let own = format!("/api/v1/time-entries/{}", reversing["id"].as_str().unwrap());
        acme.ada.act(&format!("{own}/void")).await.problem(409, "time_entry.transition_refused");
        assert_eq!(acme.ada.get(&format!("/api/v1/assignments/{id}")).await.expect(200)["minutes_confirmed"], 0);
        acme.app.stop().await;
    }

    async fn what_is_taken_back_leaves_reserved_what_was_agreed(db: TestDb) {
        let acme = Acme::new(db, 10.0, json!({"hours_per_week": 0.5})).await;
        let id = acme.pledged_work(0.5).await;
        assert_eq!(acme.balance().await, [1200, 60, 0, 0]);
        let (first, second) = (acme.confirmed(&id, "2026-11-22", 50).await, acme.confirmed(&id, "2026-11-22", 40).await);
        assert_eq!(acme.balance().await, [1200, 0, 90, 90], "thirty minutes more than agreed");
        acme.ada.act(&format!("{first}/void")).await.expect(200);
        assert_eq!(acme.balance().await, [1200, 20, 40, 40]);
        acme.lin.act(&format!("{second}/void")).await.expect(200);
        assert_eq!(acme.balance().await, [1200, 60, 0, 0]);
        acme.confirmed(&id, "2026-11-22", 100).await;
        assert_eq!(acme.balance().await, [1200, 0, 100, 100]);
        acme.app.stop().await;
    }

    async fn bad_entries_leave_no_trace(db: TestDb) {
        let mut acme = Acme::new(db, 40.0, json!({})).await;
        let hired = work::hired(&acme.app, &acme.need, "ada", 2.0, Some(&acme.pledge)).await;
        log(&acme.ada, &hired, entry(&json!({}))).await.problem(409, "time_entry.assignment_not_open");
        acme.lin.post(&format!("/api/v1/assignments/{hired}/start"), json!({"reason": "Go."})).await.expect(200);
        for (changes, faults) in [
            (json!({"worked_on": "2026-11-23"}), &["/worked_on in_the_future"][..]),
            (json!({"worked_on": "2026-11-21"}), &["/worked_on before_the_assignment"]),
            (json!({"minutes": 0}), &["/minutes out_of_range"]),
            (json!({"minutes": -90}), &["/minutes out_of_range"]),
            (json!({"minutes": 1500}), &["/minutes out_of_range"]),
            (json!({"minutes": 90.5}), &["/minutes wrong_type"]),
            (json!({"note": ""}), &["/note too_short"]),
            (json!({"minutes": null, "started_at": "08:00", "ended_at": "11:00"}), &["/ended_at in_the_future"]),
            (json!({"minutes": 61, "started_at": "08:00", "ended_at": "09:00"}), &["/minutes longer_than_its_times"]),
            (json!({"started_at": "8"}), &["/ended_at missing"]),
            (json!({"worked_on": "2026-11-24", "note": "", "links": ["x"]}), &["/worked_on in_the_future", "/note too_short", "/links/0 invalid_url"]),
            (json!({"hours": 1}), &["/hours unknown_field"]),
        ] {
            let answer = log(&acme.ada, &hired, entry(&changes)).await;
            assert_eq!((answer.status, answer.faults()), (422, faults.iter().map(|fault| (*fault).to_owned()).collect()), "{changes}: {}", answer.text);
        }
        assert_eq!(acme.balance().await, [4800, 240, 0, 0]);
        let list = acme.ada.get(&format!("/api/v1/assignments/{hired}/time-entries")).await.expect(200);
        assert_eq!(list["items"], json!([]));
        // At ten in the morning in Berlin an entry until ten is over.
        let times = json!({"minutes": null, "started_at": "08:30", "ended_at": "10:00"});
        assert_eq!(log(&acme.ada, &hired, entry(&times)).await.expect(201)["minutes"], 90);
        // In an hour that never was, nobody worked.
        seed::offer(&acme.ada, json!({"time_zone": "Asia/Tokyo", "hours_per_week": 20})).await;
        assert_eq!(log(&acme.ada, &hired, entry(&json!({"minutes": null, "started_at": "08:30", "ended_at": "18:00"}))).await.expect(201)["minutes"], 570);
        acme.later(92).await;
        assert_eq!(log(&acme.ada, &hired, entry(&json!({}))).await.faults(), ["/worked_on too_old"]);
        acme.ada.post(&format!("/api/v1/assignments/{hired}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        acme.later(15).await;
        log(&acme.ada, &hired, entry(&json!({"worked_on": "2027-02-20"}))).await.problem(409, "time_entry.assignment_not_open");
        acme.app.stop().await;
    }

    async fn a_day_holds_sixteen_hours_however_many_ask_at_once(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({"seats": 2})).await;
        let (lin, one) = (&acme.lin, acme.pledged_work(2.0).await);
        let need = seed::open_need(lin, "parser", "Fuzz the lexer", json!({})).await;
        let two = work::at_work(&acme.app, lin, &need, "ada", 2.0, None).await;
        let asks = (0..24).map(|at| {
            let id = if at % 2 == 0 { &one } else { &two };
            log(&acme.ada, id, entry(&json!({"minutes": 60})))
        });
        let answers = join_all(asks).await;
        let logged = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(logged, 16, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert!(answers.iter().filter(|answer| answer.status != 201).all(|answer| answer.faults() == ["/minutes day_full"]));
        let confirms = join_all((0..8).map(|_| async {
            let list = lin.get(&format!("/api/v1/assignments/{one}/time-entries?limit=100")).await.expect(200);
            let first = format!("/api/v1/time-entries/{}/confirm", list["items"][0]["id"].as_str().unwrap());
            lin.act(&first).await.status
        }))
        .await;
        assert_eq!(confirms.iter().filter(|status| **status == 200).count(), 1, "{confirms:?}");
        assert!(confirms.iter().all(|status| matches!(status, 200 | 409)));
        assert_eq!(acme.balance().await[3], 60);
        acme.app.stop().await;
    }

    async fn silence_confirms_after_fourteen_days_and_is_told_apart(db: TestDb) {
        let mut acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let (quiet, doubted) = (acme.logged(&id, "2026-11-22", 45).await, acme.logged(&id, "2026-11-22", 30).await);
        acme.lin.post(&format!("{doubted}/dispute"), json!({"reason": "Which fuzzer?"})).await.expect(200);
        acme.later(13).await;
        assert_eq!(lapse(&acme).await, 0);
        acme.later(1).await;
        assert_eq!((lapse(&acme).await, lapse(&acme).await), (1, 0));
        let seen = acme.ada.get(&quiet).await.expect(200);
        assert_eq!((&seen["status"], &seen["automatic"], &seen["confirmed_minutes"]), (&json!("confirmed"), &json!(true), &json!(45)));
        assert_eq!(acme.ada.get(&doubted).await.expect(200)["status"], "disputed");
        assert_eq!(acme.balance().await[2..], [75, 45]);
        acme.app.stop().await;
    }

    async fn an_ended_assignment_keeps_back_only_what_waits(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let (waits, doubted) = (acme.logged(&id, "2026-11-22", 60).await, acme.logged(&id, "2026-11-22", 30).await);
        acme.ada.post(&format!("/api/v1/assignments/{id}/end"), json!({"reason_code": "no_time"})).await.expect(200);
        assert_eq!(acme.balance().await, [4800, 90, 90, 0]);
        acme.lin.act(&format!("{waits}/confirm")).await.expect(200);
        assert_eq!(acme.balance().await, [4800, 30, 90, 60]);
        acme.lin.post(&format!("{doubted}/dispute"), json!({"reason": "Hm."})).await.expect(200);
        acme.lin.post(&format!("{doubted}/reject"), json!({"reason": "No."})).await.expect(200);
        assert_eq!(acme.balance().await, [4800, 0, 60, 60]);
        // Hours that were forgotten may still come.
        let late = acme.confirmed(&id, "2026-11-22", 20).await;
        assert_eq!(acme.balance().await, [4800, 0, 80, 80]);
        acme.lin.post(&format!("{late}/void"), json!({"reason": "Counted twice."})).await.expect(200);
        assert_eq!(acme.balance().await, [4800, 0, 60, 60]);
        acme.app.stop().await;
    }

    async fn a_table_is_taken_row_by_row_and_never_twice(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let nobody = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";
        let table = format!(
            "\u{FEFF}assignment;worked_on;minutes;note;key\r\n{id};2026-11-22;30;\"Read \"\"lexer.rs\"\"; twice\";a\r\n{id};2026-11-22;1,5;x;b\r\n{nobody};2026-11-22;30;x;c\r\n{id};2026-11-23;30;x;d\r\n{id};2026-11-22;15;x;\r\n{id};2026-11-22;15;x;\r\n"
        );
        let first = import(&acme.ada, &table).await.expect(200);
        assert_eq!((&first["created"], &first["already_there"], &first["refused"]), (&json!(3), &json!(0), &json!(3)));
        let told: Vec<String> = first["rows"].as_array().unwrap().iter()
            .map(|row| format!("{} {} {}", row["line"], row["outcome"].as_str().unwrap(), row["errors"][0]["code"].as_str().unwrap_or("-"))).collect();
        assert_eq!(told, ["2 created -", "3 refused not_whole", "4 refused not_found", "5 refused in_the_future", "6 created -", "7 created -"]);
        let entry = acme.ada.get(&format!("/api/v1/time-entries/{}", first["rows"][0]["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(entry["note"], "Read \"lexer.rs\"; twice");
        let again = import(&acme.ada, &table).await.expect(200);
        assert_eq!((&again["created"], &again["already_there"], &again["refused"]), (&json!(0), &json!(3), &json!(3)));
        assert_eq!(again["rows"][0]["id"], first["rows"][0]["id"]);
        assert_eq!(acme.balance().await[2], 60);
        // The project's lead has no hours of their own there.
        assert_eq!(import(&acme.lin, &table).await.expect(200)["created"], 0);
        assert_eq!(import(&acme.ada, "assignment,hours\n").await.faults(), ["/heading/1 unknown_column", "/heading missing_column", "/heading missing_column"]);
        let many = format!("assignment,worked_on,note\n{}", format!("{id},2026-11-22,x\n").repeat(2_001));
        assert_eq!(import(&acme.ada, &many).await.faults(), [" too_many_rows"]);
        acme.ada.post("/api/v1/me/time-entries/import", json!({})).await.problem(415, "request.unsupported_media_type");
        acme.app.stop().await;
    }

    async fn a_table_of_a_million_rows_is_refused_and_nothing_of_it_taken(db: TestDb) {
        let acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let table = million(&id);
        assert!(table.len() > 60_000_000, "{}", table.len());
        // By its length, where it says so, and else by what has come of it.
        let told = import(&acme.ada, &table).await.problem(413, "request.too_large");
        assert_eq!(told["detail"], "At most 1048576 bytes are allowed in a body.");
        let parts: Vec<_> =
            table.as_bytes().chunks(16 * 1024).map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part))).collect();
        let parts = stream::iter(parts);
        let answer = acme.ada.stream("/api/v1/me/time-entries/import", "text/csv", Body::wrap_stream(parts)).await;
        answer.problem(413, "request.too_large");
        nothing_logged(&acme, &id).await;
        acme.app.stop().await;
    }

    async fn where_such_a_table_may_come_its_first_row_too_many_is_named(db: TestDb) {
        let app = TestApp::start_with(db, |settings| settings.server.max_body_bytes = 128 << 20).await;
        let acme = Acme::over(app, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let answer = import(&acme.ada, &million(&id)).await;
        assert_eq!(answer.faults(), [" too_many_rows"]);
        let detail = answer.problem(422, "input.invalid")["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("At most 2000 rows are taken at a time; the one on line 2002 is too many"), "{detail}");
        nothing_logged(&acme, &id).await;
        acme.app.stop().await;
    }

    async fn work_is_handed_out_and_forgotten_with_its_person(db: TestDb) {
        let mut acme = Acme::new(db, 40.0, json!({})).await;
        let id = acme.pledged_work(2.0).await;
        let path = acme.confirmed(&id, "2026-11-22", 60).await;
        let all = acme.ada.get("/api/v1/me/export").await.expect(200);
        assert_eq!((&all["time_entries"][0]["note"], &all["time_entries"][0]["confirmed_minutes"]), (&json!("Fuzzed the lexer."), &json!(60)));
        acme.ada.send(Method::DELETE, "/api/v1/me", &[], None).await.expect(202);
        acme.app.clock.advance(chrono::TimeDelta::days(14));
        mainstay::features::accounts::keys::refresh(&acme.app.ctx).await.unwrap();
        mainstay::features::accounts::erase_due(&acme.app.ctx, mainstay::app::personal::PARTS, request_id()).await.unwrap();
        acme.lin = acme.app.sign_in("lin@example.org", "lin").await;
        let left = acme.lin.get(&path).await.expect(200);
        assert_eq!((&left["note"], &left["confirmed_minutes"]), (&json!("Removed with the account."), &json!(60)));
        acme.app.stop().await;
    }
}
