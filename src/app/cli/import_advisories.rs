//! `mainstay import osv|kev|epss`: vulnerabilities, and what others know of them.

use super::Failure;
use crate::features::advisories::import::{self, ImportOutcome, Importer, OsvReport, SignalReport};
use crate::infra::Ctx;
use crate::kernel::{Error, RequestId};
use comfy_table::Table;
use indicatif::ProgressBar;
use serde_json::json;
use std::io::{self, Write};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// OSV records.
    Osv,
    /// CISA's catalog.
    Kev,
    /// FIRST's scores.
    Epss,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
    Csv,
}

/// Imports an unpacked file, and writes what became of it.
pub(super) async fn run(
    ctx: &Ctx,
    kind: Kind,
    name: &str,
    bytes: &[u8],
    bar: &ProgressBar,
    form: Form,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let importer = Importer::operator(RequestId::new(ctx.ids().make()))?;
    let failed = |error: Error| match error.code() {
        "advisory.not_this_format" => Failure::failed(format!("{name}: {}", error.detail())),
        _ => Failure::from(error),
    };
    let progress = |done| bar.set_position(done);
    match kind {
        Kind::Osv => {
            let report = import::osv(ctx, &importer, bytes, progress).await.map_err(failed)?;
            bar.finish_and_clear();
            write_records(&report, form, out)?;
        }
        Kind::Kev | Kind::Epss => {
            let done = match kind {
                Kind::Kev => import::kev(ctx, &importer, bytes).await,
                _ => import::epss(ctx, &importer, bytes, progress).await,
            };
            let report = done.map_err(failed)?;
            bar.finish_and_clear();
            write_signals(report, form, out)?;
        }
    }
    Ok(())
}

fn summary(report: &OsvReport) -> String {
    let counts: Vec<String> =
        ImportOutcome::ALL.iter().map(|outcome| format!("{} {outcome}", report.count(*outcome))).collect();
    format!("{} records: {}, {} refused", report.total(), counts.join(", "), report.refused.len())
}

fn write_records(report: &OsvReport, form: Form, out: &mut dyn Write) -> io::Result<()> {
    let id = |row: &import::RefusedRecord| row.id.clone().unwrap_or_default();
    match form {
        Form::Table => {
            if !report.refused.is_empty() {
                let mut table = Table::new();
                table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY).set_header([
                    "at",
                    "id",
                    "why it was refused",
                ]);
                for row in &report.refused {
                    table.add_row([row.at.to_string(), id(row), row.detail.clone()]);
                }
                writeln!(out, "{table}")?;
            }
            writeln!(out, "{}", summary(report))
        }
        Form::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(["outcome", "records"])?;
            for outcome in ImportOutcome::ALL {
                writer.write_record([outcome.as_str(), &report.count(*outcome).to_string()])?;
            }
            writer.write_record(["refused", &report.refused.len().to_string()])?;
            writer.flush()
        }
        Form::Json => {
            let refused: Vec<_> =
                report.refused.iter().map(|row| json!({"at": row.at, "id": row.id, "detail": row.detail})).collect();
            let mut whole = json!({"records": report.total(), "refused": refused});
            for outcome in ImportOutcome::ALL {
                whole[outcome.as_str()] = json!(report.count(*outcome));
            }
            serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
            writeln!(out)
        }
    }
}

fn write_signals(report: SignalReport, form: Form, out: &mut dyn Write) -> io::Result<()> {
    let SignalReport { rows, created, updated, unchanged, removed } = report;
    match form {
        Form::Table => writeln!(
            out,
            "{rows} rows: {created} created, {updated} updated, {unchanged} unchanged; {removed} removed that are not in the file"
        ),
        Form::Csv => {
            writeln!(out, "rows,created,updated,unchanged,removed\n{rows},{created},{updated},{unchanged},{removed}")
        }
        Form::Json => {
            let whole = json!({"rows": rows, "created": created, "updated": updated, "unchanged": unchanged, "removed": removed});
            serde_json::to_writer_pretty(&mut *out, &whole).map_err(io::Error::from)?;
            writeln!(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_say_what_became_of_each() {
        let mut report = OsvReport::default();
        report.counts.insert(ImportOutcome::Created, 3);
        report.refused.push(import::RefusedRecord { at: 4, id: Some("A-1".into()), detail: "No instant.".into() });
        let write = |form| {
            let mut out = Vec::new();
            write_records(&report, form, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let table = write(Form::Table);
        assert!(
            table.ends_with("4 records: 3 created, 0 updated, 0 unchanged, 0 older, 0 kept, 1 refused\n"),
            "{table}"
        );
        assert!(table.contains("No instant."));
        assert!(write(Form::Csv).ends_with("refused,1\n"));
        let json: serde_json::Value = serde_json::from_str(&write(Form::Json)).unwrap();
        assert_eq!((&json["created"], &json["refused"][0]["id"]), (&json!(3), &json!("A-1")));
    }
}
