//! What excludes a pair, whatever its score.

use super::Constants;
use super::card::{Need, Person};
use super::fit::Grade;
use crate::features::assignments::EARNED_FROM;
use crate::kernel::{AiPolicy, Cla, ProjectId, words};
use chrono::NaiveDate;

words! {
    /// Why a pair is excluded.
    Obstacle {
        /// The need's state takes no applications.
        NeedNotOpen = "need_not_open",
        /// All seats are taken.
        NoSeat = "no_seat",
        /// The project's maintainers can't look after more helpers.
        ReviewBudgetFull = "review_budget_full",
        /// The person has no hour left.
        NoFreeHours = "no_free_hours",
        /// What the person has left, or what the need wants, is less than the other's least.
        HoursBelowMinimum = "hours_below_minimum",
        /// Nothing of the person's comes near a required skill.
        RequiredSkillMissing = "required_skill_missing",
        /// The work reaches further into the project's systems than the person may, or wants to.
        AccessNotEarned = "access_not_earned",
        /// Only vetted people may take it.
        NotVetted = "not_vetted",
        /// The person maintains the project.
        OwnProject = "own_project",
        /// Applications are over, or the person starts after the need's end.
        TimeWindow = "time_window",
        /// The person is away all the time.
        Unavailable = "unavailable",
        /// The employer's rules.
        EmployerPolicy = "employer_policy",
        /// The employer's rules on licenses.
        LicenseNotAllowed = "license_not_allowed",
        /// The contributor agreement is not signed.
        ClaNotSigned = "cla_not_signed",
        /// The project accepts no AI-assisted work, the person works so.
        AiPolicy = "ai_policy",
        /// The project declined the person lately.
        CoolDown = "cool_down",
        /// Too many proposals wait for an answer.
        TooManyOpenProposals = "too_many_open_proposals",
        /// This very pair was declined before.
        DeclinedBefore = "declined_before",
        /// One of the two does not want to hear from the other.
        Blocked = "blocked",
        /// No common language.
        Language = "language",
    }
}

/// A set of obstacles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Obstacles(u32);

