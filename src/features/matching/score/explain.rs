//! A pair explained: its score as a sum of reasons, what excludes it, and what would help.

use super::blockers::{Obstacles, obstacles};
use super::card::{Need, NeedCard, Person, PersonCard};
use super::factors;
use super::fit::{self, Grade};
use super::reasons::Reasons;
use super::remedies::describe;
use super::skill::Vocabulary;
use super::suggest::{Suggestion, suggest};
use super::{Blocker, Factor, Market, NeedFacts, Points, Reader, Tally, VolunteerFacts};

/// One factor's part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Which factor.
    pub factor: Factor,
    /// The points it gives here.
    pub points: f64,
    /// The most it can give.
    pub max_points: f64,
    /// Why, in one or a few sentences.
    pub text: String,
}

/// A pair as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// 0 to 100: the sum of the reasons' points. Of an excluded pair it is what the score would be.
    pub score: f64,
    /// Whether nothing excludes the pair.
    pub eligible: bool,
    /// All nine factors.
    pub reasons: Vec<Reason>,
    /// What excludes the pair.
    pub blockers: Vec<Blocker>,
}

/// A match, and what would make it better.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The match as it is.
    pub matching: Match,
    /// What the person could do, the most useful first.
    pub suggestions: Vec<Suggestion>,
}

/// What the numbers say about a pair, without a word of text.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    pub(crate) obstacles: Obstacles,
    pub(crate) grades: Vec<Grade>,
}

/// Weighs one pair by itself.
pub(crate) fn weigh(market: &Market, need: Need<'_>, person: Person<'_>, reader: Reader) -> Verdict {
    let constants = &market.constants;
    let grades = fit::grade(constants, need.card, person.card, |skill| market.demand.weight(skill));
    let tally = factors::tally(constants, need, person, &grades, reader.may_see_private());
    Verdict { tally, obstacles: obstacles(constants, need, person, &grades), grades }
}

/// Puts a verdict into words.
pub(crate) fn tell(market: &Market, need: Need<'_>, person: Person<'_>, reader: Reader, verdict: &Verdict) -> Match {
    let reasons = Reasons { market, need, person, reader };
    let reason = |factor: &Factor| Reason {
        factor: *factor,
        points: verdict.tally.of(*factor).get(),
        max_points: market.constants.most.of(*factor),
        text: reasons.text(*factor),
    };
    Match {
        score: verdict.tally.total().get(),
        eligible: verdict.obstacles.is_empty(),
        reasons: Factor::ALL.iter().map(reason).collect(),
        blockers: describe(market, need, person, reader, verdict.obstacles, &verdict.grades),
    }
}

/// Makes cards for a pair that need not be in any board.
pub(crate) fn cards(market: &Market, need: &NeedFacts, person: &VolunteerFacts) -> (NeedCard, PersonCard) {
    let mut vocabulary = Vocabulary::default();
    let need = NeedCard::new(need, market, &mut vocabulary);
    let person = PersonCard::new(person, market, |skill| vocabulary.intern(skill));
    (need, person)
}

/// The score of a pair, whether or not something excludes it.
pub fn score(market: &Market, need: &NeedFacts, person: &VolunteerFacts, reader: Reader) -> Tally {
    let (need_card, person_card) = cards(market, need, person);
    weigh(market, Need { facts: need, card: &need_card }, Person { facts: person, card: &person_card }, reader).tally
}

/// Explains a pair to a reader: every factor, every blocker, and what would help.
pub fn explain(market: &Market, need: &NeedFacts, person: &VolunteerFacts, reader: Reader) -> Explanation {
    let (need_card, person_card) = cards(market, need, person);
    let (need, person) = (Need { facts: need, card: &need_card }, Person { facts: person, card: &person_card });
    let verdict = weigh(market, need, person, reader);
    Explanation {
        matching: tell(market, need, person, reader, &verdict),
        suggestions: suggest(market, need, person, reader, &verdict),
    }
}

/// How much better one verdict's total is than another's.
pub(crate) fn gain(before: &Verdict, after: &Verdict) -> Points {
    after.tally.total() - before.tally.total()
}
