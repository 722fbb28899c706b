//! The mails of this feature.

use super::model::{EndReason, Side};
use crate::features::accounts::Account;
use crate::infra::Ctx;
use crate::infra::mail::{Message, MessageId};
use crate::kernel::{AiPolicy, Cla, Email, Error, Result, Timestamp, Topic};
use askama::Template;

#[derive(Template)]
#[template(path = "assignments/letters/notice.txt")]
struct NoticeText<'a> {
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

#[derive(Template)]
#[template(path = "assignments/letters/notice.html")]
struct NoticeHtml<'a> {
    subject: &'a str,
    name: &'a str,
    what: &'a str,
    advice: &'a str,
    site: &'a str,
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

/// Which assignment it is about, in words.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub need: String,
    pub project: String,
    /// The volunteer's name as shown.
    pub volunteer: String,
    pub handle: String,
}

/// What there is to tell.
#[derive(Debug, Clone)]
pub(super) enum Notice {
    /// It was agreed on.
    Onboarding,
    /// The work begins.
    Started,
    /// The volunteer checked in; whether it will be done in time, where they said so.
    CheckedIn(Option<bool>),
    /// A check-in is due then.
    Reminder(Timestamp),
    /// A check-in was missed; without one it is released then.
    Overdue(Timestamp),
    /// It ended by itself.
    Released(EndReason),
    /// It rests until then; in somebody's words why.
    Paused(Timestamp, String),
    /// The pause is over; the next check-in is due then.
    Resumed(Timestamp),
    /// This side says that it is done; silence agrees then.
    SaidDone(Side, Timestamp),
    /// It is done.
    Completed,
    /// Somebody ended it, with a reason in their words.
    Ended(EndReason, Option<String>),
    /// The employer's hours are gone; it ends then, unless the volunteer goes on in their own time.
    HoursGone(EndReason, Timestamp),
    /// The volunteer goes on in their own time.
    OwnTime,
    /// The project was suspended.
    Suspended,
    /// The project is back.
    Unsuspended,
    /// A colleague is asked to take over, until then.
    HandOverAsked(Timestamp),
    /// The colleague took over, or did not.
    HandOverAnswered(bool),
    /// Access of this name and level waits for somebody's approval.
    AccessAsked(String, i16),
    /// Access that has to be revoked, by name.
    AccessLeft(Vec<String>),
    /// The project asks for another contributor agreement than before.
    ClaChanged(Cla),
    /// The employer's policy does not allow the agreement that the project asks for now.
    ClaNotAllowed(Cla),
    /// The project thinks otherwise of AI-assisted contributions than before.
    AiPolicyChanged(AiPolicy),
}

fn sentence(code: EndReason) -> &'static str {
    match code {
        EndReason::NoTime => "The volunteer has no time for it any more.",
        EndReason::NotAFit => "It turned out not to fit.",
        EndReason::NoLongerNeeded => "The work is not needed any more.",
        EndReason::Unresponsive => "The other side was not heard of.",
        EndReason::Conduct => "The reason given is somebody's conduct.",
        EndReason::EmployerNeeds => "The employer needs the hours elsewhere.",
        EndReason::Other => "The reason is none of the usual ones.",
        EndReason::HandedOver => "A colleague took over.",
        EndReason::PledgeWithdrawn => "The organization withdrew the pledge that the hours came out of.",
        EndReason::LeftEmployer => "The volunteer left the organization whose hours these were.",
        EndReason::AccountDeleted => "The volunteer's account was deleted.",
        EndReason::NeedCancelled => "The project gave the need up.",
        EndReason::ProjectGone => "The project left the marketplace.",
        EndReason::NeverStarted => "It was not started in time.",
        EndReason::CheckInMissed => "No check-in came for three weeks.",
        EndReason::Agreed => "Both sides say that it is done.",
        EndReason::Silence => "Nobody objected to its being done.",
    }
}

