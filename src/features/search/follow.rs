//! The indexes of this node: built from the database, kept current by the change feed.

use super::ask::Ask;
use super::entries;
use super::shelf::{Entry, Glass, Shelf};
use crate::features::needs::{self, NEED_CHANGED};
use crate::features::projects::{self, PROJECT_CHANGED};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::feed::{Change, Follower, News};
use crate::kernel::search::Found;
use crate::kernel::{Error, NeedId, ProjectId, Result, Timestamp};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use uuid::Uuid;

/// Rows read at a time.
const CHUNK: usize = 2000;

/// An answer waits so long for the index to take over what is new; it never comes from what may be out of date.
const PATIENCE: Duration = Duration::from_secs(3);

/// Which index.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    Needs,
    Projects,
}

/// The indexes of this node; clones are the same ones.
#[derive(Clone, Default)]
pub struct Search(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Replaced as a whole when everything is built anew; held for the moment of a clone.
    glasses: RwLock<Option<Glasses>>,
    /// How many looks at the feed have begun.
    looks: AtomicU64,
    /// When they were last known to be current, in seconds since 1970; 0 before.
    current_at: AtomicI64,
    feed: Mutex<Feed>,
}

#[derive(Clone)]
struct Glasses {
    needs: Glass,
    projects: Glass,
}

#[derive(Default)]
struct Feed {
    /// None until the indexes have been built, and after a failure that may have left them in between.
    following: Option<(Follower, Shelves)>,
    /// The last look that came to a good end.
    seen: u64,
}

struct Shelves {
    needs: Shelf,
    projects: Shelf,
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Search")
    }
}

/// What is to be put in and taken out.
#[derive(Default)]
struct Update {
    needs: Vec<Entry>,
    no_needs: Vec<Uuid>,
    projects: Vec<Entry>,
    no_projects: Vec<Uuid>,
}

impl Search {
    /// Brings the indexes up to what is committed now; builds them at the first call.
    ///
    /// # Errors
    /// When the database can't be read; readers then go on seeing what they saw.
    pub async fn refresh(&self, ctx: &Ctx) -> Result<()> {
        let inner = &self.0;
        let begun = inner.looks.load(Ordering::Acquire);
        let mut feed = inner.feed.lock().await;
        // A look that began after this call has seen all that was committed before it.
        if feed.seen > begun {
            return Ok(());
        }
        let look = inner.looks.fetch_add(1, Ordering::AcqRel) + 1;
        let news = match &feed.following {
            Some((follower, _)) => {
                let mut follower = follower.clone();
                Some((follower.poll(ctx.store()).await?, follower))
            }
            None => None,
        };
        match news {
            Some((News::Changes(changes), follower)) => {
                let stale = Changed::of(&changes);
                if !stale.is_empty() {
                    let update = ctx.store().read(move |conn| stale.read_again(conn)).await?;
                    // A failure in between leaves nothing to follow with, and all is built anew.
                    if let Some((_, shelves)) = feed.following.take() {
                        feed.following = Some((follower.clone(), apply(shelves, update).await?));
                    }
                }
                if let Some((place, _)) = &mut feed.following {
                    *place = follower;
                }
            }
            Some((News::Reload, _)) | None => {
                let follower = Follower::start(ctx.store()).await?;
                let shelves = self.build(ctx).await?;
                feed.following = Some((follower, shelves));
            }
        }
        feed.seen = look;
        inner.current_at.store(ctx.now().timestamp(), Ordering::Release);
        Ok(())
    }

    /// For how many seconds nobody has made sure that the indexes are current; none before they are built.
    pub fn lag_seconds(&self, now: Timestamp) -> Option<i64> {
        let at = self.0.current_at.load(Ordering::Acquire);
        (at != 0).then(|| (now.timestamp() - at).max(0))
    }

    /// What is in the indexes, in words.
    pub fn detail(&self) -> String {
        let glasses = self.glasses();
        let entries = |glass: &Glass| glass.searcher().num_docs();
        glasses.map_or("not built yet".to_owned(), |of| {
            format!("current: {} needs, {} projects", entries(&of.needs), entries(&of.projects))
        })
    }

