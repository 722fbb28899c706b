//! `mainstay audit`: is the log whole, and taking it elsewhere.

use super::{Failure, Global};
use crate::app::start;
use crate::features::audit::{self, AuditRecordResponse, Verdict};
use crate::infra::Ctx;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::io::Write;

/// Check the audit log, or take it elsewhere.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Walk the whole log and name every record that was edited, removed, inserted or moved; exits with 1 if there is one.
    ///
    /// It reads only, and may run beside a server. It needs the installation's master key. Note down the head it prints:
    /// given back by --expect it also shows when an older state of the whole database was put back.
    #[command(after_help = "Examples:
  mainstay audit verify
  mainstay audit verify --expect 1042:m1.0a1b2c3d.5f…
  mainstay audit verify --format json")]
    Verify {
        /// A head noted down earlier, `<seq>:<link>`, which the chain must still hold.
        #[arg(long, value_name = "HEAD")]
        expect: Option<String>,
        /// How to tell.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write the chained records, oldest first, as JSON lines.
    #[command(after_help = "Examples:
  mainstay audit export > audit.jsonl
  mainstay audit export --after 1042 >> audit.jsonl")]
    Export {
        /// Begin after this place of the chain.
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

pub(crate) async fn run(global: &Global, args: &AuditArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let loaded = global.load(Vec::new())?;
    let (ctx, _) = start::existing(loaded.settings).await?;
    match &args.command {
        AuditCommand::Verify { expect, format } => verify(&ctx, expect.as_deref(), *format, out).await,
        AuditCommand::Export { after } => export(&ctx, *after, out).await,
    }
}

async fn verify(ctx: &Ctx, expect: Option<&str>, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    let expected = expect.map(head_of).transpose()?;
    let verdict = audit::verify(ctx).await?;
    let kept = match expected {
        Some((seq, link)) => {
            let found = audit::next_for_export(ctx, seq.saturating_sub(1)).await?;
            found.first().is_some_and(|event| event.seq == Some(seq) && event.link.as_deref() == Some(link))
        }
        None => true,
    };
    match format {
        Format::Text => text(&verdict, kept, out)?,
        Format::Json => {
            let head = json!({"seq": verdict.head.seq, "link": verdict.head.link});
            let whole = json!({"events": verdict.events, "unchained": verdict.unchained, "head": head,
                "expected_head_held": kept, "findings": verdict.findings});
            writeln!(out, "{whole}")?;
        }
    }
    if verdict.findings.is_empty() && kept {
        return Ok(());
    }
    Err(Failure::failed("the audit log is not as it was written"))
}

fn text(verdict: &Verdict, kept: bool, out: &mut dyn Write) -> Result<(), Failure> {
    for finding in &verdict.findings {
        let place = finding.seq.map_or_else(|| "unchained".to_owned(), |seq| format!("#{seq}"));
        writeln!(out, "{place} {}", finding.detail)?;
    }
    if !kept {
        writeln!(
            out,
            "The chain no longer holds the expected head: an older state was put back, or another database."
        )?;
    }
    if verdict.findings.is_empty() {
        writeln!(
            out,
            "{} events are as they were written; {} of them wait to be chained",
            verdict.events, verdict.unchained
        )?;
    }
    writeln!(out, "head {}:{}", verdict.head.seq, verdict.head.link)?;
    Ok(())
}

fn head_of(text: &str) -> Result<(i64, &str), Failure> {
    let parsed = text.split_once(':').and_then(|(seq, link)| Some((seq.parse::<i64>().ok()?, link)));
    parsed
        .filter(|(seq, _)| *seq > 0)
        .ok_or_else(|| Failure::usage("--expect wants <seq>:<link>, as `audit verify` prints it"))
}

async fn export(ctx: &Ctx, after: i64, out: &mut dyn Write) -> Result<(), Failure> {
    let mut place = after;
    loop {
        let events = audit::next_for_export(ctx, place).await?;
        let Some(last) = events.last().and_then(|event| event.seq) else { return Ok(()) };
        place = last;
        for event in events {
            let line = serde_json::to_string(&AuditRecordResponse::from(event));
            writeln!(out, "{}", line.map_err(|cause| Failure::failed(cause.to_string()))?)?;
        }
    }
}
