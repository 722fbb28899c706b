//! The authorization table's other half: every operation with a parameter against what belongs to somebody else.
//!
//! Where existence is private the answer is 404, whatever role the caller has at home; where it is public it is 403 or 404.
//! An operation whose parameters stand in no row of [`Tenant::row`] fails, so that a new one can't be forgotten.

use crate::app::TestApp;
use crate::authorization::{Operation, World, operations};
use crate::client::Client;
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::organizations::OrganizationRole;
use reqwest::Method;
use serde_json::{Value, json};

/// What stands at the address, as far as the caller may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    /// Nobody but those concerned may know that it exists.
    Hidden,
    /// The address is the caller's own, the thing at its end somebody else's.
    Strayed,
    /// Everybody may know that it exists.
    Public,
    /// It belongs to nobody in particular.
    Common,
}

/// Another tenant, with something of everything.
struct Tenant {
    need: String,
    pledge: String,
    sbom: String,
    organization_invitation: String,
    project_invitation: String,
    session: String,
    api_token: String,
    feed_token: String,
    report: String,
    webhook: String,
    money: String,
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

async fn first(client: &Client, path: &str) -> String {
    id(&client.get(path).await.expect(200)["items"][0])
}

impl Tenant {
    /// In the hands of the owner of another organization, who also leads another project.
    async fn new(app: &TestApp, world: &World) -> Self {
        let (rival, coordinator) = (world.caller("the owner of another organization"), world.caller("a coordinator"));
        app.person("squire").await;
        market::join(app, "rivals", "squire", OrganizationRole::Member).await;
        market::project(rival, coordinator, "lexer", json!({})).await;
        let need =
            rival.post("/api/v1/projects/lexer/needs", seed::need("Fuzz the lexer", json!({}))).await.expect(201);
        let pledge =
            json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
        let pledge = rival.post("/api/v1/organizations/rivals/pledges", pledge).await.expect(201);
        let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "lexer"}]});
        let sbom = rival.post("/api/v1/organizations/rivals/sboms?product=shop", document).await.expect(201);
        let maintainer = json!({"handle": "squire"});
        rival.post("/api/v1/projects/lexer/maintainers", maintainer).await.expect(201);
        let invitation = json!({"email": "squire@example.org", "role": "member"});
        market::organization(rival, "rivals-two").await;
        rival.post("/api/v1/organizations/rivals-two/invitations", invitation).await.expect(201);
        rival.post("/api/v1/organizations/rivals/domains", json!({"domain": "rivals.example.net"})).await.expect(201);
        let token = json!({"name": "nightly import", "scopes": ["read"]});
        let report = json!({"subject_kind": "project", "subject": "lexer", "reason": "spam", "text": "It says the same a hundred times."});
        let report = coordinator.post("/api/v1/reports", report).await.expect(201);
        let money = json!({"amount": 5, "currency": "EUR", "period": "once", "starts_on": "2027-01-01"});
        let webhook = json!({"url": "https://hooks.example.org/x", "topics": ["pledge.*"]});
        Self {
            need: id(&need),
            pledge: id(&pledge),
            sbom: id(&sbom),
            organization_invitation: first(rival, "/api/v1/organizations/rivals-two/invitations").await,
            project_invitation: first(rival, "/api/v1/projects/lexer/maintainer-invitations").await,
            session: first(rival, "/api/v1/me/sessions").await,
            api_token: id(&rival.post("/api/v1/me/api-tokens", token).await.expect(201)),
            feed_token: id(&rival.post("/api/v1/me/feed-tokens", json!({"name": "reader"})).await.expect(201)),
            report: id(&report),
            money: id(&rival.post("/api/v1/organizations/rivals/funding", money).await.expect(201)),
            webhook: id(&rival.post("/api/v1/organizations/rivals/webhooks", webhook).await.expect(201)),
        }
    }

    /// The address of the other tenant's thing, who may know of it, and who has a right to it.
    fn row(&self, template: &str) -> Option<(String, Knowledge, &'static [&'static str])> {
        use Knowledge::{Common, Hidden, Public, Strayed};
        const RIVAL: &str = "the owner of another organization";
        const STAFF: &[&str] = &[RIVAL, "a coordinator", "an admin"];
        let nobody = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";
        let starts = |path: &str| template.starts_with(path);
        Some(match template {
            _ if starts("/api/v1/organizations/{slug}/sboms/{id}") => {
                (template.replace("{slug}", "acme").replace("{id}", &self.sbom), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}/invitations/{invitation_id}") => {
                let path = template.replace("{slug}", "acme");
                (path.replace("{invitation_id}", &self.organization_invitation), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}/webhooks/{webhook_id}") => {
                (template.replace("{slug}", "acme").replace("{webhook_id}", &self.webhook), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}/funding/{money_pledge_id}") => {
                (template.replace("{slug}", "acme").replace("{money_pledge_id}", &self.money), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}/domains/{domain}") => {
                (template.replace("{slug}", "acme").replace("{domain}", "rivals.example.net"), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}/members/{handle}") => {
                (template.replace("{slug}", "acme").replace("{handle}", "squire"), Strayed, &[])
            }
            _ if starts("/api/v1/organizations/{slug}") => (template.replace("{slug}", "rivals"), Public, &[RIVAL]),
            _ if starts("/api/v1/projects/{slug}/maintainer-invitations/{invitation_id}") => {
                let path = template.replace("{slug}", "parser");
                (path.replace("{invitation_id}", &self.project_invitation), Strayed, &[])
            }
            _ if starts("/api/v1/projects/{slug}/maintainers/{handle}") => {
                (template.replace("{slug}", "parser").replace("{handle}", "rival"), Public, &[])
            }
            _ if starts("/api/v1/projects/{slug}") => (template.replace("{slug}", "lexer"), Public, &[RIVAL]),
            _ if starts("/api/v1/needs/{id}") => (template.replace("{id}", &self.need), Hidden, STAFF),
            _ if starts("/api/v1/pledges/{id}") => (template.replace("{id}", &self.pledge), Hidden, STAFF),
            _ if starts("/api/v1/admin/reports/{report_id}") => {
                let path = template.replace("{report_id}", &self.report);
                (path, Public, &["a moderator", "an admin"])
            }
            // Jobs are the installation's.
            _ if starts("/api/v1/admin/jobs/") => (template.replace("{id}", nobody), Public, &["an admin"]),
            _ if starts("/api/v1/me/sessions/") => (template.replace("{session_id}", &self.session), Hidden, &[RIVAL]),
            _ if starts("/api/v1/me/api-tokens/") => {
                (template.replace("{token_id}", &self.api_token), Hidden, &[RIVAL])
            }
            _ if starts("/api/v1/me/feed-tokens/") => {
                (template.replace("{token_id}", &self.feed_token), Hidden, &[RIVAL])
            }
            // Nobody here has one; that another's is not found either is for `passkeys.rs` and `oidc.rs`.
            _ if starts("/api/v1/me/passkeys/") => (template.replace("{passkey_id}", nobody), Hidden, &[]),
            _ if starts("/api/v1/me/identities/") => (template.replace("{identity_id}", nobody), Hidden, &[]),
            _ if starts("/api/v1/me/project-invitations/") => {
                (template.replace("{invitation_id}", &self.project_invitation), Hidden, &[])
            }
            _ if starts("/api/v1/me/organization-invitations/") => {
                (template.replace("{invitation_id}", &self.organization_invitation), Hidden, &[])
            }
            _ if starts("/api/v1/me/notifications/") => (template.replace("{id}", nobody), Hidden, &[]),
            _ if starts("/api/v1/me/affiliations/{organization}") => {
                (template.replace("{organization}", "rivals"), Hidden, &[RIVAL])
            }
            // Agreed pairings and what comes before and after them: that another's is hidden is for their own tests.
            _ if PAIRED.iter().any(|path| starts(path)) => (template.replace("{id}", nobody), Hidden, &[]),
            _ if COMMON.iter().any(|path| starts(path)) => (template.to_owned(), Common, &[]),
            _ => return None,
        })
    }
}

