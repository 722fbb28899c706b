//! Ranges, and settings that must fit each other.

use super::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SMTP: [(&str, &str); 3] =
    [("mail.transport", "smtp"), ("mail.smtp_host", "mail.example.org"), ("mail.from", "a@example.org")];

fn given(settings: &[(&'static str, &str)]) -> Given {
    settings.iter().fold(Given::new(), |given, (key, value)| given.flag(key, value))
}

/// That the settings have one fault, at this key, with this part in its sentence, and no secret in it.
fn refused(settings: &[(&'static str, &str)], key: &str, part: &str) {
    let failure = given(settings).load().unwrap_err();
    let [fault] = failure.faults.as_slice() else { panic!("{failure}") };
    assert_eq!(fault.key, key, "{failure}");
    assert!(fault.detail.contains(part) && !failure.to_string().contains("hunter2"), "{failure}");
}

#[test]
fn a_setting_out_of_its_range_is_refused() {
    for (key, value, part) in [
        ("server.public_url", "ftp://x.org", "neither http nor https"),
        ("server.public_url", "mainstay.example.org", "is no address"),
        ("server.public_url", "https://a:b@x.org", "no user"),
        ("server.public_url", "https://x.org/?a=b", "no user, query or fragment"),
        ("server.request_timeout_seconds", "0", "between 1 and 3600; it is 0"),
        ("auth.access_minutes", "0", "between 1 and 1440"),
        ("auth.refresh_days", "4000", "between 1 and 366; it is 4000"),
        ("auth.argon2_memory_kib", "7", "8 KiB to 4 GiB"),
        ("database.url", "mysql://u:hunter2@h/db", "sqlite: or postgres://"),
        ("secrets.master_key", "hunter2", "32 random bytes"),
        ("secrets.previous_master_keys", "hunter2", "32 random bytes"),
        ("cors.origins", "https://a.org/", "is no origin"),
        ("cors.origins", "*,https://a.org", "\"*\" is no origin"),
        ("cors.origins", "null", "is no origin"),
        ("auth.passkey_rp_id", "https://example.org", "is no domain"),
        ("auth.passkey_rp_id", "example.org:8080", "is no domain"),
        ("auth.passkey_origins", "http://127.0.0.1:8080/", "is no origin"),
        ("auth.passkey_origins", "https://example.org", "neither on 127.0.0.1 nor below it"),
        ("log.filter", "info,=,=", "is no filter"),
        ("mail.directory", "", "must name a directory"),
        ("fetch.timeout_seconds", "0", "between 1 and 60; it is 0"),
        ("fetch.max_bytes", "10", "between 1024 and"),
        ("jobs.poll_ms", "1", "between 10 and 60000"),
    ] {
        refused(&[(key, value)], key, part);
    }
}

#[test]
fn settings_that_do_not_fit_each_other_are_refused() {
    refused(&[("database.url", "postgres://u:hunter2@h/db")], "secrets.master_key", "must be set with PostgreSQL");
    refused(&[("secrets.master_key", KEY), ("secrets.master_key_file", "f")], "secrets.master_key_file", "not both");
    refused(&[("rate_limit.enabled", "false"), ("server.listen", "0.0.0.0:80")], "rate_limit.enabled", "0.0.0.0:80");
    for (more, key, part) in [
        (&[("mail.smtp_host", "")][..], "mail.smtp_host", "must name the mail server"),
        (&[("mail.from", "noreply@mainstay.example")], "mail.from", "an address of your own"),
        (&[("mail.smtp_username", "u")], "mail.smtp_username", "go together"),
        (&[("mail.smtp_password", "hunter2")], "mail.smtp_username", "go together"),
        (
            &[("mail.smtp_username", "u"), ("mail.smtp_password", "hunter2"), ("mail.smtp_tls", "none")],
            "mail.smtp_tls",
            "in clear",
        ),
    ] {
        refused(&[&SMTP, more].concat(), key, part);
    }
}

#[test]
fn settings_that_fit_are_taken() {
    let unlimited = ("rate_limit.enabled", "false");
    for fine in [
        &[unlimited][..],
        &[unlimited, ("server.listen", "[::1]:80")],
        &[unlimited, ("server.listen", "0.0.0.0:80"), ("server.allow_unlimited", "true")],
        &[("cors.origins", "*")],
        &[("cors.origins", "https://a.org,http://localhost:3000")],
        &[("server.public_url", "https://m.example.org"), ("auth.passkey_rp_id", "example.org")],
        &[
            ("auth.passkey_rp_id", "example.org"),
            ("auth.passkey_origins", "https://example.org,https://a.example.org:8443,android:apk-key-hash:x"),
        ],
        &[("secrets.master_key", KEY), ("database.url", "postgres://u:p@h/db")],
        &[("secrets.master_key_file", "k"), ("database.url", "postgres://u:p@h/db")],
        &SMTP,
    ] {
        given(fine).load().unwrap();
    }
    let plain = [
        ("mail.smtp_host", "::1"),
        ("mail.smtp_username", "u"),
        ("mail.smtp_password", "p"),
        ("mail.smtp_tls", "none"),
    ];
    given(&[&SMTP[..], &plain].concat()).load().unwrap();
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
