//! Facts made ready for scoring: everything that takes a look-up, a logarithm or a calendar is done once, here.

use super::days::{Calendar, Day, Window, day, offset_minutes};
use super::factors;
use super::skill::{Term, Vocabulary};
use super::{Evidence, Market, NeedFacts, Points, SkillKey, VolunteerFacts, WantedSkill};
use crate::features::skills::taxonomy::{Relation, Taxonomy};
use crate::kernel::{Level, License, NeedKind};

/// Average length of a month of the Gregorian calendar, in days.
const MONTH_DAYS: f64 = 365.2425 / 12.0;

/// A skill that a need asks for.
#[derive(Debug, Clone)]
pub(crate) struct Want {
    pub(crate) skill: SkillKey,
    pub(crate) term: Option<Term>,
    pub(crate) level: u8,
    pub(crate) required: bool,
}

/// A need, ready for scoring.
#[derive(Debug, Clone)]
pub(crate) struct NeedCard {
    /// Wanted skills by slug, each once.
    pub(crate) wants: Vec<Want>,
    /// Points for priority, which are the same for everybody.
    pub(crate) priority: Points,
    /// Points for balance, which are the same for everybody.
    pub(crate) balance: Points,
    /// Wanted hours a week.
    pub(crate) hours: f64,
    /// Least hours a week, never more than the wanted ones.
    pub(crate) least_hours: f64,
    /// Wanted overlap in minutes; none: the need doesn't care.
    pub(crate) overlap: Option<f64>,
    /// Offsets of the need's zones from UTC, in minutes.
    pub(crate) offsets: Vec<i32>,
    /// The day for which the card holds.
    pub(crate) today: Day,
    pub(crate) window: Window,
    /// The bit of its kind.
    pub(crate) kind: u32,
    /// Its domains and all that these imply, in order.
    pub(crate) domains: Vec<Term>,
    pub(crate) license: Option<License>,
}

/// One bit a kind.
pub(crate) fn kind_bit(kind: NeedKind) -> u32 {
    NeedKind::ALL
        .iter()
        .position(|one| *one == kind)
        .and_then(|at| 1u32.checked_shl(u32::try_from(at).ok()?))
        .unwrap_or(0)
}

/// The wanted skills by slug, a repeated one once: at its higher level, required if either is.
fn distinct(skills: &[WantedSkill]) -> Vec<(&SkillKey, Level, bool)> {
    let mut distinct: Vec<_> = skills.iter().map(|wanted| (&wanted.skill, wanted.level, wanted.required)).collect();
    distinct.sort_by_key(|(skill, ..)| *skill);
    distinct.dedup_by(|(next, next_level, next_required), (skill, level, required)| {
        let is_repeated = next == skill;
        if is_repeated {
            *level = (*level).max(*next_level);
            *required |= *next_required;
        }
        is_repeated
    });
    distinct
}

impl NeedCard {
    /// Makes a card; new free tags get their number in the vocabulary.
    pub(crate) fn new(need: &NeedFacts, market: &Market, vocabulary: &mut Vocabulary) -> Self {
        let wants = distinct(&need.skills)
            .into_iter()
            .map(|(skill, level, required)| Want {
                skill: skill.clone(),
                term: vocabulary.intern(skill),
                level: level.get(),
                required,
            })
            .collect();
        let constants = &market.constants;
        let hours = if need.hours_per_week.is_finite() { need.hours_per_week.max(0.0) } else { 0.0 };
        let overlap_hours = need.overlap_hours.unwrap_or(constants.overlap_hours).clamp(0.0, 8.0);
        Self {
            wants,
            priority: factors::priority(need, market),
            balance: factors::balance(need.price, market),
            hours,
            least_hours: need.min_hours_per_week.unwrap_or(constants.least_hours_per_week).max(0.0).min(hours),
            overlap: (!need.time_zones.is_empty()).then_some(overlap_hours * 60.0),
            offsets: need.time_zones.iter().map(|zone| offset_minutes(*zone, market.today)).collect(),
            today: day(market.today),
            window: Window::new(market.today, need.starts_on, need.weeks.unwrap_or(constants.open_ended_weeks)),
            kind: need.kind.map_or(0, kind_bit),
            domains: with_implied(&need.domains, vocabulary),
            license: need.license.as_deref().map(License::parse),
        }
    }
}

