//! How well a person's skills meet the wanted ones.
//!
//! The same rule in three forms, which give the same numbers to the last bit: pair by pair (for explanations), a table of
//! one person's skills (to rank needs), and a table of one need's wants (to rank people).

use super::card::{Held, NeedCard, PersonCard, Want};
use super::market::Weights;
use super::skill::Term;
use super::{Constants, SkillKey};
use crate::features::skills::taxonomy::{Relation, Taxonomy};

/// How one wanted skill is met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grade {
    /// What the skill weighs.
    pub(crate) weight: f64,
    /// Best similarity × level fit of any skill of the person, 0 to 1.
    pub(crate) fit: f64,
    /// The same, counting each of the person's skills only as far as it is proven.
    pub(crate) proven: f64,
    pub(crate) required: bool,
    pub(crate) level: u8,
}

/// Best fit so far, and best proven fit so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) fit: f64,
    pub(crate) proven: f64,
}

impl Cell {
    fn improve(&mut self, fit: f64, proven: f64) {
        self.fit = self.fit.max(fit);
        self.proven = self.proven.max(fit * proven);
    }

    fn graded(self, want: &Want, weights: &Weights) -> Grade {
        let weight = weights.of(want.term);
        Grade { weight, fit: self.fit, proven: self.proven, required: want.required, level: want.level }
    }
}

/// How similar the person's skill is to the wanted one, 0 to 1.
fn similarity(constants: &Constants, relation: Relation) -> f64 {
    let similarity = match relation {
        Relation::Same => 1.0,
        Relation::Implies { steps } => constants.implies_step.powi(i32::from(steps)),
        Relation::ImpliedBy { steps } => constants.implied_by_step.powi(i32::from(steps)),
        Relation::Sibling => constants.sibling,
        Relation::Related => constants.related,
        Relation::None => 0.0,
    };
    at_least(constants, similarity)
}

fn at_least(constants: &Constants, similarity: f64) -> f64 {
    if similarity < constants.least_similarity { 0.0 } else { similarity }
}

/// How the person's skill relates to the wanted one; a free tag only to itself.
pub(crate) fn relation(have: &SkillKey, want: &SkillKey) -> Relation {
    match (have, want) {
        (SkillKey::Known(have), SkillKey::Known(want)) => Taxonomy::shipped().relation(*have, *want),
        (SkillKey::Tag(have), SkillKey::Tag(want)) if have == want => Relation::Same,
        _ => Relation::None,
    }
}

fn similarity_of(constants: &Constants, held: &Held, want: &SkillKey) -> f64 {
    if held.learning {
        return if held.skill == *want { at_least(constants, constants.learning) } else { 0.0 };
    }
    similarity(constants, relation(&held.skill, want))
}

/// The skill of the person that meets a wanted one best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) held: &'a Held,
    pub(crate) fit: f64,
}

/// Which of the person's skills meets the want best: the highest fit, then the wanted skill itself, then the smaller slug,
/// then the higher level.
pub(crate) fn origin<'a>(constants: &Constants, person: &'a PersonCard, want: &Want) -> Option<Origin<'a>> {
    let rank = |held: &Held| (held.skill != want.skill, held.learning);
    person
        .held
        .iter()
        .map(|held| Origin {
            held,
            fit: similarity_of(constants, held, &want.skill) * constants.level_fit(held.level, want.level),
        })
        .filter(|origin| origin.fit > 0.0)
        .max_by(|a, b| {
            let by_name = rank(b.held).cmp(&rank(a.held)).then_with(|| b.held.skill.cmp(&a.held.skill));
            a.fit.total_cmp(&b.fit).then(by_name).then_with(|| a.held.level.cmp(&b.held.level))
        })
}

/// Grades a pair by itself.
pub(crate) fn grade(
    constants: &Constants,
    need: &NeedCard,
    person: &PersonCard,
    weight: impl Fn(&SkillKey) -> f64,
) -> Vec<Grade> {
    let one = |want: &Want| {
        let mut best = Cell::default();
        for held in &person.held {
            let fit = similarity_of(constants, held, &want.skill) * constants.level_fit(held.level, want.level);
            best.improve(fit, held.proven);
        }
        let Cell { fit, proven } = best;
        Grade { weight: weight(&want.skill), fit, proven, required: want.required, level: want.level }
    };
    need.wants.iter().map(one).collect()
}

/// Rows found by the number of a skill; most skills share the empty first one.
#[derive(Debug)]
struct Rows<R> {
    place: Vec<u32>,
    rows: Vec<R>,
}

impl<R: Clone> Rows<R> {
    fn new(terms: usize, empty: R) -> Self {
        Self { place: vec![0; terms], rows: vec![empty] }
    }

    fn get(&self, term: Option<Term>) -> Option<&R> {
        let place =
            term.and_then(|term| usize::try_from(term).ok()).and_then(|at| self.place.get(at)).copied().unwrap_or(0);
        self.rows.get(usize::try_from(place).ok()?)
    }

    /// The skills that have a row of their own.
    fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        (0..).zip(&self.place).filter(|(_, place)| **place != 0).map(|(term, _)| term)
    }

    fn get_mut(&mut self, term: Term) -> Option<&mut R> {
        let place = self.place.get_mut(usize::try_from(term).ok()?)?;
        if *place == 0 {
            *place = u32::try_from(self.rows.len()).ok()?;
            let empty = self.rows.first()?.clone();
            self.rows.push(empty);
        }
        self.rows.get_mut(usize::try_from(*place).ok()?)
    }
}

