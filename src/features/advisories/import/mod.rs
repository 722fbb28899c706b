//! Files of others: OSV records, CISA's KEV catalog, FIRST's EPSS scores.
//!
//! Repeatable without doubles: the newer record counts, and what is the same changes nothing. A record that can't be used
//! is told and never stops the rest; a file of another format is refused whole.

mod records;
mod signals;
mod zip;

pub use signals::{SignalReport, epss, kev};

use super::osv::OsvRecord;
use super::prepare::{Prepared, prepare};
use super::problems::WRONG_FILE;
use super::service::{Keeper, Outcome};
use super::store::{self, Known};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who may import, and what became of each record.
pub use super::service::{Keeper as Importer, Outcome as ImportOutcome};

/// Records in one transaction.
const AT_ONCE: usize = 100;

/// A record that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Its line, or its place among a list's records or an archive's files, from 1.
    pub at: u64,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Why.
    pub detail: String,
}

/// What became of a file of records.
#[derive(Debug, Clone, Default)]
pub struct OsvReport {
    /// How many records ended in which way.
    pub counts: BTreeMap<Outcome, u64>,
    /// Those that could not be used.
    pub refused: Vec<RefusedRecord>,
}

impl OsvReport {
    /// How many records ended in this way.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.counts.get(&outcome).copied().unwrap_or(0)
    }

    /// How many records there were.
    pub fn total(&self) -> u64 {
        self.counts.values().sum::<u64>() + u64::try_from(self.refused.len()).unwrap_or(u64::MAX)
    }
}

/// The records of a file, unpacked, each with its place or why there is none at it.
///
/// # Errors
/// Where the file is of another format.
pub fn read(bytes: &[u8]) -> Result<Vec<(u64, std::result::Result<OsvRecord, String>)>> {
    Ok(records::read(bytes)?.collect())
}

/// The file is of another format.
fn wrong_file(format: &str, what: impl std::fmt::Display) -> Error {
    Error::new(&WRONG_FILE, format!("This is no {format} file: {what}."))
}

/// Imports OSV records: one a line, one alone, a list of them, or an archive of files with one each. `progress` hears how many
/// records were read.
///
/// # Errors
/// Where the file is of another format, or the database fails: what was done stays, and a repeat goes on.
pub async fn osv(ctx: &Ctx, keeper: &Keeper, bytes: &[u8], mut progress: impl FnMut(u64)) -> Result<OsvReport> {
    let mut report = OsvReport::default();
    let mut waiting: Vec<(u64, Prepared)> = Vec::new();
    for (at, record) in records::read(bytes)? {
        match record {
            Err(detail) => report.refused.push(RefusedRecord { at, id: None, detail }),
            Ok(record) => {
                let id = Some(record.id.clone());
                match prepare(record) {
                    Ok(prepared) => waiting.push((at, prepared)),
                    Err(wrong) => {
                        let told: Vec<_> = wrong.iter().map(|(at, fault)| format!("{at}: {}", fault.detail)).collect();
                        report.refused.push(RefusedRecord { at, id, detail: told.join(" ") });
                    }
                }
            }
        }
        if waiting.len() >= AT_ONCE {
            chunk(ctx, keeper, std::mem::take(&mut waiting), &mut report).await?;
            progress(report.total());
        }
    }
    chunk(ctx, keeper, waiting, &mut report).await?;
    progress(report.total());
    Ok(report)
}

async fn chunk(ctx: &Ctx, keeper: &Keeper, rows: Vec<(u64, Prepared)>, report: &mut OsvReport) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (inner, keeper, rows) = (ctx.clone(), keeper.clone(), Arc::new(rows));
    let done = ctx.store().write(move |conn| keep_all(conn, &inner, &keeper, &rows)).await?;
    for outcome in done {
        *report.counts.entry(outcome).or_default() += 1;
    }
    Ok(())
}

fn keep_all(conn: &mut Conn, ctx: &Ctx, keeper: &Keeper, rows: &[(u64, Prepared)]) -> Result<Vec<Outcome>> {
    let ids: Vec<String> = rows.iter().map(|(_, prepared)| prepared.record.id.clone()).collect();
    let mut known = store::list_known(conn, &ids)?;
    let mut done = Vec::with_capacity(rows.len());
    for (_, prepared) in rows {
        let osv_id = &prepared.record.id;
        let outcome = keeper.keep(conn, ctx, known.get(osv_id), prepared, None)?;
        done.push(outcome);
        if matches!(outcome, Outcome::Created | Outcome::Updated) {
            // The same id may come again in the same file.
            let again: Vec<(String, Known)> =
                store::list_known(conn, std::slice::from_ref(osv_id))?.into_iter().collect();
            known.extend(again);
        }
    }
    Ok(done)
}
