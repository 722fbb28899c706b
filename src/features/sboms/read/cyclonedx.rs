//! What a CycloneDX document says, from its tree.

use std::collections::{HashMap, HashSet};

use super::super::document::{Component, Document, Fault, Refusal};
use super::build::{Builder, purl_of};
use super::node::Node;

/// The minor versions that are read: 1.2 to 1.7.
pub(super) const VERSIONS: std::ops::RangeInclusive<u8> = 2..=7;

/// The minor version of `1.6`.
pub(super) fn minor(version: &str) -> Option<u8> {
    version.strip_prefix("1.").and_then(|minor| minor.parse().ok())
}

/// Reads the components and what needs what.
pub(super) fn read(root: &Node<'_>, version: &str) -> Result<Document, Refusal> {
    let mut builder = Builder::new("cyclonedx", version.to_owned());
    builder.document.serial = root.text_of("serialNumber").map(ToOwned::to_owned);
    let subject = root.get("metadata").and_then(|metadata| metadata.get("component"));
    let subject_reference = subject.and_then(|subject| subject.text_of("bom-ref"));
    if let Some(subject) = subject {
        builder.document.subject = component(subject, "/metadata/component", &mut builder);
        components(subject.items_of("components"), "/metadata/component/components", &mut builder)?;
    }
    components(root.items_of("components"), "/components", &mut builder)?;
    let mut others = HashSet::new();
    services(root, &mut others);
    dependencies(root, subject_reference, &others, &mut builder)?;
    Ok(builder.document)
}

fn components(items: &[Node<'_>], pointer: &str, builder: &mut Builder) -> Result<(), Refusal> {
    for (at, item) in items.iter().enumerate() {
        let pointer = format!("{pointer}/{at}");
        if let Some(component) = component(item, &pointer, builder) {
            builder.add(component, &pointer)?;
        }
        components(item.items_of("components"), &format!("{pointer}/components"), builder)?;
    }
    Ok(())
}

fn component(node: &Node<'_>, pointer: &str, builder: &mut Builder) -> Option<Component> {
    let Some(name) = node.text_of("name") else {
        builder.warn(format!("{pointer}/name"), "required", "A component without a name was left out.");
        return None;
    };
    let name = node.text_of("group").map_or_else(|| name.to_owned(), |group| format!("{group}/{name}"));
    let purl = purl_of(node.text_of("purl"), &format!("{pointer}/purl"), builder);
    let version = node.text_of("version").map(ToOwned::to_owned);
    let version = version.or_else(|| purl.as_ref().and_then(|purl| purl.version().map(ToOwned::to_owned)));
    let vcs = node.items_of("externalReferences").iter().find(|reference| reference.text_of("type") == Some("vcs"));
    Some(Component {
        reference: node.text_of("bom-ref").unwrap_or_default().to_owned(),
        name,
        version,
        purl,
        license: license(node),
        repository: vcs.and_then(|vcs| vcs.text_of("url")).map(ToOwned::to_owned),
    })
}

fn license(node: &Node<'_>) -> Option<String> {
    let choices = node.items_of("licenses").iter().filter_map(|choice| {
        let license = choice.get("license");
        choice.text_of("expression").or_else(|| license?.text_of("id").or_else(|| license?.text_of("name")))
    });
    let names: Vec<_> = choices.collect();
    (!names.is_empty()).then(|| names.join(" AND "))
}

/// The names of what may be depended on and is no component.
fn services<'n>(node: &'n Node<'_>, names: &mut HashSet<&'n str>) {
    for service in node.items_of("services") {
        names.extend(service.text_of("bom-ref"));
        services(service, names);
    }
}

fn dependencies(
    root: &Node<'_>,
    subject: Option<&str>,
    others: &HashSet<&str>,
    builder: &mut Builder,
) -> Result<(), Refusal> {
    let mut unknown: HashMap<String, String> = HashMap::new();
    for (at, dependency) in root.items_of("dependencies").iter().enumerate() {
        let Some(from) = dependency.text_of("ref") else {
            builder.warn(format!("/dependencies/{at}/ref"), "required", "A dependency without a ref was left out.");
            continue;
        };
        if !builder.knows(from) && subject != Some(from) && !others.contains(from) {
            unknown.entry(from.to_owned()).or_insert_with(|| format!("/dependencies/{at}/ref"));
            continue;
        }
        for (place, to) in dependency.items_of("dependsOn").iter().enumerate() {
            let Some(to) = to.as_text().map(str::trim) else { continue };
            if builder.knows(to) {
                let from = (subject != Some(from)).then_some(from);
                builder.depends(from, to)?;
            } else if subject != Some(to) && !others.contains(to) {
                unknown.entry(to.to_owned()).or_insert_with(|| format!("/dependencies/{at}/dependsOn/{place}"));
            }
        }
    }
    let mut unknown: Vec<_> = unknown.into_iter().collect();
    unknown.sort();
    for (name, pointer) in unknown {
        let detail = format!("Nothing in this document has the bom-ref {name:?}; the dependency was left out.");
        builder.document.warn(Fault::at_pointer(pointer, "unknown_reference", detail));
    }
    Ok(())
}