/// Agreed pairings, and what comes before and after them.
const PAIRED: [&str; 5] = [
    "/api/v1/proposals/{id}",
    "/api/v1/assignments/{id}",
    "/api/v1/time-entries/{id}",
    "/api/v1/hand-overs/{id}",
    "/api/v1/swarms/{id}",
];

/// Advisories are the world's, credentials are read by whoever has their address. Rounds, skills, public profiles and
/// providers are nobody's own; accounts are named by moderators alone.
const COMMON: [&str; 9] = [
    "/api/v1/advisories/",
    "/api/v1/credentials/",
    "/api/v1/credential-keys/",
    "/api/v1/credential-status-lists/",
    "/api/v1/rounds/",
    "/api/v1/skills/",
    "/api/v1/volunteers/",
    "/api/v1/auth/oidc/",
    "/api/v1/admin/accounts/",
];

/// What stands below another's thing is not reached, so that anything will do for its parameters.
fn further(mut path: String) -> String {
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        let requirement = &path[from..=to] == "{requirement}";
        path.replace_range(
            from..=to,
            if requirement { "OSPS-BR-06.01" } else { "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d" },
        );
    }
    path
}

/// Roles that hold everywhere; the others are worth something at home alone.
const EVERYWHERE: &[&str] = &["anonymous", "member", "coordinator", "moderator", "admin"];
/// Roles that are given by the platform, and asked for before anything is looked up.
const PLATFORM: &[&str] = &["coordinator", "moderator", "admin"];