fn agreement(cla: Cla) -> &'static str {
    match cla {
        Cla::None => "no agreement",
        Cla::Dco => "a sign-off in each commit (Developer Certificate of Origin)",
        Cla::Individual => "an individual contributor license agreement",
        Cla::Corporate => "a corporate contributor license agreement",
    }
}

fn cla_changed(cla: Cla, About { need, project, .. }: &About, works: &str) -> String {
    if cla == Cla::None {
        return format!("{project} asks for no contributor agreement any more; {works} there on {need:?}.");
    }
    format!("{project}, for which {works} on {need:?}, asks for {} now.", agreement(cla))
}

fn ai_policy_changed(policy: AiPolicy, About { need, project, .. }: &About, works: &str) -> String {
    let policy = match policy {
        AiPolicy::Welcome => "are welcome",
        AiPolicy::Disclose => "have to be disclosed",
        AiPolicy::Forbidden => "are not accepted",
    };
    format!("AI-assisted contributions to {project}, for which {works} on {need:?}, {policy} from now on.")
}

fn day(at: &Timestamp) -> String {
    at.date_naive().to_string()
}

impl Notice {
    fn subject(&self, about: &About) -> String {
        let work = format!("{:?} for {}", about.need, about.project);
        match self {
            Self::Onboarding => format!("Agreed: {work}"),
            Self::Started => format!("The work begins: {work}"),
            Self::CheckedIn(_) => format!("Checked in: {work}"),
            Self::Reminder(_) => format!("A check-in is due: {work}"),
            Self::Overdue(_) => format!("Please check in: {work}"),
            Self::Released(_) => format!("Released: {work}"),
            Self::Paused(..) => format!("Paused: {work}"),
            Self::Resumed(_) => format!("The pause is over: {work}"),
            Self::SaidDone(..) => format!("Is it done? {work}"),
            Self::Completed => format!("Done: {work}"),
            Self::Ended(..) => format!("Ended: {work}"),
            Self::HoursGone(..) => format!("The employer's hours end: {work}"),
            Self::OwnTime => format!("It goes on in {}'s own time: {work}", about.volunteer),
            Self::Suspended => format!("Suspended: {work}"),
            Self::Unsuspended => format!("It goes on: {work}"),
            Self::HandOverAsked(_) => format!("Would you take over? {work}"),
            Self::HandOverAnswered(true) => format!("Taken over: {work}"),
            Self::HandOverAnswered(false) => format!("Not taken over: {work}"),
            Self::AccessAsked(..) => format!("Access waits for approval: {work}"),
            Self::AccessLeft(_) => format!("Access has to be revoked: {work}"),
            Self::ClaChanged(_) => format!("Another contributor agreement: {work}"),
            Self::ClaNotAllowed(_) => format!("An agreement that your policy does not allow: {work}"),
            Self::AiPolicyChanged(_) => format!("Another policy on AI: {work}"),
        }
    }

