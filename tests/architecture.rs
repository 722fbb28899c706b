//! Keeps the order of the house: who may import whom, which crates belong to which room, how long a file and a function may be.
//!
//! The rules are declared in `architecture/rules.rs`; `architecture/planted.rs` proves of each that it is kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    clippy::similar_names,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests may"
)]

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/sizes.rs"]
mod sizes;

use std::fs;
use std::path::Path;

/// A source file: its path from the root of the repository with `/` between the parts, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every `.rs` file below these folders, in a fixed order.
fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        collect(root, &root.join(folder), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let parts: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
            found.push(Source { path: parts.join("/"), text: fs::read_to_string(&path).unwrap() });
        }
    }
}

#[test]
fn every_import_goes_downwards_and_every_crate_stays_in_its_room() {
    let sources = sources(&["src"]);
    assert!(sources.len() > 100, "only {} files were read", sources.len());
    let wrong = rules::check(&sources);
    assert!(wrong.is_empty(), "{} wrong imports; the first is {}\nall:\n{}", wrong.len(), wrong[0], wrong.join("\n"));
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let wrong = sizes::check(&sources(&["src", "tests", "benches"]));
    assert!(wrong.is_empty(), "too long:\n{}", wrong.join("\n"));
}
