//! Who may call what: every operation of the contract against every kind of caller.
//!
//! The table is made of each operation's `x-roles`. Whoever is not named there is refused, whatever the request says; whoever
//! is named may read. That those who are named may also write is for each feature's own tests. An operation with a path
//! parameter that stands in no row of [`World::fill`] fails, so that a new one can't be forgotten.

use crate::app::TestApp;
use crate::client::Client;
use crate::contract;
use crate::db::on_both;
use crate::{market, seed, work};
use mainstay::features::organizations::OrganizationRole;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};

/// A kind of caller, and the roles by which it may be let in.
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    pub(crate) client: Client,
    pub(crate) roles: &'static [&'static str],
}

/// The advisory of this world.
const ADVISORY: &str = "TEST-2026-1";

/// Something of everything, in the hands of the callers.
pub(crate) struct World {
    pub(crate) callers: Vec<Caller>,
    need: String,
    proposal: String,
    assignment: String,
    pledge: String,
    feed: String,
    webhook: String,
    sbom: String,
    swarm: String,
    money: String,
    round: String,
    entry: String,
    /// The last part of a credential's address, and that of its key's.
    credential: (String, String),
    report: String,
}

/// Work that was done, confirmed, completed and certified.
struct Done {
    entry: String,
    credential: (String, String),
}

impl Done {
    async fn new(app: &TestApp, lead: &Client, worker: &Client, assignment: &str) -> Self {
        let path = format!("/api/v1/assignments/{assignment}");
        lead.post(&format!("{path}/start"), json!({"reason": "They know their way about."})).await.expect(200);
        let body = json!({"worked_on": "2026-11-22", "minutes": 90, "note": "Fuzzed the lexer."});
        let entry = worker.post(&format!("{path}/time-entries"), body).await.expect(201);
        let entry = entry["id"].as_str().unwrap().to_owned();
        lead.act(&format!("/api/v1/time-entries/{entry}/confirm")).await.expect(200);
        work::complete(lead, worker, assignment).await;
        let credential = worker.post(&format!("{path}/credential"), json!({"subject": "volunteer"})).await.expect(201);
        let keys = app.anonymous().get("/.well-known/jwks.json").await.expect(200);
        let key = keys["keys"][1]["kid"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        Self { entry, credential: (credential["name"].as_str().unwrap().to_owned(), key) }
    }
}

impl World {
    /// Providers that can be named but not reached.
    pub(crate) fn settings(settings: &mut mainstay::infra::config::Settings) {
        let inner = json!({"name": "inner", "label": "Inner", "issuer": "https://127.0.0.1:1", "client_id": "x"});
        settings.oidc.providers = vec![serde_json::from_value(inner).unwrap()];
    }

    /// The caller of this name.
    pub(crate) fn caller(&self, name: &str) -> &Client {
        &self.callers.iter().find(|caller| caller.name == name).unwrap().client
    }

