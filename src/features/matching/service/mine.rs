//! The needs that fit the caller best.

use super::{Filling, no_profile};
use crate::features::matching::Matcher;
use crate::features::matching::board::{NeedFilter, RankCursor, Ranked};
use crate::features::matching::load;
use crate::features::matching::score::Match;
use crate::features::needs::{self, Need, NeedSkill};
use crate::features::projects::{Project, Standing};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Decision, Limit, NeedId, Page, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// A need of a ranked list.
#[derive(Debug)]
pub(in crate::features::matching) struct NeedRow {
    pub need: Need,
    pub project: Project,
    pub skills: Vec<NeedSkill>,
    pub matching: Match,
}

/// The needs that fit this person, the best first.
pub(in crate::features::matching) async fn mine(
    ctx: &Ctx,
    matcher: &Matcher,
    account: AccountId,
    filter: NeedFilter,
    limit: Limit,
    after: Option<RankCursor>,
) -> Result<Page<NeedRow>> {
    matcher.refresh(ctx).await?;
    let offered = ctx.store().read(move |conn| load::offered(conn, account)).await?.ok_or_else(no_profile)?;
    let asked = Arc::new((offered, filter));
    let mut page = Filling::new(limit, after);
    while let Some(wanted) = page.wanted() {
        let (asked, after) = (asked.clone(), page.after);
        let ranked = matcher.look(move |board| board.rank_needs(&asked.0, &asked.1, after, wanted)).await?;
        page.note(wanted, &ranked);
        page.kept.extend(ctx.store().read(move |conn| shown(conn, ranked)).await?);
    }
    Ok(page.page())
}

/// What the database still says of these needs; without those that are not to be shown any more.
fn shown(conn: &mut Conn, ranked: Vec<Ranked<NeedId>>) -> Result<Vec<(NeedRow, RankCursor)>> {
    let ids: Vec<NeedId> = ranked.iter().map(|row| row.id).collect();
    let mut skills = needs::list_need_skills(conn, &ids)?;
    let mut rows: HashMap<NeedId, (Need, Project)> =
        needs::list_needs_by_id(conn, &ids)?.into_iter().map(|(need, project)| (need.id, (need, project))).collect();
    let row = |ranked: Ranked<NeedId>| {
        let (need, project) = rows.remove(&ranked.id).filter(|(need, project)| may_show(need, project))?;
        let skills = skills.remove(&need.id).unwrap_or_default();
        Some((NeedRow { need, project, skills, matching: ranked.matching }, ranked.cursor))
    };
    Ok(ranked.into_iter().filter_map(row).collect())
}

/// Open, and for every member to see, whatever else they may be to the project.
fn may_show(need: &Need, project: &Project) -> bool {
    let stranger = Standing::of(project, None, None);
    let seen = needs::policy::may_see(&stranger, need.status, need.visibility, true);
    load::is_open(need, project) && seen == Decision::Allow
}
