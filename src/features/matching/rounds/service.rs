//! Use cases of rounds.

use super::ROUND_DONE;
use super::inputs::Aim;
use super::model::{Round, RoundAction, RoundPair, RoundStatus, advance};
use super::problems::{ALREADY_RUNNING, NOTHING_TO_REPEAT};
use super::run::RUN_ROUND;
use super::{policy, store};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, Account};
use crate::features::audit;
use crate::features::needs::{self, Need};
use crate::features::projects::Project;
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::infra::queue::{self, NewJob};
use crate::kernel::{AccountId, Actor, Cursor, Error, IfMatch, Limit, NeedId, Page, RequestId, Result, RoundId};
use std::collections::HashMap;

/// Where a round is looked at.
pub(super) fn address(id: RoundId) -> String {
    format!("/api/v1/rounds/{id}")
}

/// What is asked for.
pub(super) enum Wanted {
    /// A round over what is there now.
    Fresh(Aim),
    /// The inputs of another round once more.
    Again(RoundId),
}

/// A coordinator asks for a round.
pub(super) async fn ask(ctx: &Ctx, actor: &Actor, wanted: Wanted) -> Result<Round> {
    policy::may_run(actor).prove((), "round")?;
    require_verified(actor)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store().write(move |conn| ask_in(conn, &inner, &wanted, Some(actor.account_id), &actor.request_id)).await
}

pub(super) fn ask_in(
    conn: &mut Conn,
    ctx: &Ctx,
    wanted: &Wanted,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Round> {
    let (aim, repeats, inputs) = match wanted {
        Wanted::Fresh(aim) => (*aim, None, None),
        Wanted::Again(id) => {
            let before = store::get_round(conn, *id)?;
            let kept = store::find_inputs(conn, *id)?.filter(|_| before.outcome.is_some());
            let missing = || Error::new(&NOTHING_TO_REPEAT, format!("The round is {}.", before.status));
            let aim = Aim { policy: before.policy, floor_hours: before.floor_hours };
            (aim, Some(*id), Some(kept.ok_or_else(missing)?))
        }
    };
    let now = ctx.now();
    let round = Round {
        id: ctx.ids().make(),
        status: RoundStatus::Queued,
        policy: aim.policy,
        floor_hours: aim.floor_hours,
        repeats,
        requested_by: by,
        progress: 0,
        outcome: None,
        failure: None,
        version: 1,
        created_at: now,
        started_at: None,
        finished_at: None,
        published_at: None,
    };
    if !store::insert_round(conn, &round, inputs)? {
        return Err(in_the_way(store::find_active(conn)?));
    }
    record(conn, ctx, (round.id, None, round.status), by, request_id)?;
    let payload = serde_json::json!({ "round": round.id });
    queue::enqueue(conn, ctx.ids(), now, NewJob { kind: RUN_ROUND, payload, run_at: now, unique_key: None })?;
    Ok(round)
}

fn in_the_way(active: Option<RoundId>) -> Error {
    let detail = "There is one round at a time, since each is over everybody's hours.";
    let error = Error::new(&ALREADY_RUNNING, detail);
    match active {
        Some(id) => error.with_extra("location", address(id)),
        None => error,
    }
}

/// Moves a locked round on and writes down how it came about.
pub(super) fn step(
    conn: &mut Conn,
    ctx: &Ctx,
    round: Round,
    action: RoundAction,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<Round> {
    let from = round.status;
    let round = Round { status: advance(from, action)?, ..round };
    store::move_round(conn, &round)?;
    record(conn, ctx, (round.id, Some(from), round.status), by, request_id)?;
    if round.status == RoundStatus::Done {
        feed::note(conn, ctx.ids(), ROUND_DONE, round.id)?;
    }
    store::get_round(conn, round.id)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    (id, from, to): (RoundId, Option<RoundStatus>, RoundStatus),
    actor: Option<AccountId>,
    request_id: &RequestId,
) -> Result<()> {
    let change = audit::Change {
        machine: "round",
        entity: id.into(),
        actor,
        from: from.map(RoundStatus::as_str),
        to: to.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(())
}

/// A round that waits or runs is called off.
pub(super) async fn cancel(ctx: &Ctx, actor: &Actor, id: RoundId, if_match: IfMatch) -> Result<Round> {
    policy::may_run(actor).prove((), "round")?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let round = store::lock_round(conn, id)?;
            if_match.check(round.version)?;
            let ended = Round { finished_at: Some(inner.now()), ..round };
            step(conn, &inner, ended, RoundAction::Cancel, Some(actor.account_id), &actor.request_id)
        })
        .await
}

/// A round as it stands.
pub(super) async fn get(ctx: &Ctx, actor: &Actor, id: RoundId) -> Result<Round> {
    policy::may_run(actor).prove((), "round")?;
    ctx.store().read(move |conn| store::get_round(conn, id)).await
}

/// All rounds, newest first.
pub(super) async fn list(ctx: &Ctx, actor: &Actor, limit: Limit, after: Option<Cursor>) -> Result<Page<Round>> {
    policy::may_run(actor).prove((), "round")?;
    ctx.store().read(move |conn| store::list_rounds(conn, limit, after.as_ref())).await
}

/// A pair with what it is about.
#[derive(Debug)]
pub(super) struct PairCard {
    pub pair: RoundPair,
    pub need: Need,
    pub project: Project,
    pub volunteer: Account,
}

/// The pairs of a plan, best score first.
pub(super) async fn pairs(
    ctx: &Ctx,
    actor: &Actor,
    id: RoundId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<PairCard>> {
    policy::may_run(actor).prove((), "round")?;
    let from = match &after {
        None => 0,
        Some(cursor) => {
            let wrong = |_| Error::field("?cursor", "invalid_cursor", "This cursor is not one of this list.");
            cursor.key.parse::<i32>().map_err(wrong)?.saturating_add(1)
        }
    };
    ctx.store()
        .read(move |conn| {
            let round = store::get_round(conn, id)?;
            let rows = store::list_pairs(conn, round.id, from, limit.rows_and_one())?;
            let needs: Vec<NeedId> = rows.iter().map(|row| row.need_id).collect();
            let people: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
            let needs: HashMap<NeedId, (Need, Project)> =
                needs::list_needs_by_id(conn, &needs)?.into_iter().map(|row| (row.0.id, row)).collect();
            let people: HashMap<AccountId, Account> =
                accounts::list_accounts(conn, &people)?.into_iter().map(|row| (row.id, row)).collect();
            let cards = rows.into_iter().filter_map(|pair| {
                let (need, project) = needs.get(&pair.need_id)?.clone();
                let volunteer = people.get(&pair.account_id)?.clone();
                Some(PairCard { pair, need, project, volunteer })
            });
            Ok(Page::cut(cards.collect(), limit, |card: &PairCard| Cursor {
                key: card.pair.position.to_string(),
                id: card.pair.need_id.into(),
            }))
        })
        .await
}
