//! The name service: addresses of hosts and text records, never remembered, so that a change counts at once.

use super::config::NameServer;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long one question waits; it is asked twice.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Why the name service gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// There is no such name, or nothing of this kind at it.
    #[error("the name service knows no such name")]
    NoSuchName,
    /// It did not answer in time.
    #[error("the name service did not answer in time")]
    Timeout,
    /// It could not be asked, or its answer made no sense.
    #[error("the name service could not answer")]
    Failed {
        /// The cause, for the log.
        why: String,
    },
}

impl From<NetError> for DnsError {
    fn from(error: NetError) -> Self {
        if error.is_nx_domain() || error.is_no_records_found() {
            Self::NoSuchName
        } else if matches!(error, NetError::Timeout) {
            Self::Timeout
        } else {
            Self::Failed { why: error.to_string() }
        }
    }
}

/// Asks the name servers that are configured, or else the machine's own. Clones ask the same.
#[derive(Debug, Clone)]
pub struct Dns(Arc<[NameServer]>);

impl Dns {
    /// A handle on these name servers; without any, on the machine's.
    pub fn new(servers: &[NameServer]) -> Self {
        Self(servers.into())
    }

    /// A resolver for one question. Questions are few, a resolver is cheap, and one that stays would remember answers and
    /// hang on the thread that made it.
    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let mut builder = if self.0.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = self.0.iter().map(|server| {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                let at = |connection: ConnectionConfig| {
                    let mut connection = connection;
                    connection.port = server.0.port();
                    connection
                };
                NameServerConfig::new(server.0.ip(), true, connections.map(at).into())
            });
            let config = ResolverConfig::from_name_servers(servers.collect());
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 1;
        options.cache_size = 0;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        builder.build()
    }

    /// The addresses of a host, at least one.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        let name = absolute(host)?;
        let found = self.resolver()?.lookup_ip(name).await?;
        let addresses: Vec<IpAddr> = found.iter().collect();
        if addresses.is_empty() { Err(DnsError::NoSuchName) } else { Ok(addresses) }
    }

    /// The text records at a name, each put together of its parts; none when there is no such name.
    pub async fn text_records(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let name = absolute(name)?;
        let found = match self.resolver()?.txt_lookup(name).await.map_err(DnsError::from) {
            Ok(found) => found,
            Err(DnsError::NoSuchName) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let text = |data: &RData| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        };
        Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect())
    }
}

/// The name as it stands: no search list of this machine may complete it to something else.
fn absolute(name: &str) -> Result<Name, DnsError> {
    let mut name = Name::from_ascii(name).map_err(|error| DnsError::Failed { why: error.to_string() })?;
    name.set_fqdn(true);
    Ok(name)
}
