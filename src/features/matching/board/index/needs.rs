//! Needs, filed under the rarest skill that each insists on, and there in stretches by the second rarest; the most urgent come
//! first in a stretch. What is new waits in an unsorted tail; a file is put in order when its tail has grown, or when much of it
//! is gone.

use super::{Hope, round_up, u32_of, usize_of};
use crate::features::matching::score::{
    Constants, Need, NeedCard, Person, PersonTable, Term, Weights, excludes_everybody,
};
use std::collections::HashMap;
use std::mem;
use std::ops::Range;

mod asker;

use asker::Asker;

/// Wanted skills that are looked at in a bound; what a need wants beyond them counts as met.
const LOOKED_AT: usize = 8;
/// Bits of a level in [`Wanted`].
const LEVEL_BITS: u32 = 3;
/// So many rows may wait unsorted, or be gone, before a file is put in order; and a sixteenth of the file.
const SLACK: usize = 16;
/// The place of a row that is gone.
const NOWHERE: u32 = u32::MAX;

/// A wanted skill: its number and the wanted level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wanted(u32);

impl Wanted {
    /// None for a number that is too large to be kept.
    fn new(term: Option<Term>, level: u8) -> Option<Self> {
        let term = term.filter(|term| *term < Term::MAX >> LEVEL_BITS)?;
        Some(Self(term << LEVEL_BITS | u32::from(level)))
    }

    fn term(self) -> Term {
        self.0 >> LEVEL_BITS
    }

    fn level(self) -> u8 {
        u8::try_from(self.0 & ((1 << LEVEL_BITS) - 1)).unwrap_or(0)
    }
}

/// What sets needs apart whose skills are alike; apart from the rest, since most rows are passed over for it alone.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Points that are the same for everybody.
    prior: f32,
    /// Which of the index's zones it asks for.
    zones: u16,
    /// Wanted hours a week, in quarters, rounded down.
    quarters: u8,
    /// The place of its kind's bit.
    kind: u8,
}

/// What the bound needs to know of a need.
#[derive(Debug, Clone, Copy)]
struct Entry {
    place: u32,
    /// A part of the project's id.
    project: u32,
    /// So many of the wanted skills come first and are insisted on, ...
    insisted: u8,
    /// ... are required, those among them, ...
    required: u8,
    /// ... and are wanted at all.
    all: u8,
    /// Required skills, and optional ones, that are not among the wanted ones here.
    unlisted: (u8, u8),
    wanted: [Wanted; LOOKED_AT],
}

impl Entry {
    /// The skill that the need is filed under, and the one that orders it there; 0 for none.
    fn keys(&self) -> (u32, u32) {
        let mut keys = self.wanted.iter().take(usize::from(self.insisted)).map(|wanted| wanted.term() + 1);
        (keys.next().unwrap_or(0), keys.next().unwrap_or(0))
    }

    /// The levels at which the skills of the keys are wanted.
    fn levels(&self) -> [u8; 2] {
        let [first, second, ..] = self.wanted;
        [first.level(), second.level()]
    }

    /// What is required beside the skills of the keys.
    fn others(&self) -> &[Wanted] {
        self.wanted.get(usize::from(self.insisted.min(2))..usize::from(self.required)).unwrap_or_default()
    }
}

/// The needs of one rarest skill: the sorted ones, by second skill and the most urgent first, and behind them what came since.
#[derive(Debug, Default)]
struct File {
    heads: Vec<Head>,
    entries: Vec<Entry>,
    /// How many are sorted, ...
    sorted: usize,
    /// ... and how many of those are gone.
    gone: usize,
    /// The second skill of each stretch, ...
    seconds: Vec<u32>,
    /// ... and what else is to know of it.
    stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Where its rows begin.
    from: u32,
    /// The most points that are the same for everybody.
    prior: f32,
    /// The least levels at which the rows want the two skills.
    levels: [u8; 2],
    /// The most that the other required skills of one of the rows weigh, by the index's own weights.
    others: f32,
}

/// Where a need is filed: which file, and where in it; rows of the tail are counted behind the sorted ones.
#[derive(Debug, Clone, Copy)]
struct Spot {
    file: u32,
    at: u32,
}

const UNFILED: Spot = Spot { file: NOWHERE, at: NOWHERE };

