//! What happens to a listing.

use super::read::{ProjectCard, card};
use super::{By, record, write_or_look_again};
use crate::features::accounts::policy::require_verified;
use crate::features::projects::model::{
    Leads, Maintainer, Project, ProjectAction, ProjectChanges, ProjectRole, ProjectSource, advance,
};
use crate::features::projects::problems::ALREADY_MAINTAINER;
use crate::features::projects::{PROJECT_CHANGED, lock_visible, policy, store};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{Actor, Allowed, Check, Decision, Error, IfMatch, Line, Result};

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
    feed::note(conn, ctx.ids(), PROJECT_CHANGED, project.id)
}

/// The policy of each action that somebody takes by hand.
fn policy_of(action: ProjectAction, standing: &policy::Standing) -> Decision {
    match action {
        ProjectAction::List => policy::may_list(standing),
        ProjectAction::Suspend | ProjectAction::Unsuspend => policy::may_moderate(standing),
        ProjectAction::Archive | ProjectAction::Restore | ProjectAction::OptOut => policy::may_decide(standing),
        ProjectAction::Claim | ProjectAction::Lapse => Decision::Deny("This does not happen by hand."),
    }
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

/// The caller says that an imported project is theirs.
pub(in crate::features::projects) async fn claim(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
) -> Result<ProjectCard> {
    require_verified(actor)?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    write_or_look_again(ctx, move |conn| {
        let (project, standing) = lock_visible(conn, &actor, &slug)?;
        let project = policy::may_see(&standing).prove(project, "project")?;
        if_match.check(project.version)?;
        // Words that somebody wrote before are not the claimant's to change until the claim is found good.
        let source = (project.source == ProjectSource::Member).then_some(ProjectSource::Curated);
        let by = By { account: Some(actor.account_id), request_id: &actor.request_id };
        let changes = ProjectChanges { source, ..ProjectChanges::default() };
        step(conn, &inner, &project, ProjectAction::Claim, changes, None, by)?;
        if standing.role.is_some() {
            return Err(Error::new(&ALREADY_MAINTAINER, "You are with this project already."));
        }
        let lead = Maintainer {
            project_id: project.id,
            account_id: actor.account_id,
            role: ProjectRole::Lead,
            verified_at: None,
            since: inner.now(),
        };
        store::insert_maintainer(conn, &lead)?;
        let project = store::get_project(conn, project.id)?;
        card(conn, project)
    })
    .await
}