/// The numbers of the domains and of everything that they imply: who likes cryptography likes a TLS library.
fn with_implied(domains: &[SkillKey], vocabulary: &mut Vocabulary) -> Vec<Term> {
    let mut terms = Vec::new();
    for domain in domains {
        terms.extend(vocabulary.intern(domain));
        if let SkillKey::Known(ix) = domain {
            let implied =
                Taxonomy::shipped().expand(*ix).filter(|(_, relation)| matches!(relation, Relation::Implies { .. }));
            terms.extend(implied.map(|(ix, _)| ix.number()));
        }
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// A skill that a person has, or is learning.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) skill: SkillKey,
    pub(crate) term: Option<Term>,
    pub(crate) level: u8,
    /// What the evidence is still worth, 0 to 1.
    pub(crate) proven: f64,
    pub(crate) learning: bool,
}

/// A person, ready for scoring.
#[derive(Debug, Clone)]
pub(crate) struct PersonCard {
    pub(crate) held: Vec<Held>,
    pub(crate) calendar: Calendar,
    /// Offset of the person's zone from UTC, in minutes.
    pub(crate) offset: Option<i32>,
    /// The bits of the kinds that the person likes.
    pub(crate) kinds: u32,
    /// The domains that the person likes, in order.
    pub(crate) domains: Vec<Term>,
    /// Whether the person named any interest.
    pub(crate) has_interests: bool,
    /// Licenses that the employer allows, lower case; empty: any.
    pub(crate) licenses: Vec<String>,
}

impl PersonCard {
    /// Makes a card. A skill without a number here equals none of the needs' skills.
    pub(crate) fn new(
        person: &VolunteerFacts,
        market: &Market,
        mut number: impl FnMut(&SkillKey) -> Option<Term>,
    ) -> Self {
        let today = market.today;
        let mut held: Vec<Held> = Vec::with_capacity(person.skills.len() + person.learning.len());
        for skill in &person.skills {
            let proven = match skill.evidence {
                Evidence::None => 0.0,
                Evidence::Endorsed(on) | Evidence::Confirmed(on) => {
                    let age = i32::try_from((today - on).num_days()).unwrap_or(i32::MAX).max(0);
                    0.5f64.powf(f64::from(age) / MONTH_DAYS / market.constants.evidence_half_life_months)
                }
            };
            let term = number(&skill.skill);
            held.push(Held { skill: skill.skill.clone(), term, level: skill.level.get(), proven, learning: false });
        }
        for skill in &person.learning {
            held.push(Held { skill: skill.clone(), term: number(skill), level: 1, proven: 0.0, learning: true });
        }
        let mut domains: Vec<Term> = person.interest_domains.iter().filter_map(&mut number).collect();
        domains.sort_unstable();
        let offered = if person.hours_per_week.is_finite() { person.hours_per_week } else { 0.0 };
        let policy = person.employer.as_ref().and_then(|employer| employer.policy.as_ref());
        Self {
            held,
            calendar: Calendar::new(offered, person.available_from, &person.unavailable, &person.commitments),
            offset: person.time_zone.map(|zone| offset_minutes(zone, today)),
            kinds: person.interest_kinds.iter().fold(0, |bits, kind| bits | kind_bit(*kind)),
            domains,
            has_interests: !(person.interest_kinds.is_empty() && person.interest_domains.is_empty()),
            licenses: policy
                .map(|p| p.licenses.iter().map(|id| id.trim().to_lowercase()).collect())
                .unwrap_or_default(),
        }
    }
}

/// A need with its card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need<'a> {
    pub(crate) facts: &'a NeedFacts,
    pub(crate) card: &'a NeedCard,
}

/// A person with their card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) facts: &'a VolunteerFacts,
    pub(crate) card: &'a PersonCard,
}
