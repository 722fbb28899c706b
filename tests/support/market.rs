//! Sets up what a test takes for granted: listed projects, and members of organizations.

use crate::app::TestApp;
use crate::client::Client;
use diesel::prelude::*;
use mainstay::features::accounts;
use mainstay::features::organizations::{self, Membership, OrganizationRole};
use mainstay::features::projects::{Maintainer, Project, ProjectRole, ProjectSource, ProjectStatus};
use mainstay::infra::db::schema::{project_maintainers, project_packages, projects};
use mainstay::kernel::{AiPolicy, Cla, ProjectId, RequestId};
use serde_json::json;

/// Names the requests of set-ups and chores.
pub(crate) fn request_id() -> RequestId {
    RequestId::accept("test-set-up").unwrap()
}

/// An organization that this person owns.
pub(crate) async fn organization(owner: &Client, slug: &str) {
    owner.post("/api/v1/organizations", json!({"slug": slug, "name": slug, "kind": "company"})).await.expect(201);
}

/// Makes this person a member of the organization.
pub(crate) async fn join(app: &TestApp, slug: &'static str, handle: &str, role: OrganizationRole) {
    let (ctx, handle) = (app.ctx.clone(), handle.to_owned());
    app.ctx
        .store()
        .write(move |conn| {
            let account = accounts::find_account_by_handle(conn, &handle)?.expect("a person");
            let organization = organizations::find_organization_by_slug(conn, slug)?.expect("an organization");
            let (organization_id, account_id) = (organization.id, account.id);
            let membership =
                Membership { id: ctx.ids().make(), organization_id, account_id, role, from_at: ctx.now(), until_at: None };
            organizations::add_member(conn, &membership)
        })
        .await
        .unwrap();
}

/// A project as `project` makes it, to be changed before it is kept: listed, with 20 hours of review a week.
pub(crate) fn plain(app: &TestApp, slug: &str) -> Project {
    let now = app.ctx.now();
    Project {
        id: app.ctx.ids().make(),
        slug: slug.to_owned(),
        name: format!("Project {slug}"),
        name_folded: format!("project {slug}"),
        search: slug.to_owned(),
        description: String::new(),
        repository_url: format!("https://forge.example.org/{slug}"),
        repository_key: format!("forge.example.org/{slug}"),
        homepage_url: None,
        license: None,
        review_hours_per_week: 20.0,
        ai_policy: AiPolicy::Disclose,
        cla: Cla::Dco,
        status: ProjectStatus::Listed,
        criticality_score: None,
        criticality_tier: None,
        criticality_algorithm: None,
        criticality_as_of: None,
        criticality_curated: false,
        systemic_risk: None,
        source: ProjectSource::Member,
        sample: false,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Keeps this project; the person leads it, and that is known.
pub(crate) async fn keep(app: &TestApp, project: Project, lead: &str) -> ProjectId {
    let (ctx, lead, id) = (app.ctx.clone(), lead.to_owned(), project.id);
    app.ctx
        .store()
        .write(move |conn| {
            diesel::insert_into(projects::table).values(&project).execute(conn)?;
            let account_id = accounts::find_account_by_handle(conn, &lead)?.expect("a person").id;
            let since = ctx.now();
            let row = Maintainer { project_id: id, account_id, role: ProjectRole::Lead, verified_at: Some(since), since };
            diesel::insert_into(project_maintainers::table).values(&row).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    id
}

/// A listed project that this person leads.
pub(crate) async fn project(app: &TestApp, slug: &str, lead: &str) -> ProjectId {
    keep(app, plain(app, slug), lead).await
}

/// A package that a project publishes.
pub(crate) async fn package(app: &TestApp, project_id: ProjectId, ecosystem: &'static str) {
    app.ctx
        .store()
        .write(move |conn| {
            let purl = format!("pkg:{ecosystem}/example");
            diesel::insert_into(project_packages::table)
                .values((
                    project_packages::project_id.eq(project_id),
                    project_packages::package.eq(&purl),
                    project_packages::position.eq(0i16),
                    project_packages::purl.eq(&purl),
                    project_packages::ecosystem.eq(ecosystem),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Puts a project into another state, past its state machine.
pub(crate) async fn set_status(app: &TestApp, id: ProjectId, status: ProjectStatus) {
    app.ctx
        .store()
        .write(move |conn| {
            diesel::update(projects::table.find(id)).set(projects::status.eq(status)).execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}
