//! Who may call what: every operation of the contract against every kind of caller.
//!
//! The table is made of each operation's `x-roles` and `x-scopes`. Whoever is not named there is refused, whatever the request
//! says; whoever is named may read. That those who are named may also write is for each feature's own tests. Each address
//! with an id is asked for once more with another tenant's: what exists for its own people alone answers 404. An operation
//! with a path parameter that stands in no row of [`Things::fill`] fails, so that a new one can't be forgotten.

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::contract;
use crate::db::on_both;
use crate::{market, seed};
use mainstay::features::organizations::OrganizationRole;
use mainstay::kernel::PlatformRole;
use serde_json::{Value, json};

/// A kind of caller, and the roles by which it may be let in.
struct Caller {
    name: String,
    client: Client,
    roles: &'static [&'static str],
    /// What an API token may be used for; none for somebody signed in.
    scopes: Option<&'static [&'static str]>,
}

/// Somebody's things, by what stands for them in an address.
#[derive(Clone)]
struct Things {
    organization: &'static str,
    member: &'static str,
    invitation: String,
    domain: &'static str,
    project: &'static str,
    maintainer: &'static str,
    need: String,
    pledge: String,
    round: String,
    person: &'static str,
    session: String,
    token: String,
    mine: String,
}

/// Something of everything, in the hands of the callers, and the same in other hands.
struct World {
    callers: Vec<Caller>,
    ours: Things,
    theirs: Things,
}

const NOBODY: &str = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d";

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

async fn invite(by: &Client, organization: &str, email: &str) -> String {
    let path = format!("/api/v1/organizations/{organization}/invitations");
    id(&by.post(&path, json!({"email": email, "role": "member"})).await.expect(201))
}

async fn pledge(by: &Client, organization: &str) -> String {
    let body = json!({"hours_per_week": 8, "starts_on": "2026-12-01", "ends_on": "2027-05-31", "approval": "auto"});
    id(&by.post(&format!("/api/v1/organizations/{organization}/pledges"), body).await.expect(201))
}

/// A token of this person for each of these sets of scopes.
async fn tokens(
    app: &TestApp,
    of: &Client,
    whose: &str,
    roles: &'static [&'static str],
    sets: &[&'static [&'static str]],
) -> Vec<Caller> {
    let mut made = Vec::new();
    for scopes in sets {
        let token =
            of.post("/api/v1/me/api-tokens", json!({"name": scopes.join(" "), "scopes": scopes})).await.expect(201);
        let client = app.anonymous().with_token(token["token"].as_str().unwrap(), &of.handle);
        // Platform roles are used with the scope `admin` alone.
        let privileged = scopes.contains(&"admin") || !roles.contains(&"admin");
        let roles = if privileged { roles } else { &["member"][..] };
        made.push(Caller {
            name: format!("{whose} by a token for {}", scopes.join(", ")),
            client,
            roles,
            scopes: Some(scopes),
        });
    }
    made
}

impl World {
    async fn new(app: &TestApp) -> Self {
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
        owner.post("/api/v1/organizations/acme/domains", json!({"domain": "acme.example.net"})).await.expect(201);
        market::project(&lead, &coordinator, "parser", json!({})).await;
        let added = json!({"handle": "helper", "role": "maintainer"});
        lead.post("/api/v1/projects/parser/maintainers", added).await.expect(201);
        let ours = Things {
            organization: "acme",
            member: "clerk",
            invitation: invite(&owner, "acme", "somebody@example.org").await,
            domain: "acme.example.net",
            project: "parser",
            maintainer: "helper",
            need: seed::open_need(&lead, "parser", "Fuzz the parser", json!({})).await,
            pledge: pledge(&owner, "acme").await,
            round: id(&coordinator.post("/api/v1/rounds", json!({})).await.expect(202)),
            person: "stranger",
            // Things of the caller's own: nobody's id, so that each finds nothing.
            session: NOBODY.to_owned(),
            token: NOBODY.to_owned(),
            mine: NOBODY.to_owned(),
        };
        let theirs = Things { round: ours.round.clone(), ..Self::theirs(app, &other, &coordinator).await };
        for person in
            [&stranger, &lead, &maintainer, &owner, &manager, &member, &other, &coordinator, &moderator, &admin]
        {
            seed::offer(person, json!({"visibility": "public"})).await;
        }
        let single: &[&[&str]] = &[&["read"], &["write"], &["needs"], &["pledges"]];
        let privileged: &[&[&str]] = &[
            &["read"],
            &["write"],
            &["needs"],
            &["pledges"],
            &["admin"],
            &["read", "admin"],
            &["write", "admin"],
            &["needs", "admin"],
            &["pledges", "admin"],
        ];
        let by_token = tokens(app, &owner, "the owner of the organization", &["member", "org_owner"], single).await;
        let by_token =
            by_token.into_iter().chain(tokens(app, &admin, "an admin", &["member", "admin"], privileged).await);
        let row = |name: &str, client, roles| Caller { name: name.to_owned(), client, roles, scopes: None };
        let mut callers = vec![
            row("anonymous", app.anonymous(), &["anonymous"][..]),
            row("a stranger", stranger, &["member"]),
            row("the owner of another organization", other, &["member"]),
            row("a member of the organization", member, &["member", "org_member"]),
            row("a manager of the organization", manager, &["member", "org_manager"]),
            row("the owner of the organization", owner, &["member", "org_owner"]),
            row("a maintainer", maintainer, &["member", "maintainer"]),
            row("the lead", lead, &["member", "lead"]),
            row("a coordinator", coordinator, &["member", "coordinator"]),
            row("a moderator", moderator, &["member", "moderator"]),
            row("an admin", admin, &["member", "admin"]),
        ];
        callers.extend(by_token);
        Self { callers, ours, theirs }
    }

