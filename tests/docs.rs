//! The documents say nothing that isn't so: links lead somewhere, files are there, commands, settings, problems, addresses and
//! metrics are known to the program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    clippy::similar_names,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests may"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A document, by its path from the root.
struct Page {
    path: PathBuf,
    /// Outside of fences, with its links.
    prose: String,
    /// What stands between backticks in the prose.
    words: Vec<String>,
    /// The lines of fenced `sh` blocks, continued ones joined.
    shell: Vec<String>,
}

fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, wanted, found);
        } else if wanted(&path) {
            found.push(path);
        }
    }
}

fn pages() -> Vec<Page> {
    let markdown = |path: &Path| path.extension().is_some_and(|extension| extension == "md");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| markdown(path)).collect();
    files(&root().join("docs"), &markdown, &mut paths);
    paths.sort();
    let pages: Vec<Page> = paths.iter().map(|path| read(path)).collect();
    assert!(pages.len() >= 8, "only {} documents were read", pages.len());
    pages
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).unwrap();
    let (mut prose, mut shell, mut fence) = (String::new(), String::new(), None::<String>);
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language.trim().to_owned()) };
        } else if let Some(language) = &fence {
            if language == "sh" {
                shell.push_str(line.trim());
                shell.push('\n');
            }
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let words = prose
        .split("\n\n")
        .flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2))
        .map(|word| word.replace('\n', " "));
    let words = words.collect();
    let shell = shell.replace("\\\n", " ").lines().map(str::to_owned).collect();
    Page { path: path.strip_prefix(root()).unwrap().to_owned(), prose, words, shell }
}

