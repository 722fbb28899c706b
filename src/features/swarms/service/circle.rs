//! Who takes part and on which terms, and which organizations are exposed.

use super::alert;
use super::read::{Card, card, handles};
use super::{By, Seen, lock, log, record, see};
use crate::features::accounts::policy::{require_fresh_factor, require_verified};
use crate::features::accounts::{self, AccountStatus};
use crate::features::advisories;
use crate::features::advisories::policy::is_embargoed;
use crate::features::organizations;
use crate::features::swarms::letters;
use crate::features::swarms::model::{
    Participant, ParticipantAction, ParticipantOrigin, ParticipantRole, ParticipantStatus, Swarm, SwarmAction,
    SwarmEntryKind, SwarmStatus, advance, answer,
};
use crate::features::swarms::problems::{ENDED, LIFTED, TERMS_CHANGED};
use crate::features::swarms::store;
use crate::infra::db::Conn;
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    Actor, Check, Cursor, Error, IfMatch, Limit, Markdown, OrganizationId, Page, Result, SwarmId, Timestamp,
};
use std::collections::HashMap;

/// A part in a swarm, with names.
#[derive(Debug)]
pub(in crate::features::swarms) struct Named {
    pub part: Participant,
    pub handle: String,
    pub organization: Option<String>,
}

pub(super) fn require_running(swarm: &Swarm) -> Result<()> {
    if swarm.status.is_over() { Err(Error::new(&ENDED, format!("It is {}.", swarm.status))) } else { Ok(()) }
}

pub(super) fn slugs(conn: &mut Conn, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, (String, String)>> {
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        let rows = organizations::list_organizations_by_id(conn, some)?;
        found.extend(rows.into_iter().map(|row| (row.id, (row.slug, row.name))));
    }
    Ok(found)
}

fn named(conn: &mut Conn, page: Page<Participant>) -> Result<Page<Named>> {
    let ids: Vec<_> = page.items.iter().map(|part| part.account_id).collect();
    let handles = handles(conn, &ids)?;
    let organizations: Vec<_> = page.items.iter().filter_map(|part| part.organization_id).collect();
    let slugs = slugs(conn, &organizations)?;
    Ok(page.map(|part| Named {
        handle: handles.get(&part.account_id).cloned().unwrap_or_default(),
        organization: part.organization_id.and_then(|id| slugs.get(&id)).map(|(slug, _)| slug.clone()),
        part,
    }))
}

/// Who takes part. Contacts of organizations are shown to the swarm's coordinators and to themselves alone: that an
/// organization is exposed is its own affair.
pub(in crate::features::swarms) async fn participants(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Named>> {
    let (actor, now) = (actor.clone(), ctx.now());
    ctx.store()
        .read(move |conn| {
            let seen = see(conn, Some(&actor), id, now)?;
            seen.standing.require_content()?;
            let mut page = store::list_participants(conn, id, limit, after.as_ref())?;
            let leads = seen.standing.leads();
            page.items
                .retain(|part| leads || part.role != ParticipantRole::Contact || part.account_id == actor.account_id);
            named(conn, page)
        })
        .await
}

/// Whom to invite, or which role somebody gets.
#[derive(Debug, Clone)]
pub(in crate::features::swarms) struct Invitation {
    pub handle: String,
    pub role: ParticipantRole,
}

/// Invites somebody by name, or gives somebody who is in it another role. Who declined may be asked again.
pub(in crate::features::swarms) async fn invite(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    invitation: Invitation,
) -> Result<Named> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = lock(conn, &actor, id, now)?;
            seen.standing.require_lead()?;
            require_running(&seen.swarm)?;
            let unknown = || Error::field("/handle", "unknown", "Nobody who can be invited has this handle.");
            let account = accounts::find_account_by_handle(conn, &invitation.handle)?.ok_or_else(unknown)?;
            if account.status != AccountStatus::Active || account.email_verified_at.is_none() {
                return Err(unknown());
            }
            let role = invitation.role;
            match store::find_participant(conn, id, account.id)? {
                None => {
                    alert::ask(conn, &inner, &seen.swarm, &[account.id], role, ParticipantOrigin::Invited)?;
                }
                Some(part) => {
                    let again = part.status == ParticipantStatus::Declined;
                    let status = if again { answer(part.status, ParticipantAction::Invite)? } else { part.status };
                    let invited_at = if again { now } else { part.invited_at };
                    store::update_participant(conn, &Participant { role, status, invited_at, ..part.clone() })?;
                    if again {
                        let by = By::actor(&actor);
                        record(
                            conn,
                            &inner,
                            "swarm_participant",
                            part.id,
                            Some(part.status.as_str()),
                            status.as_str(),
                            by,
                        )?;
                        let facts = letters::Facts::of(conn, &inner, &seen.swarm)?;
                        let letter = letters::call(
                            &inner,
                            &facts,
                            ParticipantOrigin::Invited,
                            &account.email,
                            &account.display_name,
                        )?;
                        outbox::post_urgent(conn, &inner, &letter)?;
                    }
                }
            }
            let text = format!("{} is asked to take part as {role}.", account.handle);
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Participant, text)?;
            let part = store::find_participant(conn, id, account.id)?.ok_or_else(|| Error::not_found("participant"))?;
            Ok(Named { part, handle: account.handle, organization: None })
        })
        .await
}

