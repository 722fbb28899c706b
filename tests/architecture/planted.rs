//! Mistakes planted on purpose: each must be found, and its correct look-alike must not.

use crate::{Source, rules, sizes};

fn found(path: &str, text: &str) -> Vec<String> {
    rules::check(&[Source { path: path.to_owned(), text: text.to_owned() }])
}

/// Finds exactly one mistake, in this line, with these words in its sentence.
#[track_caller]
fn wrong(path: &str, text: &str, line: usize, words: &str) {
    let found = found(path, text);
    assert_eq!(found.len(), 1, "{path}: {text}: {found:#?}");
    assert!(found[0].starts_with(&format!("{path}:{line} ")) && found[0].contains(words), "{}", found[0]);
}

#[track_caller]
fn right(path: &str, text: &str) {
    assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
}

#[test]
fn a_lower_layer_does_not_import_from_a_higher_one() {
    let order = "kernel ← infra ← http ← features ← app";
    wrong("src/kernel/page.rs", "//! A page.\n\nuse crate::infra::Ctx;", 3, order);
    wrong("src/infra/mail/mod.rs", "use crate::http::Reply;", 1, order);
    wrong("src/http/limit.rs", "use crate::{kernel::Error, features::accounts};", 1, order);
    wrong("src/features/accounts/service/me.rs", "fn f() {\n    crate::app::start::flag();\n}", 2, order);
    right("src/app/start.rs", "use crate::{kernel::Error, infra::Ctx, http::Reply, features::accounts};");
    right("src/main.rs", "fn main() { mainstay::app::cli::main() }");
}

#[test]
fn no_way_of_writing_an_import_escapes() {
    for text in [
        "use crate::http::{self, Reply as R};",
        "use crate::http::*;",
        "use super::super::http::Reply;",
        "use mainstay::http::Reply;",
        "fn f(x: crate::http::Reply<()>) {}",
        "fn f() { g!(a, |c| crate::http::Reply::ok(c)); }",
        "#[derive(crate::http::Wire)]\nstruct S;",
        "pub use crate::http::Reply;",
        "mod inner { use super::super::super::http::Reply; }",
        "#[cfg(test)]\nmod tests { use crate::http::Reply; }",
        "macro_rules! m { () => { $crate::http::Reply } }",
    ] {
        let found = found("src/infra/queue.rs", text);
        assert!(!found.is_empty(), "not found: {text}");
    }
    for text in [
        "const A: &str = \"crate::http::Reply\";",
        "// crate::http::Reply\nstruct S;",
        "/// [`crate::http::Reply`]\nstruct S;",
    ] {
        right("src/infra/queue.rs", text);
    }
    assert!(!found("src/kernel/page.rs", "use diesel as d;").is_empty());
    assert!(!found("src/kernel/page.rs", "extern crate diesel;").is_empty());
    assert!(!found("src/infra/queue.rs", "use crate::*;").is_empty());
}

#[test]
fn a_feature_imports_only_from_those_before_it() {
    wrong("src/features/skills/service.rs", "use crate::features::needs::Need;", 1, "skills comes before needs");
    wrong(
        "src/features/accounts/service/me.rs",
        "use super::super::super::matching::score;",
        1,
        "accounts comes before matching",
    );
    right("src/features/needs/service.rs", "use crate::features::{skills, projects::Project, needs::Need};");
    let unknown = found("src/features/surprise/mod.rs", "");
    assert!(unknown.len() == 1 && unknown[0].contains("no place in the order"), "{unknown:?}");
}

#[test]
fn what_is_private_to_a_feature_stays_so() {
    for module in ["store", "dto", "routes", "jobs"] {
        let found = found("src/features/needs/mod.rs", &format!("pub mod {module};"));
        assert!(found.len() == 1 && found[0].contains("private"), "{found:?}");
        right("src/features/needs/mod.rs", &format!("mod {module};"));
    }
    right("src/features/needs/mod.rs", "pub mod policy;");
}

