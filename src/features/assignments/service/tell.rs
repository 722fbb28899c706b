//! Who hears of what: most of it as news, which reaches people the way they chose; as a mail, whatever they chose, what
//! costs somebody a seat, a wage or a secret.

use super::read::hosts;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::assignments::letters::{About, Notice};
use crate::features::assignments::model::{Assignment, Side};
use crate::features::needs;
use crate::features::organizations;
use crate::features::projects::{self, Project, ProjectRole};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Result};

/// Tells these sides, but not whoever brought it about, and the webhooks of the employer whose time it is.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    sides: &[Side],
    by: Option<AccountId>,
    notice: &Notice,
) -> Result<()> {
    let project = projects::get_project(conn, row.project_id)?;
    if notice.must_arrive() {
        let mut people = if sides.contains(&Side::Project) { leads(conn, &project)? } else { Vec::new() };
        if sides.contains(&Side::Volunteer) && people.iter().all(|person| person.id != row.account_id) {
            people.push(accounts::get_account(conn, row.account_id)?);
        }
        people.retain(|person| Some(person.id) != by);
        tell_people(conn, ctx, row, &people, notice)?;
    }
    let Some(topic) = notice.topic() else { return Ok(()) };
    let about = about(conn, row)?;
    let employer = match row.employer_id.filter(|_| row.pledge_id.is_some()) {
        Some(id) => Some(organizations::get_organization(conn, id)?),
        None => None,
    };
    let data = serde_json::json!({
        "id": row.id,
        "status": row.status,
        "need": {"id": row.need_id, "title": about.need},
        "project": {"slug": project.slug, "name": project.name},
        "volunteer": {"handle": about.handle, "display_name": about.volunteer},
        "employer": employer.as_ref().map(|employer| &employer.slug),
        "capacity": row.capacity,
        "hours_per_week": row.hours_per_week,
    });
    let news = |title: String| News::new(topic, title, format!("/assignments/{}", row.id), data.clone()).by(by);
    if let Some(employer) = &employer {
        // Apart: to whoever is at work a notice says "you".
        outbox::announce(conn, ctx, news(notice.headline(&about)).to_webhooks(employer.id))?;
    }
    let mut news = news(notice.title(&about));
    if !notice.must_arrive() {
        if sides.contains(&Side::Volunteer) {
            news = news.to(row.account_id);
        }
        if sides.contains(&Side::Project) {
            news = news.to_maintainers(row.project_id);
        }
    }
    if let Some(employer) = employer.filter(|_| sides.contains(&Side::Employer)) {
        news = news.to_managers(employer.id);
    }
    outbox::announce(conn, ctx, news)
}

fn about(conn: &mut Conn, row: &Assignment) -> Result<About> {
    let volunteer = accounts::get_account(conn, row.account_id)?;
    Ok(About {
        need: needs::get_need(conn, row.need_id)?.title,
        project: projects::get_project(conn, row.project_id)?.name,
        volunteer: volunteer.display_name,
        handle: volunteer.handle,
    })
}

/// Mails a notice to these people.
pub(super) fn tell_people(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    people: &[Account],
    notice: &Notice,
) -> Result<()> {
    let about = about(conn, row)?;
    for person in people {
        if person.status == AccountStatus::Active && person.email_verified_at.is_some() {
            outbox::post(conn, ctx, &notice.letter(ctx, &about, person)?)?;
        }
    }
    Ok(())
}

/// The project's leads; its maintainers where it has none.
pub(super) fn leads(conn: &mut Conn, project: &Project) -> Result<Vec<Account>> {
    let rows = projects::list_maintainers(conn, project.id)?;
    let leading: Vec<AccountId> =
        rows.iter().filter(|row| row.role == ProjectRole::Lead).map(|row| row.account_id).collect();
    let mut people = hosts(conn, project)?;
    if !leading.is_empty() {
        people.retain(|person| leading.contains(&person.id));
    }
    Ok(people)
}
