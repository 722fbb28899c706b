//! What would help: each thing the person could change, tried out on the formula itself.

use super::blockers::Obstacle;
use super::card::{Need, Person, Want};
use super::explain::{Verdict, cards, gain, weigh};
use super::voice::{Reader, count};
use super::{Evidence, HeldSkill, Market, VolunteerFacts};
use crate::kernel::{Level, words};
use chrono::NaiveDate;

words! {
    /// What could be changed.
    Change {
        /// Getting better at a skill the person has.
        RaiseSkill = "raise_skill",
        /// Acquiring a skill the person lacks.
        LearnSkill = "learn_skill",
        /// Having a skill confirmed.
        ProveSkill = "prove_skill",
        /// Offering more hours a week.
        OfferHours = "offer_hours",
        /// Naming the kind of work as an interest.
        NameInterest = "name_interest",
    }
}

/// Something that would help.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// What to change.
    pub change: Change,
    /// Which skill, by its slug.
    pub skill: Option<String>,
    /// What it would do, in a sentence.
    pub text: String,
    /// Points gained.
    pub gain: f64,
    /// Blockers that would be gone.
    pub removes: Vec<Obstacle>,
}

/// Gains below this are not worth a line.
const LEAST_GAIN: f64 = 0.05;
/// Lines shown.
const MOST: usize = 5;

/// The changes worth making: those that remove a blocker first, then by gain.
pub(crate) fn suggest(
    market: &Market,
    need: Need<'_>,
    person: Person<'_>,
    reader: Reader,
    now: &Verdict,
) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = candidates(market, need, person, now)
        .into_iter()
        .filter_map(|candidate| {
            let (_, card) = cards(market, need.facts, &candidate.changed);
            let after = weigh(market, need, Person { facts: &candidate.changed, card: &card }, reader);
            let gain = gain(now, &after).get();
            let removes: Vec<Obstacle> =
                now.obstacles.iter().filter(|obstacle| !after.obstacles.has(*obstacle)).collect();
            if gain < LEAST_GAIN && removes.is_empty() {
                return None;
            }
            let Candidate { change, skill, what, .. } = candidate;
            let points = count(gain, "point");
            let text = match (gain >= LEAST_GAIN, removes.is_empty()) {
                (true, true) => format!("{what} gains {points}."),
                (true, false) => {
                    format!("{what} gains {points} and removes what blocks this pair ({}).", codes(&removes))
                }
                (false, _) => format!("{what} removes what blocks this pair ({}).", codes(&removes)),
            };
            Some(Suggestion { change, skill, text, gain, removes })
        })
        .collect();
    found.sort_by(|a, b| {
        (b.removes.len().cmp(&a.removes.len())).then(b.gain.total_cmp(&a.gain)).then_with(|| a.text.cmp(&b.text))
    });
    found.truncate(MOST);
    found
}

fn codes(removes: &[Obstacle]) -> String {
    removes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
}

struct Candidate {
    change: Change,
    skill: Option<String>,
    what: String,
    changed: VolunteerFacts,
}

fn candidates(market: &Market, need: Need<'_>, person: Person<'_>, now: &Verdict) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for (want, grade) in need.card.wants.iter().zip(&now.grades) {
        if grade.fit < 1.0 {
            all.extend(better(person.facts, want));
        } else if grade.proven < 1.0 {
            all.extend(proven(market, person.facts, want));
        }
    }
    let free = person.card.calendar.free(need.card.window);
    if free.average() < need.card.hours && free.days > 0 {
        let wanted = need.card.hours * f64::from(free.of) / f64::from(free.days);
        let more = ((wanted - free.hours) * 2.0).ceil() / 2.0;
        let changed = VolunteerFacts { hours_per_week: person.card.calendar.offered() + more, ..person.facts.clone() };
        all.push(Candidate {
            change: Change::OfferHours,
            skill: None,
            what: format!("Offering {} more a week", count(more, "hour")),
            changed,
        });
    }
    if let Some(kind) = need.facts.kind.filter(|kind| !person.facts.interest_kinds.contains(kind)) {
        let mut changed = person.facts.clone();
        changed.interest_kinds.push(kind);
        let what = format!("Naming {} as an interest", kind.as_str().replace('_', " "));
        all.push(Candidate { change: Change::NameInterest, skill: None, what, changed });
    }
    all
}

/// The order in which entries of one skill count, should it be listed twice.
fn strength(held: &HeldSkill) -> (Level, Option<NaiveDate>) {
    match held.evidence {
        Evidence::None => (held.level, None),
        Evidence::Endorsed(on) | Evidence::Confirmed(on) => (held.level, Some(on)),
    }
}

/// The person with the wanted skill at the wanted level.
fn better(person: &VolunteerFacts, want: &Want) -> Option<Candidate> {
    let level = Level::parse(i64::from(want.level)).ok()?;
    let mut changed = person.clone();
    let skill = Some(want.skill.slug().to_owned());
    let have = changed.skills.iter_mut().filter(|held| held.skill == want.skill).max_by_key(|held| strength(held));
    if let Some(held) = have {
        let what = format!("Raising {} from level {} to {}", want.skill, held.level.get(), want.level);
        held.level = held.level.max(level);
        return Some(Candidate { change: Change::RaiseSkill, skill, what, changed });
    }
    changed.skills.push(HeldSkill { skill: want.skill.clone(), level, evidence: Evidence::None });
    let what = format!("Learning {} to level {}", want.skill, want.level);
    Some(Candidate { change: Change::LearnSkill, skill, what, changed })
}

/// The person with the wanted skill confirmed today.
fn proven(market: &Market, person: &VolunteerFacts, want: &Want) -> Option<Candidate> {
    let mut changed = person.clone();
    let held = changed.skills.iter_mut().filter(|held| held.skill == want.skill).max_by_key(|held| strength(held))?;
    held.evidence = Evidence::Confirmed(market.today);
    let what = format!("Having work with {} confirmed", want.skill);
    Some(Candidate { change: Change::ProveSkill, skill: Some(want.skill.slug().to_owned()), what, changed })
}
