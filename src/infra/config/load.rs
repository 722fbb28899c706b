//! Lays the layers over each other: defaults, file, environment, flags.

use super::check;
use super::origin::line_and_column;
use super::suggest::closest;
use super::{ConfigError, ConfigFault, DEFAULTS, Entry, Origin, Settings};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

/// A flag of the command line that stands for a setting.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The flag, e.g. `--listen`.
    pub name: &'static str,
    /// The setting, e.g. `server.listen`.
    pub key: &'static str,
    /// The value as typed.
    pub value: String,
}

/// Where to look for settings.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file named by `--config`.
    pub config: Option<PathBuf>,
    /// Where `mainstay.toml` is looked for when no file is named; `None`: nowhere.
    pub directory: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags.
    pub flags: Vec<Flag>,
}

impl Sources {
    /// The process's own environment and working directory.
    pub fn of_process(config: Option<PathBuf>, flags: Vec<Flag>) -> Self {
        Self { config, directory: Some(PathBuf::new()), environment: std::env::vars_os().collect(), flags }
    }
}

/// Settings in force, and how they came about.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Each setting with its value and origin, in the order of the documented defaults.
    pub entries: Vec<Entry>,
    /// What is allowed but hardly meant, for the log at start.
    pub warnings: Vec<String>,
}

/// Reads every layer, and says everything that is wrong at once.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::new()?;
    let (environment, path) = layers.environment(sources);
    if let Some(path) = path {
        layers.file(&path);
    }
    for (key, value, origin) in environment {
        layers.set_text(&key, &value, origin);
    }
    for flag in &sources.flags {
        layers.set_text(flag.key, &flag.value, Origin::Flag(flag.name));
    }
    layers.finish()
}

/// The values so far.
pub(super) struct Layers {
    pub(super) entries: Vec<Entry>,
    defaults: BTreeMap<String, Value>,
    faults: Vec<ConfigFault>,
}

impl Layers {
    fn new() -> Result<Self, ConfigError> {
        let mut layers = Self { entries: Vec::new(), defaults: BTreeMap::new(), faults: Vec::new() };
        for (key, value, at) in layers.parse(DEFAULTS, Path::new("the built-in defaults")) {
            layers.defaults.insert(key.clone(), value.clone());
            layers.entries.push(Entry { key, value, origin: Origin::Default, position: at });
        }
        layers.entries.sort_by_key(|entry| entry.position);
        if layers.faults.is_empty() { Ok(layers) } else { Err(ConfigError { faults: layers.faults }) }
    }

    pub(super) fn fault(&mut self, key: impl Into<String>, origin: Option<Origin>, detail: impl Into<String>) {
        self.faults.push(ConfigFault { key: key.into(), origin, detail: detail.into() });
    }

    /// The `section.key` pairs of a file with the places of the keys, in bytes.
    fn parse(&mut self, text: &str, path: &Path) -> Vec<(String, Value, usize)> {
        let place = |offset: usize| {
            let (line, column) = line_and_column(text, offset);
            Some(Origin::File { path: path.to_owned(), line, column })
        };
        let (places, values) = match (DeTable::parse(text), text.parse::<Table>()) {
            (Ok(places), Ok(values)) => (places, values),
            (Err(error), _) | (_, Err(error)) => {
                let origin = place(error.span().map_or(0, |span| span.start));
                self.fault("settings file", origin, format!("this is no TOML: {}", error.message().trim_end()));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (section, content) in places.get_ref() {
            let name: &str = section.get_ref();
            let DeValue::Table(keys) = content.get_ref() else {
                let detail = "settings stand in sections: a line `[section]`, then lines `key = value`".to_owned();
                let hint = self.hint(name).unwrap_or(detail);
                self.fault(name, place(section.span().start), hint);
                continue;
            };
            for key in keys.keys() {
                if let Some(value) = values.get(name).and_then(|table| table.get(key.get_ref().as_ref())) {
                    found.push((format!("{name}.{}", key.get_ref()), value.clone(), key.span().start));
                }
            }
        }
        found
    }

    fn hint(&self, given: &str) -> Option<String> {
        let known = closest(given, self.entries.iter().map(|entry| entry.key.as_str()))?;
        Some(format!("unknown setting; did you mean {known}?"))
    }

    fn unknown(&mut self, key: &str, origin: Origin) {
        let detail = self.hint(key).unwrap_or_else(|| "unknown setting; `mainstay config` shows all there are".into());
        self.fault(key, Some(origin), detail);
    }

    fn file(&mut self, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return self.fault("settings file", None, format!("{} can't be read: {error}", path.display()));
            }
        };
        for (key, value, at) in self.parse(&text, path) {
            let (line, column) = line_and_column(&text, at);
            self.set(&key, value, Origin::File { path: path.to_owned(), line, column });
        }
    }

