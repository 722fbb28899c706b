//! Looking at the queue, and deciding over what was given up.

use super::policy;
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::queue::{self, DeadJob, KindCounts};
use crate::kernel::{AccountId, Actor, Cursor, Email, Error, JobId, Limit, Page, RequestId, Result};

/// What becomes of a job that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobAction {
    /// It is tried again from the start.
    Retry,
    /// It is removed for good.
    Discard,
}

impl JobAction {
    /// The word for the log.
    fn done(self) -> &'static str {
        match self {
            Self::Retry => "retried",
            Self::Discard => "discarded",
        }
    }
}

/// How full the queue is, and what was given up.
#[derive(Debug)]
pub struct Overview {
    /// By kind, sorted.
    pub counts: Vec<KindCounts>,
    /// Jobs that nobody tries again by itself, newest first.
    pub dead: Page<DeadJob>,
}

/// The queue as it is now; `kind` picks among the dead.
pub async fn overview(ctx: &Ctx, kind: Option<String>, limit: Limit, after: Option<Cursor>) -> Result<Overview> {
    let now = ctx.now();
    ctx.store()
        .read(move |conn| {
            let dead = queue::list_dead(conn, kind.as_deref(), limit, after.as_ref())?;
            Ok(Overview { counts: queue::counts_by_kind(conn, now)?, dead })
        })
        .await
}

/// The same, for an administrator.
pub(super) async fn overview_for(
    ctx: &Ctx,
    actor: &Actor,
    kind: Option<String>,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Overview> {
    policy::may_look_after_jobs(actor).prove((), "queue")?;
    overview(ctx, kind, limit, after).await
}

/// Decides over one job that was given up, for an administrator.
pub(super) async fn act(ctx: &Ctx, actor: &Actor, id: JobId, action: JobAction) -> Result<()> {
    policy::may_look_after_jobs(actor).prove((), "queue")?;
    require_fresh_factor(actor, ctx.now())?;
    act_on_one(ctx, id, action, Some(actor.account_id), actor.request_id.clone()).await
}

/// Decides over one job that was given up.
///
/// # Errors
/// 404 when there is no such job, or it was not given up.
pub async fn act_on_one(
    ctx: &Ctx,
    id: JobId,
    action: JobAction,
    by: Option<AccountId>,
    request_id: RequestId,
) -> Result<()> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let job = queue::find_dead(conn, id)?.ok_or_else(|| Error::not_found("dead job"))?;
            if settle(conn, &inner, &job, action, by, &request_id)? {
                return Ok(());
            }
            Err(Error::not_found("dead job"))
        })
        .await
}

/// So many jobs a transaction, so that other writers get their turn.
const BATCH: u32 = 100;

/// Decides over every job that was given up, or all of one kind; returns how many.
pub async fn act_on_all(
    ctx: &Ctx,
    kind: Option<String>,
    action: JobAction,
    by: Option<AccountId>,
    request_id: RequestId,
) -> Result<usize> {
    let limit = Limit::parse(Some(BATCH)).map_err(|fault| Error::internal(fault.detail))?;
    let mut settled = 0;
    let mut after: Option<Cursor> = None;
    loop {
        let (inner, kind, from, request_id) = (ctx.clone(), kind.clone(), after.take(), request_id.clone());
        let (done, next) = ctx
            .store()
            .write(move |conn| {
                let page = queue::list_dead(conn, kind.as_deref(), limit, from.as_ref())?;
                let mut done = 0;
                for job in &page.items {
                    done += usize::from(settle(conn, &inner, job, action, by, &request_id)?);
                }
                Ok((done, page.next))
            })
            .await?;
        settled += done;
        if next.is_none() {
            return Ok(settled);
        }
        after = next;
    }
}

fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    job: &DeadJob,
    action: JobAction,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<bool> {
    let settled = match action {
        JobAction::Retry => queue::revive(conn, job.id, ctx.now())?,
        JobAction::Discard => queue::discard(conn, job.id)?,
    };
    if settled {
        let change = audit::Change {
            machine: "job",
            entity: job.id.into(),
            actor: by,
            from: Some("dead"),
            to: action.done(),
            reason: Some(&job.kind),
            request_id,
        };
        audit::record(conn, ctx, change)?;
    }
    Ok(settled)
}

/// The text with every mail address in it masked: what went wrong is for administrators, whom it went wrong with is not.
pub fn mask(text: &str) -> String {
    let in_address = |c: char| c.is_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut word = String::new();
    let flush = |word: &mut String, masked: &mut String| {
        let bare = word.trim_end_matches(['.', '!', '?', '\'']);
        match Email::parse(bare) {
            Ok(email) if bare.contains('@') => {
                masked.push_str(&email.masked());
                masked.push_str(word.get(bare.len()..).unwrap_or_default());
            }
            // Something that is no address to us may be one to a mail server.
            _ if word.contains('@') => masked.push_str("***@***"),
            _ => masked.push_str(word),
        }
        word.clear();
    };
    for c in text.chars() {
        if in_address(c) {
            word.push(c);
        } else {
            flush(&mut word, &mut masked);
            masked.push(c);
        }
    }
    flush(&mut word, &mut masked);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_and_nothing_else() {
        for (text, clean) in [
            ("550 <ada@example.org>: unknown", "550 <a***@example.org>: unknown"),
            ("no such user ada.l+x@example.org.", "no such user a***@example.org."),
            ("to=ada@example.org, bob@example.com", "t***@example.org, b***@example.com"),
            ("ada@localhost can't be mailed to", "***@*** can't be mailed to"),
            ("unavailable: no answer within 30 seconds", "unavailable: no answer within 30 seconds"),
            ("", ""),
        ] {
            assert_eq!(mask(text), clean, "{text}");
        }
    }
}
