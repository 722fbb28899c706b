//! Who hears of what.

use super::read::hosts;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::assignments::letters::{About, Notice};
use crate::features::assignments::model::{Assignment, Side};
use crate::features::needs;
use crate::features::projects::{self, Project, ProjectRole};
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{AccountId, Result};

/// Posts a notice to these sides, but not to whoever brought it about.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    sides: &[Side],
    by: Option<AccountId>,
    notice: &Notice,
) -> Result<()> {
    let project = projects::get_project(conn, row.project_id)?;
    let volunteer = accounts::get_account(conn, row.account_id)?;
    let mut people = Vec::new();
    if sides.contains(&Side::Project) {
        people.extend(leads(conn, &project)?);
    }
    if sides.contains(&Side::Volunteer) && people.iter().all(|person| person.id != volunteer.id) {
        people.push(volunteer.clone());
    }
    people.retain(|person| Some(person.id) != by);
    let about = About {
        need: needs::get_need(conn, row.need_id)?.title,
        project: project.name,
        volunteer: volunteer.display_name,
    };
    post(conn, ctx, &about, &people, notice)
}

/// Posts a notice to these people.
pub(super) fn tell_people(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &Assignment,
    people: &[Account],
    notice: &Notice,
) -> Result<()> {
    let about = About {
        need: needs::get_need(conn, row.need_id)?.title,
        project: projects::get_project(conn, row.project_id)?.name,
        volunteer: accounts::get_account(conn, row.account_id)?.display_name,
    };
    post(conn, ctx, &about, people, notice)
}

fn post(conn: &mut Conn, ctx: &Ctx, about: &About, people: &[Account], notice: &Notice) -> Result<()> {
    for person in people {
        if person.status == AccountStatus::Active && person.email_verified_at.is_some() {
            outbox::post(conn, ctx, &notice.letter(ctx, about, person)?)?;
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
