//! The contract: what is committed is what the handlers say, and each operation says all that a caller must know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may")]

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use syn::visit::{self, Visit};

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

/// Every kind of caller that `x-roles` may name.
const ROLES: &[&str] = &[
    "anonymous",
    "member",
    "volunteer",
    "colleague",
    "org_member",
    "org_manager",
    "org_owner",
    "maintainer",
    "lead",
    "participant",
    "coordinator",
    "moderator",
    "admin",
];

/// What the program itself prints.
fn printed(format: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mainstay")).args(["openapi", "--format", format]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&printed("json")).unwrap());

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Method and path, with the operation.
fn operations() -> impl Iterator<Item = (String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((format!("{method} {path}"), item.get(*method)?)))
    })
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}

#[test]
fn the_committed_document_is_what_the_handlers_say() {
    let want = printed("yaml");
    let have = fs::read_to_string(root().join("openapi.yaml")).unwrap_or_default();
    if have == want {
        return;
    }
    let line = have.lines().zip(want.lines()).take_while(|(have, want)| have == want).count();
    panic!(
        "openapi.yaml is not what the handlers say, from line {} on:\n  committed: {}\n  handlers:  {}\n\
         Look at the change, and if it is meant: cargo run -- openapi > openapi.yaml",
        line + 1,
        have.lines().nth(line).unwrap_or("(its end)"),
        want.lines().nth(line).unwrap_or("(its end)"),
    );
}

#[test]
fn both_forms_of_the_document_are_the_same() {
    let yaml: Value = yaml_serde::from_str(&printed("yaml")).unwrap();
    assert_eq!(&yaml, &*DOCUMENT);
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
}

