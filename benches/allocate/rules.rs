//! Rounds with every rule that people and projects have, against their bound and against the exact mixed-integer optimum.
//!
//! The market is the benchmark's; each need has one to three seats, nobody gives it less than an hour or more than a seat's,
//! nobody works on more than three, three needs make a project whose maintainers review six tenths of what it wants, and a tenth
//! of the needs is critical. The floor asks for two hours of each of these. `HiGHS` (`benches/peers/rules.py`) first
//! makes the worst served of them as good as possible, then the total, and is given a time limit: it proves how near it came.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "positions that the generator makes in range"
)]

use super::Failure;
use super::market::{Market, market};
use mainstay::features::matching::allocate::{Candidate, Helper, Opening, Policy, Round, RoundPlan, plan};
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

const FLOOR_HOURS: f64 = 2.0;
const STEPS: u32 = 200;
/// The exact way is asked only up to so many people: it takes minutes from there.
const EXACT_UP_TO: usize = 300;

fn round(market: &Market, policy: Policy) -> Round {
    let opening = |(at, wanted): (usize, &u32)| {
        let hours = f64::from(*wanted);
        let seats = 1 + at as u32 % 3;
        let tier = if at % 10 == 0 { 1 } else { 2 + u8::from(at % 10 > 3) };
        let most = (hours / f64::from(seats)).max(1.0);
        Opening { hours, seats, min_hours: 1.0, max_hours: most, project: at as u32 / 3, tier }
    };
    let openings: Vec<Opening> = market.wanted.iter().enumerate().map(opening).collect();
    let budgets = openings.chunks(3).map(|x| 0.6 * x.iter().map(|o| o.hours).sum::<f64>()).collect();
    let candidate = |x: &[u32; 4]| Candidate { helper: x[0], opening: x[1], value: f64::from(x[2]) / 1000.0 };
    Round {
        helpers: market.offered.iter().map(|x| Helper { hours: f64::from(*x), max_needs: 3 }).collect(),
        openings,
        budgets,
        candidates: market.pairs.iter().map(candidate).collect(),
        policy,
        steps: STEPS,
    }
}

/// The smallest part of its floor that a critical need gets, at most 1.
fn worst(round: &Round, plan: &RoundPlan) -> f64 {
    let mut got = vec![0.0; round.openings.len()];
    for share in &plan.pairs {
        got[round.candidates[share.pair as usize].opening as usize] += share.hours;
    }
    let parts = round.openings.iter().zip(&got).filter(|(x, _)| x.tier == 1);
    parts.map(|(x, got)| (got / x.hours.min(FLOOR_HOURS)).min(1.0)).fold(1.0, f64::min)
}

/// What the exact way answers: its own worst need and total, and the bound of the total.
fn exact(round: &Round) -> Result<Option<serde_json::Value>, Failure> {
    let Ok(python) = std::env::var("MAINSTAY_BENCH_PYTHON") else {
        writeln!(io::stderr(), "SKIPPED: HiGHS (set MAINSTAY_BENCH_PYTHON)")?;
        return Ok(None);
    };
    let openings = round
        .openings
        .iter()
        .map(|x| serde_json::json!([x.hours, x.seats, x.min_hours, x.max_hours, x.project, x.tier]));
    let instance = serde_json::json!({
        "floor": FLOOR_HOURS,
        "helpers": round.helpers.iter().map(|x| (x.hours, x.max_needs)).collect::<Vec<_>>(),
        "openings": openings.collect::<Vec<_>>(),
        "budgets": round.budgets,
        "candidates": round.candidates.iter().map(|x| (x.helper, x.opening, x.value)).collect::<Vec<_>>(),
    });
    let path = std::env::temp_dir().join(format!("mainstay-rules-{}.json", std::process::id()));
    std::fs::write(&path, instance.to_string())?;
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/rules.py");
    let output = Command::new(python).arg(driver).arg(&path).output()?;
    std::fs::remove_file(&path)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.trim().lines().last().unwrap_or("");
    Ok(Some(serde_json::from_str(line).map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&output.stderr)))?))
}

pub(crate) fn rules(seed: u64, size: usize) -> Result<(), Failure> {
    let market = market(seed, size);
    let policies = [
        ("total", Policy::Total),
        ("critical first", Policy::CriticalFirst),
        ("floor", Policy::Floor { hours: FLOOR_HOURS }),
    ];
    for (name, policy) in policies {
        let round = round(&market, policy);
        let start = Instant::now();
        let plan = plan(&round, &mut || true)?.ok_or("stopped")?;
        let seconds = start.elapsed().as_secs_f64();
        let worst = worst(&round, &plan);
        let peer = if name == "floor" && size <= EXACT_UP_TO { exact(&round)? } else { None };
        let mut line = serde_json::json!({
            "bench": "rules", "size": size, "policy": name, "value": plan.value, "bound": plan.bound, "gap": plan.gap,
            "worst": worst, "seconds": seconds,
        });
        write!(
            io::stdout(),
            "{size} people and needs, {name:<15} {:.1} of at most {:.1} (gap {:.2} %), worst critical need {:.0} % of its floor, {seconds:.2} s",
            plan.value,
            plan.bound,
            100.0 * plan.gap,
            100.0 * worst
        )?;
        if let Some(peer) = peer {
            write!(io::stdout(), "; exact: {peer}")?;
            line["exact"] = peer;
        }
        writeln!(io::stdout())?;
        if let Ok(path) = std::env::var("MAINSTAY_BENCH_RESULTS") {
            writeln!(std::fs::OpenOptions::new().create(true).append(true).open(path)?, "{line}")?;
        }
    }
    Ok(())
}
