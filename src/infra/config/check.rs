//! What no type says: ranges, and settings that must fit each other.

use super::{Entry, MailTransport, Origin, Settings, SmtpTls};
use crate::infra::crypto::{MasterKey, password};
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use toml::Value;
use tracing_subscriber::EnvFilter;
use url::Url;

/// Works out what the defaults leave open, and notes it in what is shown.
pub(super) fn complete(settings: &mut Settings, entries: &mut [Entry]) {
    let mut note = |key: &str, value: Value, from: &'static str| {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) {
            entry.value = value;
            entry.origin = Origin::Derived(from);
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let number = |n: usize| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
    let server = &mut settings.server;
    if server.public_url.is_empty() {
        server.public_url = format!("http://{}", reachable(server.listen));
        note("server.public_url", server.public_url.as_str().into(), "server.listen");
    }
    server.public_url.truncate(server.public_url.trim_end_matches('/').len());
    if settings.auth.issuer.is_empty() {
        settings.auth.issuer.clone_from(&server.public_url);
        note("auth.issuer", server.public_url.as_str().into(), "server.public_url");
    }
    let public = Url::parse(&settings.server.public_url).ok();
    if settings.auth.passkey_rp_id.is_empty() {
        let host = public.as_ref().and_then(Url::host_str).unwrap_or_default();
        host.clone_into(&mut settings.auth.passkey_rp_id);
        note("auth.passkey_rp_id", host.into(), "server.public_url");
    }
    if settings.auth.passkey_origins.is_empty() {
        let origin = public.map_or_else(String::new, |url| url.origin().ascii_serialization());
        note("auth.passkey_origins", Value::Array(vec![origin.as_str().into()]), "server.public_url");
        settings.auth.passkey_origins = vec![origin];
    }
    if settings.database.readers == 0 {
        settings.database.readers = processors * 2;
        note("database.readers", number(processors * 2), "the processors");
    }
    if settings.auth.hash_parallel == 0 {
        settings.auth.hash_parallel = processors;
        note("auth.hash_parallel", number(processors), "the processors");
    }
    if settings.secrets.master_key.is_none() && settings.secrets.master_key_file.is_none() {
        let path = settings.database.embedded_path().map(|path| path.with_extension("key"));
        if let Some(path) = path {
            note("secrets.master_key_file", path.to_string_lossy().into_owned().into(), "database.url");
            settings.secrets.master_key_file = Some(path);
        }
    }
}

/// An address that a client on this machine can use: nobody can connect to 0.0.0.0.
fn reachable(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() { format!("localhost:{}", listen.port()) } else { listen.to_string() }
}

/// What is wrong, by setting.
pub(super) fn faults(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut faults = ranges(settings);
    let mut wrong = |key, detail: String| faults.push((key, detail));
    let server = &settings.server;
    if let Err(why) = public_url(&server.public_url) {
        wrong("server.public_url", why);
    }
    if !settings.rate_limit.enabled && !server.listen.ip().is_loopback() && !server.allow_unlimited {
        wrong(
            "rate_limit.enabled",
            format!(
                "must be true while server.listen is {}, which others can reach; listen on 127.0.0.1, or set \
                 server.allow_unlimited = true if that is really meant",
                server.listen
            ),
        );
    }
    let auth = &settings.auth;
    if let Err(fault) = password::Params::new(auth.argon2_memory_kib, auth.argon2_iterations, auth.argon2_parallelism) {
        wrong("auth.argon2_memory_kib", fault.detail);
    }
    if let Some(why) = settings.oidc.fault(settings.fetch.allow_http) {
        wrong("oidc.providers", why);
    }
    passkeys(settings, &mut wrong);
    let url = settings.database.url.expose_secret().trim();
    if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        wrong("database.url", "must start with sqlite: or postgres:// (the value is not shown)".into());
    }
    for origin in &settings.cors.origins {
        let alone = origin == "*" && settings.cors.origins.len() == 1;
        let exact =
            Url::parse(origin).is_ok_and(|url| url.host().is_some() && url.origin().ascii_serialization() == *origin);
        if !alone && !exact {
            wrong(
                "cors.origins",
                format!("{origin:?} is no origin; write it like \"https://app.example.org\", or only \"*\""),
            );
        }
    }
    if let Err(error) = EnvFilter::try_new(&settings.log.filter) {
        wrong(
            "log.filter",
            format!(
                "{:?} is no filter: {error}; write it like \"info\" or \"info,mainstay::http=debug\"",
                settings.log.filter
            ),
        );
    }
    secrets(settings, &mut wrong);
    mail(settings, &mut wrong);
    faults
}

