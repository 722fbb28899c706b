//! The authorization table's callers with an API token: every operation against a token of each scope alone.
//!
//! A token without one of the operation's `x-scopes` is refused for that, whoever's it is; one with such a scope is not, and
//! reads what its owner may read. A token without `admin` has none of its owner's platform roles.

use crate::app::TestApp;
use crate::authorization::{World, operations};
use crate::db::on_both;
use mainstay::kernel::Scope;
use reqwest::Method;
use serde_json::{Value, json};

/// Whose token, by its scope: somebody who may do something with it.
fn owner(scope: Scope) -> (&'static str, &'static [&'static str]) {
    match scope {
        Scope::Read => ("the owner of the organization", &["anonymous", "member", "org_owner"]),
        Scope::Write => ("a manager of the organization", &["anonymous", "member", "org_manager"]),
        Scope::Needs => ("the lead", &["anonymous", "member", "lead"]),
        Scope::Pledges => ("a member of the organization", &["anonymous", "member", "org_member"]),
        Scope::Admin => ("an admin", &["anonymous", "member", "coordinator", "moderator", "admin"]),
    }
}

on_both! {
    async fn a_token_reaches_as_far_as_its_scopes(db: TestDb) {
        let app = TestApp::start_with(db, World::settings).await;
        let world = World::new(&app).await;
        let (mut cells, mut wrong) = (0, Vec::new());
        for scope in Scope::ALL {
            let (name, roles) = owner(*scope);
            let made = json!({"name": "table", "scopes": [scope.as_str()]});
            let token = world.caller(name).post("/api/v1/me/api-tokens", made).await.expect(201);
            let program = app.anonymous().with_token(token["token"].as_str().unwrap(), name);
            for operation in operations() {
                let reaches = operation.scopes.iter().any(|wanted| wanted == scope.as_str());
                // What is let through is done; the other tests need the world as it is.
                if reaches && operation.method != "GET" {
                    continue;
                }
                let own = ["/api/v1/me/feed-tokens/", "/api/v1/feeds/matches.", "/api/v1/feeds/assignments."].iter().any(|path| operation.template.starts_with(path));
                let named = operation.roles.iter().any(|role| roles.contains(&role.as_str()));
                let body = operation.body.as_ref().map(Value::to_string);
                let method: Method = operation.method.parse().unwrap();
                let answer = program.send(method, &world.fill(&operation.template), &[("if-match", "*")], body).await;
                cells += 1;
                let code = answer.json["code"].as_str().unwrap_or_default();
                let fine = match (reaches, named) {
                    (false, _) => (answer.status, code) == (403, "auth.insufficient_scope"),
                    (true, true) => code != "auth.insufficient_scope" && (own || !matches!(answer.status, 401 | 403 | 404)),
                    (true, false) => code != "auth.insufficient_scope" && matches!(answer.status, 403 | 404),
                };
                if !fine {
                    wrong.push(format!("{} {} by a token for {scope}: {} {code}", operation.method, operation.template, answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert!(cells > 500, "only {cells} cells: the table has lost some of its rows");
        println!("authorization: {cells} cells of operations by tokens, all as their x-scopes say");
        app.stop().await;
    }
}
