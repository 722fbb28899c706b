//! The board of this node: built from the database, kept current by the change feed.

use super::board::Board;
use super::rounds::{self, ROUND_DONE};
use super::score::{Market, NeedFacts, VolunteerFacts};
use super::shortages::{Shortage, shortages};
use super::{build, load};
use crate::features::accounts::ACCOUNT_CHANGED;
use crate::features::needs::{self, NEED_CHANGED};
use crate::features::organizations::MEMBERSHIP_CHANGED;
use crate::features::projects::PROJECT_CHANGED;
use crate::features::proposals::PROPOSAL_CHANGED;
use crate::features::volunteers::VOLUNTEER_CHANGED;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::feed::{Change, Follower, News};
use crate::kernel::{AccountId, Error, NeedId, ProjectId, Result, Timestamp};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// Changed rows read at a time.
const CHUNK: usize = 2000;
/// Rows put on the board before readers get their turn again.
const BATCH: usize = 256;

/// The board in memory behind its lock; clones are the same one.
///
/// Whoever answers from it calls [`Matcher::refresh`] first and then sees at least what was committed before that call, on
/// whichever node.
#[derive(Clone)]
pub struct Matcher(Arc<Inner>);

struct Inner {
    board: RwLock<Board>,
    /// Rises with each change of the board.
    revision: AtomicU64,
    /// How many looks at the feed have begun.
    looks: AtomicU64,
    feed: Mutex<Feed>,
    /// What was scarce at a revision.
    shortages: Mutex<Option<(u64, Arc<Vec<Shortage>>)>>,
}

#[derive(Default)]
struct Feed {
    /// None until the board has been built.
    follower: Option<Follower>,
    /// The last look that came to a good end.
    seen: u64,
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Matcher")
    }
}

/// What becomes of an entity on the board.
enum Update {
    Need(Box<NeedFacts>),
    NoNeed(NeedId),
    Volunteer(Box<VolunteerFacts>),
    NoVolunteer(AccountId),
}

impl Matcher {
    /// A matcher that builds its board at the first [`Matcher::refresh`].
    pub fn new(ctx: &Ctx) -> Self {
        Self(Arc::new(Inner {
            board: RwLock::new(empty(ctx)),
            revision: AtomicU64::new(0),
            looks: AtomicU64::new(0),
            feed: Mutex::default(),
            shortages: Mutex::default(),
        }))
    }

    /// Brings the board up to what is committed now.
    ///
    /// # Errors
    /// When the database can't be read; the board then stays as it was.
    pub async fn refresh(&self, ctx: &Ctx) -> Result<()> {
        let inner = &self.0;
        let begun = inner.looks.load(Ordering::Acquire);
        let mut feed = inner.feed.lock().await;
        // A look that began after this call has seen all that was committed before it.
        if feed.seen > begun {
            return Ok(());
        }
        let look = inner.looks.fetch_add(1, Ordering::AcqRel) + 1;
        self.take_over_the_day(ctx);
        // The follower moves on only with the board: an error or a caller who goes away loses no change.
        let follower = if let Some(mut follower) = feed.follower.clone() {
            match follower.poll(ctx.store()).await? {
                News::Changes(changes) => {
                    self.take_over(ctx, &changes).await?;
                    if changes.iter().any(|change| change.kind == ROUND_DONE.0) {
                        self.take_over_prices(ctx).await?;
                    }
                }
                News::Reload => self.rebuild(ctx).await?,
            }
            follower
        } else {
            let follower = Follower::start(ctx.store()).await?;
            self.rebuild(ctx).await?;
            follower
        };
        feed.follower = Some(follower);
        feed.seen = look;
        metrics::gauge!("mainstay_index_current_at_seconds").set(seconds(ctx.now()));
        Ok(())
    }

