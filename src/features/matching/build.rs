//! The board, built from the database: one page is read while what belongs to the one before is gathered, and the one before that is
//! put where it belongs.
//!
//! Each statement sees what was committed when it began. Whoever builds has begun to follow the change feed before, and hears of
//! what changed meanwhile.

use super::board::{Board, Draft};
use super::load::{self, Projects};
use super::rounds;
use super::score::{Market, NeedFacts, VolunteerFacts};
use crate::features::accounts::AccountGist;
use crate::features::needs::{self, NeedGist};
use crate::features::projects::{self, ProjectGist};
use crate::features::volunteers::{self, Profile};
use crate::infra::Ctx;
use crate::infra::db::{Among, Conn};
use crate::kernel::{AccountId, Error, NeedId, ProjectId, Result};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Rows of a page.
const PAGE: usize = 10_000;

/// The board as of now.
pub(super) async fn board(ctx: &Ctx) -> Result<Board> {
    let begun = Instant::now();
    let mut draft = Draft::new(Market::new(ctx.now().date_naive()));
    if let Some(prices) = ctx.store().read(rounds::newest_prices).await? {
        draft = draft.with_prices(prices.of, prices.p95);
    }
    let projects = Arc::new(fill(ctx, Projects::new(), Listed).await?);
    let (project_count, projects_after) = (projects.len(), begun.elapsed());
    let draft = fill(ctx, draft, Needs(projects)).await?;
    let needs_after = begun.elapsed();
    let draft = fill(ctx, draft, Volunteers).await?;
    let volunteers_after = begun.elapsed();
    let board = spawn_blocking(move || draft.finish()).await.map_err(Error::internal)?;
    tracing::info!(
        projects = project_count,
        needs = board.need_count(),
        volunteers = board.volunteer_count(),
        projects_seconds = projects_after.as_secs_f64(),
        needs_seconds = needs_after.saturating_sub(projects_after).as_secs_f64(),
        volunteers_seconds = volunteers_after.saturating_sub(needs_after).as_secs_f64(),
        filing_seconds = begun.elapsed().saturating_sub(volunteers_after).as_secs_f64(),
        "the board is built"
    );
    Ok(board)
}

/// How many rows a page has at most.
fn rows() -> i64 {
    i64::try_from(PAGE).unwrap_or(i64::MAX)
}

/// What is read.
trait Kind: Clone + Send + 'static {
    /// What is filled with it.
    type All: Send + 'static;
    type Id: Copy + Send + 'static;
    type Row: Send + 'static;
    type Facts: Send + 'static;
    /// The next rows behind this one, in the order of their ids.
    fn list(conn: &mut Conn, after: Option<Self::Id>) -> Result<Vec<Self::Row>>;
    fn id(row: &Self::Row) -> Self::Id;
    /// What is scored, from these rows and what else is known of those in this range.
    fn gather(&self, conn: &mut Conn, rows: Vec<Self::Row>, range: Among<'_, Self::Id>) -> Result<Vec<Self::Facts>>;
    fn put(all: &mut Self::All, facts: Self::Facts);
}

/// Every listed project. A need whose project is not among them was made after this was read, and the change feed tells of both.
#[derive(Clone)]
struct Listed;

impl Kind for Listed {
    type All = Projects;
    type Id = ProjectId;
    type Row = ProjectGist;
    type Facts = Projects;

    fn list(conn: &mut Conn, after: Option<ProjectId>) -> Result<Vec<ProjectGist>> {
        projects::list_listed(conn, after, rows())
    }

    fn id(row: &ProjectGist) -> ProjectId {
        row.id
    }

    fn gather(&self, conn: &mut Conn, rows: Vec<ProjectGist>, range: Among<'_, ProjectId>) -> Result<Vec<Projects>> {
        Ok(vec![load::projects(conn, rows, range)?])
    }

    fn put(all: &mut Projects, facts: Projects) {
        all.extend(facts);
    }
}

#[derive(Clone)]
struct Needs(Arc<Projects>);

impl Kind for Needs {
    type All = Draft;
    type Id = NeedId;
    type Row = NeedGist;
    type Facts = NeedFacts;

    fn list(conn: &mut Conn, after: Option<NeedId>) -> Result<Vec<NeedGist>> {
        needs::list_open_needs(conn, after, rows())
    }

    fn id(row: &NeedGist) -> NeedId {
        row.id
    }

    fn gather(&self, conn: &mut Conn, rows: Vec<NeedGist>, range: Among<'_, NeedId>) -> Result<Vec<NeedFacts>> {
        load::needs(conn, rows, range, &self.0)
    }

    fn put(draft: &mut Draft, facts: NeedFacts) {
        draft.add_need(facts);
    }
}

#[derive(Clone)]
struct Volunteers;

impl Kind for Volunteers {
    type All = Draft;
    type Id = AccountId;
    type Row = (Profile, AccountGist);
    type Facts = VolunteerFacts;

    fn list(conn: &mut Conn, after: Option<AccountId>) -> Result<Vec<Self::Row>> {
        volunteers::list_offers(conn, after, rows())
    }

    fn id((_, account): &Self::Row) -> AccountId {
        account.id
    }

    fn gather(
        &self,
        conn: &mut Conn,
        mut rows: Vec<Self::Row>,
        range: Among<'_, AccountId>,
    ) -> Result<Vec<VolunteerFacts>> {
        rows.retain(|(profile, account)| load::is_offered(profile, account));
        load::volunteers(conn, rows, range)
    }

    fn put(draft: &mut Draft, facts: VolunteerFacts) {
        draft.add_volunteer(facts);
    }
}

/// Rows of a range: the place behind which it begins, its last id, and they themselves.
type Page<K> = (Option<<K as Kind>::Id>, <K as Kind>::Id, Vec<<K as Kind>::Row>);

/// Puts all of a kind where they belong.
async fn fill<K: Kind>(ctx: &Ctx, all: K::All, kind: K) -> Result<K::All> {
    let (read, to_gather) = mpsc::channel(1);
    let (gathered, to_put) = mpsc::channel(1);
    let ((), (), all) =
        tokio::try_join!(list::<K>(ctx, read), gather(ctx, kind, to_gather, gathered), put::<K>(all, to_put))?;
    Ok(all)
}

async fn list<K: Kind>(ctx: &Ctx, pages: mpsc::Sender<Page<K>>) -> Result<()> {
    let mut after = None;
    loop {
        let rows = ctx.store().read(move |conn| K::list(conn, after)).await?;
        let is_full = rows.len() == PAGE;
        let Some(last) = rows.last().map(K::id) else { return Ok(()) };
        // Whoever hangs up has failed, and says so.
        if pages.send((after, last, rows)).await.is_err() || !is_full {
            return Ok(());
        }
        after = Some(last);
    }
}

async fn gather<K: Kind>(
    ctx: &Ctx,
    kind: K,
    mut pages: mpsc::Receiver<Page<K>>,
    facts: mpsc::Sender<Vec<K::Facts>>,
) -> Result<()> {
    while let Some((after, last, rows)) = pages.recv().await {
        let kind = kind.clone();
        let some = ctx.store().read(move |conn| kind.gather(conn, rows, Among::Span(after, last))).await?;
        if facts.send(some).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn put<K: Kind>(mut all: K::All, mut facts: mpsc::Receiver<Vec<K::Facts>>) -> Result<K::All> {
    while let Some(some) = facts.recv().await {
        let there = move || {
            for one in some {
                K::put(&mut all, one);
            }
            all
        };
        all = spawn_blocking(there).await.map_err(Error::internal)?;
    }
    Ok(all)
}
