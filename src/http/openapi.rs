//! Completes the document that the handlers generate: what every operation shares is added here once, from what the
//! operation says of itself (its `x-roles`, whether it has a body, whether it changes something guarded by a version).

mod tidy;

use super::scope;
use serde_json::{Map, Value, json};

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

/// The document as text, both ways, made once at start.
#[derive(Debug, Clone)]
pub struct Document {
    /// As JSON.
    pub json: String,
    /// As YAML, the form that is committed.
    pub yaml: String,
    /// The paths with their methods in capitals, for answering 405 with `Allow`.
    pub routes: Vec<(String, Vec<&'static str>)>,
    /// The paths that are read by GET, and how.
    reads: Vec<(String, Read)>,
}

/// How a path is read by GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Whether it wants no credentials.
    pub by_anybody: bool,
    /// Whether there are parameters in its query.
    pub has_parameters: bool,
}

impl Document {
    /// Completes and renders the generated document.
    ///
    /// # Errors
    /// When it can't be rendered, or an operation lacks what each must have.
    pub fn new(generated: &utoipa::openapi::OpenApi) -> Result<Self, String> {
        let mut document = serde_json::to_value(generated).map_err(|cause| cause.to_string())?;
        complete(&mut document)?;
        let json = serde_json::to_string(&document).map_err(|cause| cause.to_string())?;
        let yaml = yaml_serde::to_string(&document).map_err(|cause| cause.to_string())?;
        Ok(Self { json, yaml, routes: routes(&document), reads: reads(&document) })
    }

    /// The methods that this path knows, in capitals; none where the path itself is unknown.
    pub fn methods(&self, path: &str) -> &[&'static str] {
        self.routes.iter().find(|(template, _)| matches(template, path)).map_or(&[], |(_, methods)| methods.as_slice())
    }

    /// How this path is read by GET, where its query has no parameters.
    pub fn read_without_parameters(&self, path: &str) -> Option<Read> {
        let (_, read) = self.reads.iter().find(|(template, _)| matches(template, path))?;
        (!read.has_parameters).then_some(*read)
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (mut want, mut have) = (template.split('/'), path.split('/'));
    loop {
        match (want.next(), have.next()) {
            (None, None) => return true,
            (Some(w), Some(h)) if w == h || (w.starts_with('{') && !h.is_empty()) => {}
            _ => return false,
        }
    }
}

fn reads(document: &Value) -> Vec<(String, Read)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let read = |(path, item): (&String, &Value)| {
        let operation = item.get("get")?;
        let by_anybody = operation.pointer("/security/0").and_then(Value::as_object).is_some_and(Map::is_empty);
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let has_parameters = parameters.into_iter().flatten().any(|one| one.get("in") == Some(&json!("query")));
        Some((path.clone(), Read { by_anybody, has_parameters }))
    };
    let mut reads: Vec<_> = paths.into_iter().flatten().filter_map(read).collect();
    // A fixed segment is more particular than a parameter.
    reads.sort_by_key(|(path, _)| path.matches('{').count());
    reads
}

fn routes(document: &Value) -> Vec<(String, Vec<&'static str>)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut routes: Vec<(String, Vec<&'static str>)> = paths
        .into_iter()
        .flatten()
        .map(|(path, item)| {
            let mut methods = Vec::new();
            for (name, upper) in METHODS.iter().zip(["GET", "PUT", "POST", "DELETE", "PATCH"]) {
                if item.get(name).is_some() {
                    methods.push(upper);
                    if upper == "GET" {
                        methods.push("HEAD");
                    }
                }
            }
            (path.clone(), methods)
        })
        .collect();
    // A fixed segment is more particular than a parameter.
    routes.sort_by_key(|(path, _)| path.matches('{').count());
    routes
}

fn complete(document: &mut Value) -> Result<(), String> {
    document["openapi"] = json!("3.1.0");
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).ok_or("the document has no paths")?;
    for (path, item) in paths.iter_mut() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(*method).and_then(Value::as_object_mut) {
                complete_operation(method, path, operation).map_err(|why| format!("{method} {path}: {why}"))?;
            }
        }
    }
    let components = document["components"].as_object_mut().ok_or("the document has no components")?;
    components.insert("responses".into(), shared_responses());
    components.insert("headers".into(), shared_headers());
    components.insert("parameters".into(), shared_parameters());
    tidy::tidy(document);
    Ok(())
}