    fn glasses(&self) -> Option<Glasses> {
        self.0.glasses.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same for somebody who waits only so long; the work goes on without them, since it may be the first and long one.
    ///
    /// # Errors
    /// When the database can't be read or the time is up: what readers would see may be out of date.
    pub async fn refresh_within(&self, ctx: &Ctx, patience: Duration) -> Result<()> {
        let (search, ctx) = (self.clone(), ctx.clone());
        let refreshing = tokio::spawn(async move { search.refresh(&ctx).await });
        match tokio::time::timeout(patience, refreshing).await {
            Ok(done) => done.map_err(Error::internal)?,
            Err(_) => Err(Error::unavailable("the search index is still taking over what is new")),
        }
    }

    /// Answers what is asked, from all that was committed before.
    pub(super) async fn answer(&self, ctx: &Ctx, which: Which, ask: Ask) -> Result<Found<Uuid>> {
        self.refresh_within(ctx, PATIENCE).await?;
        let Some(Glasses { needs, projects }) = self.glasses() else {
            return Err(Error::unavailable("the index is not built yet"));
        };
        let glass = match which {
            Which::Needs => needs,
            Which::Projects => projects,
        };
        spawn_blocking(move || ask.answer(&glass)).await.map_err(Error::internal)?
    }

    async fn build(&self, ctx: &Ctx) -> Result<Shelves> {
        let (needs, projects) = (Shelf::new()?, Shelf::new()?);
        let mut shelves = Shelves { needs, projects };
        let mut after = None;
        loop {
            let (needs, last) = ctx.store().read(move |conn| next_needs(conn, after)).await?;
            shelves = put(shelves, Update { needs, ..Update::default() }).await?;
            after = last;
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let (projects, last) = ctx.store().read(move |conn| next_projects(conn, after)).await?;
            shelves = put(shelves, Update { projects, ..Update::default() }).await?;
            after = last;
            if after.is_none() {
                break;
            }
        }
        let shelves = apply(shelves, Update::default()).await?;
        let glasses = Glasses { needs: shelves.needs.glass(), projects: shelves.projects.glass() };
        let entries = |glass: &Glass| glass.searcher().num_docs();
        tracing::info!(
            needs = entries(&glasses.needs),
            projects = entries(&glasses.projects),
            "the search index is built"
        );
        *self.0.glasses.write().unwrap_or_else(PoisonError::into_inner) = Some(glasses);
        Ok(shelves)
    }
}

/// Puts in and takes out; readers don't see it yet.
async fn put(shelves: Shelves, update: Update) -> Result<Shelves> {
    let there = move || {
        for (shelf, entries, gone) in
            [(&shelves.needs, update.needs, update.no_needs), (&shelves.projects, update.projects, update.no_projects)]
        {
            for id in gone {
                shelf.remove(id);
            }
            entries.into_iter().try_for_each(|entry| shelf.put(entry))?;
        }
        Ok(shelves)
    };
    spawn_blocking(there).await.map_err(Error::internal)?
}

/// Puts in, takes out, and lets readers see it.
async fn apply(shelves: Shelves, update: Update) -> Result<Shelves> {
    let needs = !(update.needs.is_empty() && update.no_needs.is_empty());
    let projects = !(update.projects.is_empty() && update.no_projects.is_empty());
    let all = !needs && !projects;
    let mut shelves = put(shelves, update).await?;
    let there = move || {
        if needs || all {
            shelves.needs.commit()?;
        }
        if projects || all {
            shelves.projects.commit()?;
        }
        Ok(shelves)
    };
    spawn_blocking(there).await.map_err(Error::internal)?
}

fn rows() -> i64 {
    i64::try_from(CHUNK).unwrap_or(i64::MAX)
}

/// The next entries of needs; says after which one to go on, if any can be left.
fn next_needs(conn: &mut Conn, after: Option<NeedId>) -> Result<(Vec<Entry>, Option<NeedId>)> {
    let rows = needs::list_stated_needs(conn, after, rows())?;
    let last = rows.last().map(|(need, _)| need.id).filter(|_| rows.len() == CHUNK);
    Ok((entries::of_needs(conn, &rows)?, last))
}

fn next_projects(conn: &mut Conn, after: Option<ProjectId>) -> Result<(Vec<Entry>, Option<ProjectId>)> {
    let rows = projects::list_projects_after(conn, after, rows())?;
    let last = rows.last().map(|project| project.id).filter(|_| rows.len() == CHUNK);
    Ok((entries::of_projects(conn, &rows)?, last))
}

/// What the feed says has changed.
#[derive(Default)]
struct Changed {
    needs: BTreeSet<NeedId>,
    projects: BTreeSet<ProjectId>,
}

impl Changed {
    fn of(news: &[Change]) -> Self {
        let mut changed = Self::default();
        for Change { kind, entity } in news {
            if kind == NEED_CHANGED.0 {
                changed.needs.insert(NeedId(entity.0));
            } else if kind == PROJECT_CHANGED.0 {
                changed.projects.insert(ProjectId(entity.0));
            }
        }
        changed
    }

    fn is_empty(&self) -> bool {
        self.needs.is_empty() && self.projects.is_empty()
    }

    /// A project's needs change with it: they bear its name, its tier, and are hidden with it.
    fn read_again(mut self, conn: &mut Conn) -> Result<Update> {
        let mut update = Update::default();
        let projects: Vec<ProjectId> = self.projects.into_iter().collect();
        for ids in projects.chunks(CHUNK) {
            self.needs.extend(needs::list_need_ids(conn, ids)?);
            let rows = projects::list_projects_by_id(conn, ids)?;
            update.projects.extend(entries::of_projects(conn, &rows)?);
        }
        update.no_projects = without(projects.iter().map(|id| id.0), &update.projects);
        let needs: Vec<NeedId> = self.needs.into_iter().collect();
        for ids in needs.chunks(CHUNK) {
            let rows = needs::list_needs_by_id(conn, ids)?;
            update.needs.extend(entries::of_needs(conn, &rows)?);
        }
        update.no_needs = without(needs.iter().map(|id| id.0), &update.needs);
        Ok(update)
    }
}

/// Those that have no entry.
fn without(ids: impl Iterator<Item = Uuid>, entries: &[Entry]) -> Vec<Uuid> {
    let with: BTreeSet<Uuid> = entries.iter().map(|entry| entry.id).collect();
    ids.filter(|id| !with.contains(id)).collect()
}
