//! What runs in the background: the job queue, and the chores that come back.

use super::state::State;
use crate::features::matching::{Matcher, rounds};
use crate::features::{
    accounts, assignments, audit, baseline, credentials, moderation, needs, notifications, organizations, pledges,
    projects, proposals, risk, swarms, time_entries, webhooks,
};
use crate::infra::db::{feed, idempotency};
use crate::infra::mail::Mailer;
use crate::infra::queue::{Limits, Registry, Worker};
use crate::infra::{Ctx, outbox};
use crate::kernel::{RequestId, Result};
use std::time::Duration;

/// The worker of this node, with who does which job.
pub fn queue(ctx: &Ctx, mailer: Mailer, matcher: Matcher) -> Worker<Ctx> {
    let registry = Registry::default().on(outbox::SEND_MAIL, move |ctx: Ctx, payload: serde_json::Value| {
        let mailer = mailer.clone();
        async move { send_mail(&ctx, &mailer, &payload).await }
    });
    let registry = registry.on(accounts::SEND_LINK, accounts::send_link);
    let registry = registry.on(projects::LEFT_THE_LIST, needs::pause_unlisted);
    let registry = registry.on(projects::CAME_OR_WENT, assignments::follow_project);
    let registry = registry.on(projects::MODERATED, moderation::project_moderated);
    let registry = registry.on(webhooks::DELIVER, webhooks::deliver);
    let registry = registry.on(needs::NEED_FULFILLED, baseline::ask_again);
    let registry = registry.on(projects::STATEMENT_TAKEN, baseline::take_up);
    let registry = registry.on(swarms::CALL_OUT, |ctx: Ctx, payload: serde_json::Value| async move {
        swarms::call_out(&ctx, &payload).await
    });
    let registry = registry
        .on(swarms::NOTIFY, |ctx: Ctx, payload: serde_json::Value| async move { swarms::notify(&ctx, &payload).await });
    let registry = registry.on(risk::REFRESH_RISK, risk::refresh);
    let registry = registry.on(needs::SEAT_FREED, proposals::offer_next);
    let registry = registry.on(needs::LEFT_THE_MARKET, proposals::close_all);
    let registry = registry.on(needs::NEED_REVISED, proposals::ask_again);
    let registry = registry.on(projects::TERMS_CHANGED, |ctx: Ctx, payload: serde_json::Value| async move {
        proposals::ask_all_again(ctx.clone(), payload.clone()).await?;
        assignments::follow_project(ctx, payload).await
    });
    let registry = registry.on(outbox::SPREAD_NEWS, super::subscriptions::spread);
    let registry = registry.on(rounds::PUBLISH_ROUND, rounds::recommend);
    let registry = registry.on(rounds::RUN_ROUND, move |ctx: Ctx, payload: serde_json::Value| {
        let matcher = matcher.clone();
        async move { rounds::run(&ctx, &matcher, &payload).await }
    });
    let jobs = &ctx.settings().jobs;
    let limits = Limits {
        concurrency: u32::try_from(jobs.workers).unwrap_or(u32::MAX),
        poll: Duration::from_millis(jobs.poll_ms),
        grace: Duration::from_secs(ctx.settings().server.shutdown_grace_seconds),
        // Over about a day and a half: mail servers are away for a night now and then.
        max_attempts: 20,
        ..Limits::default()
    };
    Worker::new(ctx.store().clone(), ctx.clock(), ctx.shared_entropy(), ctx.clone(), registry, limits)
}

/// Sends a mail; an address at which nobody is reached is noted with its account.
async fn send_mail(ctx: &Ctx, mailer: &Mailer, payload: &serde_json::Value) -> Result<()> {
    let Err(unsent) = outbox::deliver(ctx, mailer, payload).await else { return Ok(()) };
    if let Some(unreached) = unsent.unreached {
        accounts::note_unreached(ctx, unreached, RequestId::new(ctx.ids().make())).await?;
    }
    Err(unsent.error)
}

/// Chores that every node does for itself every few minutes, until it is told to stop.
pub async fn chores(state: State, every: Duration) {
    let mut pause = tokio::time::interval(every);
    loop {
        pause.tick().await;
        state.limits.forget_idle();
        if let Err(error) = round(&state.ctx).await {
            tracing::warn!(%error, "a chore failed; it comes back");
        }
    }
}

/// Takes over what changed, four times a second, until it is told to stop: answers look at the feed themselves, and then find
/// little left to do.
pub async fn keep_current(state: State) {
    let mut pause = tokio::time::interval(Duration::from_millis(250));
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        pause.tick().await;
        let outcome = state.matcher.refresh(&state.ctx).await.and(state.search.refresh(&state.ctx).await);
        match outcome {
            Ok(()) => failing = false,
            // Told once: while the database is away this comes back at each look.
            Err(error) if !failing => {
                failing = true;
                tracing::warn!(%error, "the indexes are not current; trying again");
            }
            Err(_) => {}
        }
    }
}

/// Changes that stay in the feed: hours of them at full load. A node that fell further behind loads everything anew.
const KEPT_CHANGES: u32 = 100_000;

/// Notes wrong passwords, and chains the events that were committed, moments after they were, until it is told to stop.
pub async fn chain_events(ctx: Ctx) {
    let mut pause = tokio::time::interval(Duration::from_secs(1));
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        if let Err(error) = accounts::note_failures(&ctx).await {
            tracing::warn!(%error, "wrong passwords could not be noted in the log");
        }
        if let Err(error) = audit::chain_committed(&ctx).await {
            tracing::warn!(%error, "events could not be chained; trying again");
        }
    }
}

/// Sorts measured times into their buckets every few seconds: until then each is kept by itself.
pub async fn keep_up_metrics(state: State) {
    let mut pause = tokio::time::interval(Duration::from_secs(5));
    loop {
        pause.tick().await;
        state.metrics.upkeep();
    }
}

/// Every chore once, as it comes back every few minutes.
///
/// # Errors
/// When one of them fails; those before it are done.
pub async fn round(ctx: &Ctx) -> Result<()> {
    accounts::keys::refresh(ctx).await?;
    let (now, inner) = (ctx.now(), ctx.clone());
    ctx.store().write(move |conn| idempotency::prune(conn, now)).await?;
    ctx.store().write(move |conn| feed::prune(conn, inner.ids(), KEPT_CHANGES)).await?;
    projects::remind_of_proofs(ctx).await?;
    projects::lapse_verifications(ctx, RequestId::new(ctx.ids().make())).await?;
    accounts::erase_due(ctx, super::personal::PARTS, RequestId::new(ctx.ids().make())).await?;
    needs::expire_overdue(ctx, RequestId::new(ctx.ids().make())).await?;
    organizations::recheck_domains(ctx, RequestId::new(ctx.ids().make())).await?;
    proposals::work_off_clocks(ctx, RequestId::new(ctx.ids().make())).await?;
    pledges::work_off_clocks(ctx, RequestId::new(ctx.ids().make())).await?;
    assignments::follow(ctx, RequestId::new(ctx.ids().make())).await?;
    assignments::work_off_clocks(ctx, RequestId::new(ctx.ids().make())).await?;
    time_entries::confirm_silent(ctx, RequestId::new(ctx.ids().make())).await?;
    credentials::issue_due(ctx, RequestId::new(ctx.ids().make())).await?;
    webhooks::prune_deliveries(ctx).await?;
    notifications::send_due(ctx).await?;
    notifications::prune_notices(ctx).await?;
    rounds::ask_nightly(ctx, RequestId::new(ctx.ids().make())).await?;
    risk::ask_daily(ctx).await?;
    Ok(())
}
