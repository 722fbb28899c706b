//! What is wrong with the settings, all of it at once.

use super::Origin;
use std::fmt;

/// One thing that is wrong. It never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The setting, e.g. `server.listen`, or the variable or file when it is none.
    pub key: String,
    /// Where the value came from.
    pub origin: Option<Origin>,
    /// What is wrong and what to do.
    pub detail: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The faults, at least one, in the order of the layers.
    pub faults: Vec<ConfigFault>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.faults.as_slice() {
            return write!(f, "a setting is wrong: {only}");
        }
        write!(f, "{} settings are wrong:", self.faults.len())?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigError {}