/// Who may call it. An admin holds every platform role, so an operation that lets one of them in lets an admin in, too.
fn roles(operation: &mut Map<String, Value>) -> Result<Vec<String>, String> {
    let named = operation.get("x-roles").and_then(|roles| serde_json::from_value(roles.clone()).ok());
    let mut roles: Vec<String> = named.ok_or("lacks x-roles: who may call it")?;
    let platform = |role: &String| matches!(role.as_str(), "coordinator" | "moderator");
    if roles.iter().any(platform) && !roles.iter().any(|role| role == "admin") {
        roles.push("admin".to_owned());
        operation.insert("x-roles".into(), json!(roles));
    }
    Ok(roles)
}

fn complete_operation(method: &str, path: &str, operation: &mut Map<String, Value>) -> Result<(), String> {
    for required in ["summary", "description", "operationId", "tags"] {
        if operation.get(required).is_none() {
            return Err(format!("lacks {required}; the handler's doc comment gives summary and description"));
        }
    }
    let roles = roles(operation)?;
    let anonymous = roles.iter().any(|role| role == "anonymous");
    operation.insert("security".into(), if anonymous { json!([{}, {"bearer": []}]) } else { json!([{"bearer": []}]) });
    let if_match = operation.get("x-if-match").and_then(Value::as_str).map(str::to_owned);
    let scopes: Vec<&str> =
        scope::wanted(&method.to_uppercase(), path).unwrap_or_default().iter().map(|scope| scope.as_str()).collect();
    operation.insert("x-scopes".into(), json!(scopes));
    add_parameters(method, if_match.as_deref(), operation);
    let has_body = operation.contains_key("requestBody");
    let has_parameters = operation.get("parameters").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let guarded = !anonymous || roles.len() > 1;
    if method == "patch"
        && let Some(content) =
            operation.get_mut("requestBody").and_then(|body| body.get_mut("content")).and_then(Value::as_object_mut)
        && let Some(schema) = content.get("application/json").cloned()
    {
        content.insert("application/merge-patch+json".into(), schema);
    }
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.entry("description").or_insert(json!("What is wanted, as JSON."));
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut).ok_or("lacks responses")?;
    let mut add = |status: &str, name: &str| {
        if !responses.contains_key(status) {
            responses.insert(status.into(), json!({"$ref": format!("#/components/responses/{name}")}));
        }
    };
    add("401", "Unauthenticated");
    if guarded {
        add("403", "Forbidden");
    }
    if path.contains('{') {
        add("404", "NotFound");
    }
    if has_body {
        add("400", "Malformed");
        add("408", "Timeout");
        add("413", "TooLarge");
        add("415", "UnsupportedMedia");
    }
    // A parameter that is not known is refused where there are none, too.
    if has_body || has_parameters || method == "get" {
        add("422", "Invalid");
    }
    if method == "post" {
        // With an Idempotency-Key the body is read to be compared, wanted or not.
        add("400", "Malformed");
        add("408", "Timeout");
        add("413", "TooLarge");
        add("409", "Conflict");
        add("422", "Invalid");
    }
    if if_match.is_some() || method == "patch" || method == "delete" {
        add("409", "Conflict");
    }
    if if_match.is_some() {
        add("412", "Stale");
    }
    if if_match.as_deref() == Some("required") {
        add("428", "PreconditionRequired");
    }
    add("429", "RateLimited");
    add("500", "Internal");
    add("503", "Unavailable");
    for (status, response) in responses.iter_mut() {
        describe_success(status, response);
    }
    responses.sort_keys();
    tidy::order(operation);
    Ok(())
}

