//! Who is told what, by mail, in the transaction that causes it.

use super::steps::Mover;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::organizations;
use crate::features::projects;
use crate::features::proposals::letters::Letter;
use crate::features::proposals::model::{Capacity, Origin, Party, Proposal, ProposalStatus};
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, Error, Result, Topic};

/// Tells whoever's turn it is now, and the volunteer where they stand.
pub(super) fn tell_turn(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    match proposal.status {
        ProposalStatus::Submitted if proposal.origin == Origin::Invitation => invited(conn, mover, proposal),
        ProposalStatus::Submitted => recommended(conn, mover, proposal),
        ProposalStatus::EmployerPending | ProposalStatus::UnderReview => asked(conn, mover, proposal),
        ProposalStatus::Accepted | ProposalStatus::Offered | ProposalStatus::Waitlisted => {
            standing(conn, mover, proposal)
        }
        ProposalStatus::Converted => agreed(conn, mover, proposal),
        _ => Ok(()),
    }
}

fn due(proposal: &Proposal) -> String {
    proposal.due_at.map(|at| at.date_naive().to_string()).unwrap_or_default()
}

fn invited(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, due) = (proposal.hours_per_week, due(proposal));
    let subject = format!("{project} invites you");
    let what = format!(
        "{project} would like your help with \"{need}\", {hours} hours a week. They hold a seat for you until {due}."
    );
    to_volunteer(conn, mover, proposal, &subject, &what, "Accept or decline it among your proposals.")
}

fn recommended(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, volunteer) = (proposal.hours_per_week, name_of(conn, proposal)?);
    let subject = format!("You and {project} would fit");
    let what = format!("The matching round found that you and \"{need}\" of {project} fit well, {hours} hours a week.");
    let advice = "It is a recommendation: accept or decline it among your proposals.";
    to_volunteer(conn, mover, proposal, &subject, &what, advice)?;
    let subject = format!("{volunteer} would fit \"{need}\"");
    let what = format!("The matching round found that {volunteer} fits \"{need}\" well, {hours} hours a week.");
    let advice = "It is a recommendation: accept or decline it among the project's proposals.";
    to_project(conn, mover, &subject, &what, advice)
}

/// The employer, then the project.
fn asked(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, due, volunteer) = (proposal.hours_per_week, due(proposal), name_of(conn, proposal)?);
    if proposal.status == ProposalStatus::EmployerPending {
        let subject = format!("{volunteer} asks for hours for {project}");
        let what = format!(
            "{volunteer} would like to help {project} with \"{need}\", {hours} hours a week out of your organization's pledge. An answer is due by {due}."
        );
        let advice = "Approve or refuse it among your organization's approvals.";
        return to_employer(conn, mover, proposal, &subject, &what, advice);
    }
    let subject = format!("{volunteer} would like to help with \"{need}\"");
    let time = if proposal.capacity == Capacity::EmployerTime { "their employer's" } else { "their own" };
    let what = format!(
        "{volunteer} offers {hours} hours a week of {time} time for \"{need}\". They expect an answer by {due}."
    );
    to_project(conn, mover, &subject, &what, "Accept or decline it among the project's proposals.")
}

fn standing(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project, due) = (&mover.scene.need.title, &mover.scene.project.name, due(proposal));
    let confirm = "Confirm it among your proposals, or decline it.";
    let (subject, what, advice) = match proposal.status {
        ProposalStatus::Accepted => (
            format!("{project} says yes"),
            format!(
                "{project} accepted your application for \"{need}\". They hold a seat for you until {due} and wait for your final word."
            ),
            confirm,
        ),
        ProposalStatus::Offered => (
            format!("A seat came free at {project}"),
            format!("A seat of \"{need}\" came free, and it is your turn. It is held for you until {due}."),
            confirm,
        ),
        _ => (
            format!("You are on the waitlist of {project}"),
            format!("Every seat of \"{need}\" is taken at present. The next one that comes free is offered in turn."),
            "There is nothing to do; withdraw it if you would rather not wait.",
        ),
    };
    to_volunteer(conn, mover, proposal, &subject, &what, advice)
}

fn agreed(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, volunteer) = (proposal.hours_per_week, name_of(conn, proposal)?);
    let subject = format!("You help {project}");
    let what = format!("Everybody has agreed: you help {project} with \"{need}\", {hours} hours a week.");
    to_volunteer(conn, mover, proposal, &subject, &what, "Look at your assignments for what comes first.")?;
    let subject = format!("{volunteer} helps with \"{need}\"");
    let what = format!("Everybody has agreed: {volunteer} helps with \"{need}\", {hours} hours a week.");
    to_project(conn, mover, &subject, &what, "Look at the project's assignments for what comes first.")
}

fn name_of(conn: &mut Conn, proposal: &Proposal) -> Result<String> {
    Ok(accounts::get_account(conn, proposal.account_id)?.display_name)
}