/// What is right to answer, as a function of the status.
fn wanted(operation: &Operation, knowledge: Knowledge, roles: &[&str], anonymous: bool) -> Option<&'static [u16]> {
    let named = |among: &dyn Fn(&str) -> bool| {
        operation.roles.iter().any(|role| among(role.as_str()) && roles.contains(&role.as_str()))
    };
    let platform = operation.roles.iter().all(|role| PLATFORM.contains(&role.as_str()));
    if anonymous && !operation.roles.iter().any(|role| role == "anonymous") {
        return Some(&[401]);
    }
    match knowledge {
        Knowledge::Hidden if platform && !named(&|_| true) => Some(&[403, 404]),
        Knowledge::Strayed if !named(&|_| true) => Some(&[403, 404]),
        Knowledge::Hidden | Knowledge::Strayed => Some(&[404]),
        // Who is named whatever the tenant is for the table of roles.
        Knowledge::Public if named(&|role| EVERYWHERE.contains(&role)) => None,
        Knowledge::Public => Some(&[403, 404]),
        Knowledge::Common => None,
    }
}

on_both! {
    async fn what_belongs_to_another_tenant_is_out_of_reach(db: TestDb) {
        let app = TestApp::start_with(db, World::settings).await;
        let world = World::new(&app).await;
        let tenant = Tenant::new(&app, &world).await;
        let (mut cells, mut wrong) = (0, Vec::new());
        for operation in operations().iter().filter(|operation| operation.template.contains('{')) {
            let Some((path, knowledge, exempt)) = tenant.row(&operation.template) else {
                wrong.push(format!("{} {}: add a row for its parameters", operation.method, operation.template));
                continue;
            };
            if knowledge == Knowledge::Common {
                continue;
            }
            let path = further(path);
            for caller in world.callers.iter().filter(|caller| !exempt.contains(&caller.name)) {
                let Some(right) = wanted(operation, knowledge, caller.roles, caller.name == "anonymous") else { continue };
                let body = operation.body.as_ref().map(Value::to_string);
                let method: Method = operation.method.parse().unwrap();
                let answer = caller.client.send(method, &path, &[("if-match", "*")], body).await;
                cells += 1;
                if !right.contains(&answer.status) {
                    let place = format!("{} {} ({knowledge:?})", operation.method, operation.template);
                    wrong.push(format!("{place} by {}: {} instead of {right:?}", caller.name, answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert!(cells > 500, "only {cells} cells: the table has lost some of its rows");
        println!("authorization: {cells} cells of operations on what is another tenant's, all refused as they must be");
        // Nothing of it was changed by any of that.
        let rival = world.caller("the owner of another organization");
        assert_eq!(rival.get(&format!("/api/v1/needs/{}", tenant.need)).await.expect(200)["status"], "draft");
        assert_eq!(rival.get(&format!("/api/v1/pledges/{}", tenant.pledge)).await.expect(200)["status"], "draft");
        app.stop().await;
    }
}