/// One person's fit for every skill at every wanted level.
#[derive(Debug)]
pub(crate) struct PersonTable {
    rows: Rows<[Cell; 5]>,
}

impl PersonTable {
    /// Spreads the person's skills over all that they are similar to. `terms` is the size of the vocabulary.
    pub(crate) fn new(constants: &Constants, person: &PersonCard, terms: usize) -> Self {
        let mut table = Self { rows: Rows::new(terms, [Cell::default(); 5]) };
        for held in &person.held {
            let Some(term) = held.term else { continue };
            let levels = [1, 2, 3, 4, 5].map(|wanted| constants.level_fit(held.level, wanted));
            if held.learning {
                table.spread(term, held, levels, at_least(constants, constants.learning));
                continue;
            }
            table.spread(term, held, levels, similarity(constants, Relation::Same));
            if let SkillKey::Known(ix) = &held.skill {
                for (want, relation) in Taxonomy::shipped().expand(*ix) {
                    table.spread(want.number(), held, levels, similarity(constants, relation));
                }
            }
        }
        table
    }

    /// The skills that the person comes near.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.rows.terms()
    }

    /// How well the person meets a wanted skill.
    pub(crate) fn cell(&self, term: Term, level: u8) -> Cell {
        let level = usize::from(level.saturating_sub(1));
        self.rows.get(Some(term)).and_then(|row| row.get(level)).copied().unwrap_or_default()
    }

    /// `levels` are how well the person's level meets each wanted one.
    fn spread(&mut self, want: Term, held: &Held, levels: [f64; 5], similarity: f64) {
        if similarity <= 0.0 {
            return;
        }
        if let Some(row) = self.rows.get_mut(want) {
            for (cell, level_fit) in row.iter_mut().zip(levels) {
                cell.improve(similarity * level_fit, held.proven);
            }
        }
    }

    /// Grades the person for a need, into a buffer that is used again and again.
    pub(crate) fn grade(&self, need: &NeedCard, weights: &Weights, grades: &mut Vec<Grade>) {
        grades.clear();
        grades.extend(
            need.wants.iter().map(|want| {
                want.term.map(|term| self.cell(term, want.level)).unwrap_or_default().graded(want, weights)
            }),
        );
    }
}

/// How similar every skill is to each of one need's wants.
#[derive(Debug)]
pub(crate) struct NeedTable<'a> {
    need: &'a NeedCard,
    rows: Rows<Vec<f64>>,
    /// For each want the skills that come near it.
    near: Vec<Vec<Term>>,
    weights: &'a Weights,
    learning: f64,
}

impl<'a> NeedTable<'a> {
    /// Looks up which skills are similar to the wanted ones. `terms` is the size of the vocabulary.
    pub(crate) fn new(constants: &Constants, need: &'a NeedCard, terms: usize, weights: &'a Weights) -> Self {
        let mut rows = Rows::new(terms, vec![0.0; need.wants.len()]);
        let mut near = vec![Vec::new(); need.wants.len()];
        for (at, (want, near)) in need.wants.iter().zip(&mut near).enumerate() {
            let mut note = |have: Term, similarity: f64| {
                if similarity > 0.0
                    && let Some(cell) = rows.get_mut(have).and_then(|row| row.get_mut(at))
                {
                    *cell = similarity;
                    near.push(have);
                }
            };
            match (&want.skill, want.term) {
                (SkillKey::Known(ix), _) => {
                    for (have, relation) in Taxonomy::shipped().holders(*ix) {
                        note(have.number(), similarity(constants, relation));
                    }
                }
                (SkillKey::Tag(_), Some(term)) => note(term, similarity(constants, Relation::Same)),
                (SkillKey::Tag(_), None) => {}
            }
        }
        Self { need, rows, near, weights, learning: at_least(constants, constants.learning) }
    }

    /// The skills that come near the need's want at this place among its wants.
    pub(crate) fn near(&self, at: usize) -> &[Term] {
        self.near.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the want at this place weighs.
    pub(crate) fn weight(&self, at: usize) -> f64 {
        self.weights.of(self.need.wants.get(at).and_then(|want| want.term))
    }

    /// How well somebody meets the want at this place with a skill that they have at a level, or are learning.
    pub(crate) fn fit(&self, constants: &Constants, at: usize, have: Term, level: u8, learning: bool) -> f64 {
        let Some(want) = self.need.wants.get(at) else { return 0.0 };
        let similarity = match learning {
            true if want.term == Some(have) => self.learning,
            true => 0.0,
            false => self.rows.get(Some(have)).and_then(|row| row.get(at)).copied().unwrap_or(0.0),
        };
        similarity * constants.level_fit(level, want.level)
    }

    /// Grades a person for the need, into a buffer that is used again and again.
    pub(crate) fn grade(&self, constants: &Constants, person: &PersonCard, grades: &mut Vec<Grade>) {
        grades.clear();
        grades.extend(self.need.wants.iter().map(|want| Cell::default().graded(want, self.weights)));
        for held in &person.held {
            let Some(term) = held.term else { continue };
            for (at, grade) in grades.iter_mut().enumerate() {
                let fit = self.fit(constants, at, term, held.level, held.learning);
                grade.fit = grade.fit.max(fit);
                grade.proven = grade.proven.max(fit * held.proven);
            }
        }
    }
}

/// Whether a skill at this level meets the want at all.
pub(crate) fn counts(constants: &Constants, have: &SkillKey, level: u8, want: &Want) -> bool {
    similarity(constants, relation(have, &want.skill)) * constants.level_fit(level, want.level) > 0.0
}
