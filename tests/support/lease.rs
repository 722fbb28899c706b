//! Makes assignments out of what all sides agreed to, by the faces of the features.

use crate::app::TestApp;
use crate::market::request_id;
use diesel::RunQueryDsl as _;
use mainstay::features::proposals::{Agreed, Capacity, Origin, Proposal, ProposalStatus};
use mainstay::features::{accounts, assignments, needs, organizations, projects};
use mainstay::infra::db::schema::proposals;
use mainstay::kernel::{Error, NeedId, PledgeId, Result};

/// Whose hours: a pledge's id and its organization's slug.
pub(crate) type Employer<'a> = Option<(&'a str, &'a str)>;

/// What was agreed.
#[derive(Debug, Clone)]
struct Agreement {
    need: NeedId,
    handle: String,
    hours: f64,
    employer: Option<(PledgeId, String)>,
}

/// Puts an accepted proposal in, which holds a seat, and makes an assignment of it; gives the assignment's address.
pub(crate) async fn hire(
    app: &TestApp,
    need: &str,
    handle: &str,
    hours: f64,
    employer: Employer<'_>,
) -> Result<String, Error> {
    let agreement = Agreement {
        need: need.parse().unwrap(),
        handle: handle.to_owned(),
        hours,
        employer: employer.map(|(pledge, slug)| (pledge.parse().unwrap(), slug.to_owned())),
    };
    let ctx = app.ctx.clone();
    let hired = app.ctx.store().write(move |conn| {
        let Agreement { need, handle, hours, employer } = agreement.clone();
        let project_id = needs::get_need(conn, need)?.project_id;
        let project = projects::lock_project(conn, project_id)?;
        let need = needs::lock_need(conn, need)?;
        assert!(needs::take_seat(conn, &ctx, need.id)?, "a seat for the test");
        let need = needs::lock_need(conn, need.id)?;
        let account_id = accounts::find_account_by_handle(conn, &handle)?.expect("a person").id;
        let employer = match employer {
            Some((pledge, slug)) => {
                Some((pledge, organizations::find_organization_by_slug(conn, &slug)?.expect("an organization").id))
            }
            None => None,
        };
        let now = ctx.now();
        let proposal = Proposal {
            id: ctx.ids().make(),
            need_id: need.id,
            project_id: project.id,
            account_id,
            origin: Origin::Application,
            round_id: None,
            status: ProposalStatus::Converted,
            capacity: if employer.is_some() { Capacity::EmployerTime } else { Capacity::OwnTime },
            pledge_id: employer.map(|(pledge, _)| pledge),
            employer_id: employer.map(|(_, organization)| organization),
            hours_per_week: hours,
            message: "I know this code.".to_owned(),
            need_revision: need.revision,
            holds_seat: false,
            volunteer_agreed_at: Some(now),
            project_agreed_at: Some(now),
            employer_agreed_at: Some(now),
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
        diesel::insert_into(proposals::table).values(&proposal).execute(conn).map_err(Error::from)?;
        let request_id = &request_id();
        let agreed = Agreed { proposal: &proposal, project: &project, need: &need, by: Some(account_id), request_id };
        assignments::hire(conn, &ctx, &agreed)
    });
    hired.await.map(|id| format!("/api/v1/assignments/{id}"))
}
