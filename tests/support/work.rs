//! Agreed work: assignments as proposals make them, without the way there.

use crate::app::TestApp;
use crate::client::Client;
use crate::{market, seed};
use chrono::TimeDelta;
use diesel::RunQueryDsl as _;
use mainstay::features::organizations::OrganizationRole::Member;
use mainstay::features::proposals::{Agreed, Capacity, Origin, Proposal, ProposalStatus};
use mainstay::features::{accounts, assignments, needs, pledges, projects};
use mainstay::infra::db::schema::proposals;
use serde_json::json;

/// Makes an assignment of this need and person, as if all sides had agreed; gives its id.
pub(crate) async fn hired(app: &TestApp, need: &str, handle: &str, hours: f64, pledge: Option<&str>) -> String {
    let (ctx, handle) = (app.ctx.clone(), handle.to_owned());
    let (need, pledge) = (need.parse().unwrap(), pledge.map(|id| id.parse().unwrap()));
    let made = app.ctx.store().write(move |conn| {
        let need = needs::get_need(conn, need)?;
        let project = projects::lock_project(conn, need.project_id)?;
        let need = needs::lock_need(conn, need.id)?;
        assert!(needs::take_seat(conn, &ctx, need.id)?, "a seat is left");
        let employer = match pledge {
            Some(id) => Some(pledges::get_pledge(conn, id)?.organization_id),
            None => None,
        };
        let now = ctx.now();
        let proposal = Proposal {
            id: ctx.ids().make(),
            need_id: need.id,
            project_id: project.id,
            account_id: accounts::find_account_by_handle(conn, &handle)?.expect("a person").id,
            origin: Origin::Application,
            round_id: None,
            status: ProposalStatus::Converted,
            capacity: if pledge.is_some() { Capacity::EmployerTime } else { Capacity::OwnTime },
            pledge_id: pledge,
            employer_id: employer,
            hours_per_week: hours,
            message: String::new(),
            need_revision: 1,
            holds_seat: false,
            volunteer_agreed_at: Some(now),
            project_agreed_at: Some(now),
            employer_agreed_at: employer.map(|_| now),
            employer_agreed_by: None,
            final_word: true,
            assignment_id: None,
            reason_code: None,
            reason: None,
            due_at: None,
            remind_at: None,
            ended_at: Some(now),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(proposals::table).values(&proposal).execute(conn).expect("a proposal");
        let request_id = market::request_id();
        let agreed = Agreed { proposal: &proposal, project: &project, need: &need, by: None, request_id: &request_id };
        assignments::hire(conn, &ctx, &agreed)
    });
    made.await.unwrap().to_string()
}

/// The same, and the work has begun.
pub(crate) async fn at_work(
    app: &TestApp,
    lead: &Client,
    need: &str,
    handle: &str,
    hours: f64,
    pledge: Option<&str>,
) -> String {
    let id = hired(app, need, handle, hours, pledge).await;
    let body = json!({"reason": "They know their way about."});
    lead.post(&format!("/api/v1/assignments/{id}/start"), body).await.expect(200);
    id
}

/// Both sides say that it is done.
pub(crate) async fn complete(lead: &Client, volunteer: &Client, assignment: &str) {
    let path = format!("/api/v1/assignments/{assignment}/complete");
    lead.act(&path).await.expect(200);
    assert_eq!(volunteer.act(&path).await.expect(200)["status"], "completed");
}

/// `parser`, led by `lin`; `acme`, owned by `olga`, with a pledge of so many hours a week; and `ada` of acme, who offers her time.
pub(crate) struct Acme {
    pub(crate) app: TestApp,
    pub(crate) lin: Client,
    pub(crate) olga: Client,
    pub(crate) ada: Client,
    pub(crate) need: String,
    pub(crate) pledge: String,
}

impl Acme {
    pub(crate) async fn new(db: crate::db::TestDb, pledged: f64, need: serde_json::Value) -> Self {
        Self::over(TestApp::start(db).await, pledged, need).await
    }

    /// The same at a server that is there.
    pub(crate) async fn over(app: TestApp, pledged: f64, need: serde_json::Value) -> Self {
        let (lin, olga, ada) = (app.person("lin").await, app.person("olga").await, app.person("ada").await);
        seed::listed_project(&app, "parser", &lin).await;
        market::organization(&olga, "acme").await;
        market::join(&app, "acme", "ada", Member).await;
        seed::offer(&ada, json!({"hours_per_week": 20})).await;
        let need = seed::open_need(&lin, "parser", "Fuzz the parser", need).await;
        let body =
            json!({"hours_per_week": pledged, "starts_on": "2026-11-22", "ends_on": "2026-12-05", "approval": "auto"});
        let made = olga.post("/api/v1/organizations/acme/pledges", body).await.expect(201);
        let pledge = made["id"].as_str().unwrap().to_owned();
        olga.act(&format!("/api/v1/pledges/{pledge}/activate")).await.expect(200);
        Self { app, lin, olga, ada, need, pledge }
    }

    /// Ada is at work for so many hours a week of the pledge.
    pub(crate) async fn pledged_work(&self, hours: f64) -> String {
        at_work(&self.app, &self.lin, &self.need, "ada", hours, Some(&self.pledge)).await
    }

    /// Ada is at work in her own time.
    pub(crate) async fn own_work(&self, hours: f64) -> String {
        at_work(&self.app, &self.lin, &self.need, "ada", hours, None).await
    }

    /// Ada logs so many minutes on a day; gives the entry's address.
    pub(crate) async fn logged(&self, assignment: &str, day: &str, minutes: i64) -> String {
        let body = json!({"worked_on": day, "minutes": minutes, "note": "Fuzzed the lexer."});
        let made = self.ada.post(&format!("/api/v1/assignments/{assignment}/time-entries"), body).await.expect(201);
        format!("/api/v1/time-entries/{}", made["id"].as_str().unwrap())
    }

    /// Ada logs, and lin confirms.
    pub(crate) async fn confirmed(&self, assignment: &str, day: &str, minutes: i64) -> String {
        let entry = self.logged(assignment, day, minutes).await;
        self.lin.act(&format!("{entry}/confirm")).await.expect(200);
        entry
    }

    /// Granted, reserved, delivered and confirmed minutes of the pledge.
    pub(crate) async fn balance(&self) -> [i64; 4] {
        let balance = self.olga.get(&format!("/api/v1/pledges/{}", self.pledge)).await.expect(200)["balance"].clone();
        let minutes = |name: &str| {
            let hours = balance[name].as_f64().unwrap();
            format!("{:.0}", hours * 60.0).parse().unwrap()
        };
        ["granted", "reserved", "delivered", "confirmed"].map(minutes)
    }

    /// Days later everybody is signed in anew.
    pub(crate) async fn later(&mut self, days: i64) {
        self.app.clock.advance(TimeDelta::days(days));
        accounts::keys::refresh(&self.app.ctx).await.unwrap();
        self.lin = self.app.sign_in("lin@example.org", "lin").await;
        self.olga = self.app.sign_in("olga@example.org", "olga").await;
        self.ada = self.app.sign_in("ada@example.org", "ada").await;
    }
}