    /// A number that rises whenever something on the board changes.
    pub fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Acquire)
    }

    /// Looks at the board on a thread where that may take its time.
    ///
    /// # Errors
    /// When the closure panics.
    pub async fn look<T: Send + 'static>(&self, look: impl FnOnce(&Board) -> T + Send + 'static) -> Result<T> {
        let inner = self.0.clone();
        let there = move || look(&inner.board.read().unwrap_or_else(PoisonError::into_inner));
        spawn_blocking(there).await.map_err(Error::internal)
    }

    /// What is scarce, the scarcest first; worked out once for each state of the board.
    pub(super) async fn shortages(&self) -> Result<Arc<Vec<Shortage>>> {
        let mut kept = self.0.shortages.lock().await;
        let revision = self.revision();
        if let Some((_, list)) = kept.as_ref().filter(|(of, _)| *of == revision) {
            return Ok(list.clone());
        }
        let list = Arc::new(self.look(shortages).await?);
        *kept = Some((revision, list.clone()));
        Ok(list)
    }

    fn change(&self, change: impl FnOnce(&mut Board)) {
        change(&mut self.0.board.write().unwrap_or_else(PoisonError::into_inner));
        self.0.revision.fetch_add(1, Ordering::AcqRel);
    }

    fn take_over_the_day(&self, ctx: &Ctx) {
        let today = ctx.now().date_naive();
        let board_day = self.0.board.read().unwrap_or_else(PoisonError::into_inner).market().today;
        if board_day != today {
            self.change(|board| board.set_today(today));
        }
    }

    async fn rebuild(&self, ctx: &Ctx) -> Result<()> {
        let board = build::board(ctx).await?;
        self.change(|place| *place = board);
        Ok(())
    }

    /// Takes over the prices of the newest round that came to a plan.
    async fn take_over_prices(&self, ctx: &Ctx) -> Result<()> {
        if let Some(prices) = ctx.store().read(rounds::newest_prices).await? {
            self.change(|board| board.set_prices(prices.of, prices.p95));
        }
        Ok(())
    }

    async fn take_over(&self, ctx: &Ctx, changes: &[Change]) -> Result<()> {
        let which = Changed::of(changes);
        let updates = ctx.store().read(move |conn| which.read_again(conn)).await?;
        let mut updates = updates.into_iter().peekable();
        while updates.peek().is_some() {
            self.change(|board| updates.by_ref().take(BATCH).for_each(|update| apply(board, update)));
        }
        Ok(())
    }
}

/// Seconds since 1970, exact for metrics: far below the 2^53 that a double holds.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a gauge is a double, and seconds are few")]
fn seconds(at: Timestamp) -> f64 {
    at.timestamp() as f64
}

fn empty(ctx: &Ctx) -> Board {
    Board::new(Market::new(ctx.now().date_naive()))
}

fn apply(board: &mut Board, update: Update) {
    match update {
        Update::Need(facts) => board.upsert_need(*facts),
        Update::NoNeed(id) => {
            board.remove_need(id);
        }
        Update::Volunteer(facts) => board.upsert_volunteer(*facts),
        Update::NoVolunteer(id) => {
            board.remove_volunteer(id);
        }
    }
}

/// What the feed says has changed.
struct Changed {
    needs: BTreeSet<NeedId>,
    projects: BTreeSet<ProjectId>,
    people: BTreeSet<AccountId>,
}

impl Changed {
    fn of(news: &[Change]) -> Self {
        let mut changed = Self { needs: BTreeSet::new(), projects: BTreeSet::new(), people: BTreeSet::new() };
        let of_people = [VOLUNTEER_CHANGED.0, ACCOUNT_CHANGED.0, MEMBERSHIP_CHANGED.0, PROPOSAL_CHANGED.0];
        for Change { kind, entity } in news {
            match kind.as_str() {
                kind if kind == NEED_CHANGED.0 => {
                    changed.needs.insert(NeedId(entity.0));
                }
                kind if kind == PROJECT_CHANGED.0 => {
                    changed.projects.insert(ProjectId(entity.0));
                }
                kind if of_people.contains(&kind) => {
                    changed.people.insert(AccountId(entity.0));
                }
                _ => {}
            }
        }
        changed
    }

    fn read_again(mut self, conn: &mut Conn) -> Result<Vec<Update>> {
        let projects: Vec<ProjectId> = self.projects.into_iter().collect();
        for projects in projects.chunks(CHUNK) {
            self.needs.extend(needs::list_open_need_ids(conn, projects)?);
        }
        let mut updates = Vec::with_capacity(self.needs.len() + self.people.len());
        let needs: Vec<NeedId> = self.needs.into_iter().collect();
        for ids in needs.chunks(CHUNK) {
            let mut gone: BTreeSet<NeedId> = ids.iter().copied().collect();
            for facts in load::needs_by_id(conn, ids)?.into_iter().filter(|facts| facts.is_open) {
                gone.remove(&facts.id);
                updates.push(Update::Need(Box::new(facts)));
            }
            updates.extend(gone.into_iter().map(Update::NoNeed));
        }
        let people: Vec<AccountId> = self.people.into_iter().collect();
        for ids in people.chunks(CHUNK) {
            let mut gone: BTreeSet<AccountId> = ids.iter().copied().collect();
            for facts in load::volunteers_by_id(conn, ids)? {
                gone.remove(&facts.account);
                updates.push(Update::Volunteer(Box::new(facts)));
            }
            updates.extend(gone.into_iter().map(Update::NoVolunteer));
        }
        Ok(updates)
    }
}
