//! State machines as they are drawn: what a page and the tests need to know of any of them.

use std::collections::BTreeSet;

/// One transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The state before.
    pub from: &'static str,
    /// What happens.
    pub action: &'static str,
    /// The state after.
    pub to: &'static str,
    /// Whether people ask for it; else it follows from the clock or from something else.
    pub asked_for: bool,
}

/// A state machine with its whole table.
#[derive(Debug, Clone)]
pub struct Machine {
    /// What goes through the states.
    pub name: &'static str,
    /// A sentence on it.
    pub about: &'static str,
    /// The state in which it begins.
    pub first: &'static str,
    /// Every transition there is.
    pub rows: Vec<Row>,
    /// The states that an action leads to from a state, by the function that decides; empty where it is refused. More than one
    /// where something else decides as well.
    pub tried: fn(&str, &str) -> BTreeSet<&'static str>,
}

impl Machine {
    /// The states that nothing leads out of, in the table's order.
    pub fn ends(&self) -> Vec<&'static str> {
        let mut ends: Vec<&'static str> = Vec::new();
        for row in &self.rows {
            if !ends.contains(&row.to) && self.rows.iter().all(|other| other.from != row.to) {
                ends.push(row.to);
            }
        }
        ends
    }
}
