//! The command as people call it.

use super::*;
use clap::Parser;
use serde_json::Value;

const NEEDS: &str = "\
id,title,project,kind,skills,hours_per_week,weeks,seats,urgency,time_zones,criticality,opened_on
n1,Fuzz the parser,zlib,fuzzing,rust:3!;fuzzing:2,4,8,2,high,Europe/Berlin,0.8,2026-02-20
n2,Write the manual,curl,documentation,documentation:2!,2,4,1,low,,0.9,2026-01-01
n3,\"Review, with care\",zlib,code-review,\"c:5!, rust:2\",8,,1,,,,
";
const VOLUNTEERS: &str = "\
handle,skills,hours_per_week,time_zone,interests
ada,rust:4;c:3,6,Europe/London,fuzzing;cryptography
bob,documentation:4,2,America/New_York,documentation
eve,haskell:5,10,,
";

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    args: MatchArgs,
}

struct Ran {
    out: String,
    err: String,
}

fn run_with(needs: impl AsRef<[u8]>, volunteers: impl AsRef<[u8]>, flags: &[&str]) -> Result<Ran, Failure> {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("needs.csv"), dir.path().join("volunteers.csv"));
    std::fs::write(&a, needs).unwrap();
    std::fs::write(&b, volunteers).unwrap();
    let words = ["match", "--needs", a.to_str().unwrap(), "--volunteers", b.to_str().unwrap()];
    let args = Program::try_parse_from(words.iter().chain(flags)).unwrap().args;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let result = run(&args, "2026-03-02".parse().unwrap(), &mut out, &mut err);
    let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
    match result {
        Ok(()) => Ok(Ran { out, err }),
        Err(failure) => {
            assert_eq!((out.as_str(), err.as_str()), ("", ""), "nothing is printed when the input has faults");
            assert_eq!(failure.exit_code(), 1);
            Err(failure)
        }
    }
}

fn json(needs: &str, volunteers: &str) -> Value {
    serde_json::from_str(&run_with(needs, volunteers, &["--format", "json"]).unwrap().out).unwrap()
}

