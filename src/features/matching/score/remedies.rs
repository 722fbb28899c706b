//! For each obstacle a sentence on what stands in the way, and one on what to do about it.

use super::Market;
use super::blockers::{Obstacle, Obstacles, cooling, unearned_on_project};
use super::card::{Need, Person};
use super::fit::Grade;
use super::voice::{Reader, Voice, count, list, tidy};
use crate::features::assignments::EARNED_BY_DAYS;
use crate::kernel::{AccessLevel, Cla, LanguageTag};

/// Why a pair is excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Which obstacle.
    pub code: Obstacle,
    /// What stands in the way.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
}

/// Obstacles that tell something private of the person or the employer.
const PRIVATE: [Obstacle; 5] = [
    Obstacle::EmployerPolicy,
    Obstacle::LicenseNotAllowed,
    Obstacle::TooManyOpenProposals,
    Obstacle::Blocked,
    Obstacle::Unavailable,
];

/// The obstacles in words. Readers who may not know the private ones get one sentence for all of them, whichever they are.
pub(crate) fn describe(
    market: &Market,
    need: Need<'_>,
    person: Person<'_>,
    reader: Reader,
    found: Obstacles,
    grades: &[Grade],
) -> Vec<Blocker> {
    let remedies = Remedies { market, need, person, grades, voice: Voice::new(reader, &person.facts.handle) };
    let hides = |obstacle: &Obstacle| !reader.may_see_private() && PRIVATE.contains(obstacle);
    let mut blockers: Vec<Blocker> =
        found.iter().filter(|obstacle| !hides(obstacle)).map(|obstacle| remedies.blocker(obstacle)).collect();
    if found.iter().any(|obstacle| hides(&obstacle)) {
        blockers.push(Blocker {
            code: Obstacle::Unavailable,
            text: format!("{} is not available for this need.", person.facts.handle),
            remedy: "Look at the next people of the list, or ask again later.".to_owned(),
        });
    }
    blockers
}

struct Remedies<'a> {
    market: &'a Market,
    need: Need<'a>,
    person: Person<'a>,
    grades: &'a [Grade],
    voice: Voice<'a>,
}

