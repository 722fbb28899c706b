//! All queries of the queue.

use crate::infra::db::schema::jobs;
use crate::infra::db::sql::Json;
use crate::infra::db::{BothExt as _, Conn, columns};
use crate::kernel::{Cursor, Ids, JobId, Limit, Page, Result, Timestamp};
use diesel::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// A job to be enqueued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which handler takes it, e.g. `send_digest`.
    pub kind: &'static str,
    /// What the handler gets: an object, small, without secrets in clear.
    pub payload: Value,
    /// Not before this instant.
    pub run_at: Timestamp,
    /// While a job with this key waits or runs, another one is not taken.
    pub unique_key: Option<String>,
}

/// What became of a job that was to be enqueued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It waits under this id.
    New(JobId),
    /// One with the same unique key waits or runs already.
    AlreadyThere,
}

/// A job leased to a worker. `attempts` is the proof of the lease: a later lease has a higher one.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which handler takes it.
    pub kind: String,
    /// What the handler gets.
    pub payload: Json<Value>,
    /// How often it has been begun, this time included.
    pub attempts: i32,
    /// When it was due.
    pub run_at: Timestamp,
    /// When it was enqueued.
    pub created_at: Timestamp,
}

/// A job that nobody will try again by itself.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct DeadJob {
    /// Its id.
    pub id: JobId,
    /// Which handler took it.
    pub kind: String,
    /// What the handler got.
    pub payload: Json<Value>,
    /// How often it was begun.
    pub attempts: i32,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// When it was given up.
    pub dead_at: Option<Timestamp>,
    /// When it was enqueued.
    pub created_at: Timestamp,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Jobs whose instant has not come.
    pub scheduled: i64,
    /// Jobs that are due and wait for a worker.
    pub ready: i64,
    /// Jobs that a worker has.
    pub leased: i64,
    /// Jobs given up.
    pub dead: i64,
    /// Since when the oldest ready job is due; the queue's lag is the time since then.
    pub oldest_due: Option<Timestamp>,
}

/// How many jobs of one kind there are, by their state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCounts {
    /// Which handler takes them.
    pub kind: String,
    /// Jobs whose instant has not come.
    pub scheduled: i64,
    /// Jobs that are due and wait for a worker.
    pub ready: i64,
    /// Jobs that a worker has.
    pub leased: i64,
    /// Jobs given up.
    pub dead: i64,
}

/// The longest error text that is kept, in characters.
const LONGEST_ERROR: usize = 2_000;

/// Enqueues the job in the running transaction.
pub fn enqueue(conn: &mut Conn, ids: &Ids, now: Timestamp, job: NewJob) -> Result<Enqueued> {
    insert(conn, ids, now, job, false)
}

/// Enqueues a job that goes before all others that are due: what can't wait behind thousands of digests.
pub fn enqueue_urgent(conn: &mut Conn, ids: &Ids, now: Timestamp, job: NewJob) -> Result<Enqueued> {
    insert(conn, ids, now, job, true)
}

fn insert(conn: &mut Conn, ids: &Ids, now: Timestamp, job: NewJob, urgent: bool) -> Result<Enqueued> {
    let id: JobId = ids.make();
    let taken = diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(job.kind),
            jobs::payload.eq(Json(job.payload)),
            jobs::unique_key.eq(job.unique_key),
            jobs::attempts.eq(0),
            jobs::run_at.eq(job.run_at),
            jobs::created_at.eq(now),
            jobs::urgent.eq(urgent),
        ))
        .on_conflict(jobs::unique_key)
        .do_nothing()
        .both()
        .execute(conn)?;
    Ok(if taken == 1 { Enqueued::New(id) } else { Enqueued::AlreadyThere })
}

/// Leases up to `n` due jobs until `lease_until`, urgent ones first, then the longest due. Workers that claim at once get different ones.
pub fn claim(conn: &mut Conn, now: Timestamp, lease_until: Timestamp, n: u32) -> Result<Vec<Job>> {
    let mut ids: Vec<JobId> = Vec::new();
    for urgent in [true, false] {
        let left = i64::from(n) - i64::try_from(ids.len()).unwrap_or(i64::MAX);
        if left <= 0 {
            break;
        }
        let due = jobs::table
            .filter(jobs::urgent.eq(urgent))
            .filter(jobs::dead_at.is_null())
            .filter(jobs::run_at.le(now))
            .filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)))
            .order((jobs::run_at, jobs::id))
            .limit(left)
            .select(jobs::id);
        let some: Vec<JobId> = match conn {
            Conn::Postgres(conn) => due.for_update().skip_locked().load(conn)?,
            // SQLite's writer is alone with the database.
            Conn::Sqlite(conn) => due.load(conn)?,
        };
        ids.extend(some);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut claimed: Vec<Job> = diesel::update(jobs::table.filter(jobs::id.eq_any(&ids)))
        .set((jobs::leased_until.eq(lease_until), jobs::attempts.eq(jobs::attempts + 1)))
        .returning(columns::<Job>())
        .get_results(conn)?;
    claimed.sort_by_key(|job| ids.iter().position(|id| *id == job.id));
    Ok(claimed)
}

/// Prolongs the lease; false when the job is no longer this worker's.
pub fn renew(conn: &mut Conn, job: &Job, lease_until: Timestamp) -> Result<bool> {
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::attempts.eq(job.attempts));
    let leased = mine.filter(jobs::leased_until.is_not_null());
    Ok(diesel::update(leased).set(jobs::leased_until.eq(lease_until)).execute(conn)? == 1)
}

