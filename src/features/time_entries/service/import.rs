//! Logging work by the table.

use super::log::log_in;
use super::news::tell_of_table;
use crate::features::accounts::policy::require_verified;
use crate::features::time_entries::model::ImportOutcome;
use crate::features::time_entries::store;
use crate::features::time_entries::table::{self, ReadRow};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, Error, FieldError, Kind, ProjectId, Result, TimeEntryId};
use std::collections::BTreeMap;

/// A row's line, and what became of it.
#[derive(Debug)]
pub(in crate::features::time_entries) struct RowResult {
    pub(in crate::features::time_entries) line: u64,
    pub(in crate::features::time_entries) outcome: ImportOutcome,
    pub(in crate::features::time_entries) id: Option<TimeEntryId>,
    pub(in crate::features::time_entries) faults: Vec<FieldError>,
    /// Where it was logged now.
    logged_on: Option<(AssignmentId, ProjectId)>,
}

/// Logs each row that can be. A row is a transaction of its own: what is wrong with one keeps no other back, and after an
/// interruption the same file goes on where it stopped.
pub(in crate::features::time_entries) async fn import(
    ctx: &Ctx,
    actor: &Actor,
    bytes: Vec<u8>,
) -> Result<Vec<RowResult>> {
    require_verified(actor)?;
    let rows = table::read(&bytes)?;
    drop(bytes);
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        let result = match row.read {
            Ok(read) => take(ctx, actor, line, read).await?,
            Err(faults) => RowResult { line, outcome: ImportOutcome::Refused, id: None, faults, logged_on: None },
        };
        results.push(result);
    }
    tell(ctx, actor, &results).await?;
    Ok(results)
}

/// Tells each project once, however many rows there were.
async fn tell(ctx: &Ctx, actor: &Actor, results: &[RowResult]) -> Result<()> {
    let mut logged: BTreeMap<(AssignmentId, ProjectId), usize> = BTreeMap::new();
    for place in results.iter().filter_map(|row| row.logged_on) {
        *logged.entry(place).or_default() += 1;
    }
    if logged.is_empty() {
        return Ok(());
    }
    let (inner, by) = (ctx.clone(), actor.account_id);
    ctx.store()
        .write(move |conn| logged.iter().try_for_each(|(place, rows)| tell_of_table(conn, &inner, *place, *rows, by)))
        .await
}

async fn take(ctx: &Ctx, actor: &Actor, line: u64, read: ReadRow) -> Result<RowResult> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    let taken = ctx
        .store()
        .write(move |conn| {
            // Before all else: the assignment may have ended since, and the row is still not to be logged again.
            if let Some(there) = store::find_by_key(conn, actor.account_id, &read.key)? {
                return Ok((there, false));
            }
            log_in(conn, &inner, &actor, read.assignment, &read.input, Some(&read.key))
        })
        .await;
    match taken {
        Ok((entry, new)) => Ok(RowResult {
            line,
            outcome: if new { ImportOutcome::Created } else { ImportOutcome::AlreadyThere },
            id: Some(entry.id),
            faults: Vec::new(),
            logged_on: new.then_some((entry.assignment_id, entry.project_id)),
        }),
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => Err(error),
        Err(error) => {
            Ok(RowResult { line, outcome: ImportOutcome::Refused, id: None, faults: faults(&error), logged_on: None })
        }
    }
}

/// What is wrong with a row, by its columns.
fn faults(error: &Error) -> Vec<FieldError> {
    if !error.fields().is_empty() {
        return error.fields().to_vec();
    }
    vec![FieldError { pointer: "/assignment".to_owned(), code: error.code(), detail: error.detail().to_owned() }]
}
