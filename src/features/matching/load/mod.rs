//! Facts from rows: what the other features know of needs and people, gathered for scoring.
//!
//! What no feature keeps yet (endorsements) stays neutral.

mod needs;
mod people;

pub(super) use needs::{Projects, is_open, needs, needs_at_hand, needs_by_id, projects, seats_left};
pub(super) use people::{Person, is_offered, is_shown, offered, person, volunteers, volunteers_by_id};

use super::score::SkillKey;
use crate::kernel::Level;
use std::collections::HashMap;

/// Skills by the names under which they are stored: a page names few, and each often.
#[derive(Debug, Default)]
struct Keys(HashMap<String, Option<SkillKey>>);

impl Keys {
    /// Stored names were checked when they were stored; one that can be no tag any more counts for nothing.
    fn of(&mut self, skill: &str) -> Option<SkillKey> {
        if let Some(known) = self.0.get(skill) {
            return known.clone();
        }
        let key = SkillKey::parse(skill).ok();
        self.0.insert(skill.to_owned(), key.clone());
        key
    }
}

/// The row of this id among rows in the order of their ids: databases order ids by their bytes, as Rust does.
fn of<'a, Row, Id: Ord>(rows: &'a [Row], id: &Id, whose: impl Fn(&Row) -> Id) -> Option<&'a Row> {
    rows.binary_search_by(|row| whose(row).cmp(id)).ok().and_then(|at| rows.get(at))
}

/// In the order of their places, and without room for more: they stay as they are.
fn in_place<T>(mut placed: Vec<(i32, T)>) -> Vec<T> {
    placed.sort_by_key(|(place, _)| *place);
    let mut ordered: Vec<T> = placed.into_iter().map(|(_, one)| one).collect();
    ordered.shrink_to_fit();
    ordered
}

fn level(level: i32) -> Option<Level> {
    Level::parse(i64::from(level)).ok()
}
