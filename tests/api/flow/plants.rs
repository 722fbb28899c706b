//! Bugs that are planted on purpose, to see that the checks find them: an assignment is made without locks, and hours are
//! looked at outside of the transaction.

use super::sound;
use crate::app::TestApp;
use crate::client::Client;
use crate::db::{TestDb, on_both};
use crate::{market, seed};
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};
use futures_util::future::join_all;
use mainstay::features::accounts;
use mainstay::features::assignments::{self, Assignment, AssignmentStatus};
use mainstay::features::proposals::{Agreed, Hire, PROBLEMS};
use mainstay::infra::Ctx;
use mainstay::infra::db::{Conn, schema};
use mainstay::kernel::{AssignmentId, Error, Result};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::time::Duration;

/// So many people are accepted for more than they have.
const PEOPLE: usize = 4;

/// People who offer six hours a week and are accepted for four of each of two projects; and bob, who keeps the first of the
/// projects busy for a moment.
struct Twice {
    app: TestApp,
    bob: Client,
    busy: String,
    /// Who confirms where.
    confirm: Vec<(Client, String)>,
}

async fn accepted(lead: &Client, volunteer: &Client, need: &str, hours: f64) -> String {
    let body = json!({"hours_per_week": hours});
    let made = volunteer.post(&format!("/api/v1/needs/{need}/applications"), body).await.expect(201);
    let path = format!("/api/v1/proposals/{}", made["id"].as_str().unwrap());
    lead.act(&format!("{path}/accept")).await.expect(200);
    format!("{path}/confirm")
}

impl Twice {
    async fn new(db: TestDb, hire: Hire) -> Self {
        let app = TestApp::start_hiring(db, hire).await;
        let (lead, bob, coordinator) = (app.person("lead").await, app.person("bob").await, app.coordinator().await);
        seed::offer(&bob, json!({})).await;
        let mut needs = Vec::new();
        for project in ["small", "large"] {
            market::project(&lead, &coordinator, project, json!({"review_hours_per_week": 60})).await;
            let need = json!({"hours_per_week": 4, "seats": PEOPLE + 1});
            needs.push(seed::open_need(&lead, project, "Some need", need).await);
        }
        let mut confirm = Vec::new();
        for number in 0..PEOPLE {
            let person = app.person(&format!("ann{number}")).await;
            seed::offer(&person, json!({"hours_per_week": 6})).await;
            for need in &needs {
                confirm.push((person.clone(), accepted(&lead, &person, need, 4.0).await));
            }
        }
        let busy = accepted(&lead, &bob, &needs[0], BUSY).await;
        Self { app, bob, busy, confirm }
    }

    /// All of them confirm all at the same time, while bob's is being worked on; gives how many were taken, and what is wrong
    /// after.
    async fn at_once(&self) -> (usize, Vec<String>) {
        let theirs = async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            join_all(self.confirm.iter().map(|(person, path)| person.act(path))).await
        };
        let (busy, answers) = tokio::join!(self.bob.act(&self.busy), theirs);
        busy.expect(200);
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

/// Hours of whoever keeps others waiting.
const BUSY: f64 = 1.0;

/// Fails when the hours don't fit beside those that are taken; then gives others the time to find the same.
fn require(conn: &Conn, hours: f64, taken: f64) -> Result<()> {
    if hours + taken > 6.0 {
        let full = PROBLEMS.iter().find(|problem| problem.code == "proposal.no_seat_left").expect("a problem");
        return Err(Error::new(full, "The hours don't fit."));
    }
    // The one writer of SQLite takes others into the same transaction as long as nobody lets it wait.
    if matches!(conn, Conn::Postgres(_)) || hours <= BUSY {
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Planted: looks at the volunteer's hours as it should, and locks nothing.
fn without_locks(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    use schema::assignments as work;
    let taken: Vec<f64> = work::table
        .filter(work::account_id.eq(agreed.proposal.account_id))
        .filter(work::status.eq_any(assignments::LIVE))
        .select(work::hours_per_week)
        .load(conn)?;
    require(conn, agreed.proposal.hours_per_week, taken.iter().sum())?;
    insert(conn, ctx, agreed)
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = diesel::sql_types::Double)]
    hours: f64,
}

/// Planted: looks at the volunteer's hours beside the transaction that takes them.
fn outside_the_transaction(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    let handle = accounts::get_account(conn, agreed.proposal.account_id)?.handle;
    let query = format!(
        "select coalesce(sum(hours_per_week), 0.0) as hours from assignments
         inner join accounts on accounts.id = assignments.account_id where ended_at is null and handle = '{handle}'"
    );
    let url = ctx.settings().database.url.expose_secret();
    let taken: Taken = match url.strip_prefix("sqlite:") {
        Some(path) => diesel::sql_query(query).get_result(&mut SqliteConnection::establish(path).unwrap())?,
        None => diesel::sql_query(query).get_result(&mut PgConnection::establish(url).unwrap())?,
    };
    require(conn, agreed.proposal.hours_per_week, taken.hours)?;
    insert(conn, ctx, agreed)
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
}
