//! Chaining, verifying and reading the log.

use super::chain::{self, Finding};
use super::model::{Event, Head};
use super::{policy, store};
use crate::infra::Ctx;
use crate::kernel::{Actor, Page, Result};

/// So many events a transaction or a read.
const BATCH: i64 = 500;
/// So many findings are told; a log that was tampered with throughout says so just as well.
const MOST_FINDINGS: usize = 1_000;

/// Chains the events that were committed since the last time; returns how many. Safe to repeat, and for several nodes at
/// once: one chains, the others wait for it and find nothing left.
pub async fn chain_committed(ctx: &Ctx) -> Result<usize> {
    if !ctx.store().read(store::has_unchained).await? {
        return Ok(0);
    }
    let (mut chained, mut after) = (0, None);
    loop {
        let inner = ctx.clone();
        let (now, last) = ctx.store().write(move |conn| store::chain_next(conn, &inner, after, BATCH)).await?;
        chained += now;
        if last.is_none() {
            return Ok(chained);
        }
        after = last;
    }
}

/// What a walk of the whole log found.
#[derive(Debug)]
pub struct Verdict {
    /// How many events there are.
    pub events: u64,
    /// How many of them wait to be chained.
    pub unchained: u64,
    /// How far the chain goes; to be noted down elsewhere.
    pub head: Head,
    /// What is not as it was written; empty when all is well.
    pub findings: Vec<Finding>,
}

/// Walks the whole log. It changes nothing, and goes on while others write.
pub async fn verify(ctx: &Ctx) -> Result<Verdict> {
    // The head first: events that are chained meanwhile only make the chain longer than it says.
    let head = ctx.store().read(store::find_head).await?;
    // Then what is loose, so that nothing is missed which is chained between the two.
    let mut walk = chain::Verifier::new(ctx.sealer(), head);
    let mut last = None;
    loop {
        let loose = ctx.store().read(move |conn| store::list_loose(conn, last, BATCH)).await?;
        let Some(end) = loose.last() else { break };
        last = Some(end.id);
        for event in &loose {
            walk.loose(event);
        }
    }
    let mut place = i64::MIN;
    while walk.findings.len() < MOST_FINDINGS {
        let chained = ctx.store().read(move |conn| store::list_chained(conn, place, BATCH)).await?;
        let Some(end) = chained.last().and_then(|event| event.seq) else {
            walk.end();
            break;
        };
        place = end;
        for event in &chained {
            walk.chained(event, event.seq.unwrap_or_default());
        }
    }
    let findings = std::mem::take(&mut walk.findings);
    Ok(Verdict { events: walk.events, unchained: walk.unchained, findings, head: walk.into_head() })
}

/// The log for administrators.
pub(super) async fn search(ctx: &Ctx, actor: &Actor, filter: store::Filter) -> Result<Page<Event>> {
    policy::may_read_log(actor).prove((), "audit log")?;
    ctx.store().read(move |conn| store::search_events(conn, &filter)).await
}

/// The next events for an export, in the order of the chain; what is not chained yet is left for the next export.
pub async fn next_for_export(ctx: &Ctx, after: i64) -> Result<Vec<Event>> {
    ctx.store().read(move |conn| store::list_chained(conn, after, BATCH)).await
}
