//! Reading assignments, as far as the caller may see them.

use crate::features::accounts::{self, Account};
use crate::features::assignments::model::{Access, AccessStatus, Assignment, ToDo};
use crate::features::assignments::policy::{self, Standing};
use crate::features::assignments::store::{self, Whose};
use crate::features::needs::{self, Need};
use crate::features::organizations::{self, Organization};
use crate::features::projects::{self, Project};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, AssignmentId, Decision, OrganizationId, Page, Result};
use std::collections::{BTreeSet, HashMap};

/// How the two sides reach each other.
#[derive(Debug)]
pub(in crate::features::assignments) struct Contacts {
    pub(in crate::features::assignments) volunteer: String,
    pub(in crate::features::assignments) maintainers: Vec<Account>,
}

/// An assignment with what is shown beside it.
#[derive(Debug)]
pub(in crate::features::assignments) struct AssignmentCard {
    pub(in crate::features::assignments) row: Assignment,
    pub(in crate::features::assignments) need: Need,
    pub(in crate::features::assignments) project: Project,
    pub(in crate::features::assignments) volunteer: Account,
    pub(in crate::features::assignments) employer: Option<Organization>,
    pub(in crate::features::assignments) tasks: Vec<ToDo>,
    /// Access that is to be revoked, once it has ended.
    pub(in crate::features::assignments) left: Vec<Access>,
    /// Whether the caller may know the pledge.
    pub(in crate::features::assignments) shows_pledge: bool,
    /// In the answer for one, while it lasts, and for the two sides only.
    pub(in crate::features::assignments) contacts: Option<Contacts>,
}

/// What the caller is to an assignment.
pub fn standing(conn: &mut Conn, actor: &Actor, row: &Assignment, project: &Project) -> Result<Standing> {
    let employer = match row.employer_id.filter(|_| row.pledge_id.is_some()) {
        Some(employer) => organizations::role_in(conn, employer, actor.account_id)?,
        None => None,
    };
    let project = projects::standing(conn, Some(actor), project)?;
    Ok(Standing { volunteer: row.account_id == actor.account_id, project, employer })
}

/// The assignment with its project and the caller's standing; 404 when there is none or the caller may not know of it.
pub fn find_visible(conn: &mut Conn, actor: &Actor, id: AssignmentId) -> Result<(Assignment, Project, Standing)> {
    let row = store::get_assignment(conn, id)?;
    let project = projects::get_project(conn, row.project_id)?;
    let standing = standing(conn, actor, &row, &project)?;
    let row = policy::may_see(&standing).prove(row, "assignment")?.into_inner();
    Ok((row, project, standing))
}

/// The card of one, with contacts where the caller may see them.
pub(super) fn card(conn: &mut Conn, row: Assignment, project: Project, standing: &Standing) -> Result<AssignmentCard> {
    let need = needs::get_need(conn, row.need_id)?;
    let volunteer = accounts::get_account(conn, row.account_id)?;
    let employer = match row.employer_id {
        Some(id) => Some(organizations::get_organization(conn, id)?),
        None => None,
    };
    let tasks = store::list_tasks(conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    let left = left(conn, std::slice::from_ref(&row))?.remove(&row.id).unwrap_or_default();
    let contacts = if row.status.is_live() && policy::may_see_contacts(standing) == Decision::Allow {
        Some(contacts(conn, &volunteer, &project)?)
    } else {
        None
    };
    let shows_pledge = policy::may_see_pledge(standing) == Decision::Allow;
    Ok(AssignmentCard { row, need, project, volunteer, employer, tasks, left, shows_pledge, contacts })
}

/// What has to be revoked of those of these that have ended.
fn left(conn: &mut Conn, rows: &[Assignment]) -> Result<HashMap<AssignmentId, Vec<Access>>> {
    let ended: Vec<AssignmentId> = rows.iter().filter(|row| !row.status.is_live()).map(|row| row.id).collect();
    if ended.is_empty() {
        return Ok(HashMap::new());
    }
    store::list_access_in(conn, &ended, &[AccessStatus::Granted])
}

fn contacts(conn: &mut Conn, volunteer: &Account, project: &Project) -> Result<Contacts> {
    Ok(Contacts { volunteer: volunteer.email.clone(), maintainers: hosts(conn, project)? })
}

/// The people who act for the project, its leads first.
pub(super) fn hosts(conn: &mut Conn, project: &Project) -> Result<Vec<Account>> {
    let people = projects::list_maintainers(conn, project.id)?;
    let ids: Vec<AccountId> = people.iter().map(|row| row.account_id).collect();
    let mut accounts: HashMap<AccountId, Account> =
        accounts::list_accounts(conn, &ids)?.into_iter().map(|account| (account.id, account)).collect();
    Ok(ids.iter().filter_map(|id| accounts.remove(id)).collect())
}

/// One assignment.
pub(in crate::features::assignments) async fn get(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
) -> Result<AssignmentCard> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (row, project, standing) = find_visible(conn, &actor, id)?;
            card(conn, row, project, &standing)
        })
        .await
}

