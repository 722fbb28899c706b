//! Settings of what is fetched from outside.

use super::Network;
use super::network::NameServer;
use super::settings::{list, optional};
use serde::Deserialize;
use std::path::PathBuf;

/// What is fetched from outside, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Whether inner addresses are asked too.
    pub allow_private: bool,
    /// Networks that are asked although they are not public.
    #[serde(deserialize_with = "list")]
    pub allow_networks: Vec<Network>,
    /// Whether plain http is asked.
    pub allow_http: bool,
    /// The name servers; none for the machine's own.
    #[serde(deserialize_with = "list")]
    pub name_servers: Vec<NameServer>,
    /// The authority behind inner servers' certificates.
    #[serde(deserialize_with = "optional")]
    pub ca_file: Option<PathBuf>,
    /// Seconds for one fetch with its redirects.
    pub timeout_seconds: u64,
    /// Bytes that an answer may have.
    pub max_bytes: usize,
}