    pub(crate) async fn new(app: &TestApp) -> Self {
        let (owner, lead) = (app.person("owner").await, app.person("lead").await);
        let coordinator = app.coordinator().await;
        let (manager, member) = (app.person("boss").await, app.person("clerk").await);
        let (other, maintainer, stranger) =
            (app.person("rival").await, app.person("helper").await, app.person("stranger").await);
        let moderator = app.person_with("sheriff", &[PlatformRole::Moderator]).await;
        let admin = app.person_with("chief", &[PlatformRole::Admin]).await;
        market::organization(&owner, "acme").await;
        market::organization(&other, "rivals").await;
        market::join(app, "acme", "boss", OrganizationRole::Manager).await;
        market::join(app, "acme", "clerk", OrganizationRole::Member).await;
        market::project(&lead, &coordinator, "parser", json!({})).await;
        market::maintain(&lead, &maintainer, "parser").await;
        let need = seed::open_need(&lead, "parser", "Fuzz the parser", json!({"seats": 2})).await;
        let pledge =
            json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
        let pledge = owner.post("/api/v1/organizations/acme/pledges", pledge).await.expect(201);
        let document = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "parser"}]});
        let path = "/api/v1/organizations/acme/sboms?product=shop";
        owner.post(path, document.clone()).await.expect(201);
        let sbom = owner.post(path, document).await.expect(201);
        for person in
            [&stranger, &lead, &maintainer, &owner, &manager, &member, &other, &coordinator, &moderator, &admin]
        {
            seed::offer(person, json!({"visibility": "public"})).await;
        }
        let engineer = app.person("engineer").await;
        let (proposal, assignment) = agree(app, [&owner, &lead, &engineer], &need).await;
        let done = Done::new(app, &lead, &engineer, &assignment).await;
        let feed = stranger.post("/api/v1/me/feed-tokens", json!({"name": "reader"})).await.expect(201);
        let webhook = json!({"url": "https://hooks.example.org/x", "topics": ["pledge.*"]});
        let webhook = owner.post("/api/v1/organizations/acme/webhooks", webhook).await.expect(201);
        let round = coordinator.post("/api/v1/rounds", json!({})).await.expect(202);
        let money = json!({"amount": 5, "currency": "EUR", "period": "once", "starts_on": "2027-01-01"});
        let money = owner.post("/api/v1/organizations/acme/funding", money).await.expect(201);
        let report = json!({"subject_kind": "volunteer", "subject": "stranger", "reason": "spam", "text": "It says the same a hundred times."});
        let report = other.post("/api/v1/reports", report).await.expect(201);
        papers(&lead, &coordinator).await;
        let ally = app.person("ally").await;
        seed::offer(&ally, json!({"visibility": "public"})).await;
        let swarm = call(&coordinator, &ally).await;
        let row = |name, client, roles| Caller { name, client, roles };
        let callers = vec![
            row("anonymous", app.anonymous(), &["anonymous"][..]),
            row("a stranger", stranger, &["member"]),
            row("the owner of another organization", other, &["member"]),
            row("a member of the organization", member, &["member", "org_member"]),
            row("a manager of the organization", manager, &["member", "org_manager"]),
            row("the owner of the organization", owner, &["member", "org_owner"]),
            row("the volunteer", engineer, &["member", "org_member", "volunteer"]),
            row("a maintainer", maintainer, &["member", "maintainer"]),
            row("the lead", lead, &["member", "lead"]),
            row("a participant of the swarm", ally, &["member", "participant"]),
            row("a coordinator", coordinator, &["member", "coordinator"]),
            row("a moderator", moderator, &["member", "moderator"]),
            row("an admin", admin, &["member", "coordinator", "moderator", "admin"]),
        ];
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        Self {
            callers,
            need,
            pledge: id(&pledge),
            proposal,
            assignment,
            round: id(&round),
            report: id(&report),
            sbom: id(&sbom),
            swarm: id(&swarm),
            money: id(&money),
            webhook: id(&webhook),
            feed: feed["token"].as_str().unwrap().to_owned(),
            entry: done.entry,
            credential: done.credential,
        }
    }

    /// The address with the parameters of this world.
    pub(crate) fn fill(&self, template: &str) -> String {
        let nobody = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";
        let filled = match template {
            path if path.starts_with("/api/v1/organizations/{slug}") => {
                let path = path.replace("{slug}", "acme").replace("{handle}", "clerk");
                let path = path.replace("{money_pledge_id}", &self.money);
                let path = path.replace("{webhook_id}", &self.webhook).replace("{delivery_id}", nobody);
                path.replace("{invitation_id}", nobody).replace("{id}", &self.sbom)
            }
            path if path.starts_with("/api/v1/projects/{slug}") => {
                let path = path.replace("{slug}", "parser").replace("{handle}", "helper");
                let path = path.replace("{invitation_id}", nobody);
                path.replace("{requirement}", "OSPS-BR-06.01").replace("{id}", nobody)
            }
            path if path.starts_with("/api/v1/needs/{id}") => path.replace("{id}", &self.need),
            path if path.starts_with("/api/v1/pledges/{id}") => path.replace("{id}", &self.pledge),
            path if path.starts_with("/api/v1/proposals/{id}") => path.replace("{id}", &self.proposal),
            path if path.starts_with("/api/v1/assignments/{id}") => {
                path.replace("{id}", &self.assignment).replace("{access_id}", nobody)
            }
            path if path.starts_with("/api/v1/time-entries/{id}") => path.replace("{id}", &self.entry),
            path if path.starts_with("/api/v1/credentials/") => path.replace("{name}", &self.credential.0),
            path if path.starts_with("/api/v1/credential-keys/") => path.replace("{thumbprint}", &self.credential.1),
            path if path.starts_with("/api/v1/credential-status-lists/") => path.replace("{number}", "1"),
            path if path.starts_with("/api/v1/hand-overs/{id}") => path.replace("{id}", nobody),
            path if path.starts_with("/api/v1/rounds/{id}") => path.replace("{id}", &self.round),
            path if path.starts_with("/api/v1/admin/reports/{report_id}") => path.replace("{report_id}", &self.report),
            path if path.starts_with("/api/v1/admin/accounts/{handle}") => path.replace("{handle}", "stranger"),
            // Only what was given up is there, and nothing was.
            path if path.starts_with("/api/v1/admin/jobs/{id}") => path.replace("{id}", nobody),
            path if path.starts_with("/api/v1/skills/{slug}") => path.replace("{slug}", "rust"),
            path if path.starts_with("/api/v1/swarms/{id}") => {
                path.replace("{id}", &self.swarm).replace("{step}", nobody)
            }
            path if path.starts_with("/api/v1/advisories/{id}") => path.replace("{id}", ADVISORY),
            path if path.starts_with("/api/v1/volunteers/{handle}") => path.replace("{handle}", "stranger"),
            // Things of the caller's own: nobody's id, so that each finds nothing.
            path if path.starts_with("/api/v1/me/") => {
                ["{id}", "{session_id}", "{token_id}", "{passkey_id}", "{identity_id}", "{invitation_id}"]
                    .iter()
                    .fold(path.to_owned(), |path, name| path.replace(name, nobody))
            }
            // One that can't be reached, as its address is an inner one.
            path if path.starts_with("/api/v1/auth/oidc/") => path.replace("{provider}", "inner"),
            path => path.to_owned(),
        };
        let filled = filled.replace("{domain}", "acme.example.net").replace("{organization}", "acme");
        assert!(!filled.contains('{'), "{template}: add a row for its parameters");
        match template {
            "/api/v1/matching/explain" => format!("{filled}?need={}", self.need),
            path if path.starts_with("/api/v1/feeds/matches.") || path == "/api/v1/feeds/assignments.ics" => {
                format!("{filled}?token={}", self.feed)
            }
            "/api/v1/swarms/{id}/stream" => format!("{filled}?wait_seconds=0"),
            "/api/v1/projects/import" => format!("{filled}?format=up_for_grabs"),
            _ => filled,
        }
    }
}

