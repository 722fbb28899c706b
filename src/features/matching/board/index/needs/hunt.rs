//! Looking for the best needs without looking at all that could be.

use super::super::{CRUMB, Hope};
use super::asker::{Asker, BLOCK};
use super::entry::Row;
use super::file::{File, Stretch};
use std::hint::black_box;
use std::mem;

/// Rows that could be worth a look.
#[derive(Debug, Clone, Copy)]
struct Lead<'a> {
    /// The most that any of them could score.
    most: f64,
    /// The most points that any of them could get for required skills.
    required: f64,
    rows: &'a [Row],
}

/// A part of a file, and the most that any of its rows could score: those whose second skill is insisted on, or the others.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    most: f64,
    /// The most points that any of them could get for required skills.
    required: f64,
    key: u16,
    is_loose: bool,
    file: &'a File,
}

/// The tail of a file. It is in no order: its rows stand for themselves, and wait for a bar.
#[derive(Debug, Clone, Copy)]
struct Tail<'a> {
    most: f64,
    required: f64,
    rows: &'a [Row],
}

/// So many parts of files are gone through for the first bar, and so many more for the second: those that could have the best.
const PARTS: [usize; 2] = [8, 16];
/// So many points below the most that anything could score are the first leads looked for; twice as many when these are too few.
const DEPTH: f64 = 6.0;
/// So many leads out of these parts are followed before the next bar: a good bar spares looking at most of the others, ...
const FIRST_LEADS: [usize; 2] = [16, 64];
/// ... and so many out of all files.
const LEADS: [usize; 3] = [64, 256, usize::MAX];
/// So many rows of a lead are looked at before the next bar.
const ROWS: usize = 64;

/// A search for the best needs, the most promising rows first.
#[derive(Debug)]
pub(in super::super::super) struct Hunt<'a> {
    asker: &'a Asker<'a>,
    parts: Vec<Part<'a>>,
    leads: Vec<Lead<'a>>,
    tails: Vec<Tail<'a>>,
}

impl<'a> Hunt<'a> {
    pub(super) fn new(asker: &'a Asker<'a>, files: &'a [File]) -> Self {
        let mut hunt = Self { asker, parts: Vec::new(), leads: Vec::new(), tails: Vec::new() };
        for key in asker.keys() {
            let Some(file) = files.get(usize::from(key)) else { continue };
            for (top, is_loose) in file.tops.iter().zip([false, true]).filter(|(top, _)| !top.is_empty()) {
                let Some(share) = asker.share_of_top(key, top) else { continue };
                let required = asker.required_at(share);
                let most = top.prior + asker.beside() + required;
                hunt.parts.push(Part { most, required, key, is_loose, file });
            }
            if let Some(rows) = file.rows.get(file.sorted..).filter(|rows| !rows.is_empty()) {
                let Some(share) = asker.share_of_top(key, &file.tail_top) else { continue };
                let required = asker.required_at(share);
                hunt.tails.push(Tail { most: file.tail_top.prior + asker.beside() + required, required, rows });
            }
        }
        hunt
    }

    /// Gives every need that could be among the best; `work_off` is told of some of them at a time, best or not, and says what a
    /// need must score from there on.
    pub(in super::super::super) fn run(mut self, mut bar: f64, mut work_off: impl FnMut(Vec<Hope>) -> f64) {
        let mut parts = mem::take(&mut self.parts);
        let [first, second] = PARTS;
        let (parts, others) = best_first(&mut parts, first + second);
        let (first, second) = best_first(parts, first);
        let [first_leads, second_leads] = FIRST_LEADS;
        let top = first.iter().fold(f64::NEG_INFINITY, |top, part| top.max(part.most));
        // Without a bar nearly everything would be a lead.
        let (mut depth, mut below) = (DEPTH, f64::INFINITY);
        while self.leads.len() < first_leads && below > bar {
            // No score is less than nothing.
            let least = if depth < top { bar.max(top - depth) } else { bar };
            self.find_leads(first, least, below);
            (depth, below) = (depth * 2.0, least);
        }
        bar = work_off(self.follow(first_leads, bar));
        self.find_leads(first, bar, below);
        self.find_leads(second, bar, f64::INFINITY);
        bar = work_off(self.follow(second_leads, bar));
        self.find_leads(others, bar, f64::INFINITY);
        for many in LEADS {
            bar = work_off(self.follow(many, bar));
        }
        let mut hopes = Vec::new();
        for tail in mem::take(&mut self.tails).into_iter().filter(|tail| tail.most >= bar) {
            self.look(tail.rows, tail.required, bar, &mut hopes);
        }
        work_off(hopes);
    }

