//! The people who fit a need best.

use super::Filling;
use crate::features::accounts::{self, Account};
use crate::features::matching::Matcher;
use crate::features::matching::board::{RankCursor, Ranked, VolunteerFilter};
use crate::features::matching::load;
use crate::features::matching::score::{Match, NeedFacts};
use crate::features::needs;
use crate::features::volunteers::{self, Profile, ProfileSkill};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, Error, Limit, NeedId, Page, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// A person of a ranked list.
#[derive(Debug)]
pub(in crate::features::matching) struct VolunteerRow {
    pub account: Account,
    pub profile: Profile,
    pub skills: Vec<ProfileSkill>,
    pub matching: Match,
}

/// The people who fit a need, the best first; for the eyes of its project and of coordinators.
pub(in crate::features::matching) async fn of_need(
    ctx: &Ctx,
    matcher: &Matcher,
    actor: &Actor,
    id: NeedId,
    filter: VolunteerFilter,
    limit: Limit,
    after: Option<RankCursor>,
) -> Result<Page<VolunteerRow>> {
    matcher.refresh(ctx).await?;
    let actor = actor.clone();
    let need = ctx.store().read(move |conn| for_insiders(conn, &actor, id)).await?;
    let asked = Arc::new((need, filter));
    let mut page = Filling::new(limit, after);
    while let Some(wanted) = page.wanted() {
        let (asked, after) = (asked.clone(), page.after);
        let ranked = matcher.look(move |board| board.rank_volunteers(&asked.0, &asked.1, after, wanted)).await?;
        page.note(wanted, &ranked);
        page.kept.extend(ctx.store().read(move |conn| shown(conn, ranked)).await?);
    }
    Ok(page.page())
}

/// The need's facts for those who may know who fits it: 404 for who may not see the need, 403 for the others.
fn for_insiders(conn: &mut Conn, actor: &Actor, id: NeedId) -> Result<NeedFacts> {
    let (need, project, standing) = needs::find_visible(conn, Some(actor), id)?;
    needs::policy::may_edit(&standing, need.status, need.visibility).prove((), "need")?;
    let facts = load::needs_at_hand(conn, &[(need, project)])?;
    facts.into_iter().next().ok_or_else(|| Error::not_found("need"))
}

/// What the database still says of these people; without those who are not to be shown any more.
fn shown(conn: &mut Conn, ranked: Vec<Ranked<AccountId>>) -> Result<Vec<(VolunteerRow, RankCursor)>> {
    let ids: Vec<AccountId> = ranked.iter().map(|row| row.id).collect();
    let mut skills = volunteers::list_profile_skills(conn, &ids)?;
    let profiles = volunteers::list_profiles_by_id(conn, &ids)?;
    let mut profiles: HashMap<AccountId, Profile> = profiles.into_iter().map(|row| (row.account_id, row)).collect();
    let accounts = accounts::list_accounts(conn, &ids)?;
    let mut accounts: HashMap<AccountId, Account> = accounts.into_iter().map(|row| (row.id, row)).collect();
    let row = |ranked: Ranked<AccountId>| {
        let (profile, account) = (profiles.remove(&ranked.id)?, accounts.remove(&ranked.id)?);
        let shown = load::is_shown(&profile, &account);
        let skills = skills.remove(&ranked.id).unwrap_or_default();
        let row = VolunteerRow { account, profile, skills, matching: ranked.matching };
        shown.then_some((row, ranked.cursor))
    };
    Ok(ranked.into_iter().filter_map(row).collect())
}