#[test]
fn diesel_stays_with_the_queries() {
    for path in [
        "src/features/needs/service.rs",
        "src/features/needs/routes/list.rs",
        "src/app/cli/import.rs",
        "src/infra/mail/file.rs",
    ] {
        wrong(path, "use diesel::prelude::*;", 1, "diesel lives in");
        wrong(path, "fn f() { each!(conn, c => diesel::insert_into(c)); }", 1, "diesel lives in");
    }
    wrong("src/features/needs/service.rs", "use crate::infra::db::{Conn, schema::needs};", 1, "tables are for");
    for path in [
        "src/features/needs/store.rs",
        "src/features/needs/store/list.rs",
        "src/features/needs/model.rs",
        "src/infra/db/pool.rs",
        "src/infra/queue/store.rs",
    ] {
        right(path, "use diesel::prelude::*; use crate::infra::db::schema::needs;");
    }
    right("src/features/needs/service.rs", "use crate::infra::db::Conn;");
}

#[test]
fn actix_stays_with_the_routes() {
    for path in [
        "src/features/needs/service.rs",
        "src/features/needs/store.rs",
        "src/features/needs/policy.rs",
        "src/infra/context.rs",
        "src/kernel/id.rs",
    ] {
        wrong(path, "use actix_web::web;", 1, "actix lives in");
    }
    for path in
        ["src/features/needs/routes.rs", "src/features/needs/routes/list.rs", "src/http/page.rs", "src/app/server.rs"]
    {
        right(path, "use actix_web::web;");
    }
}

#[test]
fn the_pure_rooms_are_pure() {
    for name in [
        "tokio::sync::Mutex",
        "std::fs::read",
        "std::io::Read",
        "std::env::var",
        "std::time::Instant",
        "std::net::TcpStream",
    ] {
        wrong("src/kernel/clock.rs", &format!("use {name};"), 1, "the kernel is pure");
        wrong("src/features/needs/policy.rs", &format!("use {name};"), 1, "a policy is pure");
        right("src/infra/clock.rs", &format!("use {name};"));
    }
    wrong("src/features/needs/policy.rs", "use crate::infra::Ctx;", 1, "a policy is pure");
    right("src/kernel/actor.rs", "use std::net::IpAddr; use std::time::Duration;");
    right("src/kernel/purl/mod.rs", "#[cfg(test)]\nmod tests { use std::fs; }");
    let files = ["#[cfg(test)]\nmod suite;", "use std::fs;"]
        .map(str::to_owned)
        .into_iter()
        .zip(["src/kernel/purl/mod.rs", "src/kernel/purl/suite.rs"]);
    assert_eq!(
        rules::check(&files.map(|(text, path)| Source { path: path.to_owned(), text }).collect::<Vec<_>>()),
        Vec::<String>::new()
    );
    wrong("src/kernel/purl/suite.rs", "use std::fs;", 1, "the kernel is pure");
}

#[test]
fn stores_know_no_wire_and_wires_no_store() {
    wrong("src/features/needs/store.rs", "use super::dto::NeedResponse;", 1, "not the wire");
    wrong("src/features/needs/store/list.rs", "use super::super::dto::NeedResponse;", 1, "not the wire");
    wrong("src/features/needs/routes.rs", "use crate::infra::db::Conn;", 1, "routes call the service");
    wrong("src/features/needs/dto.rs", "use crate::infra::db::Conn;", 1, "no database");
    right("src/features/needs/service.rs", "use super::store;");
}

#[test]
fn chance_is_injected() {
    wrong("src/features/accounts/service/register.rs", "fn f() { rand::rng(); }", 1, "chance comes from");
    right("src/infra/clock.rs", "fn f() { rand::rng(); }");
}

fn function(name: &str, lines: usize) -> String {
    format!("fn {name}() {{\n{}}}\n", "    g();\n".repeat(lines - 2))
}

fn too_long(text: String) -> Vec<String> {
    sizes::check(&[Source { path: "src/a.rs".to_owned(), text }])
}

#[test]
fn long_files_and_functions_are_found() {
    assert_eq!(too_long(function("f", 80)), Vec::<String>::new());
    let cases = [
        function("f", 81),
        format!("impl S {{\n{}}}\n", function("f", 81)),
        format!("trait T {{\n{}}}\n", function("f", 81)),
        format!("fn outer() {{ h(); }}\nmod m {{\n{}}}\n", function("f", 81)),
        format!("on_both! {{\n    async {}}}\n", function("f", 81)),
    ];
    for text in cases {
        let found = too_long(text.clone());
        assert!(found.len() == 1 && found[0].contains("fn f has 81 lines"), "{text}: {found:?}");
    }
    assert_eq!(too_long("// a line\n".repeat(600)), Vec::<String>::new());
    let found = too_long("// a line\n".repeat(601));
    assert!(found.len() == 1 && found[0].contains("601 lines"), "{found:?}");
}
