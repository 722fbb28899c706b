//! Criticality files: CSV in the shape of the OpenSSF's `criticality_score`, a line per repository.

use super::report::Reason;
use super::{ImportFormat, ImportOptions, Listing, Reading, Row, Scored, check_repository, wrong_file};
use crate::features::projects::criticality::{Parameters, Signals};
use crate::features::projects::service::tag;
use crate::kernel::{Fault, Result, Timestamp};
use csv::{ByteRecord, ReaderBuilder, StringRecord};

/// Names of the columns that are looked for, best first.
const URL: &[&str] = &["repo.url", "repo_url", "repository_url", "repository", "url"];
const NAME: &[&str] = &["repo.name", "name"];
const LANGUAGE: &[&str] = &["repo.language", "language"];
const DATE: &[&str] = &["collection_date", "as_of"];
const SCORE: &[&str] = &["score", "default_score"];

/// The parameters by which signals are scored where the file holds no score.
const PARAMETERS: &str = "original_pike";

/// Where the score comes from.
#[derive(Debug)]
enum Source {
    Column { at: usize, algorithm: String },
    Signals { columns: Vec<(usize, String)>, parameters: &'static Parameters },
}

#[derive(Debug)]
struct Header {
    cells: usize,
    url: usize,
    name: Option<usize>,
    language: Option<usize>,
    date: Option<usize>,
    source: Source,
}

/// Reads a file. Refuses it when its first line names neither a repository nor a score.
pub(super) fn read(bytes: &[u8], options: &ImportOptions, now: Timestamp) -> Result<Reading> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut cells = ByteRecord::new();
    let refuse = |column: u64, what: String| wrong_file(ImportFormat::CriticalProjects, 1, column, what);
    let more = reader.read_byte_record(&mut cells).map_err(|error| refuse(1, error.to_string()))?;
    if !more {
        return Err(refuse(1, "the file is empty; a line that names the columns is wanted".to_owned()));
    }
    let header = StringRecord::from_byte_record(cells).map_err(|error| {
        refuse(column_of(error.utf8_error().field()), "the name of this column is no UTF-8".to_owned())
    })?;
    let header = columns(&header, options).map_err(|(column, what)| refuse(column, what))?;
    let mut reading = Reading::default();
    let mut cells = ByteRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut cells) {
            Ok(false) => return Ok(reading),
            Ok(true) => {
                let line = cells.position().map_or(line, csv::Position::line);
                let row = listing(line, &cells, &header, options, now);
                reading
                    .rows
                    .push(row.map_or_else(|why| Row::Unfit { line, why }, |listing| Row::Fit(Box::new(listing))));
            }
            Err(error) => {
                let why = Reason::new("malformed", error.to_string());
                reading.rows.push(Row::Unfit { line, why });
                return Ok(reading);
            }
        }
    }
}

fn column_of(field: usize) -> u64 {
    u64::try_from(field).unwrap_or(0) + 1
}

fn columns(header: &StringRecord, options: &ImportOptions) -> Result<Header, (u64, String)> {
    let names: Vec<&str> = header.iter().map(|name| name.trim().trim_start_matches('\u{FEFF}')).collect();
    let find = |wanted: &[&str]| wanted.iter().find_map(|name| names.iter().position(|known| known == name));
    let url = find(URL).ok_or_else(|| {
        let seen: String = names.join(", ").chars().take(200).collect();
        (1, format!("there is no column {} (the columns are: {seen})", URL.join(" or ")))
    })?;
    let source = source(&names, options)?;
    Ok(Header { cells: names.len(), url, name: find(NAME), language: find(LANGUAGE), date: find(DATE), source })
}

fn source(names: &[&str], options: &ImportOptions) -> Result<Source, (u64, String)> {
    let end = || column_of(names.len().saturating_sub(1));
    let at = |name: &str| names.iter().position(|known| *known == name);
    if let Some(wanted) = &options.score_column {
        let at = at(wanted).ok_or_else(|| (end(), format!("there is no column {wanted:?} to take the score from")))?;
        return Ok(Source::Column { at, algorithm: algorithm(wanted) });
    }
    let known = SCORE.iter().copied().chain(Parameters::BUILT_IN);
    let mut likely = known.chain(names.iter().copied().filter(|name| name.ends_with("_score")));
    if let Some((at, name)) = likely.find_map(|name| Some((at(name)?, name))) {
        return Ok(Source::Column { at, algorithm: algorithm(name) });
    }
    let parameters = Parameters::built_in(PARAMETERS);
    let columns = |parameters: &Parameters| -> Vec<(usize, String)> {
        parameters.fields().into_iter().filter_map(|field| Some((at(field)?, field.to_owned()))).collect()
    };
    match parameters.map(|parameters| (columns(parameters), parameters)) {
        Some((columns, parameters)) if !columns.is_empty() => Ok(Source::Signals { columns, parameters }),
        _ => {
            let what = "there is no column with a score (score, default_score, or another that ends in _score), and none \
                with a signal such as legacy.created_since";
            Err((end(), what.to_owned()))
        }
    }
}