fn faults(needs: impl AsRef<[u8]>, volunteers: impl AsRef<[u8]>) -> Vec<String> {
    let message = run_with(needs, volunteers, &[]).err().unwrap().to_string();
    let mut lines = message.lines();
    let head = lines.next().unwrap();
    assert!(head.ends_with("in the input; nothing was matched."), "{head}");
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn json_holds_every_reason_and_they_add_up() {
    let document = json(NEEDS, VOLUNTEERS);
    assert_eq!((&document["date"], &document["needs"]), (&Value::from("2026-03-02"), &Value::from(3)));
    let ada = &document["volunteers"][0];
    assert_eq!(ada["volunteer"], "ada");
    let ids: Vec<&str> =
        ada["matches"].as_array().unwrap().iter().map(|pair| pair["need"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids[0], "n1");
    for person in document["volunteers"].as_array().unwrap() {
        for pair in person["matches"].as_array().unwrap() {
            let reasons = pair["reasons"].as_array().unwrap();
            assert_eq!(reasons.len(), 9);
            let sum: f64 = reasons.iter().map(|reason| reason["points"].as_f64().unwrap()).sum();
            assert!((sum - pair["score"].as_f64().unwrap()).abs() < 1e-6);
            assert_eq!(pair["eligible"], true);
        }
    }
    let first = &ada["matches"][0];
    assert_eq!(first["need"]["title"], "Fuzz the parser");
    assert_eq!(first["reasons"][0]["factor"], "skills_required");
    assert_eq!(first["reasons"][0]["points"], 36.0);
    assert_eq!(first["reasons"][0]["text"], "You know Rust at level 4; level 3 is wanted.");
    // 18 · (0.5 · 0.8 + 0.3 · ⅔ + 0.2 · 10/30) = 12
    assert_eq!(first["reasons"][3]["points"], 12.0);
    assert_eq!(document["volunteers"][1]["matches"][0]["need"]["id"], "n2");
}

#[test]
fn who_fits_nowhere_learns_why() {
    let document = json(NEEDS, VOLUNTEERS);
    let eve = &document["volunteers"][2];
    assert_eq!(eve["matches"], Value::Array(vec![]));
    let nearest = &eve["nearest_blocked"];
    assert_eq!(
        (&nearest["eligible"], &nearest["blockers"][0]["code"]),
        (&Value::from(false), &Value::from("required_skill_missing"))
    );
    assert_eq!(document["volunteers"][0]["nearest_blocked"], Value::Null);
    let table = run_with(NEEDS, VOLUNTEERS, &[]).unwrap().out;
    assert!(table.contains("eve: 10 hours a week\n  No need fits. The nearest is "), "{table}");
    assert!(table.contains("  - The required skill "), "{table}");
}

#[test]
fn the_table_shows_score_need_and_reasons() {
    let table = run_with(NEEDS, VOLUNTEERS, &["--top", "1"]).unwrap().out;
    assert!(table.starts_with("ada: 6 hours a week, Europe/London\n"), "{table}");
    for part in [
        "Fuzz the parser",
        "(zlib, n1)",
        "36.00 of 36 skills required: You know Rust at level 4; level 3 is wanted.",
        "12.00 of 18 priority",
    ] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
    assert!(!table.contains("│ 2 ┆"), "one need each");
    assert!(table.lines().filter(|line| line.starts_with('│')).all(|line| line.chars().count() <= 120), "{table}");
}

#[test]
fn csv_has_a_row_per_pair_and_no_formulas() {
    let needs = "id,title,project,skills,hours_per_week\n=1+1,@SUM(A1),-2+3,rust:1!,1\n+x,\"say \"\"hi\"\", now\",p,rust:1!,1\n";
    let ran = run_with(needs, "handle,skills,hours_per_week\n-ada,rust:3,5\n", &["--format", "csv"]).unwrap();
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    let header: Vec<&str> = reader.headers().unwrap().iter().map(|name| &*name.to_owned().leak()).collect();
    assert_eq!(header[..6], ["volunteer", "rank", "need", "title", "project", "score"]);
    assert_eq!((header[6], header[14], header[15]), ("skills_required", "dependency", "why"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0][0], &rows[0][1], &rows[0][2], &rows[0][3], &rows[0][4]),
        ("'-ada", "1", "'=1+1", "'@SUM(A1)", "'-2+3")
    );
    assert_eq!((&rows[1][2], &rows[1][3]), ("'+x", "say \"hi\", now"));
    for row in &rows {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
        let sum: f64 = (6..15).map(|at| row[at].parse::<f64>().unwrap()).sum();
        assert!((sum - row[5].parse::<f64>().unwrap()).abs() < 1e-6);
    }
}

#[test]
fn the_shape_of_the_file_does_not_matter() {
    let expected = json(NEEDS, VOLUNTEERS);
    let semicolons = "\u{FEFF}Handle;Skills;Hours per week;Timezone;Interests\r\nada;\"rust:4;c:3\";6;Europe/London;fuzzing|cryptography\r\n\r\nbob;documentation:4;2;America/New_York;documentation\r\n;;;;\r\neve;haskell:5;10;;\r\n";
    assert_eq!(json(NEEDS, semicolons), expected);
    let tabs = "interests\ttime_zone\thours_per_week\tskills\thandle\nfuzzing,cryptography\tEurope/London\t6\trust:4, c:3\tada\ndocumentation\tAmerica/New_York\t2\tdocumentation : 4\tbob\n\t\t10\thaskell:5\teve";
    assert_eq!(json(NEEDS, tabs), expected);
    let two_columns = "id,title,project,kind,required_skills,optional_skills,hours_per_week,weeks,seats,urgency,time_zones,criticality,opened_on
n1,Fuzz the parser,zlib,fuzzing,rust:3,fuzzing:2,4,8,2,high,Europe/Berlin,0.8,2026-02-20
n2,Write the manual,curl,documentation,documentation:2,,2,4,1,low,,0.9,2026-01-01
n3,\"Review, with care\",zlib,code_review,c:5,rust:2,8,,1,,,,\n";
    assert_eq!(json(two_columns, VOLUNTEERS), expected);
}

#[test]
fn the_day_can_be_chosen() {
    let at = |date: &str| -> Value {
        serde_json::from_str(&run_with(NEEDS, VOLUNTEERS, &["--format", "json", "--date", date]).unwrap().out).unwrap()
    };
    let later = at("2026-03-22");
    assert_eq!(later["date"], "2026-03-22");
    // 30 days open: 18 · (0.4 + 0.2 + 0.2).
    let priority = later["volunteers"][0]["matches"][0]["reasons"][3]["points"].as_f64().unwrap();
    assert!((priority - 14.4).abs() < 1e-6, "{priority}");
}

#[test]
fn unknown_skills_are_kept_with_a_warning() {
    let needs = "id,skills,hours_per_week\nn1,zorblaxing:3!,1\nn2,zorblaxing:2!,1\n";
    let ran =
        run_with(needs, "handle,skills,hours_per_week\nada,Zorblaxing:3;pyton:2,5\n", &["--format", "json"]).unwrap();
    let warnings: Vec<&str> = ran.err.lines().collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(
        warnings[0].starts_with(
            "warning: volunteers.csv, line 2: \"Zorblaxing\" is not in the taxonomy and only equals itself"
        ),
        "{warnings:?}"
    );
    assert!(
        warnings[1].starts_with("warning: volunteers.csv, line 2: \"pyton\"")
            && warnings[1].ends_with("; did you mean python?"),
        "{warnings:?}"
    );
    assert!(warnings[2].starts_with("warning: needs.csv, line 2: \"zorblaxing\""), "{warnings:?}");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["volunteers"][0]["matches"][0]["reasons"][0]["points"], 36.0);
    assert_eq!(document["warnings"].as_array().unwrap().len(), 3);
}

