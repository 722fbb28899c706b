//! Lists of projects imported: through HTTP, and by the command.

use crate::app::TestApp;
use crate::audit::mainstay;
use crate::client::{Answer, Client};
use crate::db::on_both;
use crate::published::published;
use mainstay::kernel::PlatformRole;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Output;

const PROJECTS: &str = "/api/v1/projects";

async fn up_for_grabs(client: &Client, text: &str) -> Answer {
    let path = format!("{PROJECTS}/import?format=up_for_grabs");
    client.send(Method::POST, &path, &[("content-type", "application/x-ndjson")], Some(text.to_owned())).await
}

async fn critical(client: &Client, query: &str, text: &str) -> Answer {
    let path = format!("{PROJECTS}/import?format=critical_projects{query}");
    client.send(Method::POST, &path, &[("content-type", "text/csv; charset=utf-8")], Some(text.to_owned())).await
}

/// Line, status and code of each row.
fn told(report: &Value) -> Vec<String> {
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let code = row["reason"]["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
        format!("{} {}{code}", row["line"], row["status"].as_str().unwrap())
    })
    .collect()
}

fn entry(name: &str, tags: &[&str]) -> String {
    json!({"name": name, "desc": format!("What {name} does."), "site": format!("https://{name}.example.org"), "tags": tags,
        "label": "easy", "link": format!("https://github.com/example/{name}/labels/easy"), "last_updated": null, "stars": 7})
    .to_string()
}

