//! The change feed: which entities changed, written in the changing transaction and followed by every node.
//!
//! A change carries a `tick`: the transaction's id on PostgreSQL, the next number on SQLite, which has one writer. The
//! *horizon* is the tick below which nothing can appear any more. A [`Follower`] reads from its last horizon on and drops
//! what it has seen, so transactions that commit out of order, or stay open for long, lose it nothing; following "id
//! greater than the last" would lose 2 to 4% at full rate. A change says only *which* entity: whoever hears of it reads it
//! again, so neither order nor repeats matter.

use super::schema::changes;
use super::{Conn, Store};
use crate::kernel::{ChangeId, EntityId, Ids, Result};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::HashSet;

/// What kind of entity changed, e.g. `ChangeKind("need")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeKind(pub &'static str);

/// Marks how far the feed was pruned: its tick is that of the newest change that is gone.
const PRUNED: &str = "feed.pruned";

/// Notes in the running transaction that the entity changed.
pub fn note(conn: &mut Conn, ids: &Ids, kind: ChangeKind, entity: impl Into<EntityId>) -> Result<()> {
    let tick = match conn {
        Conn::Postgres(_) => literal("pg_current_xact_id()::text::bigint"),
        Conn::Sqlite(_) => next_tick(),
    };
    let (id, entity): (ChangeId, EntityId) = (ids.make(), entity.into());
    diesel::insert_into(changes::table)
        .values((changes::id.eq(id), changes::tick.eq(tick), changes::kind.eq(kind.0), changes::entity.eq(entity)))
        .execute(conn)?;
    Ok(())
}

fn literal(text: &str) -> SqlLiteral<BigInt> {
    sql::<BigInt>(text)
}

/// SQLite has one writer, so the next number can't be taken twice, and all below it are committed.
fn next_tick() -> SqlLiteral<BigInt> {
    literal("(select coalesce(max(tick), 0) + 1 from changes)")
}

fn horizon(conn: &mut Conn) -> Result<i64> {
    Ok(match conn {
        Conn::Postgres(conn) => {
            diesel::select(literal("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).get_result(conn)?
        }
        Conn::Sqlite(conn) => diesel::select(next_tick()).get_result(conn)?,
    })
}

/// An entity that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Change {
    /// The text of its [`ChangeKind`].
    pub kind: String,
    /// Which one.
    pub entity: EntityId,
}

/// What a poll brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// These changed; read each of them again. Often empty.
    Changes(Vec<Change>),
    /// The thread is lost, since the database was replaced or the feed pruned past this follower: load everything again.
    Reload,
}

/// Follows the feed. It may wait as long as it likes between two polls; 100 to 250 ms keep indexes current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follower {
    cursor: i64,
    seen: HashSet<ChangeId>,
}

impl Follower {
    /// Starts at now. Start first and load then: what is written meanwhile comes again through [`Follower::poll`], and so
    /// may what was written shortly before, while older transactions were open anywhere on the server.
    pub async fn start(store: &Store) -> Result<Self> {
        store.read(|conn| Ok(Self::resume(horizon(conn)?))).await
    }

    /// Goes on from a cursor that was kept beside a saved index; what that already has comes again.
    pub fn resume(cursor: i64) -> Self {
        Self { cursor, seen: HashSet::new() }
    }

    /// Where to [`resume`](Self::resume): every change before it has been told.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    /// What changed since the last poll. After an error the follower stands where it stood.
    pub async fn poll(&mut self, store: &Store) -> Result<News> {
        let before = self.clone();
        let (after, news) = store.read(move |conn| before.step(conn)).await?;
        *self = after;
        Ok(news)
    }

    fn step(&self, conn: &mut Conn) -> Result<(Self, News)> {
        // The horizon first: whatever commits between the two queries has a tick at or above it and is looked at again.
        let horizon = horizon(conn)?;
        if horizon < self.cursor {
            return Ok((Self::resume(horizon), News::Reload));
        }
        let rows: Vec<(ChangeId, i64, String, EntityId)> = changes::table
            .filter(changes::tick.ge(self.cursor))
            .order((changes::tick, changes::id))
            .select((changes::id, changes::tick, changes::kind, changes::entity))
            .load(conn)?;
        let mut next = Self::resume(horizon);
        let mut news = Vec::new();
        for (id, tick, kind, entity) in rows {
            let fresh = !self.seen.contains(&id);
            if fresh && kind == PRUNED {
                return Ok((Self::resume(horizon), News::Reload));
            }
            if tick >= horizon {
                next.seen.insert(id);
            }
            if fresh {
                news.push(Change { kind, entity });
            }
        }
        Ok((next, News::Changes(news)))
    }
}

/// Removes all but the newest changes; returns how many went. A follower that had not read them yet is told to reload.
pub fn prune(conn: &mut Conn, ids: &Ids, keep_newest: u32) -> Result<usize> {
    let mut gone = 0;
    if matches!(conn, Conn::Postgres(_)) {
        // Ticks from the future come from another server by way of a backup: they would be read at each poll.
        let ahead = literal("pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        gone += diesel::delete(changes::table.filter(changes::tick.ge(ahead))).execute(conn)?;
    }
    let oldest_kept: Option<i64> = changes::table
        .filter(changes::kind.ne(PRUNED))
        .order((changes::tick.desc(), changes::id.desc()))
        .select(changes::tick)
        .offset(i64::from(keep_newest.saturating_sub(1)))
        .first(conn)
        .optional()?;
    let Some(oldest_kept) = oldest_kept else { return Ok(gone) };
    // What lies at or above the horizon may still be re-read by followers that are up to date.
    let limit = oldest_kept.min(horizon(conn)?);
    let old = changes::table.filter(changes::tick.lt(limit));
    let newest_gone: Option<i64> = old.select(diesel::dsl::max(changes::tick)).first(conn)?;
    let Some(newest_gone) = newest_gone else { return Ok(gone) };
    let removed = diesel::delete(old).execute(conn)?;
    diesel::insert_into(changes::table)
        .values((
            changes::id.eq(ids.make::<ChangeId>()),
            changes::tick.eq(newest_gone),
            changes::kind.eq(PRUNED),
            changes::entity.eq(EntityId(uuid::Uuid::nil())),
        ))
        .execute(conn)?;
    // The mark of the last time went with the rest; it was no change.
    Ok(gone + removed)
}
