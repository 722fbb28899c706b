//! The goals that were set before the first measurement, beside what the lines say.

use super::{Failure, number, text};
use serde_json::Value;
use std::fmt::Write as _;

/// What is wanted of a ratio.
#[derive(Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

struct Row {
    id: &'static str,
    what: String,
    wanted: Wanted,
    measured: f64,
}

const PEERS: [&str; 2] = ["ortools", "lemon simplex"];
const LARGE: f64 = 100_000.0;

fn is(line: &Value, key: &str, value: f64) -> bool {
    (number(line, key) - value).abs() < 0.5
}

fn largest(lines: &[Value], bench: &str) -> f64 {
    lines.iter().filter(|x| text(x, "bench") == bench).map(|x| number(x, "size")).fold(f64::NAN, f64::max)
}

/// The table of goals; rows whose benchmark did not run are left out.
pub(crate) fn goals(page: &mut String, lines: &[Value]) -> Result<(), Failure> {
    let mut rows = ranking(lines);
    rows.extend(allocation(lines));
    rows.extend(rules(lines));
    rows.extend(market(lines));
    writeln!(
        page,
        "## Goals\n\nSet before anything was measured; computed from the tables below. Not in them: R1 (lists equal to the plain formula's) is shown by `just verify-ranking`, the rest of R4 (load) by `just million`; see [long runs](long-runs.md).\n\n| goal | what | wanted | measured | reached |\n| --- | --- | ---: | ---: | --- |"
    )?;
    for Row { id, what, wanted, measured } in rows.iter().filter(|x| x.measured.is_finite()) {
        let (sign, limit, reached) = match *wanted {
            Wanted::AtLeast(x) => ("at least", x, *measured >= x),
            Wanted::AtMost(x) => ("at most", x, *measured <= x),
        };
        let reached = if reached { "yes" } else { "**no**" };
        writeln!(page, "| {id} | {what} | {sign} {limit} | {measured:.2} | {reached} |")?;
    }
    writeln!(page)?;
    Ok(())
}

fn ranking(lines: &[Value]) -> Vec<Row> {
    let size = largest(lines, "rank");
    let of = |way: &str, key: &str| {
        let line = lines.iter().find(|x| text(x, "bench") == "rank" && text(x, "way") == way && is(x, "size", size));
        line.map_or(f64::NAN, |x| number(x, key))
    };
    let faster = |way: &str, key: &str, name: &str, least: f64| Row {
        id: "R2",
        what: format!("{size} needs, times faster than {name}"),
        wanted: Wanted::AtLeast(least),
        measured: of(way, key),
    };
    let index = lines.iter().find(|x| text(x, "bench") == "index" && is(x, "size", size));
    vec![
        faster("tantivy", "ratio_p50", "Tantivy with the same score, p50", 60.0),
        faster("tantivy", "ratio_p99", "Tantivy with the same score, p99", 40.0),
        faster("postgres", "ratio_p50", "PostgreSQL, p50", 500.0),
        faster("tantivy, bm25", "ratio_p50", "Tantivy's BM25, p50", 20.0),
        faster("tantivy, bm25", "ratio_p99", "Tantivy's BM25, p99", 15.0),
        Row {
            id: "R3",
            what: format!("{size} needs, need to people over person to needs, p50"),
            wanted: Wanted::AtMost(1.5),
            measured: of("index, people", "p50_ms") / of("index", "p50_ms"),
        },
        Row {
            id: "R4",
            what: format!("{size} needs, bytes a need that their index takes"),
            wanted: Wanted::AtMost(200.0),
            measured: index.map_or(f64::NAN, |x| number(x, "bytes_a_need")),
        },
    ]
}