/// An answer to the call.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::swarms) struct Answer {
    pub accept: bool,
    pub terms_version: i32,
}

/// Consents to the terms, or declines.
pub(in crate::features::swarms) async fn reply(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    answered: Answer,
) -> Result<Card> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let Seen { mut swarm, part, .. } = lock(conn, &actor, id, now)?;
            let part = part.ok_or_else(|| Error::forbidden("Only those who were invited answer."))?;
            require_running(&swarm)?;
            require_verified(&actor)?;
            require_fresh_factor(&actor, now)?;
            let action = if answered.accept { ParticipantAction::Consent } else { ParticipantAction::Decline };
            let status = answer(part.status, action)?;
            if answered.accept && answered.terms_version != swarm.terms_version {
                let detail = format!("The terms in force are version {}.", swarm.terms_version);
                return Err(Error::new(&TERMS_CHANGED, detail).with_extra("terms_version", swarm.terms_version));
            }
            let terms_version = answered.accept.then_some(swarm.terms_version).or(part.terms_version);
            let changed = Participant { status, terms_version, answered_at: Some(now), ..part.clone() };
            store::update_participant(conn, &changed)?;
            let by = By::actor(&actor);
            record(conn, &inner, "swarm_participant", part.id, Some(part.status.as_str()), status.as_str(), by)?;
            let word = if answered.accept { "consented and takes part" } else { "declined" };
            let name = accounts::get_account(conn, actor.account_id)?.handle;
            let quiet = part.role == ParticipantRole::Contact;
            let text = if quiet { format!("A contact of an organization {word}.") } else { format!("{name} {word}.") };
            log(conn, &inner, id, (!quiet).then_some(actor.account_id), SwarmEntryKind::Participant, text)?;
            if answered.accept && actor.account_id != swarm.called_by && swarm.first_responder_at.is_none() {
                respond(conn, &inner, &mut swarm, by)?;
            }
            if answered.accept || !is_embargoed(swarm.embargo_until, now) {
                let swarm = store::get_swarm(conn, id)?;
                return card(conn, swarm, Some(&actor), now);
            }
            // Whoever declined under embargo is outside from now on; this answer is the last that they see of it.
            Ok(parting(swarm, changed))
        })
        .await
}

fn parting(swarm: Swarm, part: Participant) -> Card {
    Card {
        sight: crate::features::swarms::policy::Sight::Call,
        embargoed: true,
        leads: false,
        part: Some(part),
        called_by: None,
        about: None,
        notices: None,
        swarm,
    }
}

