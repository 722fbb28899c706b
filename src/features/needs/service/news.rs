//! Who learns of what happens to a need.

use crate::features::needs::model::{Need, NeedAction, NeedStatus, NeedVisibility};
use crate::features::projects::{Project, ProjectStatus};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Result, Topic};

/// Tells the project's people of the need's transition, and everybody's webhooks where everybody may see the need. `need` is
/// as it was before.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    (project, need): (&Project, &Need),
    (action, to): (NeedAction, NeedStatus),
    by: Option<AccountId>,
) -> Result<()> {
    let Some((topic, what)) = words(need.status, action) else { return Ok(()) };
    let title = format!("\"{}\" of {} {what}.", need.title, project.name);
    let data = serde_json::json!({
        "id": need.id, "status": to, "title": need.title, "kind": need.kind,
        "project": {"slug": project.slug, "name": project.name},
    });
    let news = News::new(topic, title, format!("/needs/{}", need.id), data).by(by).to_maintainers(project.id);
    let open = need.visibility == NeedVisibility::Public && project.status != ProjectStatus::Suspended;
    outbox::announce(conn, ctx, if open { news.to_everybody() } else { news })
}

/// Nobody but its writers knew a draft; confirming what is open is no news, and that a seat is free again even less.
fn words(from: NeedStatus, action: NeedAction) -> Option<(Topic, &'static str)> {
    match (from, action) {
        (NeedStatus::Draft, NeedAction::Cancel)
        | (NeedStatus::Open | NeedStatus::InProgress, NeedAction::Renew)
        | (_, NeedAction::Rest) => None,
        (_, NeedAction::Begin) => Some((Topic::NeedInProgress, "is being worked on")),
        (_, NeedAction::Publish | NeedAction::Resume | NeedAction::Renew) => {
            Some((Topic::NeedOpened, "takes applications"))
        }
        (_, NeedAction::Pause) => Some((Topic::NeedPaused, "takes no applications for now")),
        (_, NeedAction::Fulfil) => Some((Topic::NeedFulfilled, "got what it asked for")),
        (_, NeedAction::Close) => Some((Topic::NeedClosed, "was closed")),
        (_, NeedAction::Cancel) => Some((Topic::NeedCancelled, "was called off")),
        (_, NeedAction::Expire) => Some((Topic::NeedExpired, "expired, since nobody confirmed it in time")),
    }
}
