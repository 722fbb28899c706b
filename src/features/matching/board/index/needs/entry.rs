//! A need as the index has it: what a bound needs to know, and nothing else.

use super::super::u32_of;
use super::asker;
use crate::features::matching::score::{Constants, Need, Term};

/// Wanted skills that are looked at in a bound; what a need wants beyond them counts as met.
pub(super) const LOOKED_AT: usize = 8;
/// Bits of a level in [`Wanted`].
pub(super) const LEVEL_BITS: u32 = 3;

/// A wanted skill: its number and the wanted level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wanted(u32);

impl Wanted {
    /// None for a number that is too large to be kept.
    pub(super) fn new(term: Option<Term>, level: u8) -> Option<Self> {
        let term = term.filter(|term| *term < Term::MAX >> LEVEL_BITS)?;
        Some(Self(term << LEVEL_BITS | u32::from(level)))
    }

    pub(super) fn term(self) -> Term {
        self.0 >> LEVEL_BITS
    }

    pub(super) fn level(self) -> u8 {
        u8::try_from(self.0 & ((1 << LEVEL_BITS) - 1)).unwrap_or(0)
    }
}

/// What sets needs apart whose skills are alike; apart from the rest, since most rows are passed over for it alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// Points that are the same for everybody.
    pub(super) prior: f32,
    /// Which of the index's zones it asks for.
    pub(super) zones: u16,
    /// Wanted hours a week, in quarters, rounded down.
    pub(super) quarters: u8,
    /// The place of its kind's bit.
    pub(super) kind: u8,
}

/// What the bound needs to know of a need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) place: u32,
    /// A part of the project's id.
    pub(super) project: u32,
    /// So many of the wanted skills come first and are insisted on, ...
    pub(super) insisted: u8,
    /// ... are required, those among them, ...
    pub(super) required: u8,
    /// ... and are wanted at all.
    pub(super) all: u8,
    /// Required skills, and optional ones, that are not among the wanted ones here.
    pub(super) unlisted: (u8, u8),
    pub(super) wanted: [Wanted; LOOKED_AT],
}

impl Entry {
    /// The skill that the need is filed under, and the one that orders it there; 0 for none.
    pub(super) fn keys(&self) -> (u32, u32) {
        let mut keys = self.wanted.iter().take(usize::from(self.insisted)).map(|wanted| wanted.term() + 1);
        (keys.next().unwrap_or(0), keys.next().unwrap_or(0))
    }

    /// The levels at which the skills of the keys are wanted.
    pub(super) fn levels(&self) -> [u8; 2] {
        let [first, second, ..] = self.wanted;
        [first.level(), second.level()]
    }

    /// What is required beside the skills of the keys.
    pub(super) fn others(&self) -> &[Wanted] {
        self.wanted.get(usize::from(self.insisted.min(2))..usize::from(self.required)).unwrap_or_default()
    }
}

pub(super) fn entry(
    place: usize,
    Need { facts, card }: Need<'_>,
    constants: &Constants,
    askers: impl Fn(Term) -> u32,
) -> Entry {
    let mut wants: Vec<_> = card.wants.iter().collect();
    let insists = |level: u8| level >= constants.blocking_level;
    let rarity = |term: Option<Term>| term.map_or(u32::MAX, &askers);
    wants.sort_by_key(|want| (!want.required, !insists(want.level), rarity(want.term), want.term));
    let mut entry = Entry {
        place: u32_of(place),
        project: asker::part_of(facts.project.id),
        insisted: 0,
        required: 0,
        all: 0,
        unlisted: (0, 0),
        wanted: [Wanted::default(); LOOKED_AT],
    };
    let mut slots = entry.wanted.iter_mut();
    for want in wants {
        let listed = Wanted::new(want.term, want.level).and_then(|wanted| Some((slots.next()?, wanted)));
        let Some((slot, wanted)) = listed else {
            let count = if want.required { &mut entry.unlisted.0 } else { &mut entry.unlisted.1 };
            *count = count.saturating_add(1);
            continue;
        };
        *slot = wanted;
        entry.all += 1;
        entry.required += u8::from(want.required);
        entry.insisted += u8::from(want.required && insists(want.level));
    }
    entry
}

/// Hours in quarters, rounded down.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn quarters(hours: f64) -> u8 {
    (hours * 4.0).floor() as u8
}