    /// The same things in hands that no caller but the other owner has anything to do with; what can be private is.
    async fn theirs(app: &TestApp, other: &Client, coordinator: &Client) -> Things {
        let outsider = app.person("outsider").await;
        other.post("/api/v1/organizations/rivals/domains", json!({"domain": "rivals.example.net"})).await.expect(201);
        market::project(&outsider, coordinator, "lexer", json!({})).await;
        let draft =
            outsider.post("/api/v1/projects/lexer/needs", seed::need("Not told yet", json!({}))).await.expect(201);
        let sessions = outsider.get("/api/v1/me/sessions").await.expect(200);
        let token = outsider.post("/api/v1/me/api-tokens", json!({"name": "ci", "scopes": ["read"]})).await.expect(201);
        let mine = invite(other, "rivals", "outsider@example.org").await;
        Things {
            organization: "rivals",
            member: "rival",
            invitation: mine.clone(),
            domain: "rivals.example.net",
            project: "lexer",
            maintainer: "outsider",
            need: id(&draft),
            pledge: pledge(other, "rivals").await,
            // Rounds belong to nobody in particular.
            round: NOBODY.to_owned(),
            person: "outsider",
            session: id(&sessions["items"][0]),
            token: id(&token),
            mine,
        }
    }
}

impl Things {
    /// The address with these things as its parameters.
    fn fill(&self, template: &str) -> String {
        let filled = match template {
            path if path.starts_with("/api/v1/organizations/{slug}") => path
                .replace("{slug}", self.organization)
                .replace("{handle}", self.member)
                .replace("{invitation_id}", &self.invitation)
                .replace("{domain}", self.domain),
            path if path.starts_with("/api/v1/projects/{slug}") => {
                path.replace("{slug}", self.project).replace("{handle}", self.maintainer)
            }
            path if path.starts_with("/api/v1/needs/{id}") => path.replace("{id}", &self.need),
            path if path.starts_with("/api/v1/pledges/{id}") => path.replace("{id}", &self.pledge),
            path if path.starts_with("/api/v1/rounds/{id}") => path.replace("{id}", &self.round),
            path if path.starts_with("/api/v1/skills/{slug}") => path.replace("{slug}", "rust"),
            path if path.starts_with("/api/v1/volunteers/{handle}") => path.replace("{handle}", self.person),
            path if path.starts_with("/api/v1/me/") => path
                .replace("{session_id}", &self.session)
                .replace("{token_id}", &self.token)
                .replace("{passkey_id}", NOBODY)
                .replace("{invitation_id}", &self.mine)
                .replace("{organization}", self.organization),
            path => path.to_owned(),
        };
        assert!(!filled.contains('{'), "{template}: add a row for its parameters");
        match template {
            "/api/v1/matching/explain" => format!("{filled}?need={}", self.need),
            "/api/v1/projects/import" => format!("{filled}?format=up_for_grabs"),
            _ => filled,
        }
    }
}

/// What exists for its own people alone: others get 404 at it. The needs of [`World::theirs`] are drafts.
const PRIVATE: &[&str] = &["/api/v1/needs/{id}", "/api/v1/pledges/{id}", "/api/v1/me/"];

struct Operation {
    method: String,
    template: String,
    roles: Vec<String>,
    scopes: Vec<String>,
    body: Option<Value>,
}

impl Operation {
    fn names(&self, roles: &[&str]) -> bool {
        self.roles.iter().any(|role| roles.contains(&role.as_str()))
    }

    async fn call(&self, by: &Client, path: &str) -> Answer {
        let body = self.body.as_ref().map(Value::to_string);
        by.send(self.method.parse().unwrap(), path, &[("if-match", "*")], body).await
    }
}