    /// Finds the stretches in which something could be worth a look: all whose bound is at least the bar and less than `below`, and no
    /// others. Those from `below` on were found before, so none may be passed over then whose own bound was high enough: whatever
    /// stands for several asks for a crumb less.
    fn find_leads(&mut self, parts: &[Part<'a>], bar: f64, below: f64) {
        if bar >= below {
            return;
        }
        let good = || parts.iter().filter(|part| part.most >= bar - CRUMB);
        fetch(good().map(|part| part.file.stretches(part.is_loose).1.first()));
        good().for_each(|part| self.find_leads_in(*part, bar, below));
    }

    fn find_leads_in(&mut self, Part { required, key, is_loose, file, .. }: Part<'a>, bar: f64, below: f64) {
        let asker = self.asker;
        let [firm, loose] = &file.tops;
        let (first, demand) = (asker.first_key(key), asker.demand(key, if is_loose { loose } else { firm }, is_loose));
        let (from, stretches) = file.stretches(is_loose);
        for (from, block) in (from..).step_by(BLOCK).zip(stretches.chunks(BLOCK)) {
            let Some(prior) = block.first().map(|stretch| stretch.prior.points()) else { break };
            if prior + asker.beside() + required < bar - CRUMB {
                break;
            }
            let least = demand.at(asker.least_share(bar - CRUMB, prior));
            // Most blocks are whole, and a number that is known takes less time.
            let (near, count) = match <&[Stretch; BLOCK]>::try_from(block) {
                Ok(whole) => asker.near(whole, least),
                Err(_) => asker.near(block, least),
            };
            for at in near.into_iter().take(count).map(usize::from) {
                let Some(stretch) = block.get(at) else { break };
                let Some(required) = asker.required(&first, is_loose, *stretch) else { continue };
                let most = stretch.prior.points() + asker.beside() + required;
                if most >= bar && most < below {
                    self.leads.push(Lead { most, required, rows: file.rows_of(from + at) });
                }
            }
        }
    }

    /// Follows the most promising leads, so many of them; what is left of them afterwards is a lead again.
    fn follow(&mut self, many: usize, bar: f64) -> Vec<Hope> {
        let mut hopes = Vec::new();
        self.leads.retain(|lead| lead.most >= bar);
        let is_last = many == usize::MAX;
        if many < self.leads.len() {
            self.leads.select_nth_unstable_by(many, |a, b| b.most.total_cmp(&a.most));
        }
        let followed: Vec<Lead<'a>> = self.leads.drain(..many.min(self.leads.len())).collect();
        fetch(followed.iter().map(|lead| lead.rows.first()));
        for lead in followed {
            let beside = lead.required + self.asker.beside();
            let is_beyond = |row: &Row| row.prior.points() + beside < bar;
            // One by one: the rows before it are looked at anyway.
            let most = if is_last { lead.rows.len() } else { lead.rows.len().min(ROWS) };
            let until = lead.rows.iter().take(most).position(is_beyond).unwrap_or(most);
            let (rows, rest) = lead.rows.split_at(until);
            self.look(rows, lead.required, bar, &mut hopes);
            if let Some(best) = rest.first().filter(|row| !is_beyond(row)) {
                self.leads.push(Lead { most: best.prior.points() + beside, rows: rest, ..lead });
            }
        }
        hopes
    }

    fn look(&self, rows: &[Row], required: f64, bar: f64, hopes: &mut Vec<Hope>) {
        hopes.extend(rows.iter().filter_map(|row| self.asker.hope(row, required, bar)));
    }
}

/// So many parts that could have the best, and the others.
fn best_first<'p, 'a>(parts: &'p mut [Part<'a>], many: usize) -> (&'p mut [Part<'a>], &'p mut [Part<'a>]) {
    if many < parts.len() {
        parts.select_nth_unstable_by(many, |a, b| b.most.total_cmp(&a.most));
    }
    parts.split_at_mut(many.min(parts.len()))
}

/// Reads the first of each, and does nothing with it: their ways from memory don't wait for one another then, as they would when
/// each is looked at in turn.
fn fetch<'a, T: Copy + 'a>(firsts: impl Iterator<Item = Option<&'a T>>) {
    firsts.for_each(|first| {
        black_box(first.copied());
    });
}
