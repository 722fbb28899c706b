//! Vulnerabilities of a project that no release of it mends yet.

use crate::features::advisories::osv::{OsvRecord, PackageKey};
use crate::features::advisories::range::Event;
use crate::features::advisories::store;
use crate::features::projects;
use crate::infra::db::Conn;
use crate::kernel::{AdvisoryId, ProjectId, Purl, Result, Timestamp};
use std::collections::HashSet;

/// How many public advisories on packages of the project are in force and name no version in which they are mended, each
/// vulnerability once; and when anything was last learned. `None` where no advisory was ever about it.
pub fn count_open(conn: &mut Conn, project: ProjectId, now: Timestamp) -> Result<Option<(u32, Timestamp)>> {
    let rows = store::list_about(conn, project, now)?;
    let Some(as_of) = rows.iter().map(|row| row.updated_at).max() else { return Ok(None) };
    let packages = projects::list_project_packages(conn, &[project])?;
    let keys =
        packages.values().flatten().filter_map(|row| PackageKey::of_purl(&Purl::read_leniently(&row.purl).ok()?));
    let keys: HashSet<PackageKey> = keys.collect();
    let ids: Vec<AdvisoryId> = rows.iter().map(|row| row.id).collect();
    let names = store::list_names(conn, &ids)?;
    let (mut open, mut seen) = (0, HashSet::new());
    for row in rows.iter().filter(|row| row.withdrawn.is_none() && is_open(&row.record.0, &keys)) {
        let names = names.get(&row.id).map_or(&[][..], Vec::as_slice);
        if names.iter().all(|name| !seen.contains(name)) {
            open += 1;
        }
        seen.extend(names);
    }
    Ok(Some((open, as_of)))
}

/// Whether the record has a stretch of versions of one of these packages that is open at its end.
fn is_open(record: &OsvRecord, packages: &HashSet<PackageKey>) -> bool {
    let about =
        |package: &Option<_>| package.as_ref().is_some_and(|one| packages.contains(&PackageKey::of_package(one)));
    record.affected.iter().filter(|affected| about(&affected.package)).flat_map(|affected| &affected.ranges).any(
        |range| {
            let begins = range.events.iter().filter(|event| matches!(event, Event::Introduced(_))).count();
            let ends = range.events.len() - begins - range.events.iter().filter(|event| is_endless(event)).count();
            begins > ends
        },
    )
}

/// A limit after all versions ends nothing.
fn is_endless(event: &Event) -> bool {
    matches!(event, Event::Limit(version) if version == "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn open(events: &Value) -> bool {
        let record = json!({"id": "X-1", "modified": "2026-01-01T00:00:00Z", "affected": [
            {"package": {"ecosystem": "PyPI", "name": "other"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
            {"package": {"ecosystem": "npm", "name": "parser"}, "ranges": [{"type": "SEMVER", "events": events}]}]});
        let key = PackageKey::of_purl(&Purl::parse("pkg:npm/parser").unwrap()).unwrap();
        is_open(&serde_json::from_value(record).unwrap(), &HashSet::from([key]))
    }

    #[test]
    fn what_no_version_mends_is_open() {
        assert!(open(&json!([{"introduced": "0"}])));
        assert!(open(&json!([{"introduced": "0"}, {"limit": "*"}])));
        assert!(open(&json!([{"introduced": "2.0.0"}, {"fixed": "1.2.0"}, {"introduced": "0"}])));
        assert!(!open(&json!([{"introduced": "0"}, {"fixed": "1.2.0"}])));
        assert!(!open(&json!([{"introduced": "0"}, {"last_affected": "1.2.0"}])));
    }
}