    fn what(&self, about: &About) -> String {
        let About { need, project, volunteer, .. } = about;
        match self {
            Self::Onboarding => format!(
                "{volunteer} and {project} agreed on {need:?}. Agreement, access and a first contact come next."
            ),
            Self::Started => format!("{volunteer} begins to work on {need:?} for {project}."),
            Self::CheckedIn(Some(false)) => {
                format!("{volunteer} checked in on {need:?} for {project}, and does not expect to be done in time.")
            }
            Self::CheckedIn(_) => format!("{volunteer} checked in on {need:?} for {project}."),
            Self::Reminder(at) => format!("a check-in on {need:?} for {project} is due by {}.", day(at)),
            Self::Overdue(until) => format!(
                "you have not checked in on {need:?} for {project}. If nothing is heard of you until {}, the seat is given to somebody else.",
                day(until)
            ),
            Self::Released(code) => {
                format!("the assignment of {volunteer} to {need:?} for {project} was released. {}", sentence(*code))
            }
            Self::Paused(until, why) => format!(
                "the assignment of {volunteer} to {need:?} for {project} rests until {}. The reason: {why}",
                day(until)
            ),
            Self::Resumed(next) => format!(
                "the pause of {volunteer}'s assignment to {need:?} for {project} is over. The next check-in is due by {}.",
                day(next)
            ),
            Self::SaidDone(Side::Volunteer, at) => format!(
                "{volunteer} says that {need:?} for {project} is done. If you say nothing it counts as completed on {}.",
                day(at)
            ),
            Self::SaidDone(_, at) => format!(
                "{project} says that {need:?} is done. If you say nothing it counts as completed on {}.",
                day(at)
            ),
            Self::Completed => format!("{volunteer}'s assignment to {need:?} for {project} is completed."),
            Self::Ended(code, words) => {
                let words = words.as_ref().map(|words| format!(" In their words: {words}")).unwrap_or_default();
                format!("the assignment of {volunteer} to {need:?} for {project} has ended. {}{words}", sentence(*code))
            }
            Self::HoursGone(code, at) => format!(
                "the employer's hours for {volunteer}'s work on {need:?} for {project} are going. {} The assignment ends on {}, unless {volunteer} goes on in their own time.",
                sentence(*code),
                day(at)
            ),
            Self::OwnTime => format!("{volunteer} goes on with {need:?} for {project} in their own time."),
            Self::Suspended => {
                format!(
                    "{project} was suspended, and {volunteer}'s assignment to {need:?} with it. Nobody has to check in meanwhile."
                )
            }
            Self::Unsuspended => format!("{project} is back, and {volunteer}'s assignment to {need:?} goes on."),
            Self::HandOverAsked(until) => format!(
                "{volunteer} asks you to take over {need:?} for {project} in your employer's time. The question stands until {}.",
                day(until)
            ),
            Self::HandOverAnswered(true) => {
                format!("a colleague took over {volunteer}'s work on {need:?} for {project}.")
            }
            Self::HandOverAnswered(false) => {
                format!("the colleague who was asked does not take over {volunteer}'s work on {need:?} for {project}.")
            }
            Self::AccessAsked(name, level) => format!(
                "access for {volunteer}, who works on {need:?} for {project}, waits for approval: {name}, level L{level}."
            ),
            Self::AccessLeft(names) => format!(
                "{volunteer}'s assignment to {need:?} for {project} has ended, and this access was not revoked yet: {}.",
                names.join(", ")
            ),
            Self::ClaChanged(cla) => cla_changed(*cla, about, "you work"),
            Self::ClaNotAllowed(cla) => format!(
                "{project}, for which {volunteer} works on {need:?} in your organization's time, asks for {} now. Your policy does not allow it.",
                agreement(*cla)
            ),
            Self::AiPolicyChanged(policy) => ai_policy_changed(*policy, about, "you work"),
        }
    }

    /// The topic of the news, where it is any.
    pub(super) fn topic(&self) -> Option<Topic> {
        Some(match self {
            Self::Onboarding => Topic::AssignmentOnboarding,
            Self::Started => Topic::AssignmentActive,
            Self::CheckedIn(_) => Topic::AssignmentCheckedIn,
            Self::Reminder(_) => Topic::AssignmentReminder,
            Self::Overdue(_) => Topic::AssignmentOverdue,
            Self::Released(_) => Topic::AssignmentReleased,
            Self::Paused(..) => Topic::AssignmentPaused,
            Self::Resumed(_) | Self::Unsuspended => Topic::AssignmentResumed,
            Self::SaidDone(..) => Topic::AssignmentCompletionAsked,
            Self::Completed => Topic::AssignmentCompleted,
            Self::Ended(..) => Topic::AssignmentEndedEarly,
            Self::OwnTime => Topic::AssignmentOwnTime,
            Self::Suspended => Topic::AssignmentSuspended,
            Self::HandOverAnswered(_) => Topic::AssignmentHandedOver,
            Self::AccessLeft(_) => Topic::AssignmentRevokeAccess,
            Self::ClaChanged(_) | Self::ClaNotAllowed(_) | Self::AiPolicyChanged(_) => Topic::AssignmentTermsChanged,
            Self::HoursGone(..) | Self::HandOverAsked(_) | Self::AccessAsked(..) => return None,
        })
    }

