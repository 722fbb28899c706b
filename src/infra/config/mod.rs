//! Settings: typed, from documented defaults, a file, the environment and flags, each value with where it came from.
//!
//! `deploy/mainstay.default.toml` documents every key and is the defaults; whatever it does not name does not exist.

mod check;
mod environment;
mod error;
mod load;
mod network;
mod origin;
mod outgoing;
mod render;
mod settings;
mod sign_in;
mod suggest;

pub use error::{ConfigError, ConfigFault};
pub use load::{Flag, Loaded, Sources, load};
pub use network::{NameServer, Network};
pub use origin::Origin;
pub use outgoing::{Fetch, Forge, Hosts, Projects};
pub use render::Entry;
pub use settings::{
    Auth, Cors, Database, Jobs, Log, LogFormat, Mail, MailTransport, RateLimit, Secrets, Server, Settings, SmtpTls,
};
pub use sign_in::{Oidc, OidcProvider};

/// The documented defaults, as shipped.
pub const DEFAULTS: &str = include_str!("../../../deploy/mainstay.default.toml");

#[cfg(test)]
mod tests;
