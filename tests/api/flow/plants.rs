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
use mainstay::features::assignments::{self, Assignment, AssignmentStatus};
use mainstay::features::proposals::{Agreed, Hire, PROBLEMS};
use mainstay::infra::Ctx;
use mainstay::infra::db::{Conn, schema};
use mainstay::kernel::{AccountId, AssignmentId, Error, Result};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::time::Duration;

/// Ann, who offers six hours a week and is accepted for four of each of two projects; and bob, who keeps the first of them
/// busy for a moment.
struct Twice {
    app: TestApp,
    ann: Client,
    bob: Client,
    confirm: Vec<String>,
    busy: String,
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
        let (lead, ann, bob) = (app.person("lead").await, app.person("ann").await, app.person("bob").await);
        let coordinator = app.coordinator().await;
        let (mut confirm, mut needs) = (Vec::new(), Vec::new());
        for person in [&ann, &bob] {
            seed::offer(person, json!({"hours_per_week": 6})).await;
        }
        for project in ["small", "large"] {
            market::project(&lead, &coordinator, project, json!({})).await;
            let need = json!({"hours_per_week": 4, "seats": 2});
            needs.push(seed::open_need(&lead, project, "Some need", need).await);
        }
        for need in &needs {
            confirm.push(accepted(&lead, &ann, need).await);
        }
        let busy = accepted(&lead, &bob, &needs[0]).await;
        Self { app, ann, bob, confirm, busy }
    }

    /// Ann confirms both at the same time, while bob's is being worked on; gives how many of hers were taken, and what is wrong
    /// after.
    async fn at_once(&self) -> (usize, Vec<String>) {
        let hers = async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            join_all(self.confirm.iter().map(|path| self.ann.act(path))).await
        };
        let (busy, answers) = tokio::join!(self.bob.act(&self.busy), hers);
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

/// Fails when the hours don't fit beside those that are taken; then gives others the time to find the same.
fn require(hours: f64, taken: f64, offered: f64) -> Result<()> {
    if hours + taken > offered {
        let full = PROBLEMS.iter().find(|problem| problem.code == "proposal.no_seat_left").expect("a problem");
        return Err(Error::new(full, "The hours don't fit."));
    }
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}

/// Planted: looks at the volunteer's hours as it should, and locks nothing.
fn without_locks(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    use schema::{assignments as work, volunteer_profiles as profiles};
    let account: AccountId = agreed.proposal.account_id;
    let taken: Vec<f64> = work::table
        .filter(work::account_id.eq(account))
        .filter(work::status.eq_any(assignments::LIVE))
        .select(work::hours_per_week)
        .load(conn)?;
    let offered: f64 = profiles::table.find(account).select(profiles::hours_per_week).first(conn)?;
    require(agreed.proposal.hours_per_week, taken.iter().sum(), offered)?;
    insert(conn, ctx, agreed)
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = diesel::sql_types::Double)]
    hours: f64,
}

/// Planted: looks at the hours before and beside the transaction that takes them.
fn outside_the_transaction(conn: &mut Conn, ctx: &Ctx, agreed: &Agreed<'_>) -> Result<AssignmentId> {
    const TAKEN: &str = "select coalesce(sum(hours_per_week), 0.0) as hours from assignments
        inner join accounts on accounts.id = assignments.account_id where ended_at is null and handle = 'ann'";
    let url = ctx.settings().database.url.expose_secret().to_owned();
    let taken: Taken = match url.strip_prefix("sqlite:") {
        Some(path) => diesel::sql_query(TAKEN).get_result(&mut SqliteConnection::establish(path).unwrap())?,
        None => diesel::sql_query(TAKEN).get_result(&mut PgConnection::establish(&url).unwrap())?,
    };
    require(agreed.proposal.hours_per_week, taken.hours, 6.0)?;
    insert(conn, ctx, agreed)
}

on_both! {
    async fn as_it_is_one_of_the_two_is_refused(db: TestDb) {
        let twice = Twice::new(db, assignments::hire).await;
        assert_eq!(twice.at_once().await, (1, Vec::new()));
    }

    async fn an_assignment_that_is_made_without_locks_is_found(db: TestDb) {
        let one_writer = db.url.starts_with("sqlite");
        let twice = Twice::new(db, without_locks).await;
        let (taken, wrong) = twice.at_once().await;
        if one_writer {
            // All writes of SQLite are one writer's, so that there is nobody to be locked out.
            assert_eq!((taken, wrong.len()), (1, 0), "{wrong:?}");
        } else {
            assert_eq!(taken, 2);
            assert!(wrong.iter().any(|what| what.starts_with("hours: volunteer") && what.ends_with("gives 8 of 6")), "{wrong:?}");
        }
    }

    async fn hours_that_are_looked_at_outside_of_the_transaction_are_found(db: TestDb) {
        let twice = Twice::new(db, outside_the_transaction).await;
        let (taken, wrong) = twice.at_once().await;
        assert_eq!(taken, 2);
        assert!(wrong.iter().any(|what| what.starts_with("hours: volunteer") && what.ends_with("gives 8 of 6")), "{wrong:?}");
    }
}
