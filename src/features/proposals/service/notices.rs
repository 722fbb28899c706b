//! Who is told what, as news in the transition's transaction: each person gets it the way they chose.

use super::steps::Mover;
use crate::features::accounts;
use crate::features::proposals::model::{Capacity, Origin, Party, Proposal, ProposalStatus};
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{Error, Fault, Result, Topic};
use serde_json::{Value, json};

/// Tells whoever's turn it is now, and the volunteer where they stand. That everybody has agreed is the assignment's to tell.
pub(super) fn tell_turn(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    match proposal.status {
        ProposalStatus::Submitted if proposal.origin == Origin::Invitation => invited(conn, mover, proposal),
        ProposalStatus::Submitted => recommended(conn, mover, proposal),
        ProposalStatus::EmployerPending | ProposalStatus::UnderReview => asked(conn, mover, proposal),
        ProposalStatus::Accepted | ProposalStatus::Offered | ProposalStatus::Waitlisted => {
            standing(conn, mover, proposal)
        }
        _ => Ok(()),
    }
}

fn due(proposal: &Proposal) -> String {
    proposal.due_at.map(|at| at.date_naive().to_string()).unwrap_or_default()
}

fn invited(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, due) = (proposal.hours_per_week, due(proposal));
    let title =
        format!("{project} invites you to \"{need}\", {hours} hours a week, and holds a seat for you until {due}.");
    tell(conn, mover, proposal, Party::Volunteer, topic(proposal)?, title)
}

fn recommended(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, volunteer) = (proposal.hours_per_week, name_of(conn, proposal)?);
    let title = format!(
        "You would fit \"{need}\" of {project}, {hours} hours a week: a round of matching found the two of you."
    );
    tell(conn, mover, proposal, Party::Volunteer, topic(proposal)?, title)?;
    let title =
        format!("{volunteer} would fit \"{need}\", {hours} hours a week: a round of matching found the two of you.");
    tell(conn, mover, proposal, Party::Project, topic(proposal)?, title)
}

/// The employer, then the project.
fn asked(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let (hours, due, volunteer) = (proposal.hours_per_week, due(proposal), name_of(conn, proposal)?);
    if proposal.status == ProposalStatus::EmployerPending {
        let title = format!(
            "{volunteer} asks for {hours} hours a week of your pledge for \"{need}\" of {project}; an answer is due by {due}."
        );
        return tell(conn, mover, proposal, Party::Employer, topic(proposal)?, title);
    }
    let time = if proposal.capacity == Capacity::EmployerTime { "their employer's" } else { "their own" };
    let title = format!(
        "{volunteer} offers {hours} hours a week of {time} time for \"{need}\", and expects an answer by {due}."
    );
    tell(conn, mover, proposal, Party::Project, topic(proposal)?, title)
}

fn standing(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project, due) = (&mover.scene.need.title, &mover.scene.project.name, due(proposal));
    let title = match proposal.status {
        ProposalStatus::Accepted => {
            format!("{project} says yes to you for \"{need}\", and waits for your final word until {due}.")
        }
        ProposalStatus::Offered => {
            format!("A seat of \"{need}\" of {project} came free; it is held for you until {due}.")
        }
        _ => {
            format!("Every seat of \"{need}\" of {project} is taken; the next one that comes free is offered in turn.")
        }
    };
    tell(conn, mover, proposal, Party::Volunteer, topic(proposal)?, title)
}

fn name_of(conn: &mut Conn, proposal: &Proposal) -> Result<String> {
    Ok(accounts::get_account(conn, proposal.account_id)?.display_name)
}

/// Tells the volunteer that the employer agreed, where it had to be asked.
pub(super) fn tell_approved(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let title = format!("Your organization approved your hours for \"{need}\" of {project}.");
    tell(conn, mover, proposal, Party::Volunteer, topic(proposal)?, title)
}

