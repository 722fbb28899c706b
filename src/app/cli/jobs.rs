//! `mainstay admin jobs`: the queue, at the machine.

use super::Failure;
use crate::features::jobs::{self, JobAction, Overview};
use crate::infra::Ctx;
use crate::infra::queue::{DeadJob, KindCounts};
use crate::kernel::{Cursor, JobId, Limit, RequestId};
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use serde_json::json;
use std::io::Write;

/// Look at the queue, and decide over what was given up.
///
/// A job that failed too often, or in a way that no repeat mends, is given up and stays until somebody decides. What a job
/// carries is never shown.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mainstay admin jobs
  mainstay admin jobs list --kind send_mail --format json
  mainstay admin jobs retry 01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d
  mainstay admin jobs retry --kind send_mail
  mainstay admin jobs discard --all")]
pub(super) struct JobsArgs {
    #[command(subcommand)]
    command: Option<JobsCommand>,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// Show how many jobs of each kind there are, and every one that was given up.
    List {
        /// Only the dead jobs of this kind.
        #[arg(long)]
        kind: Option<String>,
        /// How to tell; csv has the dead jobs alone.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Try dead jobs again from the start.
    Retry(Which),
    /// Remove dead jobs; what they were for is never done.
    Discard(Which),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The jobs' ids.
    #[arg(value_name = "ID")]
    ids: Vec<JobId>,
    /// Every dead job of this kind.
    #[arg(long)]
    kind: Option<String>,
    /// Every dead job.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One object.
    Json,
    /// A line for each dead job.
    Csv,
}

pub(super) async fn run(ctx: &Ctx, args: &JobsArgs, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.command {
        None => list(ctx, None, Format::Table, out).await,
        Some(JobsCommand::List { kind, format }) => list(ctx, kind.clone(), *format, out).await,
        Some(JobsCommand::Retry(which)) => act(ctx, which, JobAction::Retry, out).await,
        Some(JobsCommand::Discard(which)) => act(ctx, which, JobAction::Discard, out).await,
    }
}

async fn list(ctx: &Ctx, kind: Option<String>, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    let limit = Limit::parse(Some(100)).map_err(|fault| Failure::failed(fault.detail))?;
    let (mut dead, mut after): (Vec<DeadJob>, Option<Cursor>) = (Vec::new(), None);
    let counts = loop {
        let Overview { counts, dead: page } = jobs::overview(ctx, kind.clone(), limit, after).await?;
        dead.extend(page.items);
        if page.next.is_none() {
            break counts;
        }
        after = page.next;
    };
    match format {
        Format::Table => table(&counts, &dead, out),
        Format::Json => {
            let counts: Vec<_> = counts.iter().map(|row| json!({"kind": row.kind, "scheduled": row.scheduled, "ready": row.ready, "leased": row.leased, "dead": row.dead})).collect();
            let dead: Vec<_> = dead.iter().map(|job| json!({"id": job.id, "kind": job.kind, "attempts": job.attempts, "created_at": job.created_at, "dead_at": job.dead_at, "last_error": job.last_error.as_deref().map(jobs::mask)})).collect();
            writeln!(out, "{}", json!({"counts": counts, "dead": dead}))?;
            Ok(())
        }
        Format::Csv => csv(&dead, out).map_err(|error| Failure::failed(error.to_string())),
    }
}

fn table(counts: &[KindCounts], dead: &[DeadJob], out: &mut dyn Write) -> Result<(), Failure> {
    if counts.is_empty() {
        writeln!(out, "The queue is empty.")?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["kind", "scheduled", "ready", "leased", "dead"]);
    for row in counts {
        let numbers = [row.scheduled, row.ready, row.leased, row.dead].map(|number| number.to_string());
        table.add_row(std::iter::once(row.kind.clone()).chain(numbers));
    }
    writeln!(out, "{table}")?;
    if dead.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["dead job", "kind", "attempts", "given up", "last error"]);
    for job in dead {
        table.add_row(cells(job));
    }
    writeln!(out, "{table}")?;
    Ok(())
}

fn cells(job: &DeadJob) -> [String; 5] {
    let at = job.dead_at.map(|at| at.to_string()).unwrap_or_default();
    let error = job.last_error.as_deref().map(jobs::mask).unwrap_or_default();
    [job.id.to_string(), job.kind.clone(), job.attempts.to_string(), at, error]
}

fn csv(dead: &[DeadJob], out: &mut dyn Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "kind", "attempts", "dead_at", "last_error"])?;
    for job in dead {
        writer.write_record(cells(job))?;
    }
    writer.flush()?;
    Ok(())
}

async fn act(ctx: &Ctx, which: &Which, action: JobAction, out: &mut dyn Write) -> Result<(), Failure> {
    let request_id = RequestId::new(ctx.ids().make());
    let mut settled = 0;
    if which.ids.is_empty() {
        settled = jobs::act_on_all(ctx, which.kind.clone(), action, None, request_id).await?;
    } else {
        for id in &which.ids {
            let done = jobs::act_on_one(ctx, *id, action, None, request_id.clone()).await;
            done.map_err(|_missing| {
                Failure::failed(format!("{id} is no dead job; {settled} were dealt with before it"))
            })?;
            settled += 1;
        }
    }
    let done = match action {
        JobAction::Retry => "tried again",
        JobAction::Discard => "discarded",
    };
    writeln!(out, "{settled} jobs are {done}")?;
    Ok(())
}
