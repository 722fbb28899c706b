//! What tests start from, put in by the features' own faces.

use crate::app::TestApp;
use crate::client::Client;
use mainstay::features::accounts;
use mainstay::features::projects::{self, Beginning, NewProjectInput};
use mainstay::kernel::{AiPolicy, Cla, RequestId};
use serde_json::{Value, json};

/// A listed project with this verified lead.
pub(crate) async fn listed_project(app: &TestApp, slug: &str, lead: &Client) {
    let input = NewProjectInput {
        slug: Some(slug.to_owned()),
        name: slug.to_owned(),
        description: format!("What {slug} is."),
        repository_url: format!("https://github.com/example/{slug}"),
        homepage_url: None,
        license: Some("MIT".to_owned()),
        packages: vec![format!("pkg:cargo/{slug}@1.0.0")],
        languages: vec!["rust".to_owned()],
        tags: Vec::new(),
        review_hours_per_week: 200.0,
        ai_policy: AiPolicy::Welcome,
        cla: Cla::None,
    };
    let (ctx, handle, request_id) = (app.ctx.clone(), lead.handle.clone(), RequestId::accept("test-set-up").unwrap());
    app.ctx
        .store()
        .write(move |conn| {
            let lead = accounts::find_account_by_handle(conn, &handle)?.unwrap().id;
            let beginning = Beginning { lead: Some(lead), verified: true, sample: false };
            projects::create_in(conn, &ctx, &input, beginning, &request_id).map(|_| ())
        })
        .await
        .unwrap();
}

/// A need as the API takes it; `changes` are laid over it.
pub(crate) fn need(title: &str, changes: Value) -> Value {
    let mut body = json!({
        "title": title, "kind": "fuzzing", "description": "Some work.", "size": "medium", "hours_per_week": 2, "weeks": 8, "seats": 1,
        "skills": [{"skill": "rust", "level": 3, "required": true}], "urgency": "normal", "access_level": 0, "visibility": "public",
    });
    lay(&mut body, changes);
    body
}

/// States a need and opens it; gives its id.
pub(crate) async fn open_need(lead: &Client, project: &str, title: &str, changes: Value) -> String {
    let made = lead.post(&format!("/api/v1/projects/{project}/needs"), need(title, changes)).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    lead.act(&format!("/api/v1/needs/{id}/publish")).await.expect(200);
    id
}

/// Puts a profile of somebody who knows Rust; `changes` are laid over it.
pub(crate) async fn offer(person: &Client, changes: Value) {
    let mut body = json!({
        "skills": [{"skill": "rust", "level": 4}], "hours_per_week": 8, "time_zone": "Europe/Berlin", "languages": ["en"],
        "max_access_level": 2, "visibility": "members",
    });
    lay(&mut body, changes);
    let status = person.put("/api/v1/me/profile", body).await;
    assert!(matches!(status.status, 200 | 201), "{}", status.text);
}

fn lay(body: &mut Value, changes: Value) {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
}