impl File {
    fn tail(&self) -> usize {
        self.entries.len() - self.sorted
    }

    /// Puts everything in order; tells each row's place and where it is now.
    fn settle(&mut self, old: &OldWeights, mut moved: impl FnMut(u32, u32)) {
        let mut rows: Vec<(Head, Entry)> = self.heads.drain(..).zip(self.entries.drain(..)).collect();
        rows.retain(|(_, entry)| entry.place != NOWHERE);
        // A stable sort takes what is in order already as it is.
        rows.sort_by(|(a, one), (b, other)| (one.keys().1.cmp(&other.keys().1)).then(b.prior.total_cmp(&a.prior)));
        rows.iter().zip(0..).for_each(|((_, entry), at)| moved(entry.place, at));
        (self.heads, self.entries) = rows.into_iter().unzip();
        (self.sorted, self.gone) = (self.entries.len(), 0);
        self.measure(old);
    }

    /// Says anew where the stretches begin, and what is in them.
    fn measure(&mut self, old: &OldWeights) {
        self.seconds.clear();
        self.stretches.clear();
        for ((head, entry), from) in self.heads.iter().zip(&self.entries).take(self.sorted).zip(0..) {
            let ((_, second), levels, others) = (entry.keys(), entry.levels(), old.others(entry));
            if self.seconds.last() != Some(&second) {
                self.seconds.push(second);
                self.stretches.push(Stretch { from, prior: head.prior, levels, others });
            } else if let Some(stretch) = self.stretches.last_mut() {
                stretch.others = stretch.others.max(others);
                for (least, level) in stretch.levels.iter_mut().zip(levels) {
                    *least = level.min(*least);
                }
            }
        }
    }

    /// The rows of a stretch.
    fn rows(&self, number: usize, stretch: &Stretch) -> Rows<'_> {
        let until = self.stretches.get(number + 1).map_or(self.sorted, |next| usize_of(next.from));
        self.rows_at(usize_of(stretch.from)..until)
    }

    fn rows_at(&self, range: Range<usize>) -> Rows<'_> {
        Rows {
            heads: self.heads.get(range.clone()).unwrap_or_default(),
            entries: self.entries.get(range).unwrap_or_default(),
        }
    }
}

/// Some rows of a file.
#[derive(Debug, Clone, Copy)]
struct Rows<'a> {
    heads: &'a [Head],
    entries: &'a [Entry],
}

impl Rows<'_> {
    /// The first so many, and the others.
    fn split_at(self, many: usize) -> (Self, Self) {
        let many = many.min(self.heads.len()).min(self.entries.len());
        let ((heads, more), (entries, others)) = (self.heads.split_at(many), self.entries.split_at(many));
        (Self { heads, entries }, Self { heads: more, entries: others })
    }
}

/// What skills weighed when the index last looked. Weights change with every need; the stretches' bounds are made with these,
/// and stretched by how much any skill weighs more by now.
#[derive(Debug, Default)]
struct OldWeights {
    weights: Option<Weights>,
    /// Needs that came or went since.
    changes: usize,
}

impl OldWeights {
    fn others(&self, entry: &Entry) -> f32 {
        let Some(weights) = &self.weights else { return f32::INFINITY };
        let listed: f64 = entry.others().iter().map(|wanted| weights.of(Some(wanted.term()))).sum();
        round_up(listed + f64::from(entry.unlisted.0) * weights.most())
    }
}

/// The zones that needs ask for: each combination once.
#[derive(Debug, Default)]
struct Zones {
    numbers: HashMap<(Option<u64>, Vec<i32>), u16>,
    /// Wanted overlap in minutes, and offsets from UTC.
    list: Vec<(Option<f64>, Vec<i32>)>,
}

impl Zones {
    /// The number of the need's zones; one that is not in the list when there are too many.
    fn number(&mut self, card: &NeedCard) -> u16 {
        let key = (card.overlap.map(f64::to_bits), card.offsets.clone());
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.numbers.insert(key, number);
            self.list.push((card.overlap, card.offsets.clone()));
        }
        number
    }
}

/// Needs by the skills that they can't do without; the first file is for those that insist on none.
#[derive(Debug, Default)]
pub(in super::super) struct NeedIndex {
    files: Vec<File>,
    /// By place on the shelf.
    spots: Vec<Spot>,
    zones: Zones,
    old: OldWeights,
}

