//! What `mainstay config` shows.

use super::*;
use std::collections::BTreeSet;

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
