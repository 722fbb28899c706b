//! What an SPDX 2 document says, from its tree.

use std::collections::HashSet;

use super::super::document::{Component, Document, Refusal};
use super::build::{Builder, purl_of};
use super::node::Node;

/// The minor version of `SPDX-2.3`.
pub(super) fn minor(version: &str) -> Option<u8> {
    version.strip_prefix("SPDX-2.").and_then(|minor| minor.parse().ok())
}

/// Reads the packages and what needs what.
pub(super) fn read(root: &Node<'_>) -> Result<Document, Refusal> {
    let version = root.text_of("spdxVersion").unwrap_or_default();
    let mut builder = Builder::new("spdx", version.trim_start_matches("SPDX-").to_owned());
    builder.document.serial = root.text_of("documentNamespace").map(ToOwned::to_owned);
    let mut known: HashSet<&str> = root.text_of("SPDXID").into_iter().collect();
    for list in ["files", "snippets"] {
        known.extend(root.items_of(list).iter().filter_map(|item| item.text_of("SPDXID")));
    }
    for (at, package) in root.items_of("packages").iter().enumerate() {
        let pointer = format!("/packages/{at}");
        if let Some(component) = component(package, &pointer, &mut builder) {
            builder.add(component, &pointer)?;
        }
    }
    let mut described: Vec<String> =
        root.items_of("documentDescribes").iter().filter_map(|id| id.as_text().map(ToOwned::to_owned)).collect();
    relationships(root, &known, &mut described, &mut builder)?;
    described.sort();
    described.dedup();
    builder.describes(&described);
    Ok(builder.document)
}

fn component(node: &Node<'_>, pointer: &str, builder: &mut Builder) -> Option<Component> {
    let Some(name) = node.text_of("name") else {
        builder.warn(format!("{pointer}/name"), "required", "A package without a name was left out.");
        return None;
    };
    let external = node.items_of("externalRefs");
    let purl = external.iter().position(|reference| reference.text_of("referenceType") == Some("purl"));
    let purl = purl.and_then(|at| Some((at, external.get(at)?)));
    let purl = purl.and_then(|(at, reference)| {
        let pointer = format!("{pointer}/externalRefs/{at}/referenceLocator");
        purl_of(reference.text_of("referenceLocator"), &pointer, builder)
    });
    let version = node.text_of("versionInfo").map(ToOwned::to_owned);
    let version = version.or_else(|| purl.as_ref().and_then(|purl| purl.version().map(ToOwned::to_owned)));
    let license = [node.text_of("licenseConcluded"), node.text_of("licenseDeclared")];
    Some(Component {
        reference: node.text_of("SPDXID").unwrap_or_default().to_owned(),
        name: name.to_owned(),
        version,
        purl,
        license: license.into_iter().flatten().find(|license| is_said(license)).map(ToOwned::to_owned),
        repository: repository(node.text_of("downloadLocation"), node.text_of("homepage")),
    })
}

/// Whether a value says anything.
pub(super) fn is_said(text: &str) -> bool {
    !matches!(text, "NOASSERTION" | "NONE")
}

/// Where the source is kept: a download location of a version control system, else a page that may be one.
pub(super) fn repository(download: Option<&str>, homepage: Option<&str>) -> Option<String> {
    let location = [download, homepage].into_iter().flatten().find(|location| is_said(location))?;
    let location = location.strip_prefix("git+").unwrap_or(location);
    let location = location.split('#').next().unwrap_or(location);
    // A version behind an @, unless the sign belongs to a user name before the host.
    let cut = location.rfind('@').filter(|at| location.get(..*at).is_some_and(|head| head.matches('/').count() > 2));
    Some(cut.and_then(|at| location.get(..at)).unwrap_or(location).to_owned())
}

fn relationships(
    root: &Node<'_>,
    known: &HashSet<&str>,
    described: &mut Vec<String>,
    builder: &mut Builder,
) -> Result<(), Refusal> {
    for (at, relationship) in root.items_of("relationships").iter().enumerate() {
        let ends = (relationship.text_of("spdxElementId"), relationship.text_of("relatedSpdxElement"));
        let ((Some(from), Some(to)), Some(kind)) = (ends, relationship.text_of("relationshipType")) else {
            builder.warn(format!("/relationships/{at}"), "required", "A relationship without two ends was left out.");
            continue;
        };
        match kind {
            "DESCRIBES" => described.push(to.to_owned()),
            "DESCRIBED_BY" => described.push(from.to_owned()),
            _ => {}
        }
        let (needing, needed) = match kind {
            "DEPENDS_ON" | "CONTAINS" | "DYNAMIC_LINK" | "STATIC_LINK" | "HAS_PREREQUISITE" => (from, to),
            "CONTAINED_BY" | "PREREQUISITE_FOR" => (to, from),
            kind if kind.ends_with("DEPENDENCY_OF") => (to, from),
            _ => continue,
        };
        for end in [from, to] {
            if is_said(end) && !end.starts_with("DocumentRef-") && !builder.knows(end) && !known.contains(end) {
                let detail = format!("Nothing in this document has the SPDXID {end:?}; the relationship was left out.");
                builder.warn(format!("/relationships/{at}"), "unknown_reference", detail);
            }
        }
        builder.depends(Some(needing), needed)?;
    }
    Ok(())
}

impl Builder {
    /// Takes the one package that is described as the subject; where there are several, all are components alike.
    pub(super) fn describes(&mut self, described: &[String]) {
        let mut places = described.iter().filter_map(|id| self.place(id));
        if let (Some(at), None) = (places.next(), places.next()) {
            self.document.subject = self.document.components.get(at).cloned();
            self.document.subject_at = Some(at);
        }
    }
}