/// Fails with all that is wrong, by document.
fn judge(wrong: &[(PathBuf, String)]) {
    let lines: Vec<String> = wrong.iter().map(|(path, what)| format!("{}: {what}", path.display())).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

fn is_placeholder(word: &str) -> bool {
    ['<', '…', '*', '{', ' ', '$'].iter().any(|mark| word.contains(*mark))
}

/// A heading's anchor, as it is commonly made.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || *letter == ' ' || *letter == '-');
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for link in page.prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (target, part) = link.split_once('#').unwrap_or((link, ""));
            let file = if target.is_empty() {
                root().join(&page.path)
            } else {
                root().join(&page.path).parent().unwrap().join(target)
            };
            if !file.exists() {
                wrong.push((page.path.clone(), format!("[…]({link}) leads nowhere")));
            } else if !part.is_empty() {
                let text = fs::read_to_string(&file).unwrap();
                if !text
                    .lines()
                    .any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#').trim()) == part)
                {
                    wrong.push((page.path.clone(), format!("[…]({link}): there is no such heading")));
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} links were read");
    judge(&wrong);
}

#[test]
fn files_that_are_named_are_there() {
    let endings = [".rs", ".md", ".toml", ".yaml", ".sh", ".sql", ".service"];
    let folders = ["src/", "tests/", "docs/", "deploy/", "benches/", "migrations/", ".ci/", "./"];
    // Files of an installation, or of whoever follows the recipe.
    let theirs = ["mainstay.toml", "up.sql", "down.sql"];
    let mut wrong = Vec::new();
    for page in pages() {
        for word in page.words.iter().filter(|word| !is_placeholder(word) && !theirs.contains(&word.as_str())) {
            let of_feature = ["model.rs", "store.rs", "service.rs", "policy.rs", "dto.rs", "routes.rs", "problems.rs"]
                .contains(&word.as_str());
            let named = endings.iter().any(|ending| word.ends_with(ending))
                || folders.iter().any(|folder| word.starts_with(folder));
            if !named || of_feature || word.contains("://") || word.starts_with('/') {
                continue;
            }
            let places = [root(), root().join("src"), root().join(&page.path).parent().unwrap().to_owned()];
            if !places.iter().any(|place| place.join(word).exists()) {
                wrong.push((page.path.clone(), format!("`{word}` is not there")));
            }
        }
    }
    judge(&wrong);
}

fn settings() -> BTreeSet<String> {
    let defaults: toml::Table = mainstay::infra::config::DEFAULTS.parse().unwrap();
    let keys = |(section, values): (&String, &toml::Value)| {
        values.as_table().unwrap().keys().map(|key| format!("{section}.{key}")).collect::<Vec<_>>()
    };
    defaults.iter().flat_map(keys).collect()
}

#[test]
fn problems_and_settings_are_known() {
    let settings = settings();
    let catalogue = mainstay::app::pages::catalogue();
    let topic = |word: &str| word.parse::<mainstay::kernel::Topic>().is_ok();
    let known = |word: &str| settings.contains(word) || catalogue.contains_key(word) || topic(word);
    let first = |word: &str| word.split('.').next().unwrap().to_owned();
    let rooms: BTreeSet<String> =
        settings.iter().map(|word| first(word)).chain(catalogue.keys().map(|word| first(word))).collect();
    let mut wrong = Vec::new();
    for page in pages() {
        for word in &page.words {
            // `server.listen = "…"` and `/problems/need.closed` are named with something around.
            let word = word.split(" = ").next().unwrap().trim_start_matches("/problems/");
            let shaped = word.matches('.').count() == 1
                && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
            let is_file = ["rs", "md", "toml", "yaml", "sh", "json", "key", "db"]
                .iter()
                .any(|ending| word.ends_with(&format!(".{ending}")));
            if shaped && !is_file && rooms.contains(&first(word)) && !known(word) {
                wrong.push((
                    page.path.clone(),
                    format!("`{word}` is neither a setting nor a problem nor a topic of news"),
                ));
            }
        }
    }
    judge(&wrong);
}

#[test]
fn variables_are_settings() {
    let settings = settings();
    let mut paths = vec![
        root().join("README.md"),
        root().join("justfile"),
        root().join(".ci/run"),
        root().join("tests/contract/run.sh"),
    ];
    files(&root().join("docs"), &|_| true, &mut paths);
    files(&root().join("deploy"), &|path| !path.components().any(|part| part.as_os_str() == "secrets"), &mut paths);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for rest in text.split("MAINSTAY_").skip(1) {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect();
            if let Some((section, key)) = name.split_once("__") {
                let setting = format!("{section}.{key}").to_lowercase();
                seen += 1;
                if !settings.contains(&setting) && !key.is_empty() {
                    wrong
                        .push((path.strip_prefix(root()).unwrap().to_owned(), format!("MAINSTAY_{name} sets nothing")));
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} variables were read");
    judge(&wrong);
}

fn help(words: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_mainstay")).args(words).arg("--help").output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// What is wrong with `mainstay <words>`, if anything: the subcommands must be there, and know the flags.
fn misused(words: &[&str]) -> Option<String> {
    let mut commands: Vec<&str> = Vec::new();
    let mut text = help(&[])?;
    for word in words {
        let is_command = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !word.starts_with('-');
        let has_commands = text.contains("\nCommands:");
        if !is_command || !has_commands {
            break;
        }
        commands.push(word);
        match help(&commands) {
            Some(deeper) => text = deeper,
            None => return Some(format!("there is no `mainstay {}`", commands.join(" "))),
        }
    }
    let flags = words.iter().filter(|word| word.starts_with("--")).map(|word| word.split('=').next().unwrap());
    let unknown: Vec<&str> = flags.filter(|flag| !text.contains(*flag) && *flag != "--help").collect();
    (!unknown.is_empty()).then(|| format!("`mainstay {}` does not know {unknown:?}", commands.join(" ")))
}

fn targets() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists() {
            found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    found
}

/// The names of all tests' functions, of the modules that they stand in, and of their files.
fn names_of_tests() -> BTreeSet<String> {
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let (mut paths, mut found) = (Vec::new(), BTreeSet::new());
    files(&root().join("src"), &is_rust, &mut paths);
    files(&root().join("tests"), &is_rust, &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        let named = words.windows(2).filter(|pair| matches!(pair[0], "fn" | "mod")).map(|pair| pair[1].to_owned());
        found.extend(named);
        found.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        found.extend(path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()));
    }
    // Readers of tests/fuzz.rs and the halves of a test on both databases are named by macros.
    found.extend(["sqlite", "postgres"].map(str::to_owned));
    found
}

/// Whether some test is meant by this filter, which may be the end of a name and the beginning of the next.
fn means_a_test(filter: &str, names: &BTreeSet<String>) -> bool {
    let parts: Vec<&str> = filter.split("::").filter(|part| !part.is_empty()).collect();
    let fits = |at: usize, part: &str| {
        names.iter().any(|name| if at + 1 == parts.len() { name.contains(part) } else { name.ends_with(part) })
    };
    parts.iter().enumerate().all(|(at, part)| fits(at, part))
}

#[test]
fn tests_that_are_named_are_there() {
    let names = names_of_tests();
    assert!(means_a_test("docs::tests_that_are_named", &names) && !means_a_test("no_such_test_at_all", &names));
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages() {
        for line in page.words.iter().chain(&page.shell) {
            let words: Vec<&str> = line.split_whitespace().skip_while(|word| word.contains('=')).collect();
            let ["cargo", "test", rest @ ..] = words.as_slice() else { continue };
            let mut before = "";
            for word in rest.iter().take_while(|word| !["|", ">", "#", "&&"].contains(word)) {
                let is_value = ["--test", "--bench", "--skip", "--test-threads"].contains(&before);
                before = word;
                if is_value || word.starts_with('-') || word.contains(['…', '<']) {
                    continue;
                }
                seen += 1;
                if !means_a_test(word, &names) {
                    wrong.push((page.path.clone(), format!("no test is named {word}")));
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} tests were named");
    judge(&wrong);
}

#[test]
fn commands_can_be_typed_as_they_stand() {
    let just = fs::read_to_string(root().join("justfile")).unwrap();
    let recipe =
        |name: &str| just.lines().any(|line| line.split([' ', ':']).next() == Some(name) && line.contains(':'));
    let targets = targets();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let quoted = page.words.iter().filter(|word| !word.contains(['…', '<']));
        for line in quoted.chain(&page.shell) {
            let words: Vec<&str> =
                line.split_whitespace().take_while(|word| !["|", ">", "<", "#", "&&"].contains(word)).collect();
            let start = words.iter().position(|word| !word.contains('=')).unwrap_or(0);
            let fault = match &words[start..] {
                ["mainstay", rest @ ..] if !rest.is_empty() => misused(rest),
                ["cargo", "run", rest @ ..] => {
                    rest.iter().position(|word| *word == "--").and_then(|at| misused(&rest[at + 1..]))
                }
                ["cargo", "test", rest @ ..] => {
                    let named = rest.windows(2).filter(|pair| pair[0] == "--test").map(|pair| pair[1]);
                    let unknown: Vec<&str> = named.filter(|name| !targets.contains(*name)).collect();
                    (!unknown.is_empty()).then(|| format!("there are no tests {unknown:?}"))
                }
                ["just", name, ..] if !name.starts_with('-') => {
                    (!recipe(name)).then(|| format!("the justfile has no {name}"))
                }
                [script, ..]
                    if script.starts_with(".ci/") || script.starts_with("tests/") && script.ends_with(".sh") =>
                {
                    (!root().join(script).exists()).then(|| format!("there is no {script}"))
                }
                _ => continue,
            };
            seen += 1;
            wrong.extend(fault.map(|fault| (page.path.clone(), fault)));
        }
    }
    assert!(seen > 20, "only {seen} commands were read");
    judge(&wrong);
}

#[test]
fn readme_begins_with_the_two_commands() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks: Vec<&str> = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert_eq!(&blocks[..2], ["cargo run --release -- demo", "cargo test"]);
}

#[test]
fn addresses_are_served() {
    let document = mainstay::http::openapi::Document::new(&mainstay::app::router::generate()).unwrap();
    let by_hand = ["/", "/docs", "/docs/", "/problems", "/openapi.json", "/openapi.yaml"];
    let served =
        |path: &str| !document.methods(path).is_empty() || by_hand.contains(&path) || path.starts_with("/problems/");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for word in &page.words {
            let (method, path) = word.split_once(' ').unwrap_or(("GET", word));
            let path = path.split('?').next().unwrap();
            let ours = path.starts_with("/api/")
                || path.starts_with("/health")
                || path.starts_with("/.well-known")
                || path == "/metrics"
                || path == "/docs/";
            if !ours || !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) || path.contains(['…', '<']) {
                continue;
            }
            seen += 1;
            let whole = !path.ends_with("/auth");
            if whole && (!served(path) || (!by_hand.contains(&path) && !document.methods(path).contains(&method))) {
                wrong.push((page.path.clone(), format!("`{word}` is not served")));
            }
        }
        // The addresses of the story, below $api.
        for line in &page.shell {
            for rest in line.split("$api/").skip(1) {
                let path: String = rest.chars().take_while(|c| !['"', '?', ' ', ')'].contains(c)).collect();
                seen += 1;
                if !served(&format!("/api/v1/{path}")) {
                    wrong.push((page.path.clone(), format!("$api/{path} is not served")));
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} addresses were read");
    judge(&wrong);
}

#[test]
fn metrics_are_measured() {
    let mut sources = Vec::new();
    files(&root().join("src"), &|path| path.extension().is_some_and(|extension| extension == "rs"), &mut sources);
    let code: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in ["docs/operations.md", "deploy/alerts.yaml"].map(PathBuf::from) {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        for rest in text.split("mainstay_").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let name = ["_count", "_bucket", "_sum"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(&name);
            seen += 1;
            if !code.contains(&format!("\"mainstay_{name}\"")) {
                wrong.push((path.clone(), format!("mainstay_{name} is not measured")));
            }
        }
    }
    assert!(seen > 5, "only {seen} metrics were read");
    judge(&wrong);
}