/// What the score of a column was made by.
fn algorithm(column: &str) -> String {
    let name = column.strip_suffix("_score").unwrap_or(column);
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    if name == "score" || name.is_empty() { "criticality_score".to_owned() } else { name }
}

fn listing(
    line: u64,
    cells: &ByteRecord,
    header: &Header,
    options: &ImportOptions,
    now: Timestamp,
) -> Result<Listing, Reason> {
    if cells.len() != header.cells {
        let detail = format!("The row has {} cells and the first line names {} columns.", cells.len(), header.cells);
        return Err(Reason::new("wrong_number_of_cells", detail));
    }
    let text = |at: usize| -> Result<&str, Reason> {
        let cell = std::str::from_utf8(cells.get(at).unwrap_or_default());
        let cell = cell.map_err(|_no| Reason::new("no_utf8", format!("Column {} is no UTF-8.", column_of(at))))?;
        Ok(cell.trim())
    };
    let optional = |at: Option<usize>| at.map(text).transpose().map(|cell| cell.filter(|cell| !cell.is_empty()));
    let url = text(header.url)?;
    let repository = check_repository(&url.replacen("http://", "https://", 1)).map_err(|fault| Reason {
        detail: format!("Column {}: {}", column_of(header.url), fault.detail),
        ..Reason::from(fault)
    })?;
    let score = score(&header.source, text)?;
    let date = optional(header.date)?.map(|date| instant(date, now)).transpose();
    let date = date.map_err(|fault| at_column(header.date.unwrap_or(0), fault))?;
    let last = repository.url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = optional(header.name)?.unwrap_or(last.strip_suffix(".git").unwrap_or(last));
    let name = crate::kernel::Line::parse(name, 1, 100)
        .map_err(|fault| at_column(header.name.unwrap_or(header.url), fault))?;
    let language = optional(header.language)?.and_then(|text| tag(text).ok());
    let languages = language.filter(|(_, known)| known.is_some()).map(|(skill, _)| skill);
    Ok(Listing {
        line,
        name: name.into_string(),
        repository_url: repository.url,
        repository_key: repository.key,
        words: None,
        languages: languages.into_iter().collect(),
        tags: Vec::new(),
        score: Some(Scored { as_of: date.or(options.as_of), ..score }),
        license: None,
        told: None,
        note: None,
    })
}

fn at_column(at: usize, fault: Fault) -> Reason {
    let Fault { code, detail } = fault;
    Reason { code, detail: format!("Column {}: {detail}", column_of(at)) }
}

fn number(at: usize, cell: &str) -> Result<f64, Reason> {
    cell.parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| Reason::new("no_number", format!("Column {}: {cell:?} is no number.", column_of(at))))
}

fn score<'a>(source: &Source, text: impl Fn(usize) -> Result<&'a str, Reason>) -> Result<Scored, Reason> {
    match source {
        Source::Column { at, algorithm } => {
            let cell = text(*at)?;
            if cell.is_empty() {
                return Err(Reason::new("no_score", format!("Column {} holds no score.", column_of(*at))));
            }
            let score = number(*at, cell)?;
            if (0.0..=1.0).contains(&score) {
                return Ok(Scored { score, algorithm: algorithm.clone(), inputs: None, as_of: None });
            }
            let detail = format!("Column {}: a score lies between 0 and 1; it is {score}.", column_of(*at));
            Err(Reason::new("out_of_range", detail))
        }
        Source::Signals { columns, parameters } => {
            let mut signals = Signals::default();
            for (at, field) in columns {
                let cell = text(*at)?;
                if !cell.is_empty() {
                    signals.insert(field.as_str(), number(*at, cell)?);
                }
            }
            let score = parameters.score(&signals);
            let score = score.ok_or_else(|| Reason::new("no_score", "The row holds neither a score nor a signal."))?;
            let inputs = serde_json::to_value(&score.inputs).ok();
            Ok(Scored {
                score: score.value.clamp(0.0, 1.0),
                algorithm: parameters.id().to_owned(),
                inputs,
                as_of: None,
            })
        }
    }
}

