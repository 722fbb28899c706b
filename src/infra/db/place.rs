//! Where the data lives, as `DATABASE_URL` says.

use super::conn::Conn;
use crate::kernel::{Error, Kind, Problem, Result};
use diesel::{Connection, PgConnection, SqliteConnection};

/// `DATABASE_URL` can't be used as it stands.
pub static DATABASE_URL: Problem = Problem::new(
    "config.database_url",
    Kind::Internal,
    "The database URL can't be used.",
    "Write sqlite:path/to/mainstay.db, or postgres://user:password@host:5432/database with each special character percent-encoded.",
);

/// Which database it is, for reports only: no feature may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Backend {
    /// `sqlite` or `postgres`, as labels and logs have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A place that can be connected to. It has no `Debug`, since it holds a password.
#[derive(Clone)]
pub(super) enum Place {
    Sqlite { path: String },
    Postgres { url: String },
}

fn wrong(detail: impl Into<String>) -> Error {
    Error::new(&DATABASE_URL, detail.into())
}

impl Place {
    /// Reads `sqlite:path`, `sqlite://path`, `postgres://…` or `postgresql://…`.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let url = url.trim();
        match url.split_once(':') {
            Some(("sqlite", rest)) => sqlite(rest.strip_prefix("//").unwrap_or(rest)),
            Some(("postgres" | "postgresql", rest)) => match rest.strip_prefix("//") {
                Some(rest) => postgres(url, rest),
                None => {
                    Err(wrong("A PostgreSQL URL starts with postgres:// or postgresql://; the slashes are missing."))
                }
            },
            // The text itself may be a password that slipped into the wrong variable.
            _ => Err(wrong("The database URL starts with neither sqlite: nor postgres://.")),
        }
    }

    pub(super) fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres { .. } => Backend::Postgres,
        }
    }

    /// A fresh connection, or why there is none, with no secret in it.
    pub(super) fn connect(&self) -> std::result::Result<Conn, String> {
        match self {
            Self::Sqlite { path } => SqliteConnection::establish(path)
                .map(Conn::Sqlite)
                .map_err(|why| format!("{path}: {why}; does its directory exist, and may this user write there?")),
            Self::Postgres { url } => {
                PgConnection::establish(url).map(Conn::Postgres).map_err(|why| scrub(url, &why.to_string()))
            }
        }
    }

    /// The text without any part of the password, as far as it may quote the URL.
    pub(super) fn scrub(&self, text: &str) -> String {
        match self {
            Self::Sqlite { .. } => text.to_owned(),
            Self::Postgres { url } => scrub(url, text),
        }
    }
}

fn sqlite(path: &str) -> Result<Place> {
    if path.is_empty() {
        return Err(wrong("The path of the SQLite database is missing: write sqlite:path/to/mainstay.db."));
    }
    if path.contains(":memory:") || path.starts_with("file:") || path.contains('?') {
        return Err(wrong(
            "The SQLite database must be a plain path to a file: several connections share it, so `:memory:`, `file:` and options after `?` are not taken.",
        ));
    }
    Ok(Place::Sqlite { path: path.to_owned() })
}