impl NeedIndex {
    /// Files the need at this place, which is the next one or one that was filed before.
    pub(in super::super) fn put(
        &mut self,
        place: usize,
        need: Need<'_>,
        constants: &Constants,
        askers: impl Fn(Term) -> u32,
    ) {
        self.unfile(place);
        if place >= self.spots.len() {
            self.spots.push(UNFILED);
        }
        if excludes_everybody(need) {
            return;
        }
        let head = self.head(need);
        let entry = entry(place, need, constants, askers);
        let (number, _) = entry.keys();
        if self.files.len() <= usize_of(number) {
            self.files.resize_with(usize_of(number) + 1, File::default);
        }
        let Some(file) = self.files.get_mut(usize_of(number)) else { return };
        if let Some(spot) = self.spots.get_mut(place) {
            *spot = Spot { file: number, at: u32_of(file.entries.len()) };
        }
        file.heads.push(head);
        file.entries.push(entry);
        self.settle(number, |file| file.tail() > SLACK + file.sorted / 16);
    }

    fn head(&mut self, Need { card, .. }: Need<'_>) -> Head {
        Head {
            prior: round_up((card.priority + card.balance).get()),
            zones: self.zones.number(card),
            quarters: quarters(card.hours),
            kind: u8::try_from(card.kind.trailing_zeros()).unwrap_or(u8::MAX),
        }
    }

    /// Makes the bounds anew after many changes.
    pub(in super::super) fn keep_up(&mut self, weights: impl FnOnce() -> Weights) {
        self.old.changes += 1;
        if self.old.changes > SLACK + self.spots.len() / 4 {
            self.old = OldWeights { weights: Some(weights()), changes: 0 };
            self.files.iter_mut().for_each(|file| file.measure(&self.old));
        }
    }

    /// How much more any skill weighs at most than when the bounds were made; infinite: there are none.
    pub(in super::super) fn drift(&self, weights: &Weights) -> f64 {
        self.old.weights.as_ref().map_or(f64::INFINITY, |old| weights.drift(old))
    }

    /// Takes the row of this place out of its file.
    fn unfile(&mut self, place: usize) {
        let Some(spot) = self.spots.get_mut(place).map(|spot| mem::replace(spot, UNFILED)) else { return };
        let Some(file) = self.files.get_mut(usize_of(spot.file)) else { return };
        let at = usize_of(spot.at);
        if at < file.sorted {
            if let Some(entry) = file.entries.get_mut(at) {
                entry.place = NOWHERE;
                file.gone += 1;
            }
            self.settle(spot.file, |file| file.gone > SLACK + file.sorted / 4);
        } else if at < file.entries.len() {
            file.heads.swap_remove(at);
            file.entries.swap_remove(at);
            let moved = file.entries.get(at).map(|moved| usize_of(moved.place));
            if let Some(slot) = moved.and_then(|moved| self.spots.get_mut(moved)) {
                slot.at = spot.at;
            }
        }
    }

    fn settle(&mut self, number: u32, is_due: impl Fn(&File) -> bool) {
        let Some(file) = self.files.get_mut(usize_of(number)).filter(|file| is_due(file)) else { return };
        let spots = &mut self.spots;
        file.settle(&self.old, |place, at| {
            if let Some(spot) = spots.get_mut(usize_of(place)) {
                spot.at = at;
            }
        });
    }

    /// Forgets the need at this place; the last one takes its place.
    pub(in super::super) fn take(&mut self, place: usize) {
        self.unfile(place);
        if place >= self.spots.len() {
            return;
        }
        self.spots.swap_remove(place);
        if let Some(moved) = self.spots.get(place).copied()
            && let Some(entry) =
                self.files.get_mut(usize_of(moved.file)).and_then(|file| file.entries.get_mut(usize_of(moved.at)))
        {
            entry.place = u32_of(place);
        }
    }

    /// Forgets everything.
    pub(in super::super) fn clear(&mut self) {
        self.files.clear();
        self.spots.clear();
        self.zones = Zones::default();
        self.old = OldWeights::default();
    }

