//! What happens to a listing.

use super::read::{ProjectCard, card};
use super::{By, record};
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::projects::model::{
    Leads, Maintainer, Project, ProjectAction, ProjectChanges, ProjectRole, ProjectStatus, advance,
};
use crate::features::projects::{PROJECT_CHANGED, lock_visible, policy, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::infra::queue::{self, NewJob};
use crate::kernel::{Actor, Allowed, Check, Decision, IfMatch, Line, Result};

/// The job that tells later features that a listed project is not listed any more; `project_id` in its payload.
pub const LEFT_THE_LIST: &str = "project_left_the_list";

/// The job that tells later features that a project was suspended, came back from it, or left the marketplace.
pub const CAME_OR_WENT: &str = "project_came_or_went";
/// The job that tells later features that a moderator suspended a project or lifted that; in its payload `project_id`,
/// `suspended`, `by` (the moderator), `reason` and `request_id`.
pub const MODERATED: &str = "project_moderated";

/// How far the project's leads are known.
pub(in crate::features::projects) fn leads(people: &[Maintainer]) -> Leads {
    let known = |row: &&Maintainer| row.role == ProjectRole::Lead;
    let of = |row: &Maintainer| if row.verified_at.is_some() { Leads::Verified } else { Leads::Candidate };
    people.iter().filter(known).map(of).max().unwrap_or(Leads::Nobody)
}

/// Takes a locked project from state to state, with its event and its change for the feed.
pub(super) fn step(
    conn: &mut Conn,
    ctx: &Ctx,
    project: &Allowed<Project>,
    action: ProjectAction,
    mut changes: ProjectChanges,
    reason: Option<&str>,
    by: By<'_>,
) -> Result<()> {
    let leads = leads(&store::list_maintainers(conn, project.id)?);
    let to = advance(project.status, action, leads)?;
    changes.status = Some(to);
    store::update_project(conn, project, &changes, ctx.now())?;
    record(conn, ctx, project.id, Some(project.status), to, reason, by)?;
    let left = matches!(to, ProjectStatus::Dormant | ProjectStatus::Archived | ProjectStatus::OptedOut);
    if left && project.status == ProjectStatus::Listed {
        let payload = serde_json::json!({ "project_id": project.id });
        let job = NewJob { kind: LEFT_THE_LIST, payload, run_at: ctx.now(), unique_key: None };
        queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    }
    let gone = matches!(to, ProjectStatus::Suspended | ProjectStatus::Archived | ProjectStatus::OptedOut);
    if gone || project.status == ProjectStatus::Suspended {
        let payload = serde_json::json!({ "project_id": project.id });
        let job = NewJob { kind: CAME_OR_WENT, payload, run_at: ctx.now(), unique_key: None };
        queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    }
    if matches!(action, ProjectAction::Suspend | ProjectAction::Unsuspend) {
        let payload = serde_json::json!({
            "project_id": project.id,
            "suspended": action == ProjectAction::Suspend,
            "by": by.account,
            "reason": reason,
            "request_id": by.request_id.as_str(),
        });
        let job = NewJob { kind: MODERATED, payload, run_at: ctx.now(), unique_key: None };
        queue::enqueue(conn, ctx.ids(), ctx.now(), job)?;
    }
    super::news::tell(conn, ctx, project, (action, to), by.account)?;
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

/// The policy of each action that somebody takes by hand.
fn policy_of(action: ProjectAction, standing: &policy::Standing) -> Decision {
    match action {
        ProjectAction::List => policy::may_list(standing),
        ProjectAction::Suspend => policy::may_moderate(standing),
        ProjectAction::Unsuspend => policy::may_lift(standing),
        ProjectAction::Archive | ProjectAction::Restore | ProjectAction::OptOut => policy::may_decide(standing),
        ProjectAction::Claim | ProjectAction::Lapse => Decision::Deny("This does not happen by hand."),
    }
}

/// Suspends a project or lifts that, within a moderator's transaction at hand.
pub fn moderate_in(conn: &mut Conn, ctx: &Ctx, actor: &Actor, slug: &str, suspend: bool, reason: &str) -> Result<()> {
    let action = if suspend { ProjectAction::Suspend } else { ProjectAction::Unsuspend };
    let (project, standing) = lock_visible(conn, actor, slug)?;
    let project = policy_of(action, &standing).prove(project, "project")?;
    let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
    step(conn, ctx, &project, action, ProjectChanges::default(), Some(reason), by)
}

/// Takes one of the actions on a project.
pub(in crate::features::projects) async fn act(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    action: ProjectAction,
    reason: Option<String>,
) -> Result<ProjectCard> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (project, standing) = lock_visible(conn, &actor, &slug)?;
            let project = policy_of(action, &standing).prove(project, "project")?;
            if matches!(action, ProjectAction::Suspend | ProjectAction::Unsuspend) {
                require_fresh_factor(&actor, inner.now())?;
            }
            if_match.check(project.version)?;
            let mut check = Check::default();
            let reason = check.optional("/reason", reason.as_deref().map(|text| Line::parse(text, 1, 500)));
            check.done()?;
            let (reason, by) = (reason?, By { account: Some(actor.account_id), request_id: &actor.request_id });
            let reason = reason.as_ref().map(Line::as_str);
            step(conn, &inner, &project, action, ProjectChanges::default(), reason, by)?;
            if action == ProjectAction::List {
                store::verify_leads(conn, &project, inner.now())?;
            }
            let project = store::get_project(conn, project.id)?;
            card(conn, project)
        })
        .await
}
