//! `mainstay import`: lists of projects, and vulnerabilities, from files.

use super::import_advisories::{self, Form, Kind};
use super::{Failure, Global};
use crate::app::start;
use crate::features::projects::import::{ImportFormat, ImportOptions, Importer, Report, RowReport, RowStatus, unpack};
use crate::features::risk::{self, GraphImport};
use crate::kernel::{RequestId, Timestamp};
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::Table;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

/// Import lists of projects, which become unclaimed listings or bring those that are there up to date, and vulnerabilities.
///
/// Repeating an import changes nothing. What people wrote stays, projects that opted out stay out, and a row that can't be
/// used stops no other: every row is answered for. A file of another format is refused whole. Gzip is read as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay import up-for-grabs up-for-grabs.jsonl.gz
  mainstay import dependencies --name debian --ecosystem deb/debian graph.tsv.gz
  mainstay import scorecard results.jsonl.gz
  mainstay import security-insights security-insights.yml
  mainstay import critical-projects --score-column original_pike --as-of 2022-06-15T00:00:00Z scores.csv
  mainstay import osv all.zip
  mainstay import kev known_exploited_vulnerabilities.json
  mainstay import epss epss_scores-current.csv.gz
  curl -s https://example.org/scores.csv | mainstay import critical-projects --format csv - > report.csv")]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Projects that ask for help, as up-for-grabs.net lists them: one JSON object a line.
    UpForGrabs(FileArgs),
    /// Scores of the OpenSSF's `criticality_score`: CSV with a column repo.url and one with a score.
    CriticalProjects(ScoreArgs),
    /// Results of the OpenSSF Scorecard: one JSON object, a list of them, or one a line.
    Scorecard(FileArgs),
    /// A SECURITY-INSIGHTS file, version 2 (YAML), of one project.
    SecurityInsights(FileArgs),
    Dependencies(GraphArgs),
    /// Advisories in OSV's format: one record a line, a list of records, one record alone, or a zip of files with one each.
    ///
    /// Of two records with one id the one that changed later counts.
    Osv(FileArgs),
    /// CISA's catalog of vulnerabilities that are exploited, JSON or CSV; what is not in the file any more is dropped.
    Kev(FileArgs),
    /// FIRST's scores of how probable exploitation is: CSV with the day in its first line.
    Epss(FileArgs),
}

/// A graph of who depends on whom, from which systemic risk is worked out.
///
/// Tab-separated lines: N, name, orphan or nothing, home page for each project; E, who needs, who is needed for each dependency.
/// Its projects are recognized as listed ones by package, repository or home page. Another graph of the same name takes its place.
#[derive(Debug, Args)]
struct GraphArgs {
    /// The file, gzipped or not; - is standard input.
    #[arg(value_name = "GRAPH")]
    file: PathBuf,

    /// What it is a graph of.
    #[arg(long, value_name = "NAME", default_value = "dependencies")]
    name: String,

    /// Type and namespace of the package URLs that its names stand for, such as deb/debian.
    #[arg(long, value_name = "TYPE")]
    ecosystem: Option<String>,
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The file, gzipped or not; - is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How to report what became of each row.
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    format: ReportFormat,
}

#[derive(Debug, Args)]
struct ScoreArgs {
    #[command(flatten)]
    file: FileArgs,

    /// The column that holds the score; without it score, `default_score`, `original_pike`, `pike_depsdev`, or the first that
    /// ends in `_score`. A file without any is scored by its signals.
    #[arg(long, value_name = "NAME")]
    score_column: Option<String>,

    /// When the signals were collected, where the file has no column `collection_date`; now, when not said.
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<Timestamp>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people.
    Table,
    /// One object: rows and summary.
    Json,
    /// A line a row; the summary goes to standard error.
    Csv,
}

impl From<ReportFormat> for Form {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Table => Self::Table,
            ReportFormat::Json => Self::Json,
            ReportFormat::Csv => Self::Csv,
        }
    }
}

/// What is imported.
enum What {
    Projects(ImportFormat, ImportOptions),
    Advisories(Kind),
}

/// Bytes that a packed file may hold.
const MOST: u64 = 1 << 30;

