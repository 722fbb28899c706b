//! `mainstay criticality`: scores without a server.

mod risk;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{Table, TableStyle};
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::features::projects::criticality::{Parameters, SignalsError, SignalsReader, seventeen_digits, tier};

/// Score projects by how much depends on them, and rank them by how much would break with them.
#[derive(Debug, Args)]
pub struct CriticalityArgs {
    #[command(subcommand)]
    command: CriticalityCommand,
}

#[derive(Debug, Subcommand)]
enum CriticalityCommand {
    Score(ScoreArgs),
    Risk(risk::RiskArgs),
}

/// Add a column `score` to a CSV file of signals, its rows in their order.
///
/// The file is in the shape of the OpenSSF's collector: a line per project, columns named with namespaces, such as
/// `legacy.created_since`. Columns that are not scored are kept; an empty cell is a signal that is not known, and a project
/// without any has no score.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay criticality score --parameters pike_depsdev.yml signals.csv
  mainstay criticality score --format csv signals.csv > scored.csv
  zcat signals.csv.gz | mainstay criticality score --parameters pike_depsdev --format json -")]
struct ScoreArgs {
    /// A parameter file in the format of the OpenSSF's `criticality_score`, or a built-in set: `original_pike`, `pike_depsdev`.
    #[arg(long, value_name = "FILE.yml", default_value = "original_pike")]
    parameters: PathBuf,

    /// How to write the answer; csv has the score with 17 digits.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    /// The signals; - is standard input.
    #[arg(value_name = "SIGNALS.csv")]
    signals: PathBuf,
}

/// How to write rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the first column, the score, the tier.
    Table,
    /// The whole rows with the score.
    Csv,
    /// A JSON array of objects.
    Json,
}

/// The column that is added.
const COLUMN: &str = "score";

/// Runs the command. `input` is what `-` reads.
///
/// # Errors
/// Where a file cannot be read, is not in its format, or the output cannot be written.
pub fn run(args: &CriticalityArgs, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.command {
        CriticalityCommand::Score(args) => score(args, input, out),
        CriticalityCommand::Risk(args) => risk::run(args, input, out),
    }
}

fn score(args: &ScoreArgs, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Failure> {
    let parameters = parameters(&args.parameters)?;
    let file: Box<dyn Read + '_> = if args.signals.as_os_str() == "-" {
        Box::new(input)
    } else {
        Box::new(BufReader::new(File::open(&args.signals).map_err(|error| unreadable(&args.signals, &error))?))
    };
    let name = args.signals.display();
    let rows =
        SignalsReader::new(file, &parameters.fields()).map_err(|error| Failure::failed(format!("{name}, {error}")))?;
    if rows.header().iter().any(|column| column.trim() == COLUMN) {
        return Err(Failure::failed(format!(
            "{name}, line 1: there is a column {COLUMN} already; rename or remove it"
        )));
    }
    match args.format {
        Format::Table => write_table(rows, &parameters, out),
        Format::Csv => write_csv(rows, &parameters, out),
        Format::Json => write_json(rows, &parameters, out),
    }
    .map_err(|error| match error {
        WriteError::Signals(error) => Failure::failed(format!("{name}, {error}")),
        WriteError::Output(error) => Failure::from(error),
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} cannot be read: {error}", path.display()))
}

fn parameters(path: &Path) -> Result<Parameters, Failure> {
    if let Some(set) = path.to_str().and_then(Parameters::built_in) {
        return Ok(set.clone());
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::failed(format!(
            "{} cannot be read: {error}; give a file, or one of {}",
            path.display(),
            Parameters::BUILT_IN.join(", ")
        ))
    })?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    Parameters::from_yaml(&id, &text).map_err(|error| Failure::failed(format!("{}, {error}", path.display())))
}

enum WriteError {
    Signals(SignalsError),
    Output(std::io::Error),
}

impl From<SignalsError> for WriteError {
    fn from(error: SignalsError) -> Self {
        Self::Signals(error)
    }
}