/// Tells the volunteer that the employer agreed, where it had to be asked.
pub(super) fn tell_approved(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let need = &mover.scene.need.title;
    let what = format!("Your organization approved the hours for \"{need}\".");
    to_volunteer(conn, mover, proposal, "Your hours were approved", &what, "There is nothing to do.")
}

/// Tells the other side, or both, how it ended.
pub(super) fn tell_end(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let reason = proposal.reason.as_deref().unwrap_or_default();
    let by_volunteer = mover.by == Some(proposal.account_id);
    if !by_volunteer {
        let what = format!("The proposal for \"{need}\" of {project} has ended. {reason}");
        let subject = format!("About your proposal with {project}");
        to_volunteer(conn, mover, proposal, &subject, &what, "Other needs are waiting: see your matches.")?;
    }
    // A project learns of what it was asked, and not of what it said itself.
    let asked =
        proposal.project_agreed_at.is_some() || proposal.employer_agreed_at.is_some() || proposal.employer_id.is_none();
    if asked && (by_volunteer || proposal.status == ProposalStatus::Expired) {
        let volunteer = name_of(conn, proposal)?;
        let what = format!("The proposal of {volunteer} for \"{need}\" has ended. {reason}");
        to_project(conn, mover, &format!("About the proposal of {volunteer}"), &what, "There is nothing to do.")?;
    }
    Ok(())
}

/// Reminds whoever has to answer.
pub(super) fn remind(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let due = due(proposal);
    let volunteer = name_of(conn, proposal)?;
    for party in proposal.waiting_for(mover.scene.need.revision) {
        let what = format!("A proposal of {volunteer} and {project} for \"{need}\" waits for your answer until {due}.");
        let advice = "A yes or a kind no both help: whoever waits is free to look elsewhere.";
        let subject = format!("An answer is due by {due}");
        match party {
            Party::Volunteer => to_volunteer(conn, mover, proposal, &subject, &what, advice)?,
            Party::Project => to_project(conn, mover, &subject, &what, advice)?,
            Party::Employer => to_employer(conn, mover, proposal, &subject, &what, advice)?,
        }
    }
    Ok(())
}

fn to_volunteer(
    conn: &mut Conn,
    mover: &Mover<'_>,
    proposal: &Proposal,
    subject: &str,
    what: &str,
    advice: &str,
) -> Result<()> {
    post(conn, mover, &[proposal.account_id], Letter { subject, what, advice })
}

fn to_project(conn: &mut Conn, mover: &Mover<'_>, subject: &str, what: &str, advice: &str) -> Result<()> {
    let project = mover.scene.project.id;
    let people = projects::list_maintainer_ids(conn, &[project])?.remove(&project).unwrap_or_default();
    post(conn, mover, &people, Letter { subject, what, advice })
}

fn to_employer(
    conn: &mut Conn,
    mover: &Mover<'_>,
    proposal: &Proposal,
    subject: &str,
    what: &str,
    advice: &str,
) -> Result<()> {
    let Some(employer) = proposal.employer_id else { return Ok(()) };
    let mut people = organizations::list_manager_ids(conn, employer)?;
    people.retain(|id| *id != proposal.account_id);
    post(conn, mover, &people, Letter { subject, what, advice })
}

fn post(conn: &mut Conn, mover: &Mover<'_>, people: &[AccountId], letter: Letter<'_>) -> Result<()> {
    let reached = |account: &Account| account.status == AccountStatus::Active && account.email_verified_at.is_some();
    for account in accounts::list_accounts(conn, people)?.iter().filter(|account| reached(account)) {
        outbox::post(conn, mover.ctx, &letter.to(mover.ctx, account)?)?;
    }
    Ok(())
}

/// Tells the employer's programs where a proposal stands that is about its hours. People are told by letters of their own.
pub(super) fn tell_programs(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    // Before the volunteer has agreed it is nobody's business where they might help.
    let Some(employer) = proposal.employer_id.filter(|_| proposal.volunteer_agreed_at.is_some()) else { return Ok(()) };
    let topic: Topic = format!("proposal.{}", proposal.status)
        .parse()
        .map_err(|fault: crate::kernel::Fault| Error::internal(fault.detail))?;
    let (need, project) = (&mover.scene.need, &mover.scene.project);
    let handle = accounts::get_account(conn, proposal.account_id)?.handle;
    let title = format!("The proposal of {handle} for \"{}\" of {} is {}.", need.title, project.name, proposal.status);
    let data = serde_json::json!({
        "id": proposal.id, "status": proposal.status, "origin": proposal.origin, "volunteer": handle,
        "need": {"id": need.id, "title": need.title}, "project": {"slug": project.slug, "name": project.name},
        "hours_per_week": proposal.hours_per_week, "due_at": proposal.due_at,
    });
    let news = News::new(topic, title, format!("/proposals/{}", proposal.id), data).by(mover.by).to_webhooks(employer);
    outbox::announce(conn, mover.ctx, news)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_a_topic() {
        for status in ProposalStatus::ALL {
            assert!(format!("proposal.{status}").parse::<Topic>().is_ok(), "{status}");
        }
    }
}
