//! Looking for the best needs without looking at all that could be.

use super::super::Hope;
use super::asker::Asker;
use super::entry::Head;
use super::file::Rows;
use std::mem;

/// Rows that could be worth a look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead<'a> {
    /// The most that any of them could score.
    pub(super) most: f64,
    /// The most points that any of them could get for required skills.
    pub(super) required: f64,
    pub(super) rows: Rows<'a>,
}

/// So many leads are followed before the next bar: the best ones first, since a good bar spares looking at most of the others.
const LEADS: [usize; 4] = [16, 64, 256, usize::MAX];
/// So many rows of a lead are looked at before the next bar.
const ROWS: usize = 64;

/// A search for the best needs, the most promising rows first.
#[derive(Debug)]
pub(in super::super::super) struct Hunt<'a> {
    pub(super) asker: &'a Asker<'a>,
    pub(super) leads: Vec<Lead<'a>>,
    pub(super) tails: Vec<Rows<'a>>,
}

impl<'a> Hunt<'a> {
    /// Gives every need that could be among the best; `work_off` is told of some of them at a time, best or not, and says what a
    /// need must score from there on.
    pub(in super::super::super) fn run(mut self, mut bar: f64, mut work_off: impl FnMut(Vec<Hope>) -> f64) {
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
            let until = lead.rows.heads.partition_point(|head| !is_beyond(head));
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