/// The job is done and its row goes; false when it is no longer this worker's.
pub fn done(conn: &mut Conn, job: &Job) -> Result<bool> {
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::attempts.eq(job.attempts));
    let leased = mine.filter(jobs::leased_until.is_not_null());
    Ok(diesel::delete(leased).execute(conn)? == 1)
}

/// The job failed: it is tried again at `retry_at`, or is dead when there is none, and its unique key is free again.
/// False when the job is no longer this worker's.
pub fn fail(conn: &mut Conn, job: &Job, now: Timestamp, error_text: &str, retry_at: Option<Timestamp>) -> Result<bool> {
    // PostgreSQL takes no U+0000 in text.
    let error_text: String = error_text.chars().filter(|c| *c != '\0').take(LONGEST_ERROR).collect();
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::attempts.eq(job.attempts));
    let leased = mine.filter(jobs::leased_until.is_not_null());
    let told = (jobs::leased_until.eq(None::<Timestamp>), jobs::last_error.eq(error_text));
    let changed = match retry_at {
        Some(retry_at) => diesel::update(leased).set((told, jobs::run_at.eq(retry_at))).execute(conn)?,
        None => diesel::update(leased)
            .set((told, jobs::dead_at.eq(now), jobs::unique_key.eq(None::<String>)))
            .execute(conn)?,
    };
    Ok(changed == 1)
}

/// Gives back a job that was leased but not begun; the attempt does not count.
pub fn release(conn: &mut Conn, job: &Job) -> Result<bool> {
    let mine = jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::attempts.eq(job.attempts));
    let leased = mine.filter(jobs::leased_until.is_not_null());
    let given_back = (jobs::leased_until.eq(None::<Timestamp>), jobs::attempts.eq(jobs::attempts - 1));
    Ok(diesel::update(leased).set(given_back).execute(conn)? == 1)
}

/// How full the queue is, for health and metrics.
pub fn counts(conn: &mut Conn, now: Timestamp) -> Result<Counts> {
    let alive = jobs::table.filter(jobs::dead_at.is_null());
    let free = alive.filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)));
    let ready = free.filter(jobs::run_at.le(now));
    Ok(Counts {
        scheduled: free.filter(jobs::run_at.gt(now)).count().get_result(conn)?,
        ready: ready.count().get_result(conn)?,
        leased: alive.filter(jobs::leased_until.ge(now)).count().get_result(conn)?,
        dead: jobs::table.filter(jobs::dead_at.is_not_null()).count().get_result(conn)?,
        oldest_due: ready.select(diesel::dsl::min(jobs::run_at)).first(conn)?,
    })
}

/// The same by kind, sorted; a kind without jobs is not there.
pub fn counts_by_kind(conn: &mut Conn, now: Timestamp) -> Result<Vec<KindCounts>> {
    let alive = jobs::table.filter(jobs::dead_at.is_null());
    let free = alive.filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)));
    let (kind, number) = (jobs::kind, diesel::dsl::count_star());
    let scheduled: Vec<(String, i64)> =
        free.filter(jobs::run_at.gt(now)).group_by(kind).select((kind, number)).load(conn)?;
    let ready: Vec<(String, i64)> =
        free.filter(jobs::run_at.le(now)).group_by(kind).select((kind, number)).load(conn)?;
    let leased: Vec<(String, i64)> =
        alive.filter(jobs::leased_until.ge(now)).group_by(kind).select((kind, number)).load(conn)?;
    let dead: Vec<(String, i64)> =
        jobs::table.filter(jobs::dead_at.is_not_null()).group_by(kind).select((kind, number)).load(conn)?;
    let mut all: BTreeMap<String, [i64; 4]> = BTreeMap::new();
    for (state, rows) in [scheduled, ready, leased, dead].into_iter().enumerate() {
        for (kind, number) in rows {
            if let Some(place) = all.entry(kind).or_default().get_mut(state) {
                *place = number;
            }
        }
    }
    let row = |(kind, [scheduled, ready, leased, dead]): (String, [i64; 4])| KindCounts {
        kind,
        scheduled,
        ready,
        leased,
        dead,
    };
    Ok(all.into_iter().map(row).collect())
}

/// The dead job with this id.
pub fn find_dead(conn: &mut Conn, id: JobId) -> Result<Option<DeadJob>> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::dead_at.is_not_null());
    Ok(dead.select(DeadJob::as_select()).first(conn).optional()?)
}

/// The dead jobs, of one kind or of all, newest first.
pub fn list_dead(conn: &mut Conn, kind: Option<&str>, limit: Limit, after: Option<&Cursor>) -> Result<Page<DeadJob>> {
    let mut query = jobs::table.filter(jobs::dead_at.is_not_null()).into_boxed();
    if let Some(kind) = kind {
        query = query.filter(jobs::kind.eq(kind));
    }
    if let Some(after) = after {
        query = query.filter(jobs::id.lt(JobId(after.id)));
    }
    let rows = query.order(jobs::id.desc()).limit(limit.rows_and_one()).select(DeadJob::as_select()).load(conn)?;
    Ok(Page::cut(rows, limit, |job| Cursor::by_id(job.id)))
}

/// Lets a dead job be tried again from the start; false when there is no such dead job.
pub fn revive(conn: &mut Conn, id: JobId, now: Timestamp) -> Result<bool> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::dead_at.is_not_null());
    let again = (jobs::dead_at.eq(None::<Timestamp>), jobs::attempts.eq(0), jobs::run_at.eq(now));
    Ok(diesel::update(dead).set(again).execute(conn)? == 1)
}

/// Removes a dead job; false when there is no such dead job.
pub fn discard(conn: &mut Conn, id: JobId) -> Result<bool> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::dead_at.is_not_null());
    Ok(diesel::delete(dead).execute(conn)? == 1)
}
