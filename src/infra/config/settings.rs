//! The settings as the rest of the program sees them: parsed, complete, checked.

use super::{Fetch, Network, Projects};
use crate::infra::mail::Sender;
use crate::kernel::{Email, Line};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// Everything that can be set. Secrets hide from `Debug`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How the server listens and what it puts up with.
    pub server: Server,
    /// Where the data lives.
    pub database: Database,
    /// Signing in.
    pub auth: Auth,
    /// Signing in by others.
    pub oidc: super::Oidc,
    /// Keys that are kept outside the database.
    pub secrets: Secrets,
    /// Outgoing mail.
    pub mail: Mail,
    /// What is fetched from outside.
    pub fetch: Fetch,
    /// Projects' listings.
    pub projects: Projects,
    /// How much one caller may ask.
    pub rate_limit: RateLimit,
    /// Which web pages may call.
    pub cors: Cors,
    /// What is logged.
    pub log: Log,
    /// Background work.
    pub jobs: Jobs,
}

/// How the server listens and what it puts up with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    #[serde(deserialize_with = "socket")]
    pub listen: SocketAddr,
    /// How the outside reaches us, `http` or `https`, without a slash at the end.
    pub public_url: String,
    /// Seconds that running requests and jobs get to finish.
    pub shutdown_grace_seconds: u64,
    /// Seconds after which a request is given up.
    pub request_timeout_seconds: u64,
    /// Seconds within which a body must have arrived.
    pub body_timeout_seconds: u64,
    /// Bytes that a body may have.
    pub max_body_bytes: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<Network>,
    /// Where metrics are served on their own.
    #[serde(deserialize_with = "optional_socket")]
    pub metrics_listen: Option<SocketAddr>,
    /// Whether a server beyond loopback may run without rate limits.
    pub allow_unlimited: bool,
}

/// Where the data lives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:path` or `postgres://…`; it may hold a password.
    pub url: SecretString,
    /// Connections that read, at least 1.
    pub readers: usize,
}

impl Database {
    /// The path of the embedded database's file; none with PostgreSQL.
    pub fn embedded_path(&self) -> Option<PathBuf> {
        let path = self.url.expose_secret().trim().strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// Signing in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Minutes that an access token holds.
    pub access_minutes: u32,
    /// Days after which an unused session ends.
    pub refresh_days: u32,
    /// Days after which a session ends however much it is used.
    pub session_days: u32,
    /// Hours that a verification link holds.
    pub verification_hours: u32,
    /// The version of the terms that people agree to by registering.
    pub terms_version: String,
    /// Least characters of a password without a second factor.
    pub password_characters: u32,
    /// Whether platform roles count only in accounts with a second factor.
    pub roles_want_second_factor: bool,
    /// Memory of a password hash, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes of a password hash.
    pub argon2_iterations: u32,
    /// Lanes of a password hash.
    pub argon2_parallelism: u32,
    /// Passwords hashed at the same time, at least 1.
    pub hash_parallel: usize,
    /// The `iss` and `aud` of access tokens.
    pub issuer: String,
    /// The domain that passkeys are bound to.
    pub passkey_rp_id: String,
    /// Origins of the pages and apps that may ask for passkeys.
    pub passkey_origins: Vec<String>,
}

/// Keys that are kept outside the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The master key in base64.
    #[serde(deserialize_with = "optional_secret")]
    pub master_key: Option<SecretString>,
    /// The file that holds it; always there when `master_key` is not.
    #[serde(deserialize_with = "optional")]
    pub master_key_file: Option<PathBuf>,
    /// Former master keys, in base64.
    pub previous_master_keys: Vec<SecretString>,
}

/// How mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// By a mail server.
    Smtp,
    /// Into files.
    File,
    /// Not at all.
    Memory,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// Not at all.
    None,
    /// Plain first, then upgraded; never without.
    Starttls,
    /// From the first byte.
    Tls,
}

/// Outgoing mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// How mail leaves.
    pub transport: MailTransport,
    /// The sender's address.
    #[serde(deserialize_with = "email")]
    pub from: Email,
    /// The sender's name.
    #[serde(deserialize_with = "name")]
    pub from_name: Line,
    /// Where the file transport writes to.
    pub directory: PathBuf,
    /// The mail server.
    pub smtp_host: String,
    /// Its port.
    pub smtp_port: u16,
    /// How the connection is protected.
    pub smtp_tls: SmtpTls,
    /// Who signs in; empty for nobody.
    pub smtp_username: String,
    /// With what.
    #[serde(deserialize_with = "optional_secret")]
    pub smtp_password: Option<SecretString>,
    /// The authority behind the server's certificate, if it is not a public one.
    #[serde(deserialize_with = "optional")]
    pub smtp_ca_file: Option<PathBuf>,
    /// Seconds for each answer of the server.
    pub smtp_timeout_seconds: u64,
    /// Connections kept open at most.
    pub smtp_connections: u32,
}

impl Mail {
    /// Who mails are from.
    pub fn sender(&self) -> Sender {
        Sender { name: self.from_name.clone(), address: self.from.clone() }
    }
}

/// How much one caller may ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// Requests a minute from one network address.
    pub per_address_per_minute: u32,
    /// Requests a minute by one account.
    pub per_account_per_minute: u32,
    /// Requests that may come at once.
    pub burst: u32,
    /// Attempts a minute to sign in from one network address.
    pub auth_per_minute: u32,
}

/// Which web pages may call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// Their origins (`https://app.example.org`), or one `*`.
    pub origins: Vec<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How the log is written.
    pub format: LogFormat,
    /// Levels by target.
    pub filter: String,
}

/// Background work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// Jobs at the same time; 0 for none.
    pub workers: usize,
    /// Milliseconds between looks for due jobs.
    pub poll_ms: u64,
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D, like: &str) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_e| serde::de::Error::custom(format!("{text:?} is not {like}")))
}

fn socket<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    parsed(from, "an address with a port such as 127.0.0.1:8080 or [::1]:8080")
}

fn optional_socket<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    socket(serde::de::value::StringDeserializer::new(text)).map(Some)
}

pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let text = String::deserialize(from)?;
    Ok((!text.is_empty()).then(|| PathBuf::from(text)))
}

fn optional_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    let secret = SecretString::deserialize(from)?;
    Ok((!secret.expose_secret().is_empty()).then_some(secret))
}

fn email<'de, D: Deserializer<'de>>(from: D) -> Result<Email, D::Error> {
    Email::parse(&String::deserialize(from)?).map_err(|fault| serde::de::Error::custom(fault.detail))
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Line, D::Error> {
    Line::parse(&String::deserialize(from)?, 1, 80).map_err(|fault| serde::de::Error::custom(fault.detail))
}

pub(super) fn list<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(from: D) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}