/// Counts the cells and keeps what is wrong with them.
#[derive(Default)]
struct Tally {
    cells: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn note(&mut self, fine: bool, operation: &Operation, caller: &Caller, what: &str, status: u16) {
        self.cells += 1;
        if !fine {
            self.wrong.push(format!("{} {}{what} by {}: {status}", operation.method, operation.template, caller.name));
        }
    }

    fn done(&self, least: usize) {
        let (wrong, cells) = (&self.wrong, self.cells);
        assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert!(cells > least, "only {cells} cells: the table has lost some of its rows");
    }
}

fn operations() -> Vec<Operation> {
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
            let words = |name: &str| {
                operation[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
            };
            let (roles, scopes) = (words("x-roles"), words("x-scopes"));
            all.push(Operation { method: method.to_uppercase(), template: template.clone(), roles, scopes, body });
        }
    }
    all
}

on_both! {
    async fn nobody_gets_in_who_is_not_named_and_whoever_is_named_may_read(db: TestDb) {
        let app = TestApp::start(db).await;
        let world = World::new(&app).await;
        let mut tally = Tally::default();
        for operation in operations() {
            let path = world.ours.fill(&operation.template);
            for caller in &world.callers {
                let named = operation.names(caller.roles);
                let in_scope = caller.scopes.is_none_or(|held| operation.scopes.iter().any(|one| held.contains(&one.as_str())));
                // Under somebody's own address there is nothing by nobody's id, also for whoever may look.
                let reads = operation.method == "GET" && !operation.template.starts_with("/api/v1/me/api-tokens/");
                if named && in_scope && !reads {
                    continue;
                }
                let answer = operation.call(&caller.client, &path).await;
                let fine = match (named, caller.name.as_str()) {
                    _ if !in_scope => answer.status == 403 && answer.json["code"] == "auth.insufficient_scope",
                    (true, _) => !matches!(answer.status, 401 | 403 | 404),
                    (false, "anonymous") => answer.status == 401,
                    (false, _) => matches!(answer.status, 403 | 404),
                };
                tally.note(fine, &operation, caller, "", answer.status);
            }
        }
        tally.done(1500);
        app.stop().await;
    }

    async fn what_belongs_to_others_is_out_of_reach_and_what_is_private_does_not_exist(db: TestDb) {
        let app = TestApp::start(db).await;
        let world = World::new(&app).await;
        let mut tally = Tally::default();
        let theirs = |caller: &&Caller| caller.scopes.is_none() && caller.name != "the owner of another organization";
        for operation in operations().into_iter().filter(|operation| operation.template.contains('{')) {
            let private = PRIVATE.iter().any(|prefix| operation.template.starts_with(prefix));
            let path = world.theirs.fill(&operation.template);
            for caller in world.callers.iter().filter(theirs) {
                // At others' things only what somebody is on the platform counts.
                let platform = |role: &&&str| matches!(**role, "anonymous" | "member" | "coordinator" | "moderator" | "admin");
                let roles: Vec<&str> = caller.roles.iter().filter(platform).copied().collect();
                let may_know = operation.names(&roles) && roles.iter().any(|role| matches!(*role, "coordinator" | "moderator" | "admin"));
                let own = operation.template.starts_with("/api/v1/me/");
                if operation.names(&roles) && (!private || (may_know && !own)) {
                    continue;
                }
                let answer = operation.call(&caller.client, &path).await;
                let fine = match (caller.name.as_str(), private) {
                    ("anonymous", _) if !operation.names(&roles) => answer.status == 401,
                    (_, true) => answer.status == 404,
                    (_, false) => matches!(answer.status, 403 | 404),
                };
                tally.note(fine, &operation, caller, " of others", answer.status);
            }
        }
        // Below the callers' own address, too, there is nothing of others.
        let (ours, theirs) = (&world.ours, &world.theirs);
        let mixed = Things { organization: ours.organization, project: ours.project, ..theirs.clone() };
        let nested = ["/organizations/{slug}/members/", "/organizations/{slug}/invitations/", "/organizations/{slug}/domains/", "/projects/{slug}/maintainers/"];
        for operation in operations().into_iter().filter(|one| nested.iter().any(|part| one.template.contains(part) && one.template.matches('{').count() == 2)) {
            for caller in world.callers.iter().filter(|caller| caller.scopes.is_none() && operation.names(caller.roles)) {
                let answer = operation.call(&caller.client, &mixed.fill(&operation.template)).await;
                tally.note(answer.status == 404, &operation, caller, " of others at the own address", answer.status);
            }
        }
        tally.done(400);
        app.stop().await;
    }
}