pub(crate) async fn run(global: &Global, args: &ImportArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let (what, file) = match &args.command {
        ImportCommand::Dependencies(args) => return dependencies(global, args, out).await,
        ImportCommand::UpForGrabs(file) => (What::Projects(ImportFormat::UpForGrabs, ImportOptions::default()), file),
        ImportCommand::CriticalProjects(score) => {
            let options = ImportOptions { score_column: score.score_column.clone(), as_of: score.as_of };
            (What::Projects(ImportFormat::CriticalProjects, options), &score.file)
        }
        ImportCommand::Scorecard(file) => (What::Projects(ImportFormat::Scorecard, ImportOptions::default()), file),
        ImportCommand::SecurityInsights(file) => {
            (What::Projects(ImportFormat::SecurityInsights, ImportOptions::default()), file)
        }
        ImportCommand::Osv(file) => (What::Advisories(Kind::Osv), file),
        ImportCommand::Kev(file) => (What::Advisories(Kind::Kev), file),
        ImportCommand::Epss(file) => (What::Advisories(Kind::Epss), file),
    };
    let name = file.file.display();
    let bytes =
        unpack(read(&file.file)?, MOST).map_err(|error| Failure::failed(format!("{name}: {}", error.detail())))?;
    let loaded = global.load(start::without_mail())?;
    start::log(&loaded)?;
    let (ctx, _) = start::context(loaded.settings)?;
    ctx.store().migrate().await?;
    let bar = bar();
    let (format, options) = match what {
        What::Projects(format, options) => (format, options),
        What::Advisories(kind) => {
            let form = file.format.into();
            return import_advisories::run(&ctx, kind, &name.to_string(), &bytes, &bar, form, out).await;
        }
    };
    let importer = Importer::operator(RequestId::new(ctx.ids().make()))?;
    let done = importer
        .import(&ctx, format, &options, &bytes, |done, total| {
            bar.set_length(u64::try_from(total).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        })
        .await;
    bar.finish_and_clear();
    let report = done.map_err(|error| match error.code() {
        "import.not_this_format" => Failure::failed(format!("{name}: {}", error.detail())),
        _ => Failure::from(error),
    })?;
    write(&report, file.format, out, &mut io::stderr().lock())
}

async fn dependencies(global: &Global, args: &GraphArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let name = args.file.display();
    let bytes =
        unpack(read(&args.file)?, MOST).map_err(|error| Failure::failed(format!("{name}: {}", error.detail())))?;
    let input = GraphImport { name: args.name.clone(), ecosystem: args.ecosystem.clone(), bytes };
    // Before a database is opened, which would make an empty one where there is none.
    let graph = input.read().map_err(|error| Failure::failed(format!("{name}: {}", error.detail())))?;
    let loaded = global.load(start::without_mail())?;
    start::log(&loaded)?;
    let (ctx, _) = start::context(loaded.settings)?;
    ctx.store().migrate().await?;
    let done = risk::keep(&ctx, graph, None, RequestId::new(ctx.ids().make())).await?;
    if done.is_same {
        writeln!(out, "{} projects, {} dependencies: nothing new", done.nodes, done.edges)?;
        return Ok(());
    }
    writeln!(out, "{} projects, {} dependencies; working out the risks", done.nodes, done.edges)?;
    risk::refresh(ctx.clone(), json!({})).await?;
    writeln!(out, "done")?;
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|cause| Failure::failed(format!("{} cannot be read: {cause}", path.display())))
}

