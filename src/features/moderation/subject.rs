//! What reports and suspensions are about.

use super::model::SubjectKind;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::needs::{self, Need};
use crate::features::organizations::{self, Organization};
use crate::features::projects::{self, Project};
use crate::features::volunteers;
use crate::infra::db::Conn;
use crate::kernel::problems::NOT_FOUND;
use crate::kernel::{
    AccountId, Actor, Caller, EntityId, Error, NeedId, OrganizationId, PlatformRole, ProjectId, Result,
};

/// Something that can be reported or suspended.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    Project(Project),
    Need(Need),
    Organization(Organization),
    Volunteer(Account),
    Account(Account),
}

impl Subject {
    pub(super) fn kind(&self) -> SubjectKind {
        match self {
            Self::Project(_) => SubjectKind::Project,
            Self::Need(_) => SubjectKind::Need,
            Self::Organization(_) => SubjectKind::Organization,
            Self::Volunteer(_) => SubjectKind::Volunteer,
            Self::Account(_) => SubjectKind::Account,
        }
    }

    pub(super) fn id(&self) -> EntityId {
        match self {
            Self::Project(project) => project.id.into(),
            Self::Need(need) => need.id.into(),
            Self::Organization(organization) => organization.id.into(),
            Self::Volunteer(account) | Self::Account(account) => account.id.into(),
        }
    }

    /// Its name in addresses.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Project(project) => project.slug.clone(),
            Self::Need(need) => need.id.to_string(),
            Self::Organization(organization) => organization.slug.clone(),
            Self::Volunteer(account) | Self::Account(account) => account.handle.clone(),
        }
    }

    /// Its name as shown.
    pub(super) fn title(&self) -> &str {
        match self {
            Self::Project(project) => &project.name,
            Self::Need(need) => &need.title,
            Self::Organization(organization) => &organization.name,
            Self::Volunteer(account) | Self::Account(account) => &account.display_name,
        }
    }

    /// Whom it belongs to.
    pub(super) fn people(&self, conn: &mut Conn) -> Result<Vec<AccountId>> {
        let of_project = |conn: &mut Conn, id: ProjectId| -> Result<Vec<AccountId>> {
            Ok(projects::list_maintainers(conn, id)?.into_iter().map(|row| row.account_id).collect())
        };
        match self {
            Self::Project(project) => of_project(conn, project.id),
            Self::Need(need) => of_project(conn, need.project_id),
            Self::Organization(organization) => organizations::list_member_ids(conn, organization.id),
            Self::Volunteer(account) | Self::Account(account) => Ok(vec![account.id]),
        }
    }

    /// Who is told of what happens to it.
    pub(super) fn told(&self, conn: &mut Conn) -> Result<Vec<Account>> {
        let ids = match self {
            Self::Organization(organization) => organizations::list_owner_ids(conn, organization.id)?,
            _ => self.people(conn)?,
        };
        let mut accounts = accounts::list_accounts(conn, &ids)?;
        accounts.retain(|account| account.status != AccountStatus::Deleted);
        accounts.sort_unstable_by_key(|account| account.id);
        Ok(accounts)
    }
}

/// The thing of this kind and name, if there is one that the caller may see.
pub(super) fn find(conn: &mut Conn, actor: &Actor, kind: SubjectKind, name: &str) -> Result<Option<Subject>> {
    let found = match kind {
        SubjectKind::Project => {
            projects::find_visible(conn, Some(actor), name).map(|(project, _)| Subject::Project(project))
        }
        SubjectKind::Need => match name.parse::<NeedId>() {
            Ok(id) => needs::find_visible(conn, Some(actor), id).map(|(need, ..)| Subject::Need(need)),
            Err(_) => return Ok(None),
        },
        SubjectKind::Organization => find_organization(conn, actor, name),
        SubjectKind::Volunteer => {
            let caller = Caller {
                actor: Some(actor.clone()),
                request_id: actor.request_id.clone(),
                address: None,
                user_agent: None,
            };
            volunteers::find_visible(conn, &caller, name).map(|(account, _)| Subject::Volunteer(account))
        }
        SubjectKind::Account => accounts::find_account_by_handle(conn, name)?
            .map(Subject::Account)
            .ok_or_else(|| Error::not_found("account")),
    };
    match found {
        Ok(subject) => Ok(Some(subject)),
        Err(error) if error.code() == NOT_FOUND.code => Ok(None),
        Err(error) => Err(error),
    }
}

fn find_organization(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Subject> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    let staff = actor.has(PlatformRole::Moderator) || actor.has(PlatformRole::Coordinator);
    let decision = organizations::policy::may_see(organization.suspended_at.is_some(), role, staff);
    Ok(Subject::Organization(decision.prove(organization, "organization")?.into_inner()))
}

/// The thing itself, whoever may see it.
pub(super) fn load(conn: &mut Conn, kind: SubjectKind, id: EntityId) -> Result<Subject> {
    Ok(match kind {
        SubjectKind::Project => Subject::Project(projects::get_project(conn, ProjectId(id.0))?),
        SubjectKind::Need => Subject::Need(needs::get_need(conn, NeedId(id.0))?),
        SubjectKind::Organization => {
            Subject::Organization(organizations::get_organization(conn, OrganizationId(id.0))?)
        }
        SubjectKind::Volunteer => Subject::Volunteer(accounts::get_account(conn, AccountId(id.0))?),
        SubjectKind::Account => Subject::Account(accounts::get_account(conn, AccountId(id.0))?),
    })
}
