//! Layers, and everything that can be wrong with them.

use super::*;
use secrecy::ExposeSecret as _;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::Path;

/// Sources with these variables and flags, and a file of this content in a folder of its own.
struct Given {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Given {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), sources: Sources::default() }
    }

    fn file(mut self, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join("mainstay.toml"), content).unwrap();
        self.sources.directory = Some(self.folder.path().to_owned());
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((name.into(), value.into()));
        self
    }

    fn flag(mut self, key: &'static str, value: &str) -> Self {
        self.sources.flags.push(Flag { name: "--flag", key, value: value.into() });
        self
    }

    fn load(&self) -> Result<Loaded, ConfigError> {
        load(&self.sources)
    }

    /// What is wrong, without the folder's name.
    fn wrong(&self) -> String {
        let folder = format!("{}/", self.folder.path().display());
        self.load().unwrap_err().to_string().replace(&folder, "")
    }
}

fn origin(loaded: &Loaded, key: &str) -> String {
    loaded.entries.iter().find(|entry| entry.key == key).unwrap().origin.to_string()
}

fn shown(loaded: &Loaded, key: &str) -> String {
    loaded.entries.iter().find(|entry| entry.key == key).unwrap().shown()
}

#[test]
fn the_documented_defaults_are_whole_and_valid() {
    let loaded = Given::new().load().unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.public_url, "http://127.0.0.1:8080");
    assert_eq!(settings.auth.issuer, "http://127.0.0.1:8080");
    assert_eq!(
        (settings.auth.access_minutes, settings.auth.refresh_days, settings.auth.verification_hours),
        (15, 30, 24)
    );
    assert_eq!(
        (settings.auth.argon2_memory_kib, settings.auth.argon2_iterations, settings.auth.argon2_parallelism),
        (19_456, 2, 1)
    );
    assert!(settings.database.readers >= 2 && settings.auth.hash_parallel >= 1);
    assert_eq!(settings.database.embedded_path().as_deref(), Some(Path::new("mainstay.db")));
    assert_eq!(settings.secrets.master_key_file.as_deref(), Some(Path::new("mainstay.key")));
    assert!(settings.rate_limit.enabled && settings.server.metrics_listen.is_none());
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(origin(&loaded, "auth.issuer"), "default, from server.public_url");
    assert_eq!(origin(&loaded, "server.listen"), "default");
}

