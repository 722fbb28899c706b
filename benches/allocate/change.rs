//! One changed pledge or need: the kept optimum made the best again, against a solve from cold.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "positions of a market that is far smaller than 32 bits"
)]

use super::market::market;
use super::simulate::{instance, room};
use super::{Failure, cpu_seconds, median};
use mainstay::features::matching::allocate::{Effort, Instance, Side, Standing, transport};
use std::io::{self, Write as _};
use std::time::Instant;

/// Changes, half of them of volunteers; every so many the value is held against a solve from cold.
const CHANGES: u32 = 200;
const CHECKED: u32 = 40;

fn timed<T>(work: impl FnOnce() -> T) -> Result<(T, f64), Failure> {
    let start = cpu_seconds()?;
    let done = work();
    Ok((done, cpu_seconds()? - start))
}

pub(crate) fn change(seed: u64, size: usize) -> Result<(), Failure> {
    let market = market(seed, size);
    let whole = instance(&market, &room(&market), 1.0)?;
    let (mut people, mut needs) = (whole.volunteers().to_vec(), whole.needs().to_vec());
    let mut standing = Standing::new(whole.clone());
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for at in 0..CHANGES {
        let node = (u64::from(at) * 2_654_435_761 % size as u64) as u32;
        let hours = f64::from(at * 7 % 41);
        let which = if at % 2 == 0 { Side::Volunteer } else { Side::Need };
        // The kernel counts CPU time in ticks far longer than a change.
        let start = Instant::now();
        standing.set_hours(which, node, hours)?;
        warm.push(start.elapsed().as_secs_f64());
        let place = node as usize;
        match which {
            Side::Volunteer => people.get_mut(place).into_iter().for_each(|x| x.hours = hours),
            Side::Need => needs.get_mut(place).into_iter().for_each(|x| x.hours = hours),
        }
        if at % CHECKED == CHECKED - 1 {
            let changed = Instance::new(people.clone(), needs.clone(), whole.pairs().iter().collect())?;
            let (solution, seconds) = timed(|| transport(&changed, &Effort::default(), &mut |_| true))?;
            assert!((solution.value - standing.value()).abs() < 0.5, "the kept optimum is not the optimum");
            cold.push(seconds);
        }
    }
    warm.sort_by(f64::total_cmp);
    let worst = warm.last().copied().unwrap_or(f64::NAN);
    let (cold, warm) = (median(cold), median(warm));
    writeln!(
        io::stdout(),
        "{size} volunteers and needs: from cold {cold:.4} s; a change {:.1} us ({:.0}x faster), the slowest of {CHANGES} {:.1} us ({:.0}x)",
        warm * 1e6,
        cold / warm,
        worst * 1e6,
        cold / worst
    )?;
    if let Ok(path) = std::env::var("MAINSTAY_BENCH_RESULTS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        let line = serde_json::json!({"bench": "change", "size": size, "cold": cold, "warm": warm, "worst": worst});
        writeln!(file, "{line}")?;
    }
    Ok(())
}