fn postgres(url: &str, rest: &str) -> Result<Place> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let path = rest.split('?').next().unwrap_or_default();
    // libpq would take the part before the `/` for the port, and say it in its error.
    if !authority.contains('@') && path.contains('@') {
        return Err(wrong(
            "The user or the password in the database URL holds a character that must be percent-encoded, such as %2F for a slash.",
        ));
    }
    let options: Vec<(&str, String)> = rest
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, percent_decode(value)))
        .collect();
    let asks_for_tls = |(key, value): &(&str, String)| match *key {
        "sslmode" => matches!(value.as_str(), "require" | "verify-ca" | "verify-full"),
        "ssl" => value == "true",
        _ => false,
    };
    if !cfg!(feature = "tls") && options.iter().any(asks_for_tls) {
        return Err(wrong(
            "The database URL asks for TLS, and this program was built without it: build it with `--features tls`, or take a release image.",
        ));
    }
    let mut url = url.to_owned();
    for (key, default) in [("connect_timeout", "5"), ("fallback_application_name", "mainstay")] {
        if !options.iter().any(|(given, _)| *given == key) {
            let joint = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{joint}{key}={default}");
        }
    }
    Ok(Place::Postgres { url })
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let hex = (byte == b'%').then(|| [ahead.next(), ahead.next()]).and_then(|pair| match pair {
            [Some(high), Some(low)] => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                Some(digit(high)? * 16 + digit(low)?)
            }
            _ => None,
        });
        if hex.is_some() {
            rest = ahead;
        }
        bytes.push(hex.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Takes out the password, raw and decoded, and whatever the text quotes from between the user and the host.
fn scrub(url: &str, text: &str) -> String {
    const HIDDEN: &str = "***";
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let zone = rest.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map_or("", |(_, password)| password);
    let option = rest.split(['?', '&']).find_map(|pair| pair.strip_prefix("password=")).unwrap_or_default();
    let mut secrets = vec![url.to_owned()];
    for secret in [zone, option] {
        secrets.push(percent_decode(secret));
        secrets.push(secret.to_owned());
    }
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret.as_str(), HIDDEN);
    }
    // libpq quotes a piece of a malformed URL; a piece of the password is as bad as the whole.
    let quoted = |part: (usize, &str)| {
        let inside = part.0 % 2 == 1 && !part.1.is_empty();
        if inside && (zone.contains(part.1) || option.contains(part.1)) { HIDDEN.to_owned() } else { part.1.to_owned() }
    };
    clean.split('"').enumerate().map(quoted).collect::<Vec<_>>().join("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        let error = Place::parse(url).err().unwrap();
        assert_eq!(error.code(), "config.database_url");
        error.detail().to_owned()
    }

    #[test]
    fn both_forms_of_each_scheme_are_read() {
        for (url, want) in [("sqlite:a.db", "a.db"), ("sqlite://a/b.db", "a/b.db"), ("sqlite:///var/a.db", "/var/a.db")]
        {
            let Ok(Place::Sqlite { path }) = Place::parse(url) else { panic!("{url}") };
            assert_eq!(path, want);
        }
        for url in ["postgres://u:p@h/db", "postgresql://h:5432,i:5433/db?user=a@b", "postgres:///db?host=/run/pg"] {
            let Ok(Place::Postgres { url: used }) = Place::parse(url) else { panic!("{url}") };
            assert!(used.starts_with(url) && used.contains("connect_timeout=5"), "{used}");
        }
        let Ok(Place::Postgres { url }) = Place::parse("postgres://h/db?connect_timeout=1") else { panic!() };
        assert_eq!(url, "postgres://h/db?connect_timeout=1&fallback_application_name=mainstay");
    }

    #[test]
    fn what_can_not_work_is_refused_with_a_sentence_and_without_the_secret() {
        for (url, sentence) in [
            ("mysql://u:hunter2@h/db", "neither sqlite: nor postgres://"),
            ("hunter2", "neither sqlite: nor postgres://"),
            ("postgres:hunter2", "slashes are missing"),
            ("postgres://u:hun/ter2@h/db", "percent-encoded"),
            ("sqlite:", "path of the SQLite database is missing"),
            ("sqlite::memory:", "plain path to a file"),
            ("sqlite:a.db?mode=ro", "plain path to a file"),
        ] {
            let detail = refused(url);
            assert!(detail.contains(sentence) && !detail.contains("hun"), "{url}: {detail}");
        }
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn asking_for_tls_without_it_fails_at_once() {
        for url in [
            "postgres://h/db?sslmode=require",
            "postgres://h/db?a=b&sslmode=verify-full",
            "postgres://h/db?sslmode=verify%2Dca",
            "postgres://h/db?ssl=true",
        ] {
            assert!(refused(url).contains("--features tls"), "{url}");
        }
        assert!(Place::parse("postgres://h/db?sslmode=prefer").is_ok());
    }

    #[test]
    fn no_error_tells_the_password() {
        for (url, text, clean) in [
            ("postgres://u:s3cret@h/db", "FATAL: s3cret and \"s3c\" at \"h\"", "FATAL: *** and \"***\" at \"h\""),
            ("postgres://u:s%2Fcret@h/db", "raw s%2Fcret, decoded s/cret", "raw ***, decoded ***"),
            ("postgres://h/db?user=u&password=s3cret", "bad \"s3cret\"", "bad \"***\""),
            ("postgres://u:s3cret@h/db", "in postgres://u:s3cret@h/db", "in ***"),
            ("postgres://u@h/db", "database \"db\" does not exist", "database \"db\" does not exist"),
        ] {
            assert_eq!(scrub(url, text), clean);
        }
    }

    #[test]
    fn a_malformed_url_never_shows_its_password_through_libpq() {
        for url in [
            "postgres://u:hunter2@h:port/db",
            "postgres://u:hunter2@[::1/db",
            "postgres://u:hunt%zzer2@h/db",
            "postgres://u:hunter2@h/db?no_such=hunter2",
        ] {
            let text = match Place::parse(url) {
                Ok(place) => place.connect().err().unwrap(),
                Err(error) => error.detail().to_owned(),
            };
            assert!(!text.contains("hunter2") && !text.contains("zzer2"), "{url}: {text}");
        }
    }
}