impl Remedies<'_> {
    fn blocker(&self, code: Obstacle) -> Blocker {
        let (text, remedy) = match code {
            Obstacle::NeedNotOpen | Obstacle::NoSeat | Obstacle::ReviewBudgetFull | Obstacle::TimeWindow => {
                self.of_the_need(code)
            }
            Obstacle::NoFreeHours
            | Obstacle::HoursBelowMinimum
            | Obstacle::Unavailable
            | Obstacle::TooManyOpenProposals => self.of_the_time(code),
            Obstacle::RequiredSkillMissing
            | Obstacle::AccessNotEarned
            | Obstacle::NotVetted
            | Obstacle::OwnProject
            | Obstacle::Language => self.of_the_person(code),
            Obstacle::EmployerPolicy => self.employer_policy(),
            Obstacle::LicenseNotAllowed | Obstacle::ClaNotSigned | Obstacle::AiPolicy => self.of_the_rules(code),
            Obstacle::CoolDown | Obstacle::DeclinedBefore | Obstacle::Blocked => self.of_the_past(code),
        };
        Blocker { code, text, remedy }
    }

    fn project(&self) -> &str {
        &self.need.facts.project.name
    }

    fn of_the_need(&self, code: Obstacle) -> (String, String) {
        let facts = self.need.facts;
        let (who, project) = (self.voice.who(), self.project());
        match code {
            Obstacle::NeedNotOpen => (
                format!("{project} is not taking applications for this need."),
                "Follow the project; it may open the need again.".to_owned(),
            ),
            Obstacle::NoSeat => (
                "All seats of this need are taken.".to_owned(),
                "Apply for the waiting list: a seat that falls free is offered on.".to_owned(),
            ),
            Obstacle::ReviewBudgetFull => {
                let left = count(facts.review_hours_left.unwrap_or(0.0).max(0.0), "hour");
                (
                    format!(
                        "{project}'s maintainers have {left} a week left for looking after helpers, too little for this need."
                    ),
                    "Wait until another assignment there ends, or ask the project to raise its review hours."
                        .to_owned(),
                )
            }
            _ => match (facts.apply_until, self.person.facts.available_from) {
                (Some(last), _) if super::days::day(last) < self.need.card.today => (
                    format!("Applications were open until {last}."),
                    "Ask the project to extend the period.".to_owned(),
                ),
                (_, Some(from)) => (
                    format!("{who} can help from {from} on, when this need's weeks are over."),
                    format!("Set an earlier day in {} profile, or ask the project to start later.", self.voice.their()),
                ),
                _ => ("The need's dates do not fit.".to_owned(), "Ask the project for other dates.".to_owned()),
            },
        }
    }

    fn of_the_time(&self, code: Obstacle) -> (String, String) {
        let (voice, card) = (self.voice, self.need.card);
        let (who, whom, their) = (voice.who(), voice.whom(), voice.their());
        let calendar = &self.person.card.calendar;
        let free = calendar.free(card.window);
        match code {
            Obstacle::NoFreeHours if calendar.offered() > 0.0 => (
                format!(
                    "All {} that {whom} {} a week are promised to other work.",
                    count(calendar.offered(), "hour"),
                    voice.verb("offer", "offers")
                ),
                format!("Finish an assignment or raise the hours in {their} profile."),
            ),
            Obstacle::NoFreeHours => (
                format!("{who} {} no hours a week.", voice.verb("offer", "offers")),
                format!("Set the hours a week in {their} profile."),
            ),
            Obstacle::HoursBelowMinimum if free.hours < card.least_hours => (
                format!(
                    "{who} {} {} a week free; this need makes sense from {} on.",
                    voice.verb("have", "has"),
                    count(free.hours, "hour"),
                    tidy(card.least_hours)
                ),
                format!("Raise the hours in {their} profile, or ask the project whether fewer would do."),
            ),
            Obstacle::HoursBelowMinimum => (
                format!(
                    "{who} {} needs of at least {} a week; here it would be {}.",
                    voice.verb("take", "takes"),
                    count(self.person.facts.min_hours_per_week.unwrap_or(0.0), "hour"),
                    tidy(free.hours.min(card.hours))
                ),
                format!("Lower the least hours in {their} profile."),
            ),
            Obstacle::Unavailable => (
                format!("{who} {} away during all of this need's weeks.", voice.verb("are", "is")),
                format!("Change the days away in {their} profile, or ask the project for another time."),
            ),
            _ => (
                format!(
                    "{who} {} {} open proposals; at most {} may wait at a time.",
                    voice.verb("have", "has"),
                    self.person.facts.open_proposals,
                    self.market.constants.most_open_proposals
                ),
                "Withdraw one, or wait for an answer.".to_owned(),
            ),
        }
    }

    fn of_the_person(&self, code: Obstacle) -> (String, String) {
        let (voice, facts, who, whom) = (self.voice, self.need.facts, self.voice.who(), self.voice.whom());
        match code {
            Obstacle::RequiredSkillMissing => self.missing(),
            Obstacle::AccessNotEarned => {
                let level = |level: Option<AccessLevel>| format!("L{}", level.map_or(0, AccessLevel::get));
                let (wanted, earned) = (level(facts.access_level), self.person.facts.earned_access);
                if earned.is_some() && facts.access_level > earned {
                    return (
                        format!(
                            "The work needs access {wanted}; {whom} {} earned {} so far.",
                            voice.verb("have", "has"),
                            level(earned)
                        ),
                        "Start with a need of a lower access level; confirmed work earns the next one.".to_owned(),
                    );
                }
                if unearned_on_project(self.need, self.person) {
                    return (
                        format!(
                            "The work needs access {wanted}, which {whom} {} not earned on this project.",
                            voice.verb("have", "has")
                        ),
                        format!(
                            "It is earned by {EARNED_BY_DAYS} active days on the project and a second factor: start with a need of a lower access level."
                        ),
                    );
                }
                let most = level(self.person.facts.max_access_level);
                (
                    format!(
                        "The work needs access {wanted}; {whom} {} at most {most}.",
                        voice.verb("accept", "accepts")
                    ),
                    format!("Raise the highest access level in {} profile.", voice.their()),
                )
            }
            Obstacle::NotVetted => (
                format!("Only vetted people may take this need; {whom} {} not vetted.", voice.verb("are", "is")),
                "Ask a coordinator to be vetted.".to_owned(),
            ),
            Obstacle::OwnProject => (
                format!("{who} {} {}.", voice.verb("maintain", "maintains"), self.project()),
                "Nothing to do: a project's maintainers need no match to work on it.".to_owned(),
            ),
            _ => {
                let languages: Vec<&str> = facts.languages.iter().map(LanguageTag::as_str).collect();
                (
                    format!(
                        "The work is done in {}; {} named none of these languages.",
                        list(&languages),
                        voice.verb("you have", "the person has")
                    ),
                    format!("Add the language to {} profile if it can be used at work.", voice.their()),
                )
            }
        }
    }

    fn missing(&self) -> (String, String) {
        let wants = self.need.card.wants.iter().zip(self.grades);
        let least = self.market.constants.blocking_level;
        let missing: Vec<String> = wants
            .filter(|(want, grade)| want.required && want.level >= least && grade.fit <= 0.0)
            .map(|(want, _)| format!("{} (level {})", want.skill, want.level))
            .collect();
        let (noun, one, them) = if missing.len() == 1 { ("skill", "is", "it") } else { ("skills", "are", "them") };
        (
            format!(
                "The required {noun} {} {one} missing, and nothing near {them} among {} skills.",
                list(&missing),
                self.voice.their()
            ),
            format!("Add {them} to {} profile if known, or mark {them} as being learned.", self.voice.their()),
        )
    }

    fn employer_policy(&self) -> (String, String) {
        let remedy = "Ask a manager of the organization to change its policy, or offer own time.".to_owned();
        let Some(employer) = &self.person.facts.employer else {
            return ("The employer's policy does not allow it.".to_owned(), remedy);
        };
        let name = &employer.name;
        let policy = employer.policy.clone().unwrap_or_default();
        let kind = self.need.facts.kind.filter(|kind| !policy.kinds.is_empty() && !policy.kinds.contains(kind));
        let signs = policy.allows_cla(self.need.facts.cla);
        let listed = policy.projects.is_none_or(|listed| listed.contains(&self.need.facts.project.id));
        let why = match (kind, policy.max_hours_per_week) {
            (Some(kind), _) => format!("does not give its time to {}", kind.as_str().replace('_', " ")),
            (None, _) if !listed => {
                format!("gives its time to listed projects only, and {} is not on the list", self.project())
            }
            (None, _) if !signs => {
                let asked = self.need.facts.cla.as_str();
                format!(
                    "does not let its people work under the contributor agreement that {} asks for ({asked})",
                    self.project()
                )
            }
            (None, Some(most)) => {
                format!("gives at most {} a week to one need, less than this one needs", count(most, "hour"))
            }
            (None, None) => "does not allow it".to_owned(),
        };
        (format!("{name} {why}."), remedy)
    }

    fn of_the_rules(&self, code: Obstacle) -> (String, String) {
        let (voice, project) = (self.voice, self.project());
        match code {
            Obstacle::LicenseNotAllowed => {
                let employer =
                    self.person.facts.employer.as_ref().map_or("the employer", |employer| employer.name.as_str());
                match &self.need.facts.license {
                    Some(license) => (
                        format!(
                            "{project} is under {license}, which is not among the licenses that {employer} allows."
                        ),
                        "Ask a manager of the organization to allow the license, or offer own time.".to_owned(),
                    ),
                    None => (
                        format!("{employer} allows certain licenses only, and {project} has not stated its own."),
                        "Ask the project to state its license in its listing.".to_owned(),
                    ),
                }
            }
            Obstacle::ClaNotSigned => {
                let (signer, sort) = match self.need.facts.cla {
                    Cla::Corporate => ("by the employer ", "corporate contributor agreement"),
                    _ => ("", "individual contributor agreement"),
                };
                (
                    format!("{project} asks for its {sort}, which has not been signed {signer}yet."),
                    "Sign it, or have it signed, and tell the project.".to_owned(),
                )
            }
            _ => (
                format!(
                    "{project} accepts no AI-assisted contributions; {} said that {} with AI assistance.",
                    voice.verb("you", "the person"),
                    voice.verb("you work", "they work")
                ),
                "Agree with the project on work without it, and change the profile.".to_owned(),
            ),
        }
    }

    fn of_the_past(&self, code: Obstacle) -> (String, String) {
        let (whom, project) = (self.voice.whom(), self.project());
        match code {
            Obstacle::CoolDown => {
                let until = cooling(self.need, self.person).map_or_else(String::new, |until| format!(" until {until}"));
                (
                    format!("{project} declined a proposal with {whom} lately; no new one is possible{until}."),
                    "Wait until then; other projects are open.".to_owned(),
                )
            }
            Obstacle::DeclinedBefore => (
                format!("A proposal of {whom} for this need was declined before."),
                "Choose another need, or talk to the project first.".to_owned(),
            ),
            _ => (
                format!("Of {whom} and {project}, one asked not to be matched with the other."),
                "Whoever asked for it can lift the block in the settings.".to_owned(),
            ),
        }
    }
}