/// Browsers refuse a domain that is not the page's own or a parent of it.
fn passkeys(settings: &Settings, wrong: &mut impl FnMut(&'static str, String)) {
    let id = settings.auth.passkey_rp_id.as_str();
    if public_url(&settings.server.public_url).is_err() {
        return;
    }
    if Url::parse(&format!("https://{id}")).ok().as_ref().and_then(Url::host_str) != Some(id) {
        wrong("auth.passkey_rp_id", format!("{id:?} is no domain; write it like example.org, without scheme and port"));
        return;
    }
    for origin in &settings.auth.passkey_origins {
        if origin.strip_prefix("android:apk-key-hash:").is_some_and(|hash| !hash.is_empty()) {
            continue;
        }
        let url = Url::parse(origin).ok().filter(|url| url.origin().ascii_serialization() == *origin);
        let host = url.as_ref().and_then(Url::host_str);
        let below = |host: &str| host == id || host.strip_suffix(id).is_some_and(|rest| rest.ends_with('.'));
        if host.is_none() {
            let like = "write it like \"https://app.example.org\"";
            wrong("auth.passkey_origins", format!("{origin:?} is no origin; {like}"));
        } else if !host.is_some_and(below) {
            let detail = format!("{origin:?} is neither on {id} nor below it: its passkeys could not be used here");
            wrong("auth.passkey_origins", detail);
        }
    }
}

fn secrets(settings: &Settings, wrong: &mut impl FnMut(&'static str, String)) {
    let secrets = &settings.secrets;
    if secrets.master_key.is_some() && secrets.master_key_file.is_some() {
        wrong("secrets.master_key_file", "set either this or secrets.master_key, not both".into());
    }
    let shared = settings.database.url.expose_secret().trim().starts_with("postgres");
    if shared && secrets.master_key.is_none() && secrets.master_key_file.is_none() {
        wrong(
            "secrets.master_key",
            "must be set with PostgreSQL, the same on every node (or secrets.master_key_file); make one with \
             `openssl rand -base64 32`"
                .into(),
        );
    }
    let current = secrets.master_key.iter().map(|text| ("secrets.master_key", text));
    let previous = secrets.previous_master_keys.iter().map(|text| ("secrets.previous_master_keys", text));
    for (key, text) in current.chain(previous) {
        if let Err(fault) = MasterKey::from_base64(text) {
            wrong(key, fault.detail);
        }
    }
}

fn mail(settings: &Settings, wrong: &mut impl FnMut(&'static str, String)) {
    let mail = &settings.mail;
    if mail.transport == MailTransport::File && mail.directory.as_os_str().is_empty() {
        wrong("mail.directory", "must name a directory while mail.transport is \"file\"".into());
    }
    if mail.transport != MailTransport::Smtp {
        return;
    }
    if mail.smtp_host.is_empty() {
        wrong("mail.smtp_host", "must name the mail server while mail.transport is \"smtp\"".into());
    }
    if mail.from.folded().ends_with(".example") {
        wrong("mail.from", "must be an address of your own while mail.transport is \"smtp\"".into());
    }
    if mail.smtp_username.is_empty() != mail.smtp_password.is_none() {
        wrong("mail.smtp_username", "user name and password go together; set both or neither".into());
    }
    let local =
        mail.smtp_host == "localhost" || mail.smtp_host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if mail.smtp_tls == SmtpTls::None && mail.smtp_password.is_some() && !local {
        wrong("mail.smtp_tls", "must not be \"none\" with a password: it would cross the network in clear".into());
    }
}

fn ranges(settings: &Settings) -> Vec<(&'static str, String)> {
    let Settings { server, auth, mail, fetch, rate_limit, jobs, database, .. } = settings;
    let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let table: [(&'static str, u64, u64, u64); 22] = [
        ("server.shutdown_grace_seconds", server.shutdown_grace_seconds, 1, 3600),
        ("server.request_timeout_seconds", server.request_timeout_seconds, 1, 3600),
        ("server.body_timeout_seconds", server.body_timeout_seconds, 1, 3600),
        ("server.max_body_bytes", wide(server.max_body_bytes), 1024, 1 << 30),
        ("database.readers", wide(database.readers), 1, 1000),
        ("auth.access_minutes", auth.access_minutes.into(), 1, 24 * 60),
        ("auth.refresh_days", auth.refresh_days.into(), 1, 366),
        ("auth.session_days", auth.session_days.into(), 1, 3660),
        ("auth.verification_hours", auth.verification_hours.into(), 1, 30 * 24),
        ("auth.password_characters", auth.password_characters.into(), 12, 64),
        ("auth.hash_parallel", wide(auth.hash_parallel), 1, 256),
        ("mail.smtp_port", mail.smtp_port.into(), 1, 65_535),
        ("mail.smtp_timeout_seconds", mail.smtp_timeout_seconds, 1, 600),
        ("mail.smtp_connections", mail.smtp_connections.into(), 1, 100),
        ("fetch.timeout_seconds", fetch.timeout_seconds, 1, 60),
        ("fetch.max_bytes", wide(fetch.max_bytes), 1024, 1 << 26),
        ("rate_limit.per_address_per_minute", rate_limit.per_address_per_minute.into(), 1, 1_000_000),
        ("rate_limit.per_account_per_minute", rate_limit.per_account_per_minute.into(), 1, 1_000_000),
        ("rate_limit.burst", rate_limit.burst.into(), 1, 1_000_000),
        ("rate_limit.auth_per_minute", rate_limit.auth_per_minute.into(), 1, 1_000_000),
        ("jobs.workers", wide(jobs.workers), 0, 256),
        ("jobs.poll_ms", jobs.poll_ms, 10, 60_000),
    ];
    let outside = table.into_iter().filter(|(_, value, least, most)| value < least || value > most);
    outside
        .map(|(key, value, least, most)| (key, format!("must be between {least} and {most}; it is {value}")))
        .collect()
}

fn public_url(text: &str) -> Result<(), String> {
    let like = "write it like https://mainstay.example.org";
    let url = Url::parse(text).map_err(|e| format!("{text:?} is no address: {e}; {like}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(format!("{text:?} is neither http nor https; {like}"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("must hold no user, query or fragment; {like}"));
    }
    Ok(())
}

/// What is allowed but hardly meant.
pub(super) fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    let beyond = !settings.server.listen.ip().is_loopback();
    if beyond && settings.server.public_url.starts_with("http:") {
        warnings.push(format!(
            "server.public_url is {}: links and sign-ins travel in clear; set it to the https address of the proxy",
            settings.server.public_url
        ));
    }
    if beyond && !settings.rate_limit.enabled {
        warnings.push("rate_limit.enabled is false on an address that others can reach".into());
    }
    if settings.mail.transport == MailTransport::Memory {
        warnings.push("mail.transport is \"memory\": no mail leaves this process".into());
    }
    if settings.fetch.allow_private && beyond {
        warnings.push(
            "fetch.allow_private is true: whoever names an address here can make this server ask inner ones".into(),
        );
    }
    if settings.auth.argon2_memory_kib < 7168 {
        warnings.push(format!(
            "auth.argon2_memory_kib is {}: every choice of OWASP's uses at least 7168",
            settings.auth.argon2_memory_kib
        ));
    }
    warnings
}