#[test]
fn needs_without_a_required_skill_are_pointed_out() {
    let ran =
        run_with("id,skills,hours_per_week\nn1,rust,1\n", "handle,skills,hours_per_week\nada,rust,5\n", &[]).unwrap();
    assert!(ran.err.contains("needs.csv: no skill is marked as required (write rust:3!)"), "{}", ran.err);
}

#[test]
fn maintainers_and_blocked_projects_are_left_out() {
    let needs = "id,project,skills,hours_per_week,maintainers\nn1,zlib,rust:1!,1,Ada;zoe\nn2,curl,rust:1!,1,\nn3,Rustls,rust:1!,1,\n";
    let volunteers = "handle,skills,hours_per_week,blocked_projects\nada,rust:3,5,rustls\nbob,rust:3,5,\n";
    let document = json(needs, volunteers);
    let ids = |at: usize| -> Vec<String> {
        document["volunteers"][at]["matches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| pair["need"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!((ids(0), ids(1)), (vec!["n2".to_owned()], vec!["n1".to_owned(), "n2".to_owned(), "n3".to_owned()]));
}

#[test]
fn every_column_is_read() {
    let needs = "id,title,project,kind,skills,hours_per_week,min_hours_per_week,weeks,seats,urgency,time_zones,overlap_hours,domains,criticality,systemic_risk,opened_on,last_applied_on,pending_applications,starts_on,apply_until,review_hours_left,access_level,visibility,languages,license,cla,ai_policy,maintainers
n1,T,p,fuzzing,rust:3!,4,2,8,2,critical,Europe/Berlin;Asia/Tokyo,2,tls,0.5,0.9,2026-01-01,2026-02-01,2,2026-04-01,2026-12-31,10,L2,vetted,en;de,MIT OR Apache-2.0,individual,forbidden,zoe\n";
    let volunteers = "handle,skills,confirmed,learning,hours_per_week,committed_hours_per_week,min_hours_per_week,time_zone,interests,languages,available_from,unavailable,max_access_level,earned_access_level,vetted,open_proposals,uses_ai,blocked_projects
ada,rust:3,rust:2026-03-02,go,8,2,1,Europe/Berlin,fuzzing;tls,en-GB,2026-03-05,2026-05-01..2026-05-14,4,2,yes,4,no,other\n";
    let document = json(needs, volunteers);
    let pair = &document["volunteers"][0]["matches"][0];
    let points: Vec<f64> =
        pair["reasons"].as_array().unwrap().iter().map(|reason| reason["points"].as_f64().unwrap()).collect();
    // priority: 18 · (0.45 + 0.3 + 0.2 · 29/30) / (1 + 0.25 · 2/2); availability: 6 · 42/56 of 4 hours.
    for (got, wanted) in points.iter().zip([36.0, 8.0, 5.0, 13.584, 10.0, 5.0, 5.0, 8.0, 0.0]) {
        assert!((got - wanted).abs() < 1e-6, "{points:?}");
    }
    let blocked = |from: &str, to: &str, code: &str| {
        let (needs, volunteers) = (needs.replace(from, to), volunteers.replace(from, to));
        let document = json(&needs, &volunteers);
        assert_eq!(document["volunteers"][0]["nearest_blocked"]["blockers"][0]["code"], code, "{from} → {to}");
    };
    blocked(",yes,4,no,", ",no,4,no,", "not_vetted");
    blocked(",yes,4,no,", ",yes,5,no,", "too_many_open_proposals");
    blocked(",yes,4,no,", ",yes,4,yes,", "ai_policy");
    blocked("en-GB", "fr", "language");
    blocked(",10,L2,", ",1.5,L2,", "review_budget_full");
    blocked(",10,L2,", ",10,3,", "access_not_earned");
    blocked("2026-12-31", "2026-03-01", "time_window");
    blocked("2026-03-05,", "2027-03-05,", "time_window");
    blocked("2026-05-01..", "2026-03-01..2026-12-31;2026-05-01..", "unavailable");
    blocked(",8,2,1,", ",8,7,1,", "hours_below_minimum");
    blocked(",8,2,1,", ",8,8,1,", "no_free_hours");
    blocked(",8,2,critical", ",8,0,critical", "no_seat");
    blocked("rust:3,rust:2026-03-02,go", "go:3,,go", "required_skill_missing");
    blocked(",zoe\n", ",ada\n", "own_project");
    blocked(",other\n", ",P\n", "blocked");
}

#[test]
fn all_faults_are_named_with_line_and_column() {
    let needs = "id,title,skills,hours_per_week,urgency,time_zones,opened_on,kind\n\
        n1,T,rust:9!,4,,,,\n\
        n1,T,rust:x,none,urgnt,Mars/Olympus,yesterday,fuzing\n\
        ,T,rust:3,4,,,,\n\
        n4,T,rust:3,,,,,\n\
        n5,T,rust:3,4\n\
        n6,T,:3,900,,,,\n";
    let volunteers = "handle,skills,hours_per_week,unavailable,confirmed\n\
        ada,rust:3!,-1,2026-08-14..2026-08-01,go:2026-01-01\n\
        ADA,rust:3,4,August,rust\n";
    let found = faults(needs, volunteers);
    let expected = [
        "volunteers.csv, line 2, column 2 (skills): The ! behind rust belongs to a need's required skills; remove it.",
        "volunteers.csv, line 2, column 5 (confirmed): go is confirmed but not among the skills; add it there with its level.",
        "volunteers.csv, line 2, column 3 (hours_per_week): Must be between 0 and 168; it is -1.",
        "volunteers.csv, line 2, column 4 (unavailable): \"2026-08-14..2026-08-01\" ends before it begins; write 2026-08-01..2026-08-14.",
        "volunteers.csv, line 3, column 1 (handle): The handle \"ADA\" is taken by line 2; give each volunteer their own.",
        "volunteers.csv, line 3, column 5 (confirmed): \"rust\" has no day; write NAME:YYYY-MM-DD.",
        "volunteers.csv, line 3, column 4 (unavailable): \"August\" is no period; write 2026-08-01..2026-08-14.",
        "needs.csv, line 6: The row has 4 cells, the header 8; quote cells that hold the separator.",
        "needs.csv, line 2, column 3 (skills): \"rust:9\": A level is 1 (beginner) to 5 (expert); it is 9.",
        "needs.csv, line 3, column 1 (id): The id \"n1\" is taken by line 2; give each need its own.",
        "needs.csv, line 3, column 7 (opened_on): \"yesterday\" is no day; write YYYY-MM-DD.",
        "needs.csv, line 3, column 3 (skills): \"x\" in \"rust:x\" is no level; write NAME:LEVEL, the level from 1 to 5.",
        "needs.csv, line 3, column 8 (kind): \"fuzing\" is not known here; did you mean fuzzing?",
        "needs.csv, line 3, column 4 (hours_per_week): \"none\" is no number; write it like 4 or 2.5.",
        "needs.csv, line 3, column 5 (urgency): \"urgnt\" is not known here; use one of: low, normal, high, critical.",
        "needs.csv, line 3, column 6 (time_zones): \"Mars/Olympus\" is no IANA time zone; use a name such as Europe/Berlin or UTC.",
        "needs.csv, line 4, column 1 (id): A need without an id; give each row its own.",
        "needs.csv, line 5, column 4 (hours_per_week): The hours are missing; write how many a week are wanted.",
        "needs.csv, line 7, column 3 (skills): Needs at least 1 characters; it has 0.",
        "needs.csv, line 7, column 4 (hours_per_week): Must be between 0.5 and 168; it is 900.",
    ];
    assert_eq!(found, expected);
}

#[test]
fn unknown_columns_are_refused_with_the_nearest_name() {
    let found =
        faults("id,skils,hours_per_week,colour\nn1,rust,3,red\n", "handle,skills,skills,hours,\nada,rust,c,3,x\n");
    assert_eq!(found[0], "volunteers.csv, line 1, column 3 (skills): The column skills is there twice; remove one.");
    assert_eq!(found[1], "volunteers.csv, line 1, column 5 (no name): This column has no name; name or remove it.");
    assert_eq!(
        found[2],
        "needs.csv, line 1, column 2 (skils): There is no column \"skils\" here; did you mean skills?"
    );
    assert!(
        found[3].starts_with(
            "needs.csv, line 1, column 4 (colour): There is no column \"colour\" here; the columns are id, title,"
        ),
        "{}",
        found[3]
    );
    assert_eq!(
        found[4],
        "needs.csv, line 1: There is neither a column skills nor a column required_skills; add one of them."
    );
    let found = faults(NEEDS, "name,hours\nada,3\n");
    assert_eq!(
        found,
        [
            "volunteers.csv, line 1: There is no column skills; the first line names the columns, e.g. handle,skills,hours_per_week."
        ]
    );
}

#[test]
fn what_is_no_spreadsheet_is_refused() {
    let volunteers = VOLUNTEERS.as_bytes();
    let one = |needs: &[u8]| -> String {
        let mut found = faults(needs, volunteers);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    };
    assert!(one(b"").starts_with("needs.csv, line 1: The file is empty"));
    assert!(one(b"\xFF\xFEi\0d\0").starts_with("needs.csv, line 1: The file is in UTF-16"));
    assert!(
        one(b"id,skills,hours_per_week\nn1,rust,1\nn2,caf\xE9,1\n")
            .starts_with("needs.csv, line 3: There is text here that is not UTF-8")
    );
    let hidden = faults("id,title,skills,hours_per_week\nn1,\u{1b}[31mred,rust,1\nn2,a\u{202e}b,rust,1\n", volunteers);
    assert!(hidden[0].contains("line 2, column 2 (title): Holds the control character U+001B"), "{hidden:?}");
    assert!(
        hidden[1].contains("line 3, column 2 (title): Holds invisible or text-reordering characters"),
        "{hidden:?}"
    );
}

#[test]
fn empty_lists_are_fine() {
    let nobody = run_with(NEEDS, "handle,skills,hours_per_week\n", &[]).unwrap();
    assert_eq!(nobody.out, "No volunteers.\n");
    let nothing = run_with("id,skills,hours_per_week\n", VOLUNTEERS, &[]).unwrap();
    assert!(nothing.out.contains("ada: 6 hours a week, Europe/London\n  There are no needs.\n"), "{}", nothing.out);
}

#[test]
fn a_missing_file_and_wrong_flags_are_told_apart() {
    let parse = |words: &[&str]| Program::try_parse_from([&["match"], words].concat());
    let args = parse(&["--needs", "/nowhere/n.csv", "--volunteers", "/nowhere/v.csv"]).ok().unwrap().args;
    let failure = run(&args, "2026-03-02".parse().unwrap(), &mut Vec::new(), &mut Vec::new()).unwrap_err();
    assert!(failure.to_string().starts_with("/nowhere/n.csv cannot be read: "), "{failure}");
    assert_eq!(failure.exit_code(), 1);
    for wrong in [
        &["--needs", "n.csv"][..],
        &["--needs", "n.csv", "--volunteers", "v.csv", "--top", "0"],
        &["--needs", "n.csv", "--volunteers", "v.csv", "--top", "many"],
        &["--needs", "n.csv", "--volunteers", "v.csv", "--format", "xml"],
        &["--needs", "n.csv", "--volunteers", "v.csv", "--date", "2026-13-01"],
    ] {
        assert_eq!(parse(wrong).err().unwrap().exit_code(), 2, "{wrong:?}");
    }
}

#[test]
fn help_names_every_column() {
    use clap::CommandFactory;
    let help = Program::command().render_long_help().to_string();
    for column in columns::NEEDS.iter().chain(columns::VOLUNTEERS) {
        assert!(help.contains(column.name), "{}", column.name);
    }
    assert!(help.contains("Exit codes: 0 fine, 1 failed"));
}

#[test]
fn who_stops_reading_is_no_failure() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("n.csv"), dir.path().join("v.csv"));
    std::fs::write(&a, NEEDS).unwrap();
    std::fs::write(&b, VOLUNTEERS).unwrap();
    for format in [MatchFormat::Table, MatchFormat::Json, MatchFormat::Csv] {
        let args = MatchArgs { needs: a.clone(), volunteers: b.clone(), top: 3, format, date: None };
        assert_eq!(run(&args, "2026-03-02".parse().unwrap(), &mut Closed, &mut Vec::new()), Ok(()), "{format:?}");
    }
}