    /// Makes ready what the person could score at most.
    pub(in super::super) fn asker<'a>(
        &self,
        person: Person<'_>,
        rule: (&'a PersonTable, &'a Weights, f64),
        constants: &'a Constants,
        with_dependency: bool,
    ) -> Asker<'a> {
        Asker::new(&self.zones, person, rule, constants, with_dependency)
    }

    /// Begins to look for needs that the person could be eligible for.
    pub(in super::super) fn hunt<'a>(&'a self, asker: &'a Asker<'a>) -> Hunt<'a> {
        let (mut leads, mut tails) = (Vec::new(), Vec::new());
        for number in asker.files() {
            let Some(file) = self.files.get(usize_of(number)) else { continue };
            let near = (0..).zip(&file.seconds).zip(&file.stretches).filter(|((_, second), _)| asker.is_near(**second));
            for ((at, second), stretch) in near {
                let Some(required) = asker.required([number, *second], stretch) else { continue };
                let most = f64::from(stretch.prior) + asker.beside() + required;
                leads.push(Lead { most, required, rows: file.rows(at, stretch) });
            }
            // The tail is in no order: its rows stand for themselves, and wait for a bar.
            if file.tail() > 0 {
                tails.push(file.rows_at(file.sorted..file.entries.len()));
            }
        }
        Hunt { asker, leads, tails }
    }
}

fn entry(place: usize, Need { facts, card }: Need<'_>, constants: &Constants, askers: impl Fn(Term) -> u32) -> Entry {
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
fn quarters(hours: f64) -> u8 {
    (hours * 4.0).floor() as u8
}

/// Rows that could be worth a look.
#[derive(Debug, Clone, Copy)]
struct Lead<'a> {
    /// The most that any of them could score.
    most: f64,
    /// The most points that any of them could get for required skills.
    required: f64,
    rows: Rows<'a>,
}

/// So many leads are followed before the next bar: the best ones first, since a good bar spares looking at most of the others.
const LEADS: [usize; 4] = [16, 64, 256, usize::MAX];
/// So many rows of a lead are looked at before the next bar.
const ROWS: usize = 64;

/// A search for the best needs, the most promising rows first.
#[derive(Debug)]
pub(in super::super) struct Hunt<'a> {
    asker: &'a Asker<'a>,
    leads: Vec<Lead<'a>>,
    tails: Vec<Rows<'a>>,
}

impl<'a> Hunt<'a> {
    /// Gives every need that could be among the best; `work_off` is told of some of them at a time, best or not, and says what a
    /// need must score from there on.
    pub(in super::super) fn run(mut self, mut bar: f64, mut work_off: impl FnMut(Vec<Hope>) -> f64) {
        for many in LEADS {
            bar = work_off(self.follow(many, bar));
        }
        let mut hopes = Vec::new();
        for rows in mem::take(&mut self.tails) {
            self.look(rows, self.asker.required_at_most(), bar, &mut hopes);
        }
        work_off(hopes);
    }

    /// Follows the most promising leads, so many of them; what is left of them afterwards is a lead again.
    fn follow(&mut self, many: usize, bar: f64) -> Vec<Hope> {
        let mut hopes = Vec::new();
        let is_last = many >= self.leads.len();
        if !is_last {
            self.leads.select_nth_unstable_by(many, |a, b| b.most.total_cmp(&a.most));
        }
        let followed: Vec<Lead<'a>> = self.leads.drain(..many.min(self.leads.len())).collect();
        for lead in followed.into_iter().filter(|lead| lead.most >= bar) {
            let beside = lead.required + self.asker.beside();
            let is_beyond = |head: &Head| f64::from(head.prior) + beside < bar;
            let until = lead.rows.heads.iter().position(is_beyond).unwrap_or(lead.rows.heads.len());
            let (rows, rest) = lead.rows.split_at(if is_last { until } else { until.min(ROWS) });
            self.look(rows, lead.required, bar, &mut hopes);
            if let Some(best) = rest.heads.first().filter(|head| !is_beyond(head)) {
                self.leads.push(Lead { most: f64::from(best.prior) + beside, rows: rest, ..lead });
            }
        }
        hopes
    }

    fn look(&self, rows: Rows<'_>, required: f64, bar: f64, hopes: &mut Vec<Hope>) {
        let rows = rows.heads.iter().zip(rows.entries);
        hopes.extend(rows.filter_map(|(head, entry)| self.asker.hope(*head, entry, required, bar)));
    }
}