/// A proposal that waits for the employer, and an assignment in the employer's time.
async fn agree(app: &TestApp, [owner, lead, engineer]: [&Client; 3], need: &str) -> (String, String) {
    let running =
        json!({"hours_per_week": 8, "starts_on": "2026-11-22", "ends_on": "2027-05-31", "approval": "manager"});
    let running = owner.post("/api/v1/organizations/acme/pledges", running).await.expect(201);
    let running = running["id"].as_str().unwrap();
    owner.act(&format!("/api/v1/pledges/{running}/activate")).await.expect(200);
    market::join(app, "acme", "engineer", OrganizationRole::Member).await;
    seed::offer(engineer, json!({"visibility": "public"})).await;
    let proposal = json!({"capacity": "employer_time", "pledge": running});
    let proposal = engineer.post(&format!("/api/v1/needs/{need}/applications"), proposal).await.expect(201);
    let sibling = seed::open_need(lead, "parser", "Test the parser", json!({})).await;
    let agreed = json!({"capacity": "employer_time", "pledge": running});
    let agreed = engineer.post(&format!("/api/v1/needs/{sibling}/applications"), agreed).await.expect(201);
    let agreed = format!("/api/v1/proposals/{}", agreed["id"].as_str().unwrap());
    owner.act(&format!("{agreed}/approve")).await.expect(200);
    lead.act(&format!("{agreed}/accept")).await.expect(200);
    let assignment = engineer.act(&format!("{agreed}/confirm")).await.expect(200)["assignment"].clone();
    (proposal["id"].as_str().unwrap().to_owned(), assignment.as_str().unwrap().to_owned())
}

