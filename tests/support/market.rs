//! Sets up what a test takes for granted: listed projects, and members of organizations.

use crate::app::TestApp;
use crate::client::Client;
use mainstay::features::accounts;
use mainstay::features::organizations::{self, Membership, OrganizationRole};
use mainstay::kernel::RequestId;
use serde_json::{Value, json};

/// Names the requests of set-ups and chores.
pub(crate) fn request_id() -> RequestId {
    RequestId::accept("test-set-up").unwrap()
}

/// The body with some of its fields replaced.
pub(crate) fn but(mut body: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The body without this field.
pub(crate) fn without(mut body: Value, field: &str) -> Value {
    body.as_object_mut().unwrap().remove(field);
    body
}

/// An organization that this person owns.
pub(crate) async fn organization(owner: &Client, slug: &str) {
    owner.post("/api/v1/organizations", json!({"slug": slug, "name": slug, "kind": "company"})).await.expect(201);
}

/// Makes this person a member of the organization.
pub(crate) async fn join(app: &TestApp, slug: &'static str, handle: &'static str, role: OrganizationRole) {
    let ctx = app.ctx.clone();
    app.ctx
        .store()
        .write(move |conn| {
            let account_id = accounts::find_account_by_handle(conn, handle)?.expect("a person").id;
            let organization_id = organizations::find_organization_by_slug(conn, slug)?.expect("an organization").id;
            let (id, from_at) = (ctx.ids().make(), ctx.now());
            let membership = Membership { id, organization_id, account_id, role, from_at, until_at: None };
            organizations::add_member(conn, &ctx, &membership)
        })
        .await
        .unwrap();
}

/// The lead invites this person, who accepts: a maintainer of the project.
pub(crate) async fn maintain(lead: &Client, person: &Client, slug: &str) {
    let invited = json!({"handle": person.handle, "role": "maintainer"});
    lead.post(&format!("/api/v1/projects/{slug}/maintainers"), invited).await.expect(201);
    let open = person.get("/api/v1/me/project-invitations").await.expect(200);
    let items = open["items"].as_array().unwrap().iter();
    let id = items.filter(|item| item["project"] == slug).map(|item| item["id"].as_str().unwrap()).next().unwrap();
    person.act(&format!("/api/v1/me/project-invitations/{id}/accept")).await.expect(200);
}

/// A project with 20 hours of review a week, which this person leads and nobody has listed.
pub(crate) async fn claimed_project(lead: &Client, slug: &str, changes: Value) {
    let body = json!({
        "slug": slug, "name": format!("Project {slug}"), "description": "Reads what others write.",
        "repository_url": format!("https://github.com/example/{slug}"), "packages": [], "languages": ["rust"],
        "review_hours_per_week": 20, "ai_policy": "disclose", "cla": "dco"
    });
    lead.post("/api/v1/projects", but(body, &changes)).await.expect(201);
}

/// The same, listed by this coordinator.
pub(crate) async fn project(lead: &Client, coordinator: &Client, slug: &str, changes: Value) {
    claimed_project(lead, slug, changes).await;
    coordinator.act(&format!("/api/v1/projects/{slug}/list")).await.expect(200);
}
