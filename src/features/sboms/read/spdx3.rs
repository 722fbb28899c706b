//! What an SPDX 3.0 document in JSON-LD says, from its graph; and, under strict, whether it is one.

use std::collections::HashMap;

use chrono::DateTime;

use super::super::document::{Component, Document, Fault, MAX_FAULTS, Refusal};
use super::build::{Builder, purl_of};
use super::node::{Node, Value};
use super::spdx2::{is_said, repository};

const PACKAGES: [&str; 3] = ["software_Package", "ai_AIPackage", "dataset_DatasetPackage"];
const CONTEXT: &str = "https://spdx.org/rdf/3.0";

fn kind_of<'n>(node: &'n Node<'_>) -> &'n str {
    node.text_of("type").or_else(|| node.text_of("@type")).unwrap_or_default()
}

fn id_of<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.text_of("spdxId").or_else(|| node.text_of("@id"))
}

/// The items of a field that may hold one or a list.
fn texts<'n>(node: &'n Node<'_>, key: &str) -> Vec<&'n str> {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Text(text)) => vec![text.as_ref()],
        Some(Value::List(items)) => items.iter().filter_map(Node::as_text).collect(),
        _ => Vec::new(),
    }
}

/// Reads the packages and what needs what.
pub(super) fn read(root: &Node<'_>) -> Result<Document, Refusal> {
    let graph = root.items_of("@graph");
    let version = graph.iter().find_map(|node| node.text_of("specVersion")).unwrap_or("3.0");
    let mut builder = Builder::new("spdx", version.to_owned());
    let elements: HashMap<&str, &Node<'_>> = graph.iter().filter_map(|node| Some((id_of(node)?, node))).collect();
    let licenses = licenses(graph, &elements);
    for (at, package) in graph.iter().enumerate().filter(|(_, node)| PACKAGES.contains(&kind_of(node))) {
        let pointer = format!("/@graph/{at}");
        if let Some(component) = component(package, &pointer, &licenses, &mut builder) {
            builder.add(component, &pointer)?;
        }
    }
    let mut described = Vec::new();
    for node in graph {
        if kind_of(node) == "SpdxDocument" {
            builder.document.serial = id_of(node).map(ToOwned::to_owned);
        }
        if matches!(kind_of(node), "SpdxDocument" | "software_Sbom" | "Bom") {
            described.extend(texts(node, "rootElement").into_iter().map(ToOwned::to_owned));
        }
    }
    for (at, node) in graph.iter().enumerate().filter(|(_, node)| kind_of(node).ends_with("Relationship")) {
        let (Some(from), Some(kind)) = (node.text_of("from"), node.text_of("relationshipType")) else {
            builder.warn(format!("/@graph/{at}"), "required", "A relationship without its ends was left out.");
            continue;
        };
        for to in texts(node, "to") {
            match kind {
                "describes" => described.push(to.to_owned()),
                "dependsOn"
                | "contains"
                | "hasDynamicLink"
                | "hasStaticLink"
                | "hasPrerequisite"
                | "hasOptionalDependency"
                | "hasProvidedDependency" => {
                    for end in [from, to] {
                        if !elements.contains_key(end) {
                            let detail = format!("Nothing in this document has the spdxId {end:?}.");
                            builder.warn(format!("/@graph/{at}"), "unknown_reference", detail);
                        }
                    }
                    builder.depends(Some(from), to)?;
                }
                _ => {}
            }
        }
    }
    described.sort();
    described.dedup();
    builder.describes(&described);
    Ok(builder.document)
}

fn licenses<'n>(graph: &'n [Node<'_>], elements: &HashMap<&str, &'n Node<'_>>) -> HashMap<&'n str, &'n str> {
    let mut licenses = HashMap::new();
    for node in graph {
        let Some(from) = node.text_of("from") else { continue };
        let expression = texts(node, "to").into_iter().find_map(|to| {
            let license = elements.get(to)?;
            license.text_of("simplelicensing_licenseExpression").or_else(|| license.text_of("name"))
        });
        match (node.text_of("relationshipType"), expression) {
            (Some("hasConcludedLicense"), Some(expression)) if is_said(expression) => {
                licenses.insert(from, expression);
            }
            (Some("hasDeclaredLicense"), Some(expression)) if is_said(expression) => {
                licenses.entry(from).or_insert(expression);
            }
            _ => {}
        }
    }
    licenses
}