fn cards(conn: &mut Conn, page: Page<store::Row>, shows_pledge: bool) -> Result<Page<AssignmentCard>> {
    let ids: Vec<AssignmentId> = page.items.iter().map(|(row, ..)| row.id).collect();
    let people: BTreeSet<AccountId> = page.items.iter().map(|(row, ..)| row.account_id).collect();
    let employers: BTreeSet<OrganizationId> = page.items.iter().filter_map(|(row, ..)| row.employer_id).collect();
    let people = accounts::list_accounts(conn, &people.into_iter().collect::<Vec<_>>())?;
    let people: HashMap<AccountId, Account> = people.into_iter().map(|account| (account.id, account)).collect();
    let employers = organizations::list_organizations_by_id(conn, &employers.into_iter().collect::<Vec<_>>())?;
    let employers: HashMap<OrganizationId, Organization> = employers.into_iter().map(|one| (one.id, one)).collect();
    let mut tasks = store::list_tasks(conn, &ids)?;
    let rows: Vec<Assignment> = page.items.iter().map(|(row, ..)| row.clone()).collect();
    let mut left = left(conn, &rows)?;
    let Page { items, next } = page;
    let cards = items.into_iter().filter_map(|(row, need, project)| {
        let volunteer = people.get(&row.account_id)?.clone();
        let employer = row.employer_id.and_then(|id| employers.get(&id).cloned());
        let tasks = tasks.remove(&row.id).unwrap_or_default();
        let left = left.remove(&row.id).unwrap_or_default();
        Some(AssignmentCard { row, need, project, volunteer, employer, tasks, left, shows_pledge, contacts: None })
    });
    Ok(Page { items: cards.collect(), next })
}

/// The caller's own assignments, newest first.
pub(in crate::features::assignments) async fn list_mine(
    ctx: &Ctx,
    actor: &Actor,
    listing: store::Listing,
) -> Result<Page<AssignmentCard>> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let page = store::list_assignments(conn, Whose::Volunteer(id), &listing)?;
            cards(conn, page, true)
        })
        .await
}

/// Who works for a project, and did; for its own people.
pub(in crate::features::assignments) async fn list_of_project(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    listing: store::Listing,
) -> Result<Page<AssignmentCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (project, standing) = projects::find_visible(conn, Some(&actor), &slug)?;
            let project = policy::may_list_of_project(&standing).prove(project, "project")?;
            let page = store::list_assignments(conn, Whose::Project(project.id), &listing)?;
            cards(conn, page, standing.coordinator)
        })
        .await
}

/// Who works in an organization's time, and did; for its owners and managers.
pub(in crate::features::assignments) async fn list_of_employer(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    listing: store::Listing,
) -> Result<Page<AssignmentCard>> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let (organization, role) = organizations::load_by_slug(conn, &slug, Some(actor.account_id))?;
            let organization = policy::may_list_of_employer(role).prove(organization, "organization")?;
            let page = store::list_assignments(conn, Whose::Employer(organization.id), &listing)?;
            cards(conn, page, true)
        })
        .await
}
