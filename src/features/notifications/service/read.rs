//! The list in the application.

use crate::features::notifications::model::Notice;
use crate::features::notifications::store::{self, Filter};
use crate::infra::Ctx;
use crate::kernel::{Actor, Error, NoticeId, Page, Result};

/// The caller's notices, newest first.
pub(in crate::features::notifications) async fn list(ctx: &Ctx, actor: &Actor, filter: Filter) -> Result<Page<Notice>> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::list_notices(conn, account, &filter)).await
}

/// Marks one as read.
pub(in crate::features::notifications) async fn read(ctx: &Ctx, actor: &Actor, id: NoticeId) -> Result<()> {
    let (account, now) = (actor.account_id, ctx.now());
    let found = ctx.store().write(move |conn| store::mark_read(conn, account, id, now)).await?;
    if found { Ok(()) } else { Err(Error::not_found("notice")) }
}

/// Marks all of them, or those up to this one, as read.
pub(in crate::features::notifications) async fn read_all(
    ctx: &Ctx,
    actor: &Actor,
    until: Option<NoticeId>,
) -> Result<()> {
    let (account, now) = (actor.account_id, ctx.now());
    ctx.store().write(move |conn| store::mark_all_read(conn, account, until, now)).await
}
