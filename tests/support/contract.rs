//! Holds every answer of every test against the OpenAPI document.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let document =
        mainstay::http::openapi::Document::new(&mainstay::app::router::generate()).expect("the document is complete");
    serde_json::from_str(&document.json).expect("the document is JSON")
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, std::sync::Arc<jsonschema::Validator>>>> =
    LazyLock::new(Mutex::default);

/// The whole document.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

fn template(path: &str) -> Option<&'static str> {
    let fits = |template: &str| {
        let (want, have): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        want.len() == have.len() && want.iter().zip(&have).all(|(w, h)| w == h || w.starts_with('{'))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut found: Vec<&str> = paths.keys().map(String::as_str).filter(|path| fits(path)).collect();
    found.sort_by_key(|path| path.matches('{').count());
    found.first().copied()
}

/// Panics when the answer is not what the contract says of this operation.
pub(crate) fn check(method: &str, path: &str, status: u16, content_type: Option<&str>, body: &str) {
    let Some(template) = template(path) else { return };
    let operation = &DOCUMENT["paths"][template][method.to_lowercase()];
    if operation.is_null() || status == 304 {
        return;
    }
    let mut response = &operation["responses"][status.to_string()];
    if let Some(name) = response["$ref"].as_str() {
        response = &DOCUMENT["components"]["responses"][name.rsplit('/').next().unwrap()];
    }
    assert!(!response.is_null(), "{method} {template} answered {status}, which the contract does not know: {body}");
    let kind = content_type.map(|kind| kind.split(';').next().unwrap().trim()).unwrap_or_default();
    if body.is_empty() {
        assert!(response["content"].is_null(), "{method} {template} {status} should have a body");
        return;
    }
    let schema = &response["content"][kind]["schema"];
    assert!(
        !schema.is_null(),
        "{method} {template} {status} answered {kind:?}, which the contract does not know: {body}"
    );
    if kind.starts_with("text/") || kind.contains("csv") || kind.ends_with("xml") || kind.ends_with("+jwt") {
        return;
    }
    let value: Value = serde_json::from_str(body).expect("a JSON body");
    let errors: Vec<String> = validator(&format!("{method} {template} {status} {kind}"), schema)
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{method} {template} {status} breaks the contract: {errors:#?}\n{value:#}");
}

fn validator(key: &str, schema: &Value) -> std::sync::Arc<jsonschema::Validator> {
    let mut known = VALIDATORS.lock().unwrap();
    known
        .entry(key.to_owned())
        .or_insert_with(|| {
            let whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "components": DOCUMENT["components"]});
            let built = jsonschema::options().should_validate_formats(true).build(&whole).expect("a valid schema");
            std::sync::Arc::new(built)
        })
        .clone()
}
