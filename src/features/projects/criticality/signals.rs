//! What is known of one project.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Numbers by their names with namespaces, `legacy.org_count`; what is not known is not in it. All are finite.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signals(BTreeMap<String, f64>);

impl Signals {
    /// The value of a signal, if it is known.
    pub fn get(&self, field: &str) -> Option<f64> {
        self.0.get(field).copied()
    }

    /// Notes a value; one that is infinite or no number says nothing and is not kept.
    pub fn insert(&mut self, field: impl Into<String>, value: f64) {
        if value.is_finite() {
            self.0.insert(field.into(), value);
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(field, value)| (field.as_str(), *value))
    }
}

impl<F: Into<String>> FromIterator<(F, f64)> for Signals {
    fn from_iter<I: IntoIterator<Item = (F, f64)>>(pairs: I) -> Self {
        let mut signals = Self::default();
        for (field, value) in pairs {
            signals.insert(field, value);
        }
        signals
    }
}