/// The first one who answers stops a clock, and the swarm forms.
fn respond(conn: &mut Conn, ctx: &Ctx, swarm: &mut Swarm, by: By<'_>) -> Result<()> {
    swarm.first_responder_at = Some(ctx.now());
    swarm.updated_at = ctx.now();
    let from = swarm.status;
    if from == SwarmStatus::Called {
        swarm.status = advance(from, SwarmAction::Form)?;
        record(conn, ctx, "swarm", swarm.id, Some(from.as_str()), swarm.status.as_str(), by)?;
        log(conn, ctx, swarm.id, None, SwarmEntryKind::State, format!("It is {} now.", swarm.status))?;
    }
    store::move_swarm(conn, swarm)
}

/// New terms.
#[derive(Debug, Clone)]
pub(in crate::features::swarms) struct Terms {
    pub terms: Option<String>,
    pub embargo_until: Option<Timestamp>,
}

/// Changes the terms or the end of the embargo: every consent but the changer's lapses. Without an instant, or with one that
/// has passed, the embargo is lifted, and consents stay.
pub(in crate::features::swarms) async fn change_terms(
    ctx: &Ctx,
    actor: &Actor,
    id: SwarmId,
    if_match: IfMatch,
    wanted: Terms,
) -> Result<Card> {
    let mut check = Check::default();
    let terms = check.optional("/terms", wanted.terms.as_deref().map(|text| Markdown::parse(text, 20_000)));
    check.done()?;
    let terms = terms?.map(Markdown::into_string);
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let Seen { mut swarm, standing, .. } = lock(conn, &actor, id, now)?;
            standing.require_lead()?;
            require_fresh_factor(&actor, now)?;
            if_match.check(swarm.version)?;
            if !standing.embargoed {
                return Err(Error::new(&LIFTED, "There is no embargo whose terms could be changed."));
            }
            let until = wanted.embargo_until.filter(|until| *until > now);
            swarm.embargo_until = Some(until.unwrap_or(now));
            swarm.terms = terms.clone().unwrap_or(swarm.terms);
            swarm.terms_version += 1;
            swarm.updated_at = now;
            store::set_terms(conn, &swarm)?;
            let advisory = advisories::get_advisory(conn, swarm.advisory_id)?;
            if is_embargoed(advisory.embargo_until, now) {
                advisories::set_embargo(conn, advisory.id, swarm.embargo_until, now)?;
            }
            let text = match until {
                Some(until) => {
                    lapse(conn, &inner, &swarm, &actor)?;
                    format!("The terms changed (version {}); the embargo ends at {until}.", swarm.terms_version)
                }
                None => "The embargo is lifted.".to_owned(),
            };
            log(conn, &inner, id, Some(actor.account_id), SwarmEntryKind::Terms, text)?;
            let swarm = store::get_swarm(conn, id)?;
            card(conn, swarm, Some(&actor), now)
        })
        .await
}

/// All consents but that of whoever wrote the new terms.
fn lapse(conn: &mut Conn, ctx: &Ctx, swarm: &Swarm, actor: &Actor) -> Result<()> {
    let mut lapsed = Vec::new();
    for part in store::list_all_participants(conn, swarm.id)? {
        if part.account_id == actor.account_id {
            store::update_participant(conn, &Participant { terms_version: Some(swarm.terms_version), ..part })?;
        } else if part.status == ParticipantStatus::Signatory {
            let status = answer(part.status, ParticipantAction::Lapse)?;
            let (from, by) = (part.status.as_str(), By::actor(actor));
            record(conn, ctx, "swarm_participant", part.id, Some(from), status.as_str(), by)?;
            lapsed.push(part.account_id);
            store::update_participant(conn, &Participant { status, ..part })?;
        }
    }
    let facts = letters::Facts::of(conn, ctx, swarm)?;
    for (_, address, name) in store::list_reachable(conn, &lapsed)? {
        outbox::post_urgent(conn, ctx, &letters::new_terms(ctx, &facts, &address, &name)?)?;
    }
    Ok(())
}
