//! Defaults, file, environment and flags over each other.

use super::*;
use secrecy::ExposeSecret as _;
use std::net::IpAddr;
use std::path::Path;

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
