//! A need as the index has it: what a bound needs to know, and nothing else.

use super::super::u32_of;
use super::asker;
use crate::features::matching::score::{Constants, Need, Term};

/// Wanted skills that are looked at in a bound; what a need wants beyond them counts as met.
pub(super) const LOOKED_AT: usize = 8;
/// Bits of a level in [`Wanted`].
const LEVEL_BITS: u32 = 3;
/// Different levels that fit in these bits.
pub(super) const LEVELS: usize = 1 << LEVEL_BITS;
/// Below this number a skill can be kept: the taxonomy's are, and thousands of free tags.
const TERMS: Term = 1 << (u16::BITS - LEVEL_BITS);
/// Parts of a point in which [`Prior`] keeps points; the 100 points of a score fit.
const PARTS: f64 = 512.0;

/// A wanted skill: its number and the wanted level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wanted(u16);

impl Wanted {
    /// None for a number that is too large to be kept.
    fn new(term: Option<Term>, level: u8) -> Option<Self> {
        let term = u16::try_from(term.filter(|term| *term < TERMS)?).ok()?;
        Some(Self(term << LEVEL_BITS | u16::from(level)))
    }

    pub(super) fn term(self) -> Term {
        Term::from(self.0 >> LEVEL_BITS)
    }

    pub(super) fn level(self) -> u8 {
        let [_, low] = self.0.to_be_bytes();
        low & ((1 << LEVEL_BITS) - 1)
    }

    /// The skill as a key: 0 is for none.
    pub(super) fn key(self) -> u16 {
        (self.0 >> LEVEL_BITS) + 1
    }
}

/// Points in parts of a point, never less than they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Prior(u16);

impl Prior {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates"
    )]
    pub(super) fn new(points: f64) -> Self {
        Self((points * PARTS).ceil() as u16)
    }

    pub(super) fn points(self) -> f64 {
        f64::from(self.0) / PARTS
    }
}

/// What the bound needs to know of a need: two rows to a line of the processor's cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) place: u32,
    /// Points that are the same for everybody.
    pub(super) prior: Prior,
    /// Which of the index's zones it asks for.
    pub(super) zones: u16,
    /// A part of the project's id.
    pub(super) project: u16,
    /// Wanted hours a week, in quarters, rounded down.
    pub(super) quarters: u8,
    /// The place of its kind's bit.
    pub(super) kind: u8,
    /// So many of the wanted skills come first and are insisted on, ...
    pub(super) insisted: u8,
    /// ... are required, those among them, ...
    required: u8,
    /// ... and are wanted at all.
    all: u8,
    /// Required skills that are not among the wanted ones here in the upper half, optional ones in the lower.
    unlisted: u8,
    wanted: [Wanted; LOOKED_AT],
}

/// Skills that a need wants, and how many more that are not listed; none: nobody has counted them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skills<'a> {
    pub(super) listed: &'a [Wanted],
    pub(super) unlisted: Option<u8>,
}

/// As many unlisted skills as a [`Row`] can count, or more.
const MANY: u8 = 15;

/// The skills that a need is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keys {
    /// The rarest that it insists on; 0 for none.
    pub(super) first: u16,
    /// Whether the second is not insisted on, so that whoever comes not near it may still be eligible.
    pub(super) is_loose: bool,
    /// The next that it requires; 0 for none.
    pub(super) second: u16,
}

impl Row {
    /// What the need tells of itself; its zones, by the index's number of them.
    pub(super) fn new(
        place: usize,
        Need { facts, card }: Need<'_>,
        zones: u16,
        constants: &Constants,
        askers: impl Fn(Term) -> u32,
    ) -> Self {
        let mut wants: Vec<_> = card.wants.iter().collect();
        let insists = |level: u8| level >= constants.blocking_level;
        let rarity = |term: Option<Term>| term.map_or(u32::MAX, &askers);
        wants.sort_by_key(|want| (!want.required, !insists(want.level), rarity(want.term), want.term));
        let mut row = Self {
            place: u32_of(place),
            prior: Prior::new((card.priority + card.balance).get()),
            zones,
            project: asker::part_of(facts.project.id),
            quarters: quarters(card.hours),
            kind: u8::try_from(card.kind.trailing_zeros()).unwrap_or(u8::MAX),
            insisted: 0,
            required: 0,
            all: 0,
            unlisted: 0,
            wanted: [Wanted::default(); LOOKED_AT],
        };
        let (mut slots, mut unlisted) = (row.wanted.iter_mut(), (0u8, 0u8));
        for want in wants {
            let listed = Wanted::new(want.term, want.level).and_then(|wanted| Some((slots.next()?, wanted)));
            let Some((slot, wanted)) = listed else {
                let count = if want.required { &mut unlisted.0 } else { &mut unlisted.1 };
                *count = (*count + 1).min(MANY);
                continue;
            };
            *slot = wanted;
            row.all += 1;
            row.required += u8::from(want.required);
            row.insisted += u8::from(want.required && insists(want.level));
        }
        row.unlisted = unlisted.0 << 4 | unlisted.1;
        row
    }

    pub(super) fn required(&self) -> Skills<'_> {
        let listed = self.wanted.get(..usize::from(self.required)).unwrap_or_default();
        Skills { listed, unlisted: Some(self.unlisted >> 4).filter(|count| *count < MANY) }
    }

    pub(super) fn optional(&self) -> Skills<'_> {
        let listed = self.wanted.get(usize::from(self.required)..usize::from(self.all)).unwrap_or_default();
        Skills { listed, unlisted: Some(self.unlisted & MANY).filter(|count| *count < MANY) }
    }

    /// The listed skills that are insisted on beside the first two.
    pub(super) fn insisted_beside_keys(&self) -> &[Wanted] {
        self.wanted.get(2..usize::from(self.insisted)).unwrap_or_default()
    }

    /// The skills that the need is filed under.
    pub(super) fn keys(&self) -> Keys {
        let mut required = self.required().listed.iter();
        let first = if self.insisted > 0 { required.next().map_or(0, |wanted| wanted.key()) } else { 0 };
        Keys { first, is_loose: self.insisted < 2, second: required.next().map_or(0, |wanted| wanted.key()) }
    }

    /// How many of the required skills are keys.
    pub(super) fn key_count(&self) -> usize {
        usize::from(self.required).min(if self.insisted > 0 { 2 } else { 1 })
    }

    /// The levels at which the skills of the keys are wanted.
    pub(super) fn levels(&self) -> [u8; 2] {
        let [first, second, ..] = self.wanted;
        if self.insisted > 0 { [first.level(), second.level()] } else { [0, first.level()] }
    }
}

/// The skill of a key.
pub(super) fn term_of(key: u16) -> Option<Term> {
    key.checked_sub(1).map(Term::from)
}

/// The key of a skill; none for a number that is too large to be kept.
pub(super) fn key_of(term: Term) -> Option<u16> {
    u16::try_from(term).ok().filter(|_| term < TERMS).map(|term| term + 1)
}

/// Hours in quarters, rounded down.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn quarters(hours: f64) -> u8 {
    (hours * 4.0).floor() as u8
}
