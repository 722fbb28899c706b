//! A swarm as a VEX document in CycloneDX 1.6: what is affected, and how it stands. Pure.

use super::model::{ExposedRow, Finding, Swarm, SwarmStatus};
use crate::features::advisories::osv::{OsvRecord, Package};
use crate::features::advisories::range::Event;
use crate::features::advisories::{Advisory, AdvisoryPackage};
use crate::kernel::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// CycloneDX's word for how it stands, and a sentence.
fn analysis(swarm: &Swarm, own: Option<&(String, ExposedRow)>) -> Value {
    let (state, detail) = match (own.map(|(_, row)| row.finding), swarm.status) {
        (Some(Finding::Fixed), _) => ("resolved", "The organization says that it is not affected any more."),
        (Some(Finding::NotAffected), _) => ("not_affected", "The organization says that it is not affected."),
        (Some(Finding::Affected), _) => ("exploitable", "The organization says that it is affected."),
        (Some(Finding::NotChecked | Finding::Checking), _) => {
            ("in_triage", "The organization is finding out how it stands.")
        }
        (None, SwarmStatus::Cancelled) => ("false_positive", "The swarm was called for nothing."),
        (None, SwarmStatus::Resolved | SwarmStatus::Reviewed) => ("resolved", "A fix is out; update."),
        (None, SwarmStatus::Active | SwarmStatus::Contained) => ("exploitable", "It is being worked on."),
        (None, SwarmStatus::Called | SwarmStatus::Forming) => ("in_triage", "It is being looked at."),
    };
    if own.is_none() && swarm.released_at.is_some() {
        return json!({"state": "resolved", "response": ["update"], "detail": "A fix is released; update."});
    }
    match state {
        "resolved" => json!({"state": state, "response": ["update"], "detail": detail}),
        _ => json!({"state": state, "detail": detail}),
    }
}

/// Versions and ranges of them: whether it is a range, and its text.
type Versions = BTreeSet<(bool, String)>;

/// The versions that a record says are affected, those of its releases together.
fn versions(record: &OsvRecord, row: &AdvisoryPackage) -> Versions {
    let ty = row.package.as_deref().and_then(|purl| purl.strip_prefix("pkg:")?.split('/').next()).unwrap_or("generic");
    let mut all = BTreeSet::new();
    let about = |package: &Package| {
        package.name == row.name && package.ecosystem.split(':').next() == Some(row.ecosystem.as_str())
    };
    for affected in record.affected.iter().filter(|affected| affected.package.as_ref().is_some_and(about)) {
        all.extend(affected.versions.iter().map(|version| (false, version.clone())));
        for range in &affected.ranges {
            let parts: Vec<String> = range
                .events
                .iter()
                .filter_map(|event| match event {
                    Event::Introduced(version) if version == "0" => None,
                    Event::Introduced(version) => Some(format!(">={version}")),
                    Event::Fixed(version) | Event::Limit(version) => Some(format!("<{version}")),
                    Event::LastAffected(version) => Some(format!("<={version}")),
                })
                .collect();
            let text = if parts.is_empty() { "*".to_owned() } else { parts.join("|") };
            all.insert((true, format!("vers:{ty}/{text}")));
        }
    }
    all
}

/// The packages as components, each once however many names it has in the record, and what of them is affected.
fn packages_of(record: &OsvRecord, packages: &[AdvisoryPackage]) -> (Vec<Value>, Vec<Value>) {
    let mut by_purl: BTreeMap<&str, (&str, Versions)> = BTreeMap::new();
    for row in packages {
        if let Some(purl) = &row.package {
            let (_, all) = by_purl.entry(purl).or_insert_with(|| (&row.name, Versions::new()));
            all.extend(versions(record, row));
        }
    }
    let component = |(purl, (name, _)): (&&str, &(&str, Versions))| json!({"type": "library", "bom-ref": purl, "name": name, "purl": purl});
    let components = by_purl.iter().map(component).collect();
    let one = |(is_range, text): (bool, String)| {
        let key = if is_range { "range" } else { "version" };
        json!({key: text, "status": "affected"})
    };
    let affects = by_purl.into_iter().map(|(purl, (_, versions))| {
        let versions: Vec<Value> = versions.into_iter().map(one).collect();
        if versions.is_empty() { json!({"ref": purl}) } else { json!({"ref": purl, "versions": versions}) }
    });
    (components, affects.collect())
}

/// The document.
pub(super) fn document(
    swarm: &Swarm,
    advisory: &Advisory,
    packages: &[AdvisoryPackage],
    own: Option<&(String, ExposedRow)>,
    now: Timestamp,
) -> Value {
    let record = &advisory.record.0;
    let (components, affects) = packages_of(record, packages);
    let ratings: Vec<Value> = advisory
        .vector
        .iter()
        .map(|vector| {
            let method = if vector.starts_with("CVSS:4") {
                "CVSSv4"
            } else if vector.starts_with("CVSS:3.1") {
                "CVSSv31"
            } else {
                "CVSSv3"
            };
            let severity = advisory.severity.map_or("unknown", |severity| severity.as_str());
            json!({"score": advisory.base_score, "severity": severity, "method": method, "vector": vector})
        })
        .collect();
    let references: Vec<Value> =
        record.aliases.iter().map(|alias| json!({"id": alias, "source": {"name": "OSV"}})).collect();
    let mut vulnerability = json!({
        "bom-ref": format!("urn:uuid:{}", swarm.id), "id": advisory.osv_id, "source": {"name": "OSV"},
        "references": references, "ratings": ratings, "description": advisory.summary,
        "published": advisory.published, "updated": advisory.modified, "analysis": analysis(swarm, own), "affects": affects,
    });
    if advisory.published.is_none()
        && let Some(members) = vulnerability.as_object_mut()
    {
        members.remove("published");
    }
    let metadata = match own {
        Some((name, _)) => json!({"timestamp": now, "supplier": {"name": name}}),
        None => json!({"timestamp": now}),
    };
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": format!("urn:uuid:{}", swarm.id), "version": swarm.version,
        "metadata": metadata, "components": components, "vulnerabilities": [vulnerability],
    })
}