fn report(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_file_that_is_no_graph_leaves_no_database_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (file, database) = (folder.path().join("graph.tsv"), folder.path().join("market.db"));
    let (path, url) = (file.to_str().unwrap(), format!("sqlite://{}", database.display()));
    let run = |arguments: &[&str]| {
        let output = mainstay(&url, &[&["import", "dependencies"], arguments].concat());
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let long = "x".repeat(61);
    for (text, more, what) in [
        ("N\tapp\nE\t0\t7\n", vec![], "line 2: \"7\" is neither the place nor the name of a project"),
        ("{}", vec![], "line 1: \"{}\" is neither a project"),
        ("", vec![], "line 1: there is no project in it"),
        ("N\tapp\n", vec!["--name", &long], "61"),
    ] {
        std::fs::write(&file, text).unwrap();
        let (code, told) = run(&[more, vec![path]].concat());
        assert!(code == Some(1) && told.contains(path) && told.contains(what), "{told}");
        assert!(!database.exists(), "{text:?} left a database");
    }
    std::fs::write(&file, "N\tapp\nN\tlibrary\nE\tapp\tlibrary\n").unwrap();
    let (code, told) = run(&[path]);
    assert!(code == Some(0) && told.starts_with("2 projects, 1 dependencies"), "{told}");
    assert!(database.exists());
    let (_, told) = run(&[path]);
    assert!(told.contains("nothing new"), "{told}");
}

on_both! {
    async fn rows_become_unclaimed_projects(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let file = format!("{}\n\n{}\n{{\"name\":\"x\"}}\n{}\nnonsense\n", entry("parser", &["C#", "hot stuff", "fuzz testing"]),
            entry("lexer", &[]), entry("parser", &[]));
        let report = up_for_grabs(&coordinator, &file).await.expect(200);
        assert_eq!(told(&report), ["1 created", "3 created", "4 refused no_repository", "5 refused double", "6 refused no_object"]);
        assert_eq!(report["summary"], json!({"rows": 5, "created": 2, "updated": 0, "unchanged": 0, "refused": 3, "tag_uses": 3, "tag_uses_resolved": 2}));
        let parser = app.anonymous().get(&format!("{PROJECTS}/parser")).await.expect(200);
        assert_eq!((&parser["status"], &parser["source"], &parser["sample"]), (&json!("unclaimed"), &json!("up_for_grabs"), &json!(false)));
        assert_eq!((&parser["languages"], &parser["tags"]), (&json!(["csharp"]), &json!(["hot-stuff", "fuzzing"])));
        assert_eq!(parser["repository_url"], "https://github.com/example/parser");
        assert_eq!(parser["homepage_url"], "https://parser.example.org/");
        assert_eq!(parser["review_hours_per_week"], 0.0);
        let again = up_for_grabs(&coordinator, &file).await.expect(200);
        assert_eq!(told(&again)[..2], ["1 unchanged", "3 unchanged"]);
        assert_eq!(app.anonymous().get(&format!("{PROJECTS}/parser")).await.expect(200), parser, "a repeat changes nothing");
        let newer = entry("parser", &["C#", "rust"]).replace("What parser does.", "News.");
        assert_eq!(told(&up_for_grabs(&coordinator, &newer).await.expect(200)), ["1 updated"]);
        let parser = app.anonymous().get(&format!("{PROJECTS}/parser")).await.expect(200);
        assert_eq!((&parser["description"], &parser["languages"]), (&json!("News."), &json!(["csharp", "rust"])));
    }

    async fn people_s_words_and_decisions_stay(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        let file = ["parser", "lexer", "linker", "loader"].map(|name| entry(name, &["rust"])).join("\n");
        up_for_grabs(&coordinator, &file).await.expect(200);
        ada.act(&format!("{PROJECTS}/parser/claim")).await.expect(200);
        coordinator.act(&format!("{PROJECTS}/parser/list")).await.expect(200);
        ada.patch(&format!("{PROJECTS}/parser"), json!({"name": "My own words"})).await.expect(200);
        coordinator.patch(&format!("{PROJECTS}/lexer"), json!({"description": "Corrected."})).await.expect(200);
        coordinator.act(&format!("{PROJECTS}/linker/opt-out")).await.expect(200);
        let decided = json!({"tier": 1, "algorithm": "judgment", "as_of": "2026-11-01T00:00:00Z", "reason": "Everything rests on it."});
        coordinator.put(&format!("{PROJECTS}/loader/criticality"), decided).await.expect(200);
        let newer = file.replace("What ", "News of what ");
        let told_again = told(&up_for_grabs(&coordinator, &newer).await.expect(200));
        assert_eq!(told_again, ["1 unchanged own_words", "2 unchanged own_words", "3 refused opted_out", "4 updated"]);
        let scores = "repo.url,score\nhttps://github.com/example/parser,0.7\nhttps://github.com/example/lexer,0.5\n\
            https://github.com/example/linker,0.9\nhttps://github.com/example/loader,0.3\n";
        let told_of_scores = told(&critical(&coordinator, "", scores).await.expect(200));
        assert_eq!(told_of_scores, ["2 updated", "3 updated", "4 refused opted_out", "5 unchanged curated"]);
        let parser = ada.get(&format!("{PROJECTS}/parser")).await.expect(200);
        assert_eq!((&parser["name"], &parser["criticality"]["score"], &parser["criticality"]["tier"]), (&json!("My own words"), &json!(0.7), &json!(2)));
        assert_eq!(ada.get(&format!("{PROJECTS}/lexer")).await.expect(200)["description"], "Corrected.");
        app.anonymous().get(&format!("{PROJECTS}/linker")).await.problem(404, "not_found");
        assert_eq!(ada.get(&format!("{PROJECTS}/loader")).await.expect(200)["criticality"]["tier"], 1);
    }

    async fn who_opted_out_is_brought_back_by_no_import_in_no_spelling(db: TestDb) {
        let url = db.url.clone();
        let app = TestApp::start(db).await;
        let (coordinator, chief) = (app.coordinator().await, app.person_with("chief", &[PlatformRole::Admin]).await);
        up_for_grabs(&coordinator, &entry("linker", &["rust"])).await.expect(200);
        coordinator.act(&format!("{PROJECTS}/linker/opt-out")).await.expect(200);
        let before = chief.get("/api/v1/admin/audit?limit=100&kind=project").await.expect(200)["items"].as_array().unwrap().len();
        let send = |format: &str, kind: &'static str, text: String| {
            let (coordinator, path) = (coordinator.clone(), format!("{PROJECTS}/import?format={format}"));
            async move { coordinator.send(Method::POST, &path, &[("content-type", kind)], Some(text)).await }
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list");
        let file = file.to_str().unwrap();
        for repository in [
            "github.com/example/linker", "GitHub.com/Example/LINKER", "github.com/example/linker.git", "github.com/example/linker/",
            "github.com/Example/Linker.git/", "www.github.com/example/linker",
        ] {
            let grabs = json!({"name": "linker", "desc": "News.", "site": "https://linker.example.org", "tags": ["go"], "label": "easy",
                "link": format!("https://{repository}"), "last_updated": null, "stars": 7}).to_string();
            let scores = format!("repo.url,score\nhttps://{repository},0.9\n");
            let card = json!({"date": "2026-11-01", "repo": {"name": repository.trim_end_matches('/')}, "score": 2.0, "checks": [{"name": "Maintained", "score": 2}]}).to_string();
            let insights = format!("{{header: {{schema-version: 2.0.0, last-reviewed: 2026-11-01}}, repository: {{url: 'https://{repository}', license: {{expression: MIT}}}}}}");
            for (format, kind, text) in [
                ("up_for_grabs", "application/x-ndjson", grabs), ("critical_projects", "text/csv", scores),
                ("scorecard", "application/x-ndjson", card), ("security_insights", "application/yaml", insights),
            ] {
                let report = send(format, kind, text.clone()).await.expect(200);
                assert_eq!((&report["rows"][0]["status"], &report["rows"][0]["reason"]["code"]), (&json!("refused"), &json!("opted_out")), "{format} {repository}: {report}");
                std::fs::write(file, text).unwrap();
                let report = self::report(&mainstay(&url, &["import", &format.replace('_', "-"), "--format", "json", file]));
                assert_eq!(report["rows"][0]["reason"]["code"], "opted_out", "{format} {repository}: {report}");
            }
            // A graph lists nobody; its projects are joined with those that are listed.
            std::fs::write(file, format!("N\tlinker\t\thttps://{repository}\nN\tapp\t\t\nE\tapp\tlinker\n")).unwrap();
            let done = mainstay(&url, &["import", "dependencies", "--name", repository, file]);
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        app.run_jobs().await;
        app.anonymous().get(&format!("{PROJECTS}/linker")).await.problem(404, "not_found");
        assert_eq!(app.anonymous().get(PROJECTS).await.expect(200)["items"], json!([]));
        let kept = coordinator.get(&format!("{PROJECTS}?status=opted_out")).await.expect(200);
        assert_eq!((&kept["items"].as_array().unwrap().len(), &kept["items"][0]["description"]), (&1, &json!("What linker does.")));
        let log = chief.get("/api/v1/admin/audit?limit=100&kind=project").await.expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), before, "nothing was done to it: {log}");
    }

    async fn scores_are_filled_and_never_grow_older(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let scores = |score: &str, date: &str| format!("repo.url,repo.language,score,collection_date\nhttps://github.com/Example/Parser,Rust,{score},{date}\n");
        let (first, path) = (scores("0.85", "2026-06-01"), format!("{PROJECTS}/parser"));
        assert_eq!(told(&critical(&coordinator, "", &first).await.expect(200)), ["2 created"]);
        let parser = coordinator.get(&path).await.expect(200);
        assert_eq!((&parser["name"], &parser["languages"], &parser["source"]), (&json!("Parser"), &json!(["rust"]), &json!("critical_projects")));
        let known = json!({"score": 0.85, "tier": 1, "algorithm": "criticality_score", "as_of": "2026-06-01T00:00:00Z"});
        assert_eq!(parser["criticality"], known);
        for (text, expected) in [
            (first, "2 unchanged"), (scores("0.4", "2026-05-31"), "2 unchanged older"), (scores("0.84", "2026-06-02T12:00:00Z"), "2 updated"),
            (scores("0.84", "2026-06-02 12:00:00 UTC"), "2 unchanged"),
        ] {
            assert_eq!(told(&critical(&coordinator, "", &text).await.expect(200)), [expected], "{text}");
        }
        let other = "repo.url,score,mine\nhttps://github.com/example/parser,0.1,0.2\nhttps://github.com/example/other,0.1,0.2\n";
        let answer = critical(&coordinator, "&score_column=mine&as_of=2026-07-01T00:00:00Z", other).await.expect(200);
        assert_eq!(told(&answer), ["2 updated", "3 created"]);
        let other = coordinator.get(&format!("{PROJECTS}/other")).await.expect(200);
        assert_eq!(other["criticality"], json!({"score": 0.2, "tier": 3, "algorithm": "mine", "as_of": "2026-07-01T00:00:00Z"}));
        up_for_grabs(&coordinator, &entry("parser", &["go"])).await.expect(200);
        let parser = coordinator.get(&path).await.expect(200);
        assert_eq!((&parser["name"], &parser["languages"]), (&json!("parser"), &json!(["rust", "go"])));
    }

    async fn what_can_not_be_imported_is_refused(db: TestDb) {
        let app = TestApp::start(db).await;
        let (ada, coordinator) = (app.person("ada").await, app.coordinator().await);
        up_for_grabs(&ada, &entry("parser", &[])).await.problem(403, "forbidden");
        up_for_grabs(&app.anonymous(), &entry("parser", &[])).await.problem(401, "auth.required");
        let path = format!("{PROJECTS}/import");
        coordinator.send(Method::POST, &format!("{path}?format=up_for_grabs"), &[("content-type", "text/csv")], Some("x".into())).await
            .problem(415, "request.unsupported_media_type");
        coordinator.send(Method::POST, &format!("{path}?format=critical_projects"), &[], Some("{}".into())).await
            .problem(415, "request.unsupported_media_type");
        assert_eq!(coordinator.send(Method::POST, &format!("{path}?format=yaml"), &[], Some("x".into())).await.faults(), ["?format unknown_word"]);
        coordinator.send(Method::POST, &path, &[], Some("x".into())).await.problem(422, "input.invalid");
        let wrong = critical(&coordinator, "", "{\"name\":\"x\"}\n").await.problem(422, "import.not_this_format");
        assert!(wrong["detail"].as_str().unwrap().contains("line 1, column 1"), "{wrong}");
        let wrong = up_for_grabs(&coordinator, "\nrepo.url,score\n").await.problem(422, "import.not_this_format");
        assert!(wrong["detail"].as_str().unwrap().contains("line 2, column 1"), "{wrong}");
        up_for_grabs(&coordinator, &"x".repeat((1 << 20) + 1)).await.problem(413, "request.too_large");
        assert_eq!(app.anonymous().get(PROJECTS).await.expect(200)["items"], json!([]));
    }

    async fn two_imports_at_once_make_no_doubles(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let names: Vec<String> = (0..300).map(|n| format!("same-{n}")).collect();
        let file = names.iter().map(|name| entry(name, &["rust", "web"])).collect::<Vec<_>>().join("\n");
        let (left, right) = tokio::join!(up_for_grabs(&coordinator, &file), up_for_grabs(&coordinator, &file));
        let count = |report: &Value, what: &str| report["summary"][what].as_u64().unwrap();
        let (left, right) = (left.expect(200), right.expect(200));
        assert_eq!(count(&left, "created") + count(&right, "created"), 300);
        assert_eq!(count(&left, "unchanged") + count(&right, "unchanged"), 300);
    }

    async fn projects_of_one_name_get_slugs_of_their_own(db: TestDb) {
        let app = TestApp::start(db).await;
        let coordinator = app.coordinator().await;
        let rows: Vec<String> = (0..12).map(|n| format!("https://forge-{n}.example.org/tool,0.5")).collect();
        let report = critical(&coordinator, "", &format!("repo.url,score\n{}\n", rows.join("\n"))).await.expect(200);
        let mut slugs: Vec<&str> = report["rows"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs[..3], ["tool", "tool-2", "tool-3"]);
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), 12);
    }

    async fn the_command_imports_the_real_files_and_repeats_change_nothing(db: TestDb) {
        let file = |name: &str| published(name).map(|path| path.to_str().unwrap().to_owned());
        let Some(up_for_grabs) = file("projects/up-for-grabs.jsonl.gz") else { return };
        let Some(critical) = file("criticality/1000_critical_projects.upstream-go-scores.csv") else { return };
        let up_for_grabs = ["import", "up-for-grabs", "--format", "json", &up_for_grabs];
        let run = |arguments: &[&str]| report(&mainstay(&db.url, arguments));
        let first = run(&up_for_grabs);
        let summary = &first["summary"];
        assert_eq!(first["rows"].as_array().unwrap().len(), 564);
        let share = summary["resolved_share"].as_f64().unwrap();
        assert!(share >= 0.62, "only {share} of the tag uses are skills");
        assert_eq!(summary["created"].as_u64().unwrap() + summary["refused"].as_u64().unwrap(), 564, "{summary}");
        assert!(summary["refused"].as_u64().unwrap() <= 20, "{summary}");
        let again = run(&up_for_grabs);
        assert_eq!((&again["summary"]["created"], &again["summary"]["updated"]), (&json!(0), &json!(0)));
        let scores = ["import", "critical-projects", "--format", "json", "--as-of", "2022-06-15T00:00:00Z", &critical];
        let rated = run(&scores);
        assert_eq!((rated["rows"].as_array().unwrap().len(), &rated["summary"]["refused"]), (500, &json!(0)));
        assert_eq!(run(&scores)["summary"]["unchanged"], 500);
        let again = run(&up_for_grabs);
        assert_eq!(again["summary"]["updated"], 0, "{}", again["summary"]);
    }

    async fn the_command_tells_rows_and_wrong_files(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.jsonl");
        std::fs::write(&file, format!("{}\nnonsense\n", entry("parser", &["rust", "hot stuff"]))).unwrap();
        let file = file.to_str().unwrap();
        let table = mainstay(&db.url, &["import", "up-for-grabs", file]);
        assert!(table.status.success(), "{}", String::from_utf8_lossy(&table.stderr));
        let text = String::from_utf8(table.stdout).unwrap();
        assert!(text.ends_with("2 rows: 1 created, 0 updated, 0 unchanged, 1 refused; 1 of 2 tag uses are skills (50.0%)\n"), "{text}");
        let csv = mainstay(&db.url, &["import", "up-for-grabs", "--format", "csv", file]);
        assert!(String::from_utf8(csv.stdout).unwrap().contains("\n1,unchanged,parser,github.com/example/parser,,\n"));
        for (arguments, code, what) in [
            (vec!["import", "critical-projects", file], 1, "line 1, column 1"),
            (vec!["import", "up-for-grabs", "none.jsonl"], 1, "none.jsonl cannot be read"),
            (vec!["import", "gadgets", file], 2, "unrecognized subcommand"),
        ] {
            let output = mainstay(&db.url, &arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(code) && told.contains(what), "{arguments:?}: {told}");
        }
    }
}