impl Obstacles {
    fn note(&mut self, holds: bool, obstacle: Obstacle) {
        if holds {
            self.0 |= bit(obstacle);
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, obstacle: Obstacle) -> bool {
        self.0 & bit(obstacle) != 0
    }

    /// In the documented order.
    pub(crate) fn iter(self) -> impl Iterator<Item = Obstacle> {
        Obstacle::ALL.iter().copied().filter(move |obstacle| self.has(*obstacle))
    }
}

fn bit(obstacle: Obstacle) -> u32 {
    Obstacle::ALL
        .iter()
        .position(|one| *one == obstacle)
        .and_then(|at| 1u32.checked_shl(u32::try_from(at).ok()?))
        .unwrap_or(0)
}

/// Everything that excludes this pair today.
pub(crate) fn obstacles(constants: &Constants, need: Need<'_>, person: Person<'_>, grades: &[Grade]) -> Obstacles {
    let mut found = Obstacles::default();
    let (facts, who) = (need.facts, person.facts);
    found.note(!facts.is_open, Obstacle::NeedNotOpen);
    found.note(facts.seats_left == 0, Obstacle::NoSeat);
    found.note(is_budget_full(need), Obstacle::ReviewBudgetFull);
    hours(&mut found, need, person);
    let missing = |grade: &Grade| grade.required && grade.level >= constants.blocking_level && grade.fit <= 0.0;
    found.note(grades.iter().any(missing), Obstacle::RequiredSkillMissing);
    let reaches = |limit: Option<_>| facts.access_level > limit;
    let too_far = who.earned_access.is_some() && reaches(who.earned_access);
    let unwanted = who.max_access_level.is_some() && reaches(who.max_access_level);
    let unearned = unearned_on_project(need, person);
    found.note(too_far || unearned || unwanted, Obstacle::AccessNotEarned);
    found.note(facts.vetted_only && !who.vetted, Obstacle::NotVetted);
    found.note(facts.maintainers.contains(&who.account), Obstacle::OwnProject);
    employer(&mut found, need, person);
    let asks_signature = matches!(facts.cla, Cla::Individual | Cla::Corporate);
    let unsigned = who.cla_signed.as_ref().is_some_and(|signed| !signed.contains(&facts.project.id));
    found.note(asks_signature && unsigned, Obstacle::ClaNotSigned);
    found.note(facts.ai_policy == AiPolicy::Forbidden && who.uses_ai == Some(true), Obstacle::AiPolicy);
    found.note(cooling(need, person).is_some(), Obstacle::CoolDown);
    found.note(who.open_proposals >= constants.most_open_proposals, Obstacle::TooManyOpenProposals);
    found.note(who.declined_needs.contains(&facts.id), Obstacle::DeclinedBefore);
    let unwelcome = facts.blocked.contains(&who.account);
    found.note(unwelcome || who.blocked_projects.contains(&facts.project.id), Obstacle::Blocked);
    let common = facts.languages.iter().any(|a| who.languages.iter().any(|b| a.primary() == b.primary()));
    found.note(!facts.languages.is_empty() && !who.languages.is_empty() && !common, Obstacle::Language);
    found
}

fn is_budget_full(need: Need<'_>) -> bool {
    need.facts.review_hours_left.is_some_and(|left| left <= 0.0 || left < need.card.least_hours)
}

fn is_closed(need: Need<'_>) -> bool {
    need.facts.apply_until.is_some_and(|last| super::days::day(last) < need.card.today)
}

/// Whether nobody at all can be eligible today, whoever they are.
pub(crate) fn excludes_everybody(need: Need<'_>) -> bool {
    !need.facts.is_open || need.facts.seats_left == 0 || is_budget_full(need) || is_closed(need)
}

/// Whether this person can be eligible for nothing at all today, whatever it is.
pub(crate) fn excludes_from_everything(constants: &Constants, person: Person<'_>) -> bool {
    person.card.calendar.offered() <= 0.0 || person.facts.open_proposals >= constants.most_open_proposals
}

/// Whether the work wants access that is earned on the project itself, and the person has not earned it there.
pub(crate) fn unearned_on_project(need: Need<'_>, person: Person<'_>) -> bool {
    let Some(earned) = &person.facts.earned_on else { return false };
    let high = need.facts.access_level.is_some_and(|level| i16::from(level.get()) >= EARNED_FROM);
    let here = |(project, on): &(ProjectId, NaiveDate)| {
        *project == need.facts.project.id && super::days::day(*on) <= need.card.today
    };
    high && !earned.iter().any(here)
}

fn hours(found: &mut Obstacles, need: Need<'_>, person: Person<'_>) {
    let (card, window) = (need.card, need.card.window);
    let free = person.card.calendar.free(window);
    let late = person.card.calendar.from() > window.until;
    found.note(late || is_closed(need), Obstacle::TimeWindow);
    found.note(free.days == 0 && !late, Obstacle::Unavailable);
    found.note(free.hours <= 0.0, Obstacle::NoFreeHours);
    let least = person.facts.min_hours_per_week.unwrap_or(0.0);
    let too_few = free.hours > 0.0 && (free.hours < card.least_hours || free.hours.min(card.hours) < least);
    found.note(too_few, Obstacle::HoursBelowMinimum);
}

fn employer(found: &mut Obstacles, need: Need<'_>, person: Person<'_>) {
    let Some(policy) = person.facts.employer.as_ref().and_then(|employer| employer.policy.as_ref()) else { return };
    let kind = need.facts.kind.is_some_and(|kind| !policy.kinds.is_empty() && !policy.kinds.contains(&kind));
    let hours = policy.max_hours_per_week.is_some_and(|most| most < need.card.least_hours);
    let project = policy.projects.as_ref().is_some_and(|listed| !listed.contains(&need.facts.project.id));
    let cla = !policy.allows_cla(need.facts.cla);
    found.note(kind || hours || project || cla, Obstacle::EmployerPolicy);
    let allowed = &person.card.licenses;
    let refused = need.card.license.as_ref().is_none_or(|license| !license.is_allowed(allowed));
    found.note(!allowed.is_empty() && refused, Obstacle::LicenseNotAllowed);
}

/// Until when the project wants no new proposal from the person.
pub(crate) fn cooling(need: Need<'_>, person: Person<'_>) -> Option<chrono::NaiveDate> {
    let downs = person.facts.cool_downs.iter();
    let here = downs.filter(|down| down.project == need.facts.project.id).map(|down| down.until);
    here.filter(|until| super::days::day(*until) > need.card.today).max()
}