impl From<std::io::Error> for WriteError {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<csv::Error> for WriteError {
    fn from(error: csv::Error) -> Self {
        Self::Output(error.into())
    }
}

fn write_csv<R: Read>(rows: SignalsReader<R>, parameters: &Parameters, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(rows.header().iter().chain([COLUMN]))?;
    for row in rows {
        let row = row?;
        let score = parameters.score_value(&row.signals).map(seventeen_digits).unwrap_or_default();
        writer.write_record(row.cells.iter().chain([score.as_str()]))?;
    }
    Ok(writer.flush()?)
}

fn write_json<R: Read>(rows: SignalsReader<R>, parameters: &Parameters, out: &mut dyn Write) -> Result<(), WriteError> {
    let header = rows.header().clone();
    out.write_all(b"[")?;
    for (i, row) in rows.enumerate() {
        let row = row?;
        let mut object: Map<String, Value> =
            header.iter().map(str::to_owned).zip(row.cells.iter().map(Value::from)).collect();
        object.insert(COLUMN.to_owned(), parameters.score_value(&row.signals).map_or(Value::Null, Value::from));
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &object).map_err(std::io::Error::from)?;
    }
    Ok(out.write_all(b"\n]\n")?)
}

fn write_table<R: Read>(
    rows: SignalsReader<R>,
    parameters: &Parameters,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_header([rows.header().get(0).unwrap_or("row"), COLUMN, "tier", "signals"]);
    for row in rows {
        let row = row?;
        let score = parameters.score(&row.signals);
        let known = score.as_ref().map_or(0, |score| score.inputs.len()).to_string();
        let (score, tier) = score.map_or_else(
            || ("no data".to_owned(), String::new()),
            |score| (format!("{:.5}", score.value), tier(score.value).to_string()),
        );
        table.add_row([row.cells.get(0).unwrap_or_default(), &score, &tier, &known]);
    }
    Ok(writeln!(out, "{table}")?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: CriticalityArgs,
    }

    fn ran(arguments: &[&str], input: &str) -> Result<String, Failure> {
        let cli = Cli::try_parse_from([&["x", "score"], arguments].concat()).unwrap();
        let mut out = Vec::new();
        run(&cli.args, &mut input.as_bytes(), &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    const SIGNALS: &str = "url,legacy.created_since,legacy.org_count\n\"a,b\",60.0,\nb,,\nc,,5\n";

    #[test]
    fn csv_keeps_rows_and_their_order_and_adds_17_digits() {
        assert_eq!(
            ran(&["--format", "csv", "-"], SIGNALS).unwrap(),
            "url,legacy.created_since,legacy.org_count,score\n\"a,b\",60.0,,0.85718377920981415\nb,,,\nc,,5,0.74722173630921407\n"
        );
    }

    #[test]
    fn json_has_null_without_data() {
        let rows: Vec<Map<String, Value>> =
            serde_json::from_str(&ran(&["--format", "json", "-"], SIGNALS).unwrap()).unwrap();
        assert_eq!(rows[0]["url"], "a,b");
        assert_eq!(rows[1]["score"], Value::Null);
        assert_eq!(rows[2]["score"], 0.747_221_736_309_214_1);
        assert_eq!(ran(&["--format", "json", "-"], "legacy.org_count\n").unwrap(), "[\n]\n");
    }

    #[test]
    fn people_get_a_table() {
        let table = ran(&["-"], SIGNALS).unwrap();
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [
                vec!["url", "score", "tier", "signals"],
                vec!["a,b", "0.85718", "1", "1"],
                vec!["b", "no", "data", "0"],
                vec!["c", "0.74722", "2", "1"]
            ]
        );
    }

    #[test]
    fn failures_name_the_file_and_the_place() {
        assert!(
            ran(&["-"], "url,legacy.org_count\nx,y\n")
                .unwrap_err()
                .to_string()
                .starts_with("-, line 2, column 2 (legacy.org_count)")
        );
        assert!(ran(&["-"], "legacy.org_count,score\n").unwrap_err().to_string().contains("column score already"));
        let error = ran(&["--parameters", "/none.yml", "-"], SIGNALS).unwrap_err();
        assert!(error.to_string().contains("/none.yml cannot be read") && error.to_string().contains("pike_depsdev"));
        assert_eq!(error.exit_code(), 1);
    }
}
