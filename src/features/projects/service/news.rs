//! Who learns of what happens to a listing.

use crate::features::projects::model::{Project, ProjectAction, ProjectStatus};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Result, Topic};

/// Tells the project's people of its transition, and everybody's webhooks of what everybody can see. A project that was
/// opted out is left in peace.
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Project,
    (action, to): (ProjectAction, ProjectStatus),
    by: Option<AccountId>,
) -> Result<()> {
    let (topic, what, open) = match (action, to) {
        (ProjectAction::Suspend, _) => (Topic::ProjectSuspended, "was suspended by a moderator", false),
        (ProjectAction::Unsuspend, ProjectStatus::Listed) => {
            (Topic::ProjectUnsuspended, "is no longer suspended", true)
        }
        (ProjectAction::Unsuspend, _) => (Topic::ProjectUnsuspended, "is no longer suspended", false),
        (ProjectAction::Restore, ProjectStatus::Listed) => (Topic::ProjectRestored, "came back from its archive", true),
        (ProjectAction::Restore, _) => (Topic::ProjectRestored, "came back from its archive", false),
        (ProjectAction::Archive, _) => (Topic::ProjectArchived, "was archived", true),
        (_, ProjectStatus::Listed) => (Topic::ProjectListed, "is in the list", true),
        (_, ProjectStatus::Dormant) => (Topic::ProjectDormant, "rests, since no verified lead is left", true),
        _ => return Ok(()),
    };
    let title = format!("{} {what}.", project.name);
    let data = serde_json::json!({ "slug": project.slug, "name": project.name, "status": to });
    let news = News::new(topic, title, format!("/projects/{}", project.slug), data).by(by).to_maintainers(project.id);
    outbox::announce(conn, ctx, if open { news.to_everybody() } else { news })
}