fn component(
    node: &Node<'_>,
    pointer: &str,
    licenses: &HashMap<&str, &str>,
    builder: &mut Builder,
) -> Option<Component> {
    let Some(name) = node.text_of("name") else {
        builder.warn(format!("{pointer}/name"), "required", "A package without a name was left out.");
        return None;
    };
    let external = node.items_of("externalIdentifier").iter();
    let external = external
        .filter(|identifier| matches!(identifier.text_of("externalIdentifierType"), Some("packageUrl" | "packageURL")))
        .find_map(|identifier| identifier.text_of("identifier"));
    let purl = purl_of(node.text_of("software_packageUrl").or(external), pointer, builder);
    let version = node.text_of("software_packageVersion").map(ToOwned::to_owned);
    let version = version.or_else(|| purl.as_ref().and_then(|purl| purl.version().map(ToOwned::to_owned)));
    let reference = id_of(node).unwrap_or_default();
    Some(Component {
        reference: reference.to_owned(),
        name: name.to_owned(),
        version,
        purl,
        license: licenses.get(reference).map(|license| (*license).to_owned()),
        repository: repository(node.text_of("software_downloadLocation"), node.text_of("software_homePage")),
    })
}

/// What is wrong with a document, by the rules of the specification that concern all its elements.
pub(super) fn check(root: &Node<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let contexts = texts(root, "@context");
    if !contexts.iter().any(|context| context.starts_with(CONTEXT)) {
        let detail = format!("Must name the context of SPDX 3.0, which begins with {CONTEXT}.");
        faults.push(Fault::at_pointer("/@context", "required", detail));
    }
    let graph = root.items_of("@graph");
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (at, node) in graph.iter().enumerate() {
        if let Some(first) = id_of(node).and_then(|id| seen.insert(id, at)) {
            let detail = format!("The element at place {first} of the graph has the same identifier.");
            faults.push(Fault::at_pointer(format!("/@graph/{at}"), "twice", detail));
        }
    }
    let documents = graph.iter().filter(|node| kind_of(node) == "SpdxDocument").count();
    if documents != 1 {
        let detail = format!("Must have exactly one element of type SpdxDocument; it has {documents}.");
        faults.push(Fault::at_pointer("/@graph", "required", detail));
    }
    for (at, node) in graph.iter().enumerate() {
        if faults.len() >= MAX_FAULTS {
            break;
        }
        element(node, &format!("/@graph/{at}"), &seen, &mut faults);
    }
    faults.truncate(MAX_FAULTS);
    faults
}

fn element(node: &Node<'_>, pointer: &str, seen: &HashMap<&str, usize>, faults: &mut Vec<Fault>) {
    let kind = kind_of(node);
    let required: &[&str] = match kind {
        "CreationInfo" => &["specVersion", "created", "createdBy"],
        "" => &["type"],
        kind if kind.ends_with("Relationship") => &["spdxId", "creationInfo", "from", "to", "relationshipType"],
        kind if PACKAGES.contains(&kind) => &["spdxId", "creationInfo", "name"],
        "simplelicensing_LicenseExpression" => &["spdxId", "creationInfo", "simplelicensing_licenseExpression"],
        _ => &["spdxId", "creationInfo"],
    };
    let is_there = |field: &str| if field == "spdxId" { id_of(node).is_some() } else { node.get(field).is_some() };
    for field in required.iter().filter(|field| !is_there(field)) {
        faults.push(Fault::at_pointer(format!("{pointer}/{field}"), "required", "It is required and not there."));
    }
    if let Some(info) = node.get("creationInfo").and_then(Node::as_text)
        && !seen.contains_key(info)
    {
        let detail = format!("Nothing in this document has the identifier {info:?}.");
        faults.push(Fault::at_pointer(format!("{pointer}/creationInfo"), "unknown_reference", detail));
    }
    if let Some(created) = node.text_of("created")
        && (DateTime::parse_from_rfc3339(created).is_err() || !created.ends_with('Z'))
    {
        let detail = "Must be a date and time in UTC, such as 2026-01-31T12:00:00Z.";
        faults.push(Fault::at_pointer(format!("{pointer}/created"), "wrong_form", detail));
    }
}