    /// Whether it is mailed whatever people chose to hear: it costs somebody a seat, a wage or a secret.
    pub(super) fn must_arrive(&self) -> bool {
        matches!(
            self,
            Self::Overdue(_) | Self::Released(_) | Self::HoursGone(..) | Self::AccessAsked(..) | Self::AccessLeft(_)
        )
    }

    /// One sentence for people.
    pub(super) fn title(&self, about: &About) -> String {
        let what = self.what(about);
        let mut letters = what.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// The same for those who are none of its sides, such as the programs behind a webhook: whoever reads it is not addressed.
    pub(super) fn headline(&self, about: &About) -> String {
        let About { need, project, volunteer, .. } = about;
        let works = || format!("{volunteer} works");
        match self {
            Self::Overdue(until) => format!(
                "{volunteer} has not checked in on {need:?} for {project}. If nothing is heard until {}, the seat is given to somebody else.",
                day(until)
            ),
            Self::SaidDone(Side::Volunteer, at) => format!(
                "{volunteer} says that {need:?} for {project} is done. If the project says nothing it counts as completed on {}.",
                day(at)
            ),
            Self::SaidDone(_, at) => format!(
                "{project} says that {need:?} is done. If {volunteer} says nothing it counts as completed on {}.",
                day(at)
            ),
            Self::ClaChanged(cla) => cla_changed(*cla, about, &works()),
            Self::ClaNotAllowed(cla) => format!(
                "{project}, for which {volunteer} works on {need:?} in the employer's time, asks for {} now. The employer's policy does not allow it.",
                agreement(*cla)
            ),
            Self::AiPolicyChanged(policy) => ai_policy_changed(*policy, about, &works()),
            _ => self.title(about),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Overdue(_) => {
                "A line is enough. If you have no time any more, end the assignment: nobody minds, and the seat is free at once."
            }
            Self::Released(_) => "The seat is free again, and so are the hours.",
            Self::SaidDone(..) => "Say that it is done as well, or talk to each other.",
            Self::Completed => "Thank you!",
            Self::HoursGone(..) => "Whoever does the work decides; nobody has to go on without being paid.",
            Self::HandOverAsked(_) => "Accept or decline it; nothing happens without your word.",
            Self::AccessAsked(..) => {
                "It wants two approvers from different organizations, neither of whom asked for it."
            }
            Self::AccessLeft(_) => {
                "Revoke it where it was given and tick it off; until then this mail comes every week."
            }
            Self::ClaChanged(cla) if *cla != Cla::None => {
                "Settle it with the project before you contribute more; the project ticks it off."
            }
            Self::ClaNotAllowed(_) => {
                "Allow it in your policy, agree on something else with the project, or end the assignment."
            }
            _ => "Look at the assignment for what can be done now.",
        }
    }

    /// The mail to this person.
    pub(super) fn letter(&self, ctx: &Ctx, about: &About, to: &Account) -> Result<Message> {
        let (subject, what, advice) = (self.subject(about), self.what(about), self.advice());
        let (name, site) = (&to.display_name, ctx.site());
        let text = render(&NoticeText { name, what: &what, advice, site })?;
        let html = render(&NoticeHtml { subject: &subject, name, what: &what, advice, site })?;
        let address = Email::parse(&to.email)
            .map_err(|fault| Error::internal(format!("a stored address can't be read: {}", fault.detail)))?;
        Ok(Message::new(ctx.ids().make::<MessageId>(), address, subject.as_str(), text).with_html(html))
    }
}

#[cfg(test)]
mod tests;