#[test]
fn every_default_is_explained_by_a_comment() {
    let mut explained = false;
    for line in DEFAULTS.lines() {
        if line.trim().is_empty() || line.starts_with('[') {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else {
            assert!(
                explained || line.starts_with("argon2_") || line.starts_with("smtp_") || line.starts_with("from_name"),
                "{line}"
            );
        }
    }
}

#[test]
fn stronger_layers_win_and_say_so() {
    let file = "[jobs]\nworkers = 3\npoll_ms = 300\n\n[mail]\nfrom_name = \"From the file\"\ndirectory = \"by-file\"\n";
    let given = Given::new()
        .file(file)
        .env("MAINSTAY_JOBS__POLL_MS", "400")
        .env("MAINSTAY_MAIL__DIRECTORY", "by-env")
        .flag("mail.directory", "by-flag");
    let loaded = given.load().unwrap();
    let settings = &loaded.settings;
    assert_eq!(
        (settings.jobs.workers, settings.jobs.poll_ms, settings.mail.from_name.as_str()),
        (3, 400, "From the file")
    );
    assert_eq!(settings.mail.directory, Path::new("by-flag"));
    let path = given.folder.path().join("mainstay.toml");
    assert_eq!(origin(&loaded, "jobs.workers"), format!("{}, line 2, column 1", path.display()));
    assert_eq!(origin(&loaded, "jobs.poll_ms"), "environment variable MAINSTAY_JOBS__POLL_MS");
    assert_eq!(origin(&loaded, "mail.directory"), "flag --flag");
    assert_eq!(origin(&loaded, "mail.from"), "default");
}

#[test]
fn the_database_s_url_comes_by_either_variable() {
    let loaded = Given::new().env("DATABASE_URL", "sqlite:a/b.db").load().unwrap();
    assert_eq!(loaded.settings.database.url.expose_secret(), "sqlite:a/b.db");
    assert_eq!(loaded.settings.secrets.master_key_file.as_deref(), Some(Path::new("a/b.key")));
    assert_eq!(origin(&loaded, "database.url"), "environment variable DATABASE_URL");
    let both = Given::new()
        .env("MAINSTAY_DATABASE__URL", "sqlite:ours.db")
        .env("DATABASE_URL", "sqlite:theirs.db")
        .load()
        .unwrap();
    assert_eq!(both.settings.database.url.expose_secret(), "sqlite:ours.db");
    let file =
        Given::new().file("[database]\nurl = \"sqlite:file.db\"").env("DATABASE_URL", "sqlite:env.db").load().unwrap();
    assert_eq!(file.settings.database.url.expose_secret(), "sqlite:env.db");
}

#[test]
fn empty_variables_and_strangers_are_let_be() {
    let given = Given::new()
        .env("MAINSTAY_JOBS__WORKERS", "")
        .env("DATABASE_URL", "")
        .env("PATH", "/bin")
        .env("MAINSTAYED", "x")
        .env("MAINSTAY_REQUIRE_POSTGRES", "1");
    assert_eq!(origin(&given.load().unwrap(), "jobs.workers"), "default");
}

#[test]
fn lists_are_written_either_way() {
    let networks = |text: &str| {
        let loaded = Given::new().env("MAINSTAY_SERVER__TRUSTED_PROXIES", text).load().unwrap();
        loaded.settings.server.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(networks("10.0.0.0/8, ::1"), ["10.0.0.0/8", "::1/128"]);
    assert_eq!(networks(r#"["10.0.0.0/8", "::1"]"#), ["10.0.0.0/8", "::1/128"]);
    assert!(networks("[]").is_empty());
    assert_eq!(networks(" 192.0.2.1 ,"), ["192.0.2.1/32"]);
    let loaded = Given::new().file("[server]\ntrusted_proxies = [\"10.0.0.0/8\"]").load().unwrap();
    assert!(loaded.settings.server.trusted_proxies[0].contains("10.1.2.3".parse::<IpAddr>().unwrap()));
}

#[test]
fn the_file_is_found_where_it_is_said_to_be() {
    let given = Given::new().file("[jobs]\nworkers = 3");
    let other = given.folder.path().join("other.toml");
    std::fs::write(&other, "[jobs]\nworkers = 5").unwrap();
    let workers = |sources: &Sources| load(sources).unwrap().settings.jobs.workers;
    let mut sources = given.sources.clone();
    assert_eq!(workers(&sources), 3);
    sources.environment.push(("MAINSTAY_CONFIG".into(), other.clone().into()));
    assert_eq!(workers(&sources), 5);
    sources.config = Some(given.folder.path().join("mainstay.toml"));
    assert_eq!(workers(&sources), 3);
    sources.config = Some(given.folder.path().join("absent.toml"));
    let failure = load(&sources).unwrap_err().to_string();
    assert!(failure.contains("absent.toml can't be read"), "{failure}");
    assert_eq!(workers(&Sources { directory: Some("/nonexistent".into()), ..Sources::default() }), 2);
}

#[test]
fn unknown_settings_are_named_with_place_and_a_guess() {
    for (given, expected) in [
        (
            Given::new().file("[server]\n  listn = \"x\""),
            "server.listn (mainstay.toml, line 2, column 3): unknown setting; did you mean server.listen?",
        ),
        (
            Given::new().file("[sever]\nlisten = \"x\""),
            "sever.listen (mainstay.toml, line 2, column 1): unknown setting; did you mean server.listen?",
        ),
        (
            Given::new().file("[server]\naccess_minutes = 1"),
            "server.access_minutes (mainstay.toml, line 2, column 1): unknown setting; did you mean auth.access_minutes?",
        ),
        (
            Given::new().file("[frobnicate]\nquux = 1"),
            "frobnicate.quux (mainstay.toml, line 2, column 1): unknown setting; `mainstay config` shows all there are",
        ),
        (
            Given::new().file("listen = \"x\""),
            "listen (mainstay.toml, line 1, column 1): unknown setting; did you mean server.listen?",
        ),
        (
            Given::new().file("qwxz = 1"),
            "qwxz (mainstay.toml, line 1, column 1): settings stand in sections: a line `[section]`, then lines `key = value`",
        ),
        (
            Given::new().file("server.liste = \"x\""),
            "server.liste (mainstay.toml, line 1, column 8): unknown setting; did you mean server.listen?",
        ),
        (
            Given::new().env("MAINSTAY_SERVER__LISTEM", "x"),
            "MAINSTAY_SERVER__LISTEM: unknown variable; did you mean MAINSTAY_SERVER__LISTEN?",
        ),
        (
            Given::new().env("MAINSTAY_SERVER_LISTEN", "x"),
            "MAINSTAY_SERVER_LISTEN: unknown variable; did you mean MAINSTAY_SERVER__LISTEN?",
        ),
        (
            Given::new().env("MAINSTAY_server__listen", "x"),
            "MAINSTAY_server__listen: unknown variable; did you mean MAINSTAY_SERVER__LISTEN?",
        ),
        (Given::new().env("MAINSTAY_CONFG", "x"), "MAINSTAY_CONFG: unknown variable; did you mean MAINSTAY_CONFIG?"),
        (
            Given::new().env("MAINSTAY_QWXZ", "s3cret"),
            "MAINSTAY_QWXZ: unknown variable; settings are MAINSTAY_<SECTION>__<KEY>, and `mainstay config` shows all there are",
        ),
    ] {
        assert_eq!(given.wrong(), format!("a setting is wrong: {expected}"));
    }
}

#[test]
fn wrong_types_and_values_are_named_with_their_source() {
    for (given, expected) in [
        (
            Given::new().file("[server]\n\nlisten = 8080"),
            "server.listen (mainstay.toml, line 3, column 1): must be text; it is a whole number",
        ),
        (
            Given::new().file("[jobs]\nworkers = \"2\""),
            "jobs.workers (mainstay.toml, line 2, column 1): must be a whole number; it is text",
        ),
        (
            Given::new().file("[jobs]\nworkers = 2.5"),
            "jobs.workers (mainstay.toml, line 2, column 1): must be a whole number; it is a number with a fraction",
        ),
        (
            Given::new().file("[cors]\norigins = \"*\""),
            "cors.origins (mainstay.toml, line 2, column 1): must be a list; it is text",
        ),
        (
            Given::new().file("[cors]\norigins = [1]"),
            "cors.origins (mainstay.toml, line 2, column 1): invalid type: integer `1`, expected a string",
        ),
        (
            Given::new().file("[cors.origins]\nx = 1"),
            "cors.origins (mainstay.toml, line 1, column 7): must be a list; it is a table",
        ),
        (
            Given::new().env("MAINSTAY_JOBS__WORKERS", "two"),
            "jobs.workers (environment variable MAINSTAY_JOBS__WORKERS): must be a whole number; it is \"two\"",
        ),
        (
            Given::new().env("MAINSTAY_RATE_LIMIT__ENABLED", "no"),
            "rate_limit.enabled (environment variable MAINSTAY_RATE_LIMIT__ENABLED): must be true or false; it is \"no\"",
        ),
        (
            Given::new().flag("server.listen", "localhost"),
            "server.listen (flag --flag): \"localhost\" is not an address with a port such as 127.0.0.1:8080 or [::1]:8080",
        ),
        (
            Given::new().flag("server.metrics_listen", "x"),
            "server.metrics_listen (flag --flag): \"x\" is not an address with a port such as 127.0.0.1:8080 or [::1]:8080",
        ),
        (Given::new().flag("jobs.workers", "-1"), "jobs.workers (flag --flag): -1 is negative or too large"),
        (Given::new().flag("mail.smtp_port", "70000"), "mail.smtp_port (flag --flag): 70000 is negative or too large"),
        (
            Given::new().flag("mail.transport", "pigeon"),
            "mail.transport (flag --flag): unknown variant `pigeon`, expected one of `smtp`, `file`, `memory`",
        ),
        (
            Given::new().flag("mail.from", "nobody"),
            "mail.from (flag --flag): This is no mail address: there is no `@` in it.",
        ),
        (
            Given::new().flag("mail.from_name", "a\nb"),
            "mail.from_name (flag --flag): Holds the control character U+000A; remove it.",
        ),
        (
            Given::new().flag("server.trusted_proxies", "10.0.0.0/8,proxy"),
            "server.trusted_proxies (flag --flag): \"proxy\" is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8",
        ),
        (
            Given::new().flag("no.such", "x"),
            "no.such (flag --flag): unknown setting; `mainstay config` shows all there are",
        ),
    ] {
        assert_eq!(given.wrong(), format!("a setting is wrong: {expected}"));
    }
}

#[test]
fn what_is_no_settings_file_is_refused_with_line_and_column() {
    for (content, start) in [
        (&b"[server]\nlisten = \n"[..], "settings file (mainstay.toml, line 2, column 10): this is no TOML: "),
        (b"[server", "settings file (mainstay.toml, line 1, column 8): this is no TOML: "),
        (b"[jobs]\nworkers = 1\nworkers = 2\n", "settings file (mainstay.toml, line 3, column 1): this is no TOML: "),
        (b"{\"server\": {}}", "settings file (mainstay.toml, line 1, column 1): this is no TOML: "),
        (b"\xFF\xFE\0", "settings file: mainstay.toml can't be read: "),
    ] {
        let given = Given::new().file(content);
        let failure = given.wrong();
        assert!(failure.starts_with(&format!("a setting is wrong: {start}")), "{failure}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let given = Given::new()
        .file("[server]\nlisten = \"x\"\nlistn = 1\n[jobs]\nworkers = true\n[mail]\ntransport = \"pigeon\"\n")
        .env("MAINSTAY_X", "1");
    let failure = given.load().unwrap_err();
    let keys: BTreeSet<&str> = failure.faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, BTreeSet::from(["MAINSTAY_X", "jobs.workers", "mail.transport", "server.listen", "server.listn"]));
    assert!(failure.to_string().starts_with("5 settings are wrong:\n  "), "{failure}");
}

#[test]
fn settings_must_fit_each_other() {
    let smtp = || {
        Given::new()
            .flag("mail.transport", "smtp")
            .flag("mail.smtp_host", "mail.example.org")
            .flag("mail.from", "a@example.org")
    };
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for (given, key, part) in [
        (Given::new().flag("server.public_url", "ftp://x.org"), "server.public_url", "neither http nor https"),
        (Given::new().flag("server.public_url", "mainstay.example.org"), "server.public_url", "is no address"),
        (Given::new().flag("server.public_url", "https://a:b@x.org"), "server.public_url", "no user"),
        (
            Given::new().flag("server.public_url", "https://x.org/?a=b"),
            "server.public_url",
            "no user, query or fragment",
        ),
        (
            Given::new().flag("server.request_timeout_seconds", "0"),
            "server.request_timeout_seconds",
            "between 1 and 3600; it is 0",
        ),
        (Given::new().flag("auth.access_minutes", "0"), "auth.access_minutes", "between 1 and 1440"),
        (Given::new().flag("auth.refresh_days", "4000"), "auth.refresh_days", "between 1 and 366; it is 4000"),
        (Given::new().flag("auth.argon2_memory_kib", "7"), "auth.argon2_memory_kib", "8 KiB to 4 GiB"),
        (Given::new().flag("database.url", "mysql://u:hunter2@h/db"), "database.url", "sqlite: or postgres://"),
        (
            Given::new().flag("database.url", "postgres://u:hunter2@h/db"),
            "secrets.master_key",
            "must be set with PostgreSQL",
        ),
        (Given::new().flag("secrets.master_key", "hunter2"), "secrets.master_key", "32 random bytes"),
        (
            Given::new().flag("secrets.previous_master_keys", "hunter2"),
            "secrets.previous_master_keys",
            "32 random bytes",
        ),
        (
            Given::new().flag("secrets.master_key", key).flag("secrets.master_key_file", "f"),
            "secrets.master_key_file",
            "not both",
        ),
        (
            Given::new().flag("rate_limit.enabled", "false").flag("server.listen", "0.0.0.0:80"),
            "rate_limit.enabled",
            "0.0.0.0:80",
        ),
        (Given::new().flag("cors.origins", "https://a.org/"), "cors.origins", "is no origin"),
        (Given::new().flag("cors.origins", "*,https://a.org"), "cors.origins", "\"*\" is no origin"),
        (Given::new().flag("cors.origins", "null"), "cors.origins", "is no origin"),
        (Given::new().flag("log.filter", "info,=,="), "log.filter", "is no filter"),
        (
            Given::new().flag("mail.transport", "smtp").flag("mail.from", "a@example.org"),
            "mail.smtp_host",
            "must name the mail server",
        ),
        (smtp().flag("mail.from", "noreply@mainstay.example"), "mail.from", "an address of your own"),
        (smtp().flag("mail.smtp_username", "u"), "mail.smtp_username", "go together"),
        (smtp().flag("mail.smtp_password", "hunter2"), "mail.smtp_username", "go together"),
        (
            smtp().flag("mail.smtp_username", "u").flag("mail.smtp_password", "hunter2").flag("mail.smtp_tls", "none"),
            "mail.smtp_tls",
            "in clear",
        ),
        (Given::new().flag("mail.directory", ""), "mail.directory", "must name a directory"),
        (Given::new().flag("jobs.poll_ms", "1"), "jobs.poll_ms", "between 10 and 60000"),
    ] {
        let failure = given.load().unwrap_err();
        let fault = failure.faults.iter().find(|fault| fault.key == key).unwrap_or_else(|| panic!("{key}: {failure}"));
        assert!(fault.detail.contains(part) && failure.faults.len() == 1, "{failure}");
        assert!(!failure.to_string().contains("hunter2"), "{failure}");
    }
    for fine in [
        Given::new().flag("rate_limit.enabled", "false"),
        Given::new().flag("rate_limit.enabled", "false").flag("server.listen", "[::1]:80"),
        Given::new()
            .flag("rate_limit.enabled", "false")
            .flag("server.listen", "0.0.0.0:80")
            .flag("server.allow_unlimited", "true"),
        Given::new().flag("cors.origins", "*"),
        Given::new().flag("cors.origins", "https://a.org,http://localhost:3000"),
        Given::new().flag("secrets.master_key", key).flag("database.url", "postgres://u:p@h/db"),
        smtp()
            .flag("mail.smtp_host", "::1")
            .flag("mail.smtp_username", "u")
            .flag("mail.smtp_password", "p")
            .flag("mail.smtp_tls", "none"),
        smtp(),
    ] {
        fine.load().unwrap();
    }
}

#[test]
fn odd_but_allowed_settings_are_warned_of() {
    let warnings = |given: Given| given.load().unwrap().warnings.join("\n");
    assert!(warnings(Given::new().flag("server.listen", "0.0.0.0:80")).contains("links and sign-ins travel in clear"));
    assert!(warnings(Given::new().flag("mail.transport", "memory")).contains("no mail leaves"));
    assert!(warnings(Given::new().flag("auth.argon2_memory_kib", "64")).contains("at least 7168"));
    let open = Given::new()
        .flag("server.listen", "0.0.0.0:80")
        .flag("rate_limit.enabled", "false")
        .flag("server.allow_unlimited", "true");
    assert!(warnings(open).contains("rate_limit.enabled is false"));
    let proper =
        Given::new().flag("server.listen", "0.0.0.0:80").flag("server.public_url", "https://mainstay.example.org/");
    let loaded = proper.load().unwrap();
    assert_eq!(
        (loaded.warnings.len(), loaded.settings.server.public_url.as_str()),
        (0, "https://mainstay.example.org")
    );
}

#[test]
fn an_address_that_nobody_can_connect_to_gives_no_links() {
    let loaded = Given::new().flag("server.listen", "[::]:9000").load().unwrap();
    assert_eq!(loaded.settings.server.public_url, "http://localhost:9000");
}

#[test]
fn what_is_shown_is_a_settings_file_without_secrets() {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let given = Given::new()
        .env("DATABASE_URL", "postgres://mainstay:hunter2@db.example.org/mainstay?sslmode=prefer&sslpassword=hunter3")
        .flag("secrets.master_key", key)
        .flag("secrets.previous_master_keys", key)
        .flag("mail.smtp_password", "hunter4")
        .flag("mail.from_name", "A \"quoted\" name");
    let loaded = given.load().unwrap();
    let text = loaded.render();
    for secret in ["hunter", key, "AAECAw"] {
        assert!(!text.contains(secret) && !format!("{loaded:?}").contains(secret), "{secret}: {text}\n{loaded:?}");
    }
    assert_eq!(
        shown(&loaded, "database.url"),
        "\"postgres://mainstay:***@db.example.org/mainstay?sslmode=prefer&sslpassword=***\""
    );
    assert_eq!(
        (shown(&loaded, "secrets.master_key"), shown(&loaded, "secrets.previous_master_keys")),
        ("\"(hidden)\"".into(), "[\"(hidden)\"]".into())
    );
    assert_eq!(shown(&Given::new().load().unwrap(), "mail.smtp_password"), "\"\"", "not set is no secret");
    assert!(text.contains("# environment variable DATABASE_URL\n") && text.contains("# flag --flag\n"), "{text}");
    // It is TOML, and holds the same keys in the same order as the documented defaults.
    let keys = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with('[') || line.contains(" = ") && !line.starts_with('#'))
            .map(|line| line.split(" = ").next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&text), keys(DEFAULTS));
    text.parse::<toml::Table>().unwrap();
    let aligned: BTreeSet<Option<usize>> =
        text.lines().filter(|line| line.len() < 60 && line.contains(" = ")).map(|line| line.find("  # ")).collect();
    assert!(aligned.iter().all(Option::is_some), "{text}");
}

#[test]
fn passwords_in_addresses_are_hidden_wherever_they_stand() {
    for (url, clean) in [
        ("sqlite:a.db", "sqlite:a.db"),
        ("postgres://u:p%40ss@h:5432/db", "postgres://u:***@h:5432/db"),
        ("postgres://u@h/db", "postgres://u@h/db"),
        ("postgres:///db?host=/run/pg&password=p", "postgres:///db?host=%2Frun%2Fpg&password=***"),
        ("host=h password=p", "(hidden)"),
        ("postgres://u:p@[broken/db", "(hidden)"),
    ] {
        assert_eq!(render::without_password(url), clean);
    }
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_text_are_told() {
    use std::os::unix::ffi::OsStringExt as _;
    let mut given = Given::new();
    given.sources.environment.push(("MAINSTAY_LOG__FILTER".into(), OsString::from_vec(vec![0xFF])));
    assert!(given.wrong().contains("MAINSTAY_LOG__FILTER: the variable is not UTF-8 text"));
    // Others' variables are none of ours, whatever they hold.
    let mut given = Given::new();
    given.sources.environment.push((OsString::from_vec(vec![0xFF]), OsString::from_vec(vec![0xFF])));
    assert!(given.load().is_ok());
}
