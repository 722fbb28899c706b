//! Use cases of matching: lists ranked for a person or a need, a pair explained, and what is scarce.

mod explain;
mod mine;
mod of_need;
mod shortages;

pub(super) use explain::{Explained, explain};
pub(super) use mine::{NeedRow, mine};
pub(super) use of_need::{VolunteerRow, of_need};
pub(super) use shortages::list_shortages;

use super::board::{RankCursor, Ranked};
use super::load::{self, Person};
use super::problems::NO_PROFILE;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Cursor, Error, Limit, Page, Result};

/// The caller as a volunteer, whoever else may see them.
fn caller(conn: &mut Conn, id: AccountId) -> Result<Person> {
    load::person(conn, id)?.ok_or_else(no_profile)
}

fn no_profile() -> Error {
    Error::new(&NO_PROFILE, "Your volunteer profile is missing: state what you offer at PUT /api/v1/me/profile.")
}

/// Fills one page from a ranked list of which some rows may turn out not to be shown any more.
struct Filling<T> {
    limit: Limit,
    after: Option<RankCursor>,
    kept: Vec<(T, RankCursor)>,
    more: bool,
}

impl<T> Filling<T> {
    fn new(limit: Limit, after: Option<RankCursor>) -> Self {
        Self { limit, after, kept: Vec::new(), more: true }
    }

    /// How many rows to rank next, behind [`Self::after`]; none when the page is full or the list at its end.
    fn wanted(&self) -> Option<usize> {
        let missing = (self.limit.rows() + 1).saturating_sub(self.kept.len());
        (self.more && missing > 0).then_some(missing)
    }

    /// Notes what was ranked, and hands out the rows with their places.
    fn note<Id>(&mut self, wanted: usize, ranked: &[Ranked<Id>]) {
        self.more = ranked.len() >= wanted;
        self.after = ranked.last().map(|row| row.cursor).or(self.after);
    }

    fn page(self) -> Page<T> {
        Page::cut(self.kept, self.limit, |(_, at)| Cursor::from(*at)).map(|(row, _)| row)
    }
}