/// Reads `2022-11-28T02:47:06Z`, `2022-11-28 02:47:06 UTC` and `2022-11-28`.
fn instant(text: &str, now: Timestamp) -> Result<Timestamp, Fault> {
    let wrong = || Fault::new("invalid_date", format!("{text:?} is no date; write one such as 2022-11-28T02:47:06Z."));
    let day = || Some(text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc().into());
    let instant: Timestamp = text.parse().ok().or_else(day).ok_or_else(wrong)?;
    if instant > now {
        return Err(Fault::new("in_future", format!("Signals can't have been collected in the future: {instant}.")));
    }
    Ok(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn rows(text: &str) -> Vec<Row> {
        read(text.as_bytes(), &ImportOptions::default(), now()).unwrap().rows
    }

    fn fit(row: &Row) -> &Listing {
        match row {
            Row::Fit(listing) => listing,
            Row::Unfit { line, why } => panic!("line {line}: {why:?}"),
        }
    }

    #[test]
    fn a_row_becomes_a_listing_with_its_score() {
        let rows = rows(
            "repo.url,repo.language,original_pike_score,original_pike,collection_date\n\
            https://github.com/Example/Parser,C++,0.9,0.91,2022-11-28T02:47:06Z\n\
            http://github.com/example/other.git,Klingon,,0.5,2022-11-28\n",
        );
        let listing = fit(&rows[0]);
        assert_eq!((listing.name.as_str(), listing.repository_key.as_str()), ("Parser", "github.com/example/parser"));
        assert_eq!(listing.languages, ["cpp"]);
        let as_of = "2022-11-28T02:47:06Z".parse().ok();
        assert_eq!(listing.score, Some(Scored { score: 0.91, algorithm: "original_pike".into(), inputs: None, as_of }));
        assert_eq!(fit(&rows[1]).name, "other");
        assert!(fit(&rows[1]).languages.is_empty());
    }

    #[test]
    fn signals_are_scored_where_there_is_no_score() {
        let rows =
            rows("url,legacy.created_since,legacy.org_count\nhttps://github.com/a/b,60.0,\nhttps://github.com/a/c,,\n");
        let score = fit(&rows[0]).score.clone().unwrap();
        assert!((score.score - 0.857_183_779_209_814_2).abs() < 1e-12);
        assert_eq!(score.algorithm, "original_pike");
        assert!(matches!(&rows[1], Row::Unfit { line: 3, why } if why.code == "no_score"));
    }

    #[test]
    fn a_bad_row_is_told_and_the_rest_goes_on() {
        let bad = [
            ("https://github.com/a,0.5", "invalid_repository"),
            ("nonsense,0.5", "invalid_url"),
            ("https://github.com/a/b,high", "no_number"),
            ("https://github.com/a/b,NaN", "no_number"),
            ("https://github.com/a/b,1.5", "out_of_range"),
            ("https://github.com/a/b,-0.1", "out_of_range"),
            ("https://github.com/a/b,", "no_score"),
            ("https://github.com/a/b", "wrong_number_of_cells"),
        ];
        let lines: Vec<&str> = bad.iter().map(|(line, _)| *line).collect();
        let rows = rows(&format!("\u{FEFF}repo.url,default_score\n{}\nhttps://github.com/a/b,0.5\n", lines.join("\n")));
        for ((_, code), (row, line)) in bad.iter().zip(rows.iter().zip(2..)) {
            assert!(matches!(row, Row::Unfit { line: at, why } if *at == line && why.code == *code), "{row:?} {code}");
        }
        assert_eq!(fit(rows.last().unwrap()).score.as_ref().unwrap().algorithm, "default");
    }

    #[test]
    fn the_wanted_column_and_date_are_taken() {
        let options =
            ImportOptions { score_column: Some("pike_depsdev".into()), as_of: "2022-06-15T00:00:00Z".parse().ok() };
        let text = "repo.url,score,pike_depsdev\nhttps://github.com/a/b,0.1,0.2\n";
        let reading = read(text.as_bytes(), &options, now()).unwrap();
        let scored = Scored { score: 0.2, algorithm: "pike_depsdev".into(), inputs: None, as_of: options.as_of };
        assert_eq!(fit(&reading.rows[0]).score, Some(scored));
        let late = "repo.url,score,as_of\nhttps://github.com/a/b,0.1,2027-01-01\n";
        let reading = read(late.as_bytes(), &ImportOptions::default(), now()).unwrap();
        assert!(matches!(&reading.rows[0], Row::Unfit { why, .. } if why.code == "in_future"));
    }

    #[test]
    fn a_file_of_another_kind_is_refused_with_line_and_column() {
        for (file, what) in [
            ("{\"name\":\"x\"}\n", "line 1, column 1: there is no column repo.url"),
            ("", "line 1, column 1: the file is empty"),
            ("repo.url,stars\n", "line 1, column 2: there is no column with a score"),
        ] {
            let error = read(file.as_bytes(), &ImportOptions::default(), now()).unwrap_err();
            assert!(error.code() == "import.not_this_format" && error.detail().contains(what), "{error}");
        }
        let error = read(b"repo.url,\xFF\n", &ImportOptions::default(), now()).unwrap_err();
        assert!(error.detail().contains("line 1, column 2: the name of this column is no UTF-8"), "{error}");
    }
}