fn add_parameters(method: &str, if_match: Option<&str>, operation: &mut Map<String, Value>) {
    operation.remove("x-if-match");
    let list = operation.entry("parameters").or_insert(json!([]));
    let Some(list) = list.as_array_mut() else { return };
    for parameter in list.iter_mut() {
        if let Some(parameter) = parameter.as_object_mut()
            && parameter.get("in") == Some(&json!("path"))
        {
            parameter.entry("description").or_insert(json!("Names the resource."));
        }
    }
    if method == "post" {
        list.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    match if_match {
        Some("required") => list.push(json!({"$ref": "#/components/parameters/IfMatch"})),
        Some(_) => list.push(json!({"$ref": "#/components/parameters/IfMatchOptional"})),
        None => {}
    }
}

fn describe_success(status: &str, response: &mut Value) {
    let Some(response) = response.as_object_mut().filter(|response| !response.contains_key("$ref")) else { return };
    let headers = response.entry("headers").or_insert(json!({}));
    headers["X-Request-Id"] = json!({"$ref": "#/components/headers/XRequestId"});
    headers["RateLimit"] = json!({"$ref": "#/components/headers/RateLimit"});
    headers["RateLimit-Policy"] = json!({"$ref": "#/components/headers/RateLimitPolicy"});
    if status == "201" || status == "202" {
        headers["Location"] = json!({"$ref": "#/components/headers/Location"});
    }
}

fn shared_responses() -> Value {
    let mut responses = Map::new();
    for (name, description) in [
        ("Malformed", "The request could not be read."),
        ("Unauthenticated", "No credentials, or ones that are not valid."),
        ("Forbidden", "The caller may see this but not do it."),
        ("NotFound", "There is no such thing, or the caller may not know of it."),
        ("Timeout", "The body took too long to arrive."),
        ("Conflict", "The state of things does not allow it now; `allowed` names what it does allow."),
        ("Stale", "It changed since the caller read it."),
        ("TooLarge", "The body is larger than allowed."),
        ("UnsupportedMedia", "The body is of another media type than JSON."),
        ("Invalid", "The input is not valid; `errors` names each field."),
        ("PreconditionRequired", "The operation wants `If-Match`."),
        ("RateLimited", "Too many requests; `Retry-After` says when to try again."),
        ("Internal", "Something went wrong on the server's side."),
        ("Unavailable", "The server can't answer at the moment."),
    ] {
        let mut headers = Map::new();
        let mut carry = |name: &str, header: &str| {
            headers.insert(name.to_owned(), json!({"$ref": format!("#/components/headers/{header}")}));
        };
        carry("X-Request-Id", "XRequestId");
        if matches!(name, "RateLimited" | "Unavailable") {
            carry("Retry-After", "RetryAfter");
        }
        if name == "Unauthenticated" {
            carry("WWW-Authenticate", "WwwAuthenticate");
        }
        if name == "RateLimited" {
            carry("RateLimit", "RateLimit");
            carry("RateLimit-Policy", "RateLimitPolicy");
        }
        let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}});
        responses.insert(name.into(), json!({"description": description, "headers": headers, "content": content}));
    }
    Value::Object(responses)
}

fn shared_headers() -> Value {
    let text = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string", "maxLength": 500}, "example": example});
    json!({
        "XRequestId": text("Names the request in the server's log.", "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"),
        "Location": text("Where the new thing is.", "/api/v1/needs/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"),
        "WwwAuthenticate": text("How to authenticate.", "Bearer"),
        "RateLimit": text("What is left of the limit, and the seconds until it is full again.", "\"account\";r=599;t=60"),
        "RateLimitPolicy": text("The limit: so many requests in so many seconds.", "\"account\";q=600;w=60"),
        "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}, "example": 3}
    })
}

fn shared_parameters() -> Value {
    let if_match = |required: bool, description: &str| {
        json!({
            "name": "If-Match", "in": "header", "required": required, "description": description,
            "schema": {"type": "string"}, "example": "\"3-9f86d081884c7d65\""
        })
    };
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "For 24 hours the same key with the same body answers the first response again.",
            // No example: whoever sent it along twice from the docs would get the first answer again.
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        },
        "IfMatch": if_match(true, "The ETag of the version that you mean to change."),
        "IfMatchOptional": if_match(false, "The ETag of the version that you mean to change; without it whatever is there is changed.")
    })
}