    /// Sets a value given as text, read as what the default is.
    fn set_text(&mut self, key: &str, text: &str, origin: Origin) {
        let value = match self.defaults.get(key) {
            None => return self.unknown(key, origin),
            Some(Value::Integer(_)) => text.trim().parse().map(Value::Integer).ok(),
            Some(Value::Boolean(_)) => text.trim().parse().map(Value::Boolean).ok(),
            Some(Value::Array(_)) => Some(listed(text)),
            Some(_) => Some(Value::String(text.to_owned())),
        };
        if let Some(value) = value {
            return self.set(key, value, origin);
        }
        let expected = self.defaults.get(key).map_or("a value", expected);
        let given = if is_secret(key) { String::new() } else { format!("; it is {text:?}") };
        self.fault(key, Some(origin), format!("must be {expected}{given}"));
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) {
        let Some(default) = self.defaults.get(key) else { return self.unknown(key, origin) };
        if !default.same_type(&value) {
            let detail = format!("must be {}; it is {}", expected(default), expected(&value));
            return self.fault(key, Some(origin), detail);
        }
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key) {
            entry.value = value;
            entry.origin = origin;
        }
    }

    fn finish(mut self) -> Result<Loaded, ConfigError> {
        let mut settings = self.deserialize();
        if let Some(settings) = &mut settings {
            check::complete(settings, &mut self.entries);
            for (key, detail) in check::faults(settings) {
                let origin = self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.origin.clone());
                self.fault(key, origin, detail);
            }
        }
        match settings {
            Some(settings) if self.faults.is_empty() => {
                let warnings = check::warnings(&settings);
                Ok(Loaded { settings, entries: self.entries, warnings })
            }
            _ => Err(ConfigError { faults: self.faults }),
        }
    }

    /// Reads all values into their types. A wrong one is noted and stands back for its default, so that the next wrong one
    /// is found too.
    fn deserialize(&mut self) -> Option<Settings> {
        let mut values: BTreeMap<String, Value> =
            self.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
        for _ in 0..=self.entries.len() {
            let error = match serde_path_to_error::deserialize::<_, Settings>(nested(&values)) {
                Ok(settings) => return Some(settings),
                Err(error) => error,
            };
            let path = error.path().to_string();
            let mut known = self.entries.iter();
            let Some(entry) = known.find(|entry| path == entry.key || path.starts_with(&format!("{}[", entry.key)))
            else {
                self.fault(path, None, error.inner().message().trim_end());
                return None;
            };
            let (key, origin) = (entry.key.clone(), entry.origin.clone());
            let detail = match &entry.value {
                _ if is_secret(&key) => "can't be read (the value is not shown)".to_owned(),
                Value::Integer(number) => format!("{number} is negative or too large"),
                _ => error.inner().message().trim_end().to_owned(),
            };
            values.insert(key.clone(), self.defaults.get(&key)?.clone());
            self.fault(key, Some(origin), detail);
        }
        None
    }
}

/// Whether a setting's value is never shown.
pub(super) fn is_secret(key: &str) -> bool {
    matches!(key, "secrets.master_key" | "secrets.previous_master_keys" | "mail.smtp_password" | "oidc.providers")
}

/// A list as TOML writes it, or separated by commas.
fn listed(text: &str) -> Value {
    if let Ok(Value::Array(list)) = text.trim().parse::<Value>() {
        return Value::Array(list);
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

fn expected(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a fraction",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date or time",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

fn nested(values: &BTreeMap<String, Value>) -> Value {
    let mut sections = Table::new();
    for (key, value) in values {
        let Some((section, key)) = key.split_once('.') else { continue };
        let section = sections.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Some(table) = section.as_table_mut() {
            table.insert(key.to_owned(), value.clone());
        }
    }
    Value::Table(sections)
}
