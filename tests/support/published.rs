//! What others published, to be compared with. None of it is part of the project, so a checkout that stands alone goes without.

use std::io::Write as _;
use std::path::PathBuf;

/// The path of a published file or folder, where it is there: below the folder that `PUBLISHED_DATA` names, or else below
/// `../shared/data` beside the checkout. Where it isn't, that is said past the capture of the test harness, so that it is seen
/// also when all is well.
pub(crate) fn published(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    let path = std::env::var_os("PUBLISHED_DATA").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let place = std::path::absolute(&path).unwrap_or(path);
    let _shown = writeln!(std::io::stderr(), "SKIPPED: {test}, because there is nothing at {}", place.display());
    None
}
