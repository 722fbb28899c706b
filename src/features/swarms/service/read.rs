//! Reading swarms, each as far as the caller sees it.

use super::see;
use crate::features::accounts;
use crate::features::advisories;
use crate::features::projects;
use crate::features::swarms::model::{Participant, Swarm};
use crate::features::swarms::policy::Sight;
use crate::features::swarms::store::{self, Filter};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Caller, Page, Result, SwarmId, Timestamp};
use std::collections::HashMap;

/// What a swarm is about, where the caller may know it.
#[derive(Debug, Clone)]
pub(in crate::features::swarms) struct About {
    pub advisory: String,
    pub summary: String,
    pub severity: Option<advisories::SeverityLevel>,
    pub project: Option<String>,
}

/// How far the news has come.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::features::swarms) struct Notices {
    pub exposed: usize,
    pub notified: usize,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

/// A swarm, as far as the caller sees it.
#[derive(Debug)]
pub(in crate::features::swarms) struct Card {
    pub swarm: Swarm,
    pub sight: Sight,
    pub embargoed: bool,
    pub leads: bool,
    pub part: Option<Participant>,
    pub called_by: Option<String>,
    pub about: Option<About>,
    pub notices: Option<Notices>,
}

pub(super) fn notices(conn: &mut Conn, id: SwarmId) -> Result<Notices> {
    let rows = store::list_organizations(conn, id)?;
    let told: Vec<Timestamp> = rows.iter().filter_map(|row| row.notified_at).collect();
    Ok(Notices {
        exposed: rows.len(),
        notified: told.len(),
        first: told.iter().min().copied(),
        last: told.iter().max().copied(),
    })
}

pub(super) fn about(conn: &mut Conn, swarm: &Swarm) -> Result<About> {
    let advisory = advisories::get_advisory(conn, swarm.advisory_id)?;
    let project = match swarm.project_id {
        Some(id) => Some(projects::get_project(conn, id)?.slug),
        None => None,
    };
    Ok(About { advisory: advisory.osv_id, summary: advisory.summary, severity: advisory.severity, project })
}

/// The swarm as the caller sees it.
pub(super) fn card(conn: &mut Conn, swarm: Swarm, actor: Option<&Actor>, now: Timestamp) -> Result<Card> {
    let seen = see(conn, actor, swarm.id, now)?;
    let sight = seen.standing.sight();
    let (mut shown, mut all) = (None, None);
    if sight != Sight::Call {
        shown = Some(about(conn, &swarm)?);
    }
    let called_by =
        if sight == Sight::Public { None } else { Some(accounts::get_account(conn, swarm.called_by)?.handle) };
    if sight == Sight::Everything {
        all = Some(notices(conn, swarm.id)?);
    }
    Ok(Card {
        sight,
        embargoed: seen.standing.embargoed,
        leads: seen.standing.leads(),
        part: seen.part,
        called_by,
        about: shown,
        notices: all,
        swarm,
    })
}

/// One swarm.
pub(in crate::features::swarms) async fn get(ctx: &Ctx, caller: &Caller, id: SwarmId) -> Result<Card> {
    let (actor, now) = (caller.actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, actor.as_ref(), id, now)?;
            card(conn, seen.swarm, actor.as_ref(), now)
        })
        .await
}

/// The swarms that the caller may know of; of a named advisory, if it is one that the caller may see.
pub(in crate::features::swarms) async fn list(
    ctx: &Ctx,
    caller: &Caller,
    advisory: Option<String>,
    mut filter: Filter,
) -> Result<Page<Card>> {
    let (actor, now) = (caller.actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            if let Some(name) = &advisory {
                // Of one that is not there nobody has called a swarm, and of a hidden one neither.
                let found = advisories::find_by_name(conn, name)?;
                let Some(found) = found else { return Ok(Page { items: Vec::new(), next: None }) };
                filter.advisory = Some(found.id);
            }
            let page = store::list_swarms(conn, &filter)?;
            let mut items = Vec::with_capacity(page.items.len());
            for swarm in page.items {
                let card = card(conn, swarm, actor.as_ref(), now)?;
                // Who has not consented does not learn by asking which swarm is about what.
                if advisory.is_none() || card.about.is_some() {
                    items.push(card);
                }
            }
            Ok(Page { items, next: page.next })
        })
        .await
}

/// The advisory that a swarm is about, for those who may read the swarm's content.
pub(in crate::features::swarms) async fn advisory(ctx: &Ctx, actor: &Actor, id: SwarmId) -> Result<advisories::Card> {
    let (actor, now) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, Some(&actor), id, now)?;
            seen.standing.require_content()?;
            let advisory = advisories::get_advisory(conn, seen.swarm.advisory_id)?;
            advisories::card_of(conn, advisory, now)
        })
        .await
}

/// Handles by account.
pub(super) fn handles(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, String>> {
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        found.extend(accounts::list_accounts(conn, some)?.into_iter().map(|account| (account.id, account.handle)));
    }
    Ok(found)
}
