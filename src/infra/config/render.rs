//! What `mainstay config` shows.

use super::load::is_secret;
use super::{Loaded, Origin};
use std::fmt::Write as _;
use toml::Value;
use url::Url;

/// What stands for a secret that is set.
const HIDDEN: &str = "(hidden)";

/// One setting in force.
#[derive(Clone)]
pub struct Entry {
    /// `section.key`.
    pub key: String,
    /// Where the value came from.
    pub origin: Origin,
    pub(super) value: Value,
    /// Where the key stands in the defaults, for their order.
    pub(super) position: usize,
}

impl Entry {
    /// The value as TOML writes it; secrets, and the password within the database's URL, are hidden.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::String(text) if is_secret(&self.key) && !text.is_empty() => Value::from(HIDDEN),
            Value::Array(list) if is_secret(&self.key) => Value::Array(vec![Value::from(HIDDEN); list.len()]),
            Value::String(text) if self.key == "database.url" => Value::from(without_password(text)),
            value => value.clone(),
        }
        .to_string()
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {} ({})", self.key, self.shown(), self.origin)
    }
}

impl Loaded {
    /// Every setting as a settings file that says where each value came from; secrets are hidden.
    pub fn render(&self) -> String {
        let shown: Vec<(&str, &str, String, String)> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let (section, key) = entry.key.split_once('.')?;
                Some((section, key, format!("{key} = {}", entry.shown()), entry.origin.to_string()))
            })
            .collect();
        let width = shown.iter().map(|(_, _, line, _)| line.chars().count()).filter(|n| *n <= 60).max().unwrap_or(0);
        let mut text = String::new();
        let mut open = "";
        for (section, _, line, origin) in shown {
            if section != open {
                let gap = if open.is_empty() { "" } else { "\n" };
                // Writing to a String never fails.
                let _ = writeln!(text, "{gap}[{section}]");
                open = section;
            }
            let _ = writeln!(text, "{line:width$}  # {origin}");
        }
        text
    }
}

/// The URL without its password, wherever it stands in it; all hidden when it can't be told.
pub(super) fn without_password(text: &str) -> String {
    if text.trim_start().starts_with("sqlite:") {
        return text.to_owned();
    }
    let Ok(mut url) = Url::parse(text) else { return HIDDEN.to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return HIDDEN.to_owned();
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().any(|(key, _)| key.contains("password")) {
        let hide = |(key, value): &(String, String)| {
            (key.clone(), if key.contains("password") { "***".to_owned() } else { value.clone() })
        };
        url.query_pairs_mut().clear().extend_pairs(pairs.iter().map(hide));
    }
    url.to_string()
}
