//! Publishing a round: its pairs go out as recommendations, which both sides accept or decline like any other proposal.

use super::model::{Round, RoundAction};
use super::service::step;
use super::{policy, store};
use crate::features::proposals;
use crate::infra::Ctx;
use crate::infra::queue::{self, NewJob};
use crate::kernel::{Actor, Error, IfMatch, RequestId, Result, RoundId};

/// The job that sends a published round's pairs out; `round` in its payload.
pub const PUBLISH_ROUND: &str = "publish_round";
/// Pairs looked at at a time.
const BATCH: i64 = 100;

/// A coordinator publishes a plan. The recommendations follow at once, by a job.
pub(super) async fn publish(ctx: &Ctx, actor: &Actor, id: RoundId, if_match: IfMatch) -> Result<Round> {
    policy::may_run(actor).prove((), "round")?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let round = store::lock_round(conn, id)?;
            if_match.check(round.version)?;
            let now = inner.now();
            let round = Round { published_at: Some(now), ..round };
            let by = Some(actor.account_id);
            let round = step(conn, &inner, round, RoundAction::Publish, by, &actor.request_id)?;
            let payload = serde_json::json!({ "round": id });
            queue::enqueue(
                conn,
                inner.ids(),
                now,
                NewJob { kind: PUBLISH_ROUND, payload, run_at: now, unique_key: None },
            )?;
            Ok(round)
        })
        .await
}

/// Makes a recommendation of each pair, one transaction each, so that a round of thousands holds nobody up. Safe to repeat:
/// who has a proposal with the need already is left alone.
pub async fn recommend(ctx: Ctx, payload: serde_json::Value) -> Result<()> {
    let round: RoundId =
        serde_json::from_value(payload.get("round").cloned().unwrap_or_default()).map_err(Error::internal)?;
    let request_id = RequestId::new(ctx.ids().make());
    proposals::supersede_recommendations(&ctx, round, &request_id).await?;
    let mut from = 0;
    loop {
        let pairs = ctx.store().read(move |conn| store::list_pairs(conn, round, from, BATCH)).await?;
        let Some(last) = pairs.last() else { return Ok(()) };
        from = last.position.saturating_add(1);
        for pair in &pairs {
            let (inner, request_id) = (ctx.clone(), request_id.clone());
            let wanted = (pair.need_id, pair.account_id, pair.hours_per_week);
            ctx.store()
                .write(move |conn| proposals::recommend_in(conn, &inner, round, wanted, &request_id).map(|_| ()))
                .await?;
        }
    }
}
