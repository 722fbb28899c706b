//! Makes the document as small as it can be: each schema stands once, and nothing stands there that nobody uses.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Refers to the schemas by name wherever the generator wrote them out, and drops what nobody refers to.
pub(super) fn tidy(document: &mut Value) {
    share(document);
    while prune(document) {}
}

const ORDER: &[&str] =
    &["tags", "summary", "description", "operationId", "x-roles", "security", "parameters", "requestBody", "responses"];

/// Puts an operation's members into a fixed order: the generator keeps extensions in a hash map, and a committed document
/// must not change from run to run.
pub(super) fn order(operation: &mut Map<String, Value>) {
    let mut members: Vec<(String, Value)> = std::mem::take(operation).into_iter().collect();
    members
        .sort_by_key(|(name, _)| (ORDER.iter().position(|known| known == name).unwrap_or(ORDER.len()), name.clone()));
    operation.extend(members);
}

/// Generic bodies come with their parts written out; a client's generator would make two types of one.
fn share(document: &mut Value) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object).cloned() else { return };
    let whole: Map<String, Value> = schemas
        .into_iter()
        .filter(|(_, schema)| schema.get("properties").is_some() || schema.get("enum").is_some())
        .collect();
    if let Some(paths) = document.get_mut("paths") {
        refer(paths, &whole);
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for parts in schemas.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
            refer(parts, &whole);
        }
    }
}

fn refer(value: &mut Value, whole: &Map<String, Value>) {
    if let Some((name, _)) = whole.iter().find(|(_, schema)| *schema == &*value) {
        *value = json!({"$ref": format!("#/components/schemas/{name}")});
        return;
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| refer(member, whole)),
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, whole)),
        _ => {}
    }
}

/// Drops the components that nobody refers to; whether there were any, since others may have been theirs alone.
fn prune(document: &mut Value) -> bool {
    let mut used = BTreeSet::new();
    references(document, &mut used);
    let mut dropped = false;
    for kind in ["schemas", "parameters", "responses", "headers"] {
        if let Some(components) = document.pointer_mut(&format!("/components/{kind}")).and_then(Value::as_object_mut) {
            let before = components.len();
            components.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
            dropped |= components.len() < before;
        }
    }
    dropped
}

fn references(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                used.insert(reference.to_owned());
            }
            members.values().for_each(|member| references(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_a_fixed_order() {
        let mut operation =
            json!({"x-b": 1, "responses": {}, "x-a": 1, "x-roles": [], "tags": []}).as_object().cloned().unwrap();
        order(&mut operation);
        assert_eq!(operation.keys().collect::<Vec<_>>(), ["tags", "x-roles", "responses", "x-a", "x-b"]);
    }

    #[test]
    fn written_out_schemas_become_references_and_the_unused_goes() {
        let card = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let mut document = json!({
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}}}},
            "components": {
                "schemas": {
                    "Card": card,
                    "Page": {"type": "object", "properties": {"items": {"type": "array", "items": card}}},
                    "Orphan": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Child"}}},
                    "Child": {"type": "string"},
                },
                "headers": {"Lonely": {}},
            },
        });
        tidy(&mut document);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Card", "Page"]);
        assert_eq!(schemas["Page"]["properties"]["items"]["items"], json!({"$ref": "#/components/schemas/Card"}));
        assert_eq!(schemas["Card"], card);
        assert_eq!(document["components"]["headers"], json!({}));
    }
}