/// A swarm that was resolved, with somebody who took part.
async fn call(coordinator: &Client, ally: &Client) -> Value {
    let swarm = json!({"title": "Help with the parser", "advisory": ADVISORY, "reach": "nobody"});
    let swarm = coordinator.post("/api/v1/swarms", swarm).await.expect(201);
    let place = format!("/api/v1/swarms/{}", swarm["id"].as_str().unwrap());
    let invited = json!({"handle": "ally", "role": "analyst"});
    coordinator.post(&format!("{place}/participants"), invited).await.expect(201);
    ally.post(&format!("{place}/consent"), json!({"accept": true, "terms_version": 1})).await.expect(200);
    let step = json!({"title": "Look at the parser", "owner": "ally", "due_at": "2026-12-01T00:00:00Z"});
    coordinator.post(&format!("{place}/plan"), step).await.expect(201);
    for action in ["activate", "contain", "resolve"] {
        coordinator.act(&format!("{place}/{action}")).await.expect(200);
    }
    coordinator.put(&format!("{place}/report"), json!({"summary": "It was nothing."})).await.expect(200);
    swarm
}

/// What documents say of the project, and a vulnerability.
async fn papers(lead: &Client, coordinator: &Client) {
    let scorecard = json!({"repo": {"name": "github.com/example/parser"}, "score": 10.0, "checks": [{"name": "Maintained", "score": 10}]});
    lead.put("/api/v1/projects/parser/scorecard", scorecard).await.expect(200);
    let insights = "{header: {schema-version: 2.0.0, last-reviewed: 2026-11-01}, repository: {url: 'https://github.com/example/parser', license: {expression: MIT}}}";
    let path = "/api/v1/projects/parser/security-insights";
    let headers = [("content-type", "application/yaml")];
    lead.send(Method::PUT, path, &headers, Some(insights.to_owned())).await.expect(200);
    let advisory = json!({"id": ADVISORY, "modified": "2026-11-01T00:00:00Z"});
    coordinator.post("/api/v1/advisories", advisory).await.expect(201);
}

pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) template: String,
    pub(crate) roles: Vec<String>,
    /// Of which an API token must have one; empty when no token may.
    pub(crate) scopes: Vec<String>,
    pub(crate) body: Option<Value>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let document = contract::document();
    let mut all = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let operation = &item[method];
            if operation.is_null() {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let reference = schema["$ref"]
                .as_str()
                .or_else(|| schema["oneOf"].as_array()?.iter().find_map(|one| one["$ref"].as_str()));
            let body = reference
                .map(|name| document["components"]["schemas"][name.rsplit('/').next().unwrap()]["example"].clone());
            let words = |name: &str| -> Vec<String> {
                let listed = operation[name].as_array().unwrap_or_else(|| panic!("{method} {template} has no {name}"));
                listed.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
            };
            let (roles, scopes) = (words("x-roles"), words("x-scopes"));
            all.push(Operation { method: method.to_uppercase(), template: template.clone(), roles, scopes, body });
        }
    }
    all
}

on_both! {
    async fn nobody_gets_in_who_is_not_named_and_whoever_is_named_may_read(db: TestDb) {
        let app = TestApp::start_with(db, World::settings).await;
        let world = World::new(&app).await;
        let (mut cells, mut wrong) = (0, Vec::new());
        for operation in operations() {
            let path = world.fill(&operation.template);
            for caller in &world.callers {
                let named = operation.roles.iter().any(|role| caller.roles.contains(&role.as_str()));
                // Under somebody's own address there is nothing by nobody's id, also for whoever may look.
                let own = ["/api/v1/me/api-tokens/", "/api/v1/me/feed-tokens/", "/api/v1/me/passkeys/"].iter().any(|path| operation.template.starts_with(path));
                let reads = operation.method == "GET" && !own;
                if named && !reads {
                    continue;
                }
                let body = operation.body.as_ref().map(Value::to_string);
                let method: Method = operation.method.parse().unwrap();
                let answer = caller.client.send(method, &path, &[("if-match", "*")], body).await;
                cells += 1;
                let fine = match (named, caller.name) {
                    (true, _) => !matches!(answer.status, 401 | 403 | 404),
                    (false, "anonymous") => answer.status == 401,
                    (false, _) => matches!(answer.status, 403 | 404),
                };
                if !fine {
                    wrong.push(format!("{} {} by {}: {}", operation.method, operation.template, caller.name, answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert!(cells > 500, "only {cells} cells: the table has lost some of its rows");
        println!("authorization: {cells} cells of operations by callers, all as their x-roles say");
        app.stop().await;
    }
}