/// Drawn on standard error, and only where that is a terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn write(report: &Report, format: ReportFormat, out: &mut dyn Write, aside: &mut dyn Write) -> Result<(), Failure> {
    match format {
        ReportFormat::Table => {
            let mut table = Table::new();
            table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY).set_header([
                "line",
                "status",
                "project",
                "repository",
                "why",
            ]);
            for row in &report.rows {
                table.add_row(cells(row));
            }
            writeln!(out, "{table}\n{}", summary(report))?;
        }
        ReportFormat::Csv => {
            let mut writer = csv::Writer::from_writer(&mut *out);
            writer.write_record(["line", "status", "slug", "repository", "code", "detail"]).map_err(io::Error::from)?;
            for row in &report.rows {
                let [line, status, slug, repository, _] = cells(row);
                let (code, detail) = row.reason.as_ref().map_or(("", ""), |why| (why.code, why.detail.as_str()));
                let record = [&line, &status, &slug, &repository, code, detail].map(harmless);
                writer.write_record(record).map_err(io::Error::from)?;
            }
            writer.flush()?;
            drop(writer);
            writeln!(aside, "{}", summary(report))?;
        }
        ReportFormat::Json => {
            let rows: Vec<_> = report.rows.iter().map(object).collect();
            let counts: serde_json::Map<_, _> =
                RowStatus::ALL.iter().map(|status| (status.to_string(), json!(report.count(*status)))).collect();
            let mut summary = json!({"rows": report.rows.len(), "tag_uses": report.tag_uses,
                "tag_uses_resolved": report.tag_uses_resolved, "resolved_share": report.resolved_share()});
            if let Some(summary) = summary.as_object_mut() {
                summary.extend(counts);
            }
            serde_json::to_writer_pretty(&mut *out, &json!({"rows": rows, "summary": summary}))
                .map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn cells(row: &RowReport) -> [String; 5] {
    [
        row.line.to_string(),
        row.status.to_string(),
        row.slug.clone().unwrap_or_default(),
        row.repository.clone().unwrap_or_default(),
        row.reason.as_ref().map(|why| why.detail.clone()).unwrap_or_default(),
    ]
}

fn object(row: &RowReport) -> serde_json::Value {
    let reason = row.reason.as_ref().map(|why| json!({"code": why.code, "detail": why.detail}));
    json!({"line": row.line, "status": row.status, "slug": row.slug, "repository": row.repository, "reason": reason})
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn summary(report: &Report) -> String {
    let counts: Vec<String> =
        RowStatus::ALL.iter().map(|status| format!("{} {status}", report.count(*status))).collect();
    let tags = report.resolved_share().map_or(String::new(), |share| {
        let (uses, resolved) = (report.tag_uses, report.tag_uses_resolved);
        format!("; {resolved} of {uses} tag uses are skills ({:.1}%)", share * 100.0)
    });
    format!("{} rows: {}{tags}", report.rows.len(), counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::projects::import::Reason;

    fn report() -> Report {
        let row = |line, status, reason| RowReport {
            line,
            status,
            slug: Some("=parser".to_owned()),
            repository: Some("github.com/example/parser".to_owned()),
            reason,
        };
        let why = Reason { code: "double", detail: "Line 1 is about the same repository.".to_owned() };
        let rows = vec![row(1, RowStatus::Created, None), row(2, RowStatus::Refused, Some(why))];
        Report { rows, tag_uses: 8, tag_uses_resolved: 5 }
    }

    fn written(format: ReportFormat) -> (String, String) {
        let (mut out, mut aside) = (Vec::new(), Vec::new());
        write(&report(), format, &mut out, &mut aside).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(aside).unwrap())
    }

    const SUMMARY: &str = "2 rows: 1 created, 0 updated, 0 unchanged, 1 refused; 5 of 8 tag uses are skills (62.5%)\n";

    #[test]
    fn people_get_a_table_and_a_summary() {
        let (table, aside) = written(ReportFormat::Table);
        assert!(table.ends_with(SUMMARY) && aside.is_empty(), "{table}");
        assert!(table.contains("Line 1 is about the same repository."), "{table}");
    }

    #[test]
    fn programs_get_csv_without_formulas_or_json() {
        let (csv, aside) = written(ReportFormat::Csv);
        let head = "line,status,slug,repository,code,detail\n1,created,'=parser,github.com/example/parser,,\n";
        assert!(csv.starts_with(head), "{csv}");
        assert_eq!(aside, SUMMARY);
        let json: serde_json::Value = serde_json::from_str(&written(ReportFormat::Json).0).unwrap();
        assert_eq!(json["rows"][1]["reason"]["code"], "double");
        assert_eq!(
            (json["summary"]["created"].as_u64(), json["summary"]["resolved_share"].as_f64()),
            (Some(1), Some(0.625))
        );
    }
}
