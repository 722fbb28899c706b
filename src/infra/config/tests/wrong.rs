//! Unknown and unreadable settings: named with their place.

use super::*;
use std::collections::BTreeSet;
#[cfg(unix)]
use std::ffi::OsString;

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
