//! One pair explained: its score, what stands in its way, and what would help.

use super::caller;
use crate::features::accounts;
use crate::features::matching::Matcher;
use crate::features::matching::load::{self, Person};
use crate::features::matching::score::{Explanation, NeedFacts, Reader, VolunteerFacts};
use crate::features::needs::{self, Need, NeedSkill};
use crate::features::projects::{Project, Standing};
use crate::features::volunteers;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{Actor, Error, Handle, NeedId, Result};

/// A pair with its explanation.
#[derive(Debug)]
pub(in crate::features::matching) struct Explained {
    pub need: Need,
    pub project: Project,
    pub wanted: Vec<NeedSkill>,
    pub person: Person,
    pub explanation: Explanation,
}

struct Pair {
    need: Need,
    project: Project,
    wanted: Vec<NeedSkill>,
    facts: NeedFacts,
    person: Person,
    reader: Reader,
}

/// Explains how the need and the person fit, whether or not anything stands in the way. The person is the caller when left
/// out; others only for the eyes of the need's project and of coordinators.
pub(in crate::features::matching) async fn explain(
    ctx: &Ctx,
    matcher: &Matcher,
    actor: &Actor,
    need: NeedId,
    volunteer: Option<Handle>,
) -> Result<Explained> {
    matcher.refresh(ctx).await?;
    let actor = actor.clone();
    let pair = ctx.store().read(move |conn| pair(conn, &actor, need, volunteer.as_ref())).await?;
    let Pair { need, project, wanted, facts, person, reader } = pair;
    let offered: VolunteerFacts = person.facts.clone();
    let explanation = matcher.look(move |board| board.explain(&facts, &offered, reader)).await?;
    Ok(Explained { need, project, wanted, person, explanation })
}

fn pair(conn: &mut Conn, actor: &Actor, id: NeedId, volunteer: Option<&Handle>) -> Result<Pair> {
    let (need, project, standing) = needs::find_visible(conn, Some(actor), id)?;
    let (person, reader) = match volunteer {
        None => (caller(conn, actor.account_id)?, Reader::Volunteer),
        Some(handle) => somebody(conn, actor, handle, &need, standing)?,
    };
    let wanted = needs::list_need_skills(conn, &[id])?.remove(&id).unwrap_or_default();
    let row = [(need, project)];
    let facts = load::needs_at_hand(conn, &row)?.into_iter().next().ok_or_else(|| Error::not_found("need"))?;
    let [(need, project)] = row;
    Ok(Pair { need, project, wanted, facts, person, reader })
}

/// Who is asked about: oneself always; another only by those who may see who fits the need, and only as far as that other
/// shows up at all.
fn somebody(
    conn: &mut Conn,
    actor: &Actor,
    handle: &Handle,
    need: &Need,
    standing: Standing,
) -> Result<(Person, Reader)> {
    if accounts::get_account(conn, actor.account_id)?.handle == handle.as_str() {
        return Ok((caller(conn, actor.account_id)?, Reader::Volunteer));
    }
    needs::policy::may_edit(&standing, need.status, need.visibility).prove((), "need")?;
    let hidden = || Error::not_found("volunteer");
    let account = accounts::find_account_by_handle(conn, handle.as_str())?.ok_or_else(hidden)?;
    let person = load::person(conn, account.id)?.ok_or_else(hidden)?;
    let seen = volunteers::policy::may_see(person.profile.visibility, account.id, Some(actor.account_id));
    let person = seen.prove(person, "volunteer")?.into_inner();
    if load::is_shown(&person.profile, &person.account) { Ok((person, Reader::Other)) } else { Err(hidden()) }
}
