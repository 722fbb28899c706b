//! Bugs that are planted on purpose, to see that the checks find them: an assignment is made without locks, and hours and
//! seats are looked at outside of the transaction that takes them.

use super::sound;
use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::{market, seed};
use diesel::prelude::*;
use futures_util::future::join_all;
use mainstay::features::assignments::{self, Assignment, AssignmentStatus};
use mainstay::features::proposals::{Agreed, Hire, PROBLEMS};
use mainstay::infra::Ctx;
use mainstay::infra::db::{Conn, schema};
use mainstay::kernel::{AccountId, AssignmentId, Error, NeedId, ProposalId, Result};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// So many people are accepted for more than they have.
const PEOPLE: usize = 4;

/// People who offer six hours a week and are accepted for four of each of two projects.
struct Twice {
    app: TestApp,
    /// Who confirms where.
    confirm: Vec<(Client, String)>,
}

async fn accepted(lead: &Client, volunteer: &Client, need: &str) -> String {
    let made = volunteer.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.expect(201);
    let path = format!("/api/v1/proposals/{}", made["id"].as_str().unwrap());
    lead.act(&format!("{path}/accept")).await.expect(200);
    format!("{path}/confirm")
}

impl Twice {
    async fn new(db: TestDb, hire: Hire) -> Self {
        let app = TestApp::start_hiring(db, hire).await;
        let (lead, coordinator) = (app.person("lead").await, app.coordinator().await);
        let mut needs = Vec::new();
        for project in ["small", "large"] {
            market::project(&lead, &coordinator, project, json!({"review_hours_per_week": 60})).await;
            let need = json!({"hours_per_week": 4, "seats": PEOPLE});
            needs.push(seed::open_need(&lead, project, "Some need", need).await);
        }
        let mut confirm = Vec::new();
        for number in 0..PEOPLE {
            let person = app.person(&format!("ann{number}")).await;
            seed::offer(&person, json!({"hours_per_week": 6})).await;
            for need in &needs {
                confirm.push((person.clone(), accepted(&lead, &person, need).await));
            }
        }
        Self { app, confirm }
    }

    /// Each confirms both at the same time, one person after the other, so that there is a connection for either; gives how many
    /// were taken, and what is wrong after.
    async fn at_once(&self) -> (usize, Vec<String>) {
        let mut answers = Vec::new();
        for both in self.confirm.chunks(2) {
            answers.extend(join_all(both.iter().map(|(person, path)| person.act(path))).await);
        }
        let taken = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)), "{answers:?}");
        (taken, sound::violations(&self.app).await)
    }
}