fn allocation(lines: &[Value]) -> Vec<Row> {
    let all: Vec<&Value> = lines.iter().filter(|x| text(x, "bench") == "allocate").collect();
    let of = |size: f64, variant: &str, way: &str, key: &str| {
        let found = all.iter().find(|x| is(x, "size", size) && text(x, "variant") == variant && text(x, "way") == way);
        found.map_or(f64::NAN, |x| number(x, key))
    };
    let row = |id, own: &str, line: &Value, wanted| {
        let (size, variant) = (number(line, "size"), text(line, "variant"));
        let peer = PEERS.map(|way| of(size, variant, way, "seconds")).into_iter().fold(f64::NAN, f64::min);
        let what = format!(
            "{size} people and needs, {variant}: {own} against the faster of OR-tools and LEMON's network simplex"
        );
        Row { id, what, wanted: Wanted::AtLeast(wanted), measured: peer / of(size, variant, own, "seconds") }
    };
    let mut rows = Vec::new();
    for line in all.iter().filter(|x| text(x, "way") == "mainstay") {
        let wanted = match (is(line, "size", LARGE), text(line, "variant")) {
            (true, "base") => 3.5,
            (true, _) => 2.5,
            (false, _) => 2.0,
        };
        rows.push(row("A1", "mainstay", line, wanted));
    }
    for line in all.iter().filter(|x| text(x, "way") == "mainstay" && is(x, "size", LARGE)) {
        let wanted = if text(line, "variant") == "base" { 8.0 } else { 4.0 };
        rows.push(row("A2", "mainstay, gap 0.02 %", line, wanted));
    }
    rows.push(Row {
        id: "A3",
        what: format!("{LARGE} people and needs, base: peak memory over OR-tools'"),
        wanted: Wanted::AtMost(0.4),
        measured: of(LARGE, "base", "mainstay", "peak_mb") / of(LARGE, "base", "ortools", "peak_mb"),
    });
    rows
}

/// Whether the exact way's total is as good as its bound; it stops when its time is over.
fn is_proven(exact: &Value) -> bool {
    number(exact, "bound") <= 1.0005 * number(exact, "value")
}

fn rules(lines: &[Value]) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in lines.iter().filter(|x| text(x, "bench") == "rules") {
        let (size, policy) = (number(line, "size"), text(line, "policy"));
        if let Some(exact) = line.get("exact") {
            let ours = number(line, "value");
            let mut share = |of: &str, name: &str| {
                let what = format!("{size} people and needs, floor: percent of the exact way's {name}");
                let measured = 100.0 * ours / number(exact, of);
                rows.push(Row { id: "A4", what, wanted: Wanted::AtLeast(99.9), measured });
            };
            if is_proven(exact) {
                share("value", "total");
            } else {
                share("value", "best total when its time was over");
                share("bound", "bound when its time was over, which it did not reach either");
            }
            let worst = number(line, "worst") / number(exact, "worst");
            let what = format!("{size} people and needs, floor: the worst need over the exact way's");
            rows.push(Row { id: "A4", what, wanted: Wanted::AtLeast(1.0), measured: worst });
        }
        if policy == "total" {
            let what = format!("{size} people and needs, all rules: percent below the bound");
            rows.push(Row { id: "A6", what, wanted: Wanted::AtMost(1.0), measured: 100.0 * number(line, "gap") });
        }
    }
    rows
}

fn market(lines: &[Value]) -> Vec<Row> {
    let changes = lines.iter().filter(|x| text(x, "bench") == "change").map(|x| Row {
        id: "A5",
        what: format!("{} people and needs: a change against a solve from cold, median", number(x, "size")),
        wanted: Wanted::AtLeast(100.0),
        measured: number(x, "cold") / number(x, "warm"),
    });
    let choices = lines.iter().filter(|x| text(x, "bench") == "simulate").filter_map(|x| {
        let least = match text(x, "way") {
            "first choice, less prices" => 40.0,
            "first come, less prices" => 90.5,
            "first come, prices refreshed" => 94.0,
            _ => return None,
        };
        let what = format!("{} people and needs, {}: percent of the best", number(x, "size"), text(x, "way"));
        Some(Row { id: "M1", what, wanted: Wanted::AtLeast(least), measured: number(x, "percent") })
    });
    changes.chain(choices).collect()
}
