//! `docs/state-machines.md` shows the transition tables as the code has them. `just state-machines` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "tests may"
)]

use mainstay::app::machines::{Machine, Row, all};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/state-machines.md")
}

const HEAD: &str = "# State machines

Drawn from the transition tables in the code by `just state-machines`; a test fails when the two differ, so change the table,
not this page. A transition that stands in no table is refused with 409, and `allowed` in the answer names what people may ask
for instead. Each one that is taken writes a record into the audit log in the same transaction.

In the drawings a line that is dashed in words, \"by itself\", follows from the clock or from something else that happened;
all others are asked for by people.
";

fn drawn(machine: &Machine) -> String {
    let mut text = format!(
        "\n## {}\n\n{}\n\n```mermaid\nstateDiagram-v2\n    [*] --> {}\n",
        machine.name, machine.about, machine.first
    );
    for Row { from, action, to, asked_for } in &machine.rows {
        let by = if *asked_for { "" } else { " (by itself)" };
        text.push_str(&format!("    {from} --> {to}: {action}{by}\n"));
    }
    for end in machine.ends() {
        text.push_str(&format!("    {end} --> [*]\n"));
    }
    text.push_str("```\n\n| from | action | to | |\n| --- | --- | --- | --- |\n");
    for Row { from, action, to, asked_for } in &machine.rows {
        let by = if *asked_for { "people" } else { "by itself" };
        text.push_str(&format!("| {from} | {action} | {to} | {by} |\n"));
    }
    text
}

#[test]
fn the_page_shows_the_tables() {
    let machines = all();
    let text: String = std::iter::once(HEAD.to_owned()).chain(machines.iter().map(drawn)).collect();
    if std::env::var_os("UPDATE_STATE_MACHINES").is_some() {
        std::fs::write(page(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(page()).unwrap_or_default();
    assert!(kept == text, "docs/state-machines.md differs from the code; run `just state-machines`");
    assert!(machines.len() >= 14, "only {} machines were drawn", machines.len());
}

#[test]
fn each_transition_has_an_accepting_and_a_refusing_case() {
    for machine in all() {
        let states: BTreeSet<&str> =
            machine.rows.iter().flat_map(|row| [row.from, row.to]).chain([machine.first]).collect();
        for row in &machine.rows {
            let from: BTreeSet<&str> =
                machine.rows.iter().filter(|other| other.action == row.action).map(|other| other.from).collect();
            assert!(from.contains(row.from), "{} {}", machine.name, row.action);
            assert!(
                states.iter().any(|state| !from.contains(state)),
                "{} {} is never refused",
                machine.name,
                row.action
            );
        }
        // What the tables say is what the machines do: each pair of state and action is tried.
        for state in &states {
            for action in machine.rows.iter().map(|row| row.action).collect::<BTreeSet<_>>() {
                let listed: BTreeSet<&str> = machine
                    .rows
                    .iter()
                    .filter(|row| row.from == *state && row.action == action)
                    .map(|row| row.to)
                    .collect();
                let reached: BTreeSet<&str> = (machine.tried)(state, action);
                assert_eq!(reached, listed, "{}: {action} in {state}", machine.name);
            }
        }
    }
}

#[test]
fn every_state_is_reached_and_the_last_ones_are_ends() {
    for machine in all() {
        // A consent ends with the swarm that it was given to.
        assert!(!machine.ends().is_empty() || machine.name == "Participant", "{} never ends", machine.name);
        for row in &machine.rows {
            let reached = row.from == machine.first || machine.rows.iter().any(|other| other.to == row.from);
            assert!(reached, "{}: {} is never reached", machine.name, row.from);
        }
    }
}
