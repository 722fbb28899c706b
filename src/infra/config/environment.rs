//! Environment variables that are settings.

use super::Origin;
use super::load::{Layers, Sources};
use super::suggest::closest;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Head of our environment variables.
const PREFIX: &str = "MAINSTAY_";
/// Names the settings file.
const CONFIG_VARIABLE: &str = "MAINSTAY_CONFIG";
/// Variables with our prefix that are not settings: the first names the file, the second speaks to the test suite.
const NOT_SETTINGS: [&str; 2] = [CONFIG_VARIABLE, "MAINSTAY_REQUIRE_POSTGRES"];
/// The variable that hosting platforms set.
const DATABASE_VARIABLE: &str = "DATABASE_URL";
/// The file that is read when none is named.
const FILE: &str = "mainstay.toml";

impl Layers {
    /// Our variables as settings, and the file to read.
    pub(super) fn environment(&mut self, sources: &Sources) -> (Vec<(String, String, Origin)>, Option<PathBuf>) {
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &sources.environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX) || *name == DATABASE_VARIABLE) else {
                continue;
            };
            match value.to_str() {
                Some("") => {}
                Some(value) => drop(given.insert(name.to_owned(), value.to_owned())),
                None => self.fault(name, None, "the variable is not UTF-8 text"),
            }
        }
        let named = sources.config.clone().or_else(|| given.get(CONFIG_VARIABLE).map(PathBuf::from));
        let path =
            named.or_else(|| sources.directory.as_ref().map(|folder| folder.join(FILE)).filter(|path| path.exists()));
        let mut settings = Vec::new();
        // First, so that MAINSTAY_DATABASE__URL overrides it.
        if let Some(value) = given.remove(DATABASE_VARIABLE) {
            settings.push(("database.url".into(), value, Origin::Environment(DATABASE_VARIABLE.into())));
        }
        given.retain(|name, _| !NOT_SETTINGS.contains(&name.as_str()));
        for (name, value) in given {
            if let Some(entry) = self.entries.iter().find(|entry| variable(&entry.key) == name) {
                settings.push((entry.key.clone(), value, Origin::Environment(name)));
            } else {
                self.unknown_variable(name);
            }
        }
        (settings, path)
    }

    fn unknown_variable(&mut self, name: String) {
        let variables: Vec<String> = self.entries.iter().map(|entry| variable(&entry.key)).collect();
        let near = closest(&name, variables.iter().map(String::as_str).chain(NOT_SETTINGS));
        let detail = near.map_or_else(
            || {
                format!(
                    "unknown variable; settings are {PREFIX}<SECTION>__<KEY>, and `mainstay config` shows all there are"
                )
            },
            |near| format!("unknown variable; did you mean {near}?"),
        );
        self.fault(name, None, detail);
    }
}

/// `server.listen` as `MAINSTAY_SERVER__LISTEN`.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replacen('.', "__", 1).to_ascii_uppercase())
}
