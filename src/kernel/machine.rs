//! State machines as they are drawn: what a page and the tests need to know of any of them.

use std::collections::BTreeSet;
use std::str::FromStr;

/// A state or an action: one of the words that `words!` declares.
pub trait Word: Copy + FromStr + 'static {
    /// Its name.
    fn word(self) -> &'static str;
}

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

/// What an action leads to from a state, by their names; nothing where one is not known or it is refused.
pub fn tried<S: Word, A: Word, R: IntoIterator<Item = S>>(
    from: &str,
    action: &str,
    advance: impl Fn(S, A) -> R,
) -> BTreeSet<&'static str> {
    match (from.parse::<S>(), action.parse::<A>()) {
        (Ok(from), Ok(action)) => advance(from, action).into_iter().map(Word::word).collect(),
        _ => BTreeSet::new(),
    }
}

impl Machine {
    /// The machine of a table; `first` is where it begins, and `asked_for` says which actions are people's.
    pub fn of<S: Word, A: Word>(
        (name, about): (&'static str, &'static str),
        (first, table): (S, &[(S, A, S)]),
        asked_for: fn(A) -> bool,
        tried: fn(&str, &str) -> BTreeSet<&'static str>,
    ) -> Self {
        let row = |(from, action, to): &(S, A, S)| Row {
            from: from.word(),
            action: action.word(),
            to: to.word(),
            asked_for: asked_for(*action),
        };
        Self { name, about, first: first.word(), rows: table.iter().map(row).collect(), tried }
    }

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