/// The assignment's row, with nothing around it.
fn insert(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    let (now, proposal) = (ctx.now(), agreed.proposal);
    let row = Assignment {
        id: ctx.ids().make(),
        proposal_id: Some(proposal.id),
        need_id: proposal.need_id,
        project_id: proposal.project_id,
        account_id: proposal.account_id,
        status: AssignmentStatus::Onboarding,
        capacity: proposal.capacity,
        pledge_id: None,
        employer_id: None,
        hours_per_week: proposal.hours_per_week,
        access_level: 0,
        cla: agreed.project.cla,
        license: None,
        starts_on: now.date_naive(),
        ends_on: now.date_naive(),
        reserved_minutes: 0,
        confirmed_minutes: 0,
        started_at: None,
        next_check_in_at: None,
        remind_at: None,
        paused_until: None,
        notice_ends_at: None,
        volunteer_done_at: None,
        project_done_at: None,
        due_at: None,
        ended_at: None,
        ended_by: None,
        reason_code: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(schema::assignments::table).values(&row).execute(conn)?;
    Ok(row.id)
}

/// A person of one test's database.
type Person = (String, AccountId);

fn person(ctx: &Ctx, agreed: &Agreed<'_>) -> Person {
    (ctx.settings().database.url.expose_secret().to_owned(), agreed.proposal.account_id)
}

/// How often the hours of somebody were found to fit.
static FOUND: Mutex<BTreeMap<Person, u32>> = Mutex::new(BTreeMap::new());

/// Fails when the hours don't fit beside those that are taken; then waits for somebody else to find the same, but not for ever.
fn require(conn: &Conn, who: &Person, hours: f64, taken: f64) -> Result<()> {
    if hours + taken > 6.0 {
        let full = PROBLEMS.iter().find(|problem| problem.code == "proposal.no_seat_left").expect("a problem");
        return Err(Error::new(full, "The hours don't fit."));
    }
    *FOUND.lock().unwrap().entry(who.clone()).or_default() += 1;
    let mut patience = 1_000;
    while matches!(conn, Conn::Postgres(_)) && FOUND.lock().unwrap()[who] < 2 && patience > 0 {
        std::thread::sleep(Duration::from_millis(10));
        patience -= 1;
    }
    Ok(())
}

fn taken(conn: &mut Conn, account: AccountId) -> Result<f64> {
    use schema::assignments as work;
    let taken: Vec<f64> = work::table
        .filter(work::account_id.eq(account))
        .filter(work::status.eq_any(assignments::LIVE))
        .select(work::hours_per_week)
        .load(conn)?;
    Ok(taken.iter().sum())
}

/// Planted: looks at the volunteer's hours as it should, and locks nothing.
fn without_locks(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    let taken = taken(conn, agreed.proposal.account_id)?;
    require(conn, &person(ctx, agreed), agreed.proposal.hours_per_week, taken)?;
    insert(conn, ctx, agreed)
}

/// Hours as they were when somebody first looked, by database and person.
static LOOKED_AT: Mutex<BTreeMap<Person, f64>> = Mutex::new(BTreeMap::new());

/// Planted: goes by hours that were looked at before the transaction that takes them.
fn outside_the_transaction(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    let who = person(ctx, agreed);
    let now = taken(conn, agreed.proposal.account_id)?;
    let before = *LOOKED_AT.lock().unwrap().entry(who.clone()).or_insert(now);
    require(conn, &who, agreed.proposal.hours_per_week, before)?;
    insert(conn, ctx, agreed)
}

/// Planted: everybody looks at the need's seats first, and then takes one in a transaction of their own.
async fn seats_outside_the_transaction(app: &TestApp, need: NeedId) {
    use schema::{needs, proposals};
    let store = app.ctx.store();
    let proposed: Vec<ProposalId> = store
        .read(move |conn| Ok(proposals::table.filter(proposals::need_id.eq(need)).select(proposals::id).load(conn)?))
        .await
        .unwrap();
    let look = || store.read(move |conn| Ok(needs::table.find(need).select(needs::seats_taken).first::<i32>(conn)?));
    let looked = join_all(proposed.iter().map(|_| look())).await;
    for (proposal, taken) in proposed.into_iter().zip(looked) {
        let taken = taken.unwrap();
        assert!(taken < 1, "a seat is left, as far as anybody knows");
        let take = store.write(move |conn| {
            diesel::update(proposals::table.find(proposal)).set(proposals::holds_seat.eq(true)).execute(conn)?;
            diesel::update(needs::table.find(need)).set(needs::seats_taken.eq(taken + 1)).execute(conn)?;
            Ok(())
        });
        take.await.unwrap();
    }
}

fn too_many_hours(wrong: &[String]) -> bool {
    wrong.iter().any(|what| what.starts_with("hours: volunteer") && what.ends_with("gives 8 of 6"))
}

on_both! {
    async fn as_it_is_one_of_the_two_is_refused(db: TestDb) {
        let twice = Twice::new(db, assignments::hire).await;
        assert_eq!(twice.at_once().await, (PEOPLE, Vec::new()));
    }

    async fn an_assignment_that_is_made_without_locks_is_found(db: TestDb) {
        let one_writer = db.url.starts_with("sqlite");
        let twice = Twice::new(db, without_locks).await;
        let (taken, wrong) = twice.at_once().await;
        if one_writer {
            // All writes are one writer's, so that there is nobody to be locked out.
            assert_eq!((taken, wrong.len()), (PEOPLE, 0), "{wrong:?}");
        } else {
            assert!(taken > PEOPLE && too_many_hours(&wrong), "{taken}: {wrong:?}");
        }
    }

    async fn hours_that_are_looked_at_outside_of_the_transaction_are_found(db: TestDb) {
        let twice = Twice::new(db, outside_the_transaction).await;
        let (taken, wrong) = twice.at_once().await;
        assert!(taken > PEOPLE && too_many_hours(&wrong), "{taken}: {wrong:?}");
    }

    async fn a_seat_that_is_looked_at_outside_of_the_transaction_is_found(db: TestDb) {
        let app = TestApp::start(db).await;
        let (lead, coordinator) = (app.person("lead").await, app.coordinator().await);
        market::project(&lead, &coordinator, "small", json!({"review_hours_per_week": 60})).await;
        let need = seed::open_need(&lead, "small", "Some need", json!({"hours_per_week": 4, "seats": 1})).await;
        for number in 0..PEOPLE {
            let person = app.person(&format!("ann{number}")).await;
            seed::offer(&person, json!({"hours_per_week": 6})).await;
            person.post(&format!("/api/v1/needs/{need}/applications"), json!({})).await.expect(201);
        }
        assert_eq!(sound::violations(&app).await, Vec::<String>::new());
        seats_outside_the_transaction(&app, need.parse().unwrap()).await;
        let wrong = sound::violations(&app).await;
        assert!(wrong.iter().any(|what| what.starts_with("seats:") && what.ends_with("gave 4 of 1")), "{wrong:?}");
    }
}