/// Tells the other side, or both, how it ended.
pub(super) fn tell_end(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let reason = proposal.reason.as_deref().unwrap_or_default();
    let by_volunteer = mover.by == Some(proposal.account_id);
    if !by_volunteer {
        let title = format!("Your proposal with {project} for \"{need}\" has ended. {reason}");
        tell(conn, mover, proposal, Party::Volunteer, topic(proposal)?, title)?;
    }
    // A project learns of what it was asked, and not of what it said itself.
    let asked =
        proposal.project_agreed_at.is_some() || proposal.employer_agreed_at.is_some() || proposal.employer_id.is_none();
    if asked && (by_volunteer || proposal.status == ProposalStatus::Expired) {
        let volunteer = name_of(conn, proposal)?;
        let title = format!("The proposal of {volunteer} for \"{need}\" has ended. {reason}");
        tell(conn, mover, proposal, Party::Project, topic(proposal)?, title)?;
    }
    Ok(())
}

/// Reminds whoever has to answer.
pub(super) fn remind(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project, due) = (&mover.scene.need.title, &mover.scene.project.name, due(proposal));
    let volunteer = name_of(conn, proposal)?;
    for party in proposal.waiting_for(mover.scene.need.revision) {
        let title = format!(
            "The proposal of {volunteer} and {project} for \"{need}\" waits for your answer until {due}: a yes or a kind no both help."
        );
        tell(conn, mover, proposal, party, Topic::ProposalReminder, title)?;
    }
    Ok(())
}

/// Asks a volunteer again who agreed to the need as it was.
pub(super) fn tell_revised(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    let (need, project) = (&mover.scene.need.title, &mover.scene.project.name);
    let title = format!("{project} changed what \"{need}\" asks for: say whether your proposal still holds.");
    tell(conn, mover, proposal, Party::Volunteer, Topic::ProposalRevised, title)
}

/// Tells one side, but not whoever brought it about.
fn tell(
    conn: &mut Conn,
    mover: &Mover<'_>,
    proposal: &Proposal,
    party: Party,
    topic: Topic,
    title: String,
) -> Result<()> {
    let data = data(conn, mover, proposal)?;
    let news = News::new(topic, title, format!("/proposals/{}", proposal.id), data).by(mover.by);
    let news = match party {
        Party::Volunteer => news.to(proposal.account_id),
        Party::Project => news.to_maintainers(mover.scene.project.id),
        // Nobody approves what they asked for themselves, so a manager who applied is not asked.
        Party::Employer => proposal.employer_id.into_iter().fold(news, News::to_managers).by(Some(proposal.account_id)),
    };
    outbox::announce(conn, mover.ctx, news)
}

fn topic(proposal: &Proposal) -> Result<Topic> {
    format!("proposal.{}", proposal.status).parse().map_err(|fault: Fault| Error::internal(fault.detail))
}

fn data(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<Value> {
    let (need, project) = (&mover.scene.need, &mover.scene.project);
    let handle = accounts::get_account(conn, proposal.account_id)?.handle;
    Ok(json!({
        "id": proposal.id, "status": proposal.status, "origin": proposal.origin, "volunteer": handle,
        "need": {"id": need.id, "title": need.title}, "project": {"slug": project.slug, "name": project.name},
        "hours_per_week": proposal.hours_per_week, "due_at": proposal.due_at,
    }))
}

/// Tells the employer's programs where a proposal stands that is about its hours. People are told in words of their own.
pub(super) fn tell_programs(conn: &mut Conn, mover: &Mover<'_>, proposal: &Proposal) -> Result<()> {
    // Before the volunteer has agreed it is nobody's business where they might help.
    let Some(employer) = proposal.employer_id.filter(|_| proposal.volunteer_agreed_at.is_some()) else { return Ok(()) };
    let (need, project) = (&mover.scene.need, &mover.scene.project);
    let handle = accounts::get_account(conn, proposal.account_id)?.handle;
    let title = format!("The proposal of {handle} for \"{}\" of {} is {}.", need.title, project.name, proposal.status);
    let data = data(conn, mover, proposal)?;
    let news = News::new(topic(proposal)?, title, format!("/proposals/{}", proposal.id), data);
    outbox::announce(conn, mover.ctx, news.by(mover.by).to_webhooks(employer))
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
