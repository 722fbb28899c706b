//! Looking for the best needs without looking at all that could be.

use super::super::Hope;
use super::asker::Asker;
use super::entry::Row;
use super::file::File;
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

/// So many parts of files are gone through for the first bar: those that could have the best.
const PARTS: usize = 24;
/// So many leads out of these are followed before the next bar: a good bar spares looking at most of the others, ...
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
                let most = top.prior + asker.beside() + asker.required_at(share);
                hunt.parts.push(Part { most, key, is_loose, file });
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
        let first = PARTS.min(parts.len());
        if first < parts.len() {
            parts.select_nth_unstable_by(first, |a, b| b.most.total_cmp(&a.most));
        }
        let (first, others) = parts.split_at(first);
        for part in first {
            self.find_leads(*part, bar);
        }
        for many in FIRST_LEADS {
            bar = work_off(self.follow(many, bar));
        }
        for part in others {
            if part.most >= bar {
                self.find_leads(*part, bar);
            }
        }
        for many in LEADS {
            bar = work_off(self.follow(many, bar));
        }
        let mut hopes = Vec::new();
        for tail in mem::take(&mut self.tails).into_iter().filter(|tail| tail.most >= bar) {
            self.look(tail.rows, tail.required, bar, &mut hopes);
        }
        work_off(hopes);
    }

    /// Finds the stretches of a part in which something could be worth a look.
    fn find_leads(&mut self, Part { key, is_loose, file, .. }: Part<'a>, bar: f64) {
        let [firm, loose] = &file.tops;
        let least = self.asker.least_second(key, if is_loose { loose } else { firm }, is_loose, bar);
        for (number, stretch) in file.stretches(is_loose) {
            if self.asker.best_of(stretch.second) < least {
                continue;
            }
            let Some(required) = self.asker.required(key, is_loose, stretch) else { continue };
            let most = stretch.prior.points() + self.asker.beside() + required;
            if most >= bar {
                self.leads.push(Lead { most, required, rows: file.rows_of(number) });
            }
        }
    }

    /// Follows the most promising leads, so many of them; what is left of them afterwards is a lead again.
    fn follow(&mut self, many: usize, bar: f64) -> Vec<Hope> {
        let mut hopes = Vec::new();
        self.leads.retain(|lead| lead.most >= bar);
        let is_last = many >= self.leads.len();
        if !is_last {
            self.leads.select_nth_unstable_by(many, |a, b| b.most.total_cmp(&a.most));
        }
        let followed: Vec<Lead<'a>> = self.leads.drain(..many.min(self.leads.len())).collect();
        for lead in followed {
            let beside = lead.required + self.asker.beside();
            let is_beyond = |row: &Row| row.prior.points() + beside < bar;
            let until = lead.rows.partition_point(|row| !is_beyond(row));
            let (rows, rest) = lead.rows.split_at(if is_last { until } else { until.min(ROWS) });
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
