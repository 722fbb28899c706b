//! What the score of a pair depends on beyond the pair: how sought each skill is, the prices, the day.

use super::skill::{Term, Vocabulary};
use super::{Constants, NeedFacts, SkillKey};
use chrono::NaiveDate;

/// How many open needs there are, and how many of them ask for each skill.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    pub(crate) vocabulary: Vocabulary,
    askers: Vec<u32>,
    open_needs: u32,
}

impl Demand {
    /// Counts the open ones among these needs.
    pub fn of<'a>(needs: impl IntoIterator<Item = &'a NeedFacts>) -> Self {
        let mut demand = Self::default();
        for need in needs.into_iter().filter(|need| need.is_open) {
            demand.add(need);
        }
        demand
    }

    /// Counts one more need.
    pub(crate) fn add(&mut self, need: &NeedFacts) {
        self.open_needs += 1;
        for skill in each_once(need) {
            let Some(at) = self.vocabulary.intern(skill).and_then(|term| usize::try_from(term).ok()) else { continue };
            if self.askers.len() <= at {
                self.askers.resize(at + 1, 0);
            }
            if let Some(count) = self.askers.get_mut(at) {
                *count += 1;
            }
        }
    }

    /// Takes back what [`Self::add`] counted.
    pub(crate) fn take(&mut self, need: &NeedFacts) {
        self.open_needs = self.open_needs.saturating_sub(1);
        for skill in each_once(need) {
            let at = self.vocabulary.find(skill).and_then(|term| usize::try_from(term).ok());
            if let Some(count) = at.and_then(|at| self.askers.get_mut(at)) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// How many open needs there are (N).
    pub fn open_needs(&self) -> u32 {
        self.open_needs
    }

    /// How many open needs ask for the skill (df).
    pub fn askers(&self, skill: &SkillKey) -> u32 {
        self.vocabulary.find(skill).map_or(0, |term| self.askers_of(term))
    }

    /// The same by the skill's number.
    pub(crate) fn askers_of(&self, term: Term) -> u32 {
        usize::try_from(term).ok().and_then(|at| self.askers.get(at)).copied().unwrap_or(0)
    }

    /// What the skill weighs in a need: ln(1 + N / (1 + df)), the rarer the more.
    pub fn weight(&self, skill: &SkillKey) -> f64 {
        self.weight_for(self.askers(skill))
    }

    /// The weights of all skills by their number, and of one that nobody asks for.
    pub(crate) fn weights(&self) -> Weights {
        Weights {
            by_term: self.askers.iter().map(|askers| self.weight_for(*askers)).collect(),
            unasked: self.weight_for(0),
        }
    }

    // An empty market still has the need at hand in it: with N = 0 every weight would be 0, and shares of them nothing.
    fn weight_for(&self, askers: u32) -> f64 {
        (1.0 + f64::from(self.open_needs.max(1)) / (1.0 + f64::from(askers))).ln()
    }
}

/// The skills that a need asks for, each once however often it is named; they are few.
fn each_once(need: &NeedFacts) -> impl Iterator<Item = &SkillKey> {
    let named = |at: usize, skill: &SkillKey| need.skills.iter().take(at).any(|wanted| wanted.skill == *skill);
    need.skills
        .iter()
        .map(|wanted| &wanted.skill)
        .enumerate()
        .filter(move |(at, skill)| !named(*at, skill))
        .map(|(_, skill)| skill)
}

/// Ready-made weights, so that scoring takes no logarithm.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    by_term: Vec<f64>,
    unasked: f64,
}

impl Weights {
    /// The most that any skill weighs: the rarer, the more.
    pub(crate) fn most(&self) -> f64 {
        self.unasked
    }

    /// How many times its old weight any skill weighs at most.
    pub(crate) fn drift(&self, old: &Self) -> f64 {
        let by_term = (0..).zip(&self.by_term).map(|(term, weight)| weight / old.of(Some(term)));
        by_term.fold(self.unasked / old.unasked, f64::max)
    }

    pub(crate) fn of(&self, term: Option<Term>) -> f64 {
        term.and_then(|term| usize::try_from(term).ok())
            .and_then(|at| self.by_term.get(at))
            .copied()
            .unwrap_or(self.unasked)
    }
}

/// Everything but the pair itself.
#[derive(Debug, Clone)]
pub struct Market {
    /// The day for which scores hold, in UTC.
    pub today: NaiveDate,
    /// The numbers of the score.
    pub constants: Constants,
    /// The 95th percentile of the needs' prices in the last allocation; none: there has been none.
    pub price_p95: Option<f64>,
    /// How sought each skill is.
    pub demand: Demand,
}

impl Market {
    /// A market on this day with the documented constants and nothing in it.
    pub fn new(today: NaiveDate) -> Self {
        Self { today, constants: Constants::default(), price_p95: None, demand: Demand::default() }
    }
}