fn references(value: &'static Value, found: &mut BTreeSet<&'static str>) {
    found.extend(value["$ref"].as_str());
    match value {
        Value::Object(members) => members.values().for_each(|member| references(member, found)),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let mut found = BTreeSet::new();
    references(&DOCUMENT, &mut found);
    found.retain(|reference| DOCUMENT.pointer(reference.trim_start_matches('#')).is_none());
    assert!(found.is_empty(), "{found:?}; for the type of a query parameter: #[param(inline)]");
}

#[test]
fn every_operation_says_all_that_a_caller_must_know() {
    let tags: BTreeSet<&str> =
        DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    let mut names = BTreeMap::new();
    for (place, operation) in operations() {
        let mut say = |what: &str| wrong.push(format!("{place}: {what}"));
        let text = |name: &str| operation[name].as_str().unwrap_or_default().trim();
        if text("summary").is_empty() || text("summary").ends_with('.') || text("summary").len() > 80 {
            say("wants a summary: the first line of the handler's doc comment, short and without a full stop");
        }
        if text("description").is_empty() || text("description") == text("summary") {
            say("wants a description: the rest of the handler's doc comment");
        }
        let id = text("operationId");
        let snake = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !snake {
            say("its operationId is no snake_case name");
        }
        if let Some(other) = names.insert(id.to_owned(), place.clone()) {
            say(&format!("its operationId {id} belongs to {other} too"));
        }
        let own: Vec<&str> = operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if own.len() != 1 || !own.iter().all(|tag| tags.contains(tag)) {
            say(&format!("wants one tag that is declared in app/contract.rs; it has {own:?}"));
        }
        let roles: Vec<&str> =
            operation["x-roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if roles.is_empty() || !roles.iter().all(|role| ROLES.contains(role)) {
            say(&format!("wants x-roles out of {ROLES:?}; it has {roles:?}"));
        }
        let bearer = json!({"bearer": []});
        let security = if roles.contains(&"anonymous") { json!([{}, bearer]) } else { json!([bearer]) };
        if operation["security"] != security {
            say("its security and its x-roles say different things");
        }
    }
    assert!(names.len() > 15, "only {} operations were read", names.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_names_its_answers() {
    let mut wrong = Vec::new();
    for (place, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        let mut say = |what: String| wrong.push(format!("{place}: {what}"));
        if !responses.keys().any(|status| status.starts_with('2') || status.starts_with('3')) {
            say("names no success".into());
        }
        let mut errors = vec!["401", "429", "500", "503"];
        if place.contains('{') {
            errors.push("404");
        }
        if !operation["requestBody"].is_null() {
            errors.extend(["400", "413", "415", "422"]);
        }
        for status in errors.into_iter().filter(|status| !responses.contains_key(*status)) {
            say(format!("does not name {status}"));
        }
        for (status, response) in responses {
            let response = resolve(response);
            if response["description"].as_str().unwrap_or_default().is_empty() {
                say(format!("does not describe {status}"));
            }
            let content = response["content"].as_object();
            let is_error = status.starts_with('4') || status.starts_with('5');
            let is_problem = content.is_some_and(|content| content.contains_key("application/problem+json"));
            // Readiness answers 503 with its checks: that is what a load balancer's operator wants to read.
            if is_error && !is_problem && !(place == "get /health/ready" && status == "503") {
                say(format!("{status} is no problem document"));
            }
            if !is_error && matches!(status.as_str(), "200" | "201" | "202") && content.is_none() {
                say(format!("{status} has no body, so it is a 204"));
            }
            if status == "201" && response["headers"]["Location"].is_null() {
                say("201 without Location".into());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parameters_and_bodies_are_described() {
    let mut wrong = Vec::new();
    for (place, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(parameter);
            let name = &parameter["name"];
            if parameter["description"].as_str().unwrap_or_default().trim().is_empty() {
                wrong.push(format!("{place}: the parameter {name} has no description"));
            }
            if parameter["schema"].is_null() {
                wrong.push(format!("{place}: the parameter {name} has no schema"));
            }
        }
        let in_path: BTreeSet<&str> = place.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let declared = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(resolve)
            .filter(|parameter| parameter["in"] == "path");
        let declared: BTreeSet<&str> = declared.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        if in_path != declared {
            wrong.push(format!("{place}: the path has {in_path:?}, its parameters {declared:?}"));
        }
        let body = &operation["requestBody"];
        let kinds = body["content"].as_object();
        let has_schemas = kinds.is_some_and(|kinds| kinds.values().all(|content| !content["schema"].is_null()));
        if !body.is_null() && (body["description"].is_null() || !has_schemas) {
            wrong.push(format!("{place}: the body wants a description and a schema"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a reader sees what a value looks like: by an example, or because there is nothing to guess.
fn shown(schema: &'static Value, depth: usize) -> bool {
    assert!(depth < 20, "a schema contains itself without an example: {schema}");
    let of = |value: &'static Value| shown(value, depth + 1);
    let nothing_to_guess = |kind: &Value| kind == "boolean" || kind == "null";
    if ["example", "examples", "enum", "const", "default"].iter().any(|key| !schema[*key].is_null()) {
        return true;
    }
    if schema["format"].as_str().is_some_and(|format| ["uuid", "date-time", "date", "uri"].contains(&format)) {
        return true;
    }
    if !schema["$ref"].is_null() {
        return of(resolve(schema));
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(branches) = schema[key].as_array() {
            return branches.iter().all(of);
        }
    }
    match &schema["type"] {
        Value::Array(kinds) if kinds.contains(&json!("array")) => of(&schema["items"]),
        Value::Array(kinds) => kinds.iter().all(nothing_to_guess),
        kind if kind == "array" => of(&schema["items"]),
        kind if kind == "object" => {
            schema["properties"].as_object().is_some_and(|properties| properties.values().all(of))
        }
        kind => nothing_to_guess(kind),
    }
}

fn bodies() -> impl Iterator<Item = (String, &'static Value)> {
    operations().flat_map(|(place, operation)| {
        let responses = operation["responses"].as_object().unwrap().values().map(resolve);
        let all = [&operation["requestBody"]].into_iter().chain(responses);
        all.flat_map(|one| {
            one["content"].as_object().into_iter().flatten().map(|(kind, content)| (kind, &content["schema"]))
        })
        .filter(|(kind, _)| *kind == "application/json" || kind.ends_with("+json"))
        .map(move |(_, schema)| (place.clone(), schema))
        .collect::<Vec<_>>()
    })
}

#[test]
fn every_body_has_an_example() {
    let lacking: BTreeSet<String> =
        bodies().filter(|(_, schema)| !shown(schema, 0)).map(|(place, schema)| format!("{place}: {schema}")).collect();
    assert!(
        lacking.is_empty(),
        "without an example (`#[schema(example = …)]` on the type or on each field):\n{}",
        lacking.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn every_example_is_valid() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        let mut properties = Map::new();
        properties.insert(name.clone(), schema.clone());
        let parts = schema["properties"].as_object().cloned().unwrap_or_default();
        properties.extend(parts.into_iter().map(|(field, part)| (format!("{name}.{field}"), part)));
        for (place, schema) in properties {
            let Some(example) = schema.get("example") else { continue };
            seen += 1;
            let whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "components": DOCUMENT["components"]});
            let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
            wrong.extend(
                validator.iter_errors(example).map(|error| format!("{place}{}: {error}", error.instance_path())),
            );
        }
    }
    assert!(seen > 20, "only {seen} examples were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The addresses as the handlers' attributes have them, and the places that route by hand.
#[derive(Default)]
struct Routes {
    handlers: BTreeSet<String>,
    by_hand: usize,
}

impl<'ast> Visit<'ast> for Routes {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        for attribute in &item.attrs {
            let method = attribute.path().get_ident().map(ToString::to_string).unwrap_or_default();
            if METHODS.contains(&method.as_str())
                && let Ok(path) = attribute.parse_args::<syn::LitStr>()
            {
                self.handlers.insert(format!("{method} {}", path.value()));
            }
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.by_hand += usize::from(call.method == "route");
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let last = path.path.segments.last().map(|segment| segment.ident.to_string());
        self.by_hand += usize::from(last.is_some_and(|last| last == "resource"));
        visit::visit_expr_path(self, path);
    }
}

fn read_routes(folder: &Path, found: &mut BTreeMap<PathBuf, Routes>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_routes(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut routes = Routes::default();
            routes.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
            found.insert(path.strip_prefix(root()).unwrap().to_owned(), routes);
        }
    }
}

/// Pages for people, and the metrics' own port, are no part of the contract.
const ROUTE_BY_HAND: &[&str] = &[
    "src/app/pages.rs",
    "src/app/server.rs",
    "src/features/accounts/routes/link.rs",
    "src/features/moderation/routes/link.rs",
    "src/features/notifications/routes/link.rs",
    "src/features/organizations/routes/link.rs",
    "src/features/projects/routes/link.rs",
];

#[test]
fn the_document_and_the_router_have_the_same_addresses() {
    let mut files = BTreeMap::new();
    read_routes(&root().join("src"), &mut files);
    let mut handlers = BTreeSet::new();
    for (file, routes) in &files {
        let name = file.to_str().unwrap();
        assert!(
            routes.by_hand == 0 || ROUTE_BY_HAND.contains(&name),
            "{name} routes by hand; use #[utoipa::path] over #[get(…)], so that the contract knows it"
        );
        let base = if name.starts_with("src/features/") { "/api/v1" } else { "" };
        handlers.extend(routes.handlers.iter().map(|route| route.replacen(' ', &format!(" {base}"), 1)));
    }
    let documented: BTreeSet<String> = operations().map(|(place, _)| place).collect();
    let missing: Vec<_> = handlers.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&handlers).collect();
    assert!(
        missing.is_empty(),
        "written, but not served or not in the contract (is it in the feature's `configure`?): {missing:?}"
    );
    assert!(unknown.is_empty(), "in the contract, but no handler has it: {unknown:?}");
}
