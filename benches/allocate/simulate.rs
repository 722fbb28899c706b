//! What a marketplace reaches whose people choose for themselves, of the best that is possible.
//!
//! Prices are learned from some volunteers and tried on others, who see the same needs. Everybody looks through an own list, best
//! first: by what an hour is worth to the need, or by that less the need's price. "First choice": each takes the first of the
//! list, whoever else does; what is too much for a need is lost. "First come": in a random order each goes down the list until
//! the own hours are placed, past what is full. "Refreshed": the same, with prices learned anew for what is left after every
//! twentieth of the volunteers.

#![expect(clippy::as_conversions, clippy::indexing_slicing, reason = "positions that the generator makes in range")]

use super::Failure;
use super::market::{Market, market_of};
use mainstay::features::matching::allocate::{Effort, Instance, Need, Pair, Volunteer, transport};
use std::io::{self, Write as _};

/// Parts of the volunteers between two looks at prices.
const PARTS: u8 = 20;

/// The instance with so much room at the needs, and with such a part of everybody's hours.
pub(crate) fn instance(market: &Market, room: &[f64], part: f64) -> Result<Instance, Failure> {
    let offered = market.offered.iter().enumerate();
    let volunteers =
        offered.map(|(at, hours)| Volunteer { id: format!("v{at}").into(), hours: f64::from(*hours) * part }).collect();
    let needs =
        room.iter().enumerate().map(|(at, hours)| Need { id: format!("n{at}").into(), hours: *hours, seats: None });
    let pair = |x: &[u32; 4]| Pair { volunteer: x[0], need: x[1], value: x[2].into(), max_hours: f64::INFINITY };
    Ok(Instance::new(volunteers, needs.collect(), market.pairs.iter().map(pair).collect())?)
}

pub(crate) fn room(market: &Market) -> Vec<f64> {
    market.wanted.iter().map(|hours| f64::from(*hours)).collect()
}

/// Where each volunteer's pairs begin; pairs are sorted by volunteer.
fn rows(market: &Market) -> Vec<usize> {
    (0..=market.offered.len()).map(|at| market.pairs.partition_point(|x| (x[0] as usize) < at)).collect()
}

/// A volunteer's list: need and worth, best first.
fn list(market: &Market, rows: &[usize], volunteer: usize, prices: &[f64]) -> Vec<(usize, f64)> {
    let pairs = &market.pairs[rows[volunteer]..rows[volunteer + 1]];
    let mut list: Vec<(usize, f64)> = pairs.iter().map(|x| (x[1] as usize, f64::from(x[2]))).collect();
    let net = |x: &(usize, f64)| x.1 - prices[x.0];
    list.sort_by(|a, b| net(b).total_cmp(&net(a)).then(a.0.cmp(&b.0)));
    list
}

fn first_choice(market: &Market, rows: &[usize], order: &[usize], prices: &[f64]) -> f64 {
    let (mut left, mut value) = (room(market), 0.0);
    for volunteer in order {
        if let Some((need, worth)) = list(market, rows, *volunteer, prices).first() {
            let hours = left[*need].min(f64::from(market.offered[*volunteer]));
            left[*need] -= hours;
            value += hours * worth;
        }
    }
    value
}

/// Places these volunteers' hours one after the other.
fn first_come(market: &Market, rows: &[usize], order: &[usize], prices: &[f64], left: &mut [f64]) -> f64 {
    let mut value = 0.0;
    for volunteer in order {
        let mut free = f64::from(market.offered[*volunteer]);
        for (need, worth) in list(market, rows, *volunteer, prices) {
            let hours = left[need].min(free);
            left[need] -= hours;
            free -= hours;
            value += hours * worth;
        }
    }
    value
}

pub(crate) fn simulate(seed: u64, size: usize) -> Result<(), Failure> {
    let (known, new) = (market_of(seed, size, Some(1)), market_of(seed, size, Some(2)));
    let rows = rows(&new);
    // A random order that has nothing to do with the generator's.
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7);
    let best = transport(&instance(&new, &room(&new), 1.0)?, &Effort::default(), &mut |_| true).value;
    let learn = |left: &[f64], part: f64| -> Result<Vec<f64>, Failure> {
        Ok(transport(&instance(&known, left, part)?, &Effort::default(), &mut |_| true).need_prices)
    };
    let (free, learned) = (vec![0.0; size], learn(&room(&known), 1.0)?);
    let (mut left, mut refreshed) = (room(&new), 0.0);
    for part in 0..PARTS {
        let [from, to] = [part, part + 1].map(|x| size * usize::from(x) / usize::from(PARTS));
        // Everybody known, with the part of the hours that is still to come of the new: fewer of them would know less.
        let prices = learn(&left, f64::from(PARTS - part) / f64::from(PARTS))?;
        refreshed += first_come(&new, &rows, &order[from..to], &prices, &mut left);
    }
    let mut out = io::stdout().lock();
    let ways = [
        ("first choice, by worth", first_choice(&new, &rows, &order, &free)),
        ("first choice, less prices", first_choice(&new, &rows, &order, &learned)),
        ("first come, by worth", first_come(&new, &rows, &order, &free, &mut room(&new))),
        ("first come, less prices", first_come(&new, &rows, &order, &learned, &mut room(&new))),
        ("first come, prices refreshed", refreshed),
    ];
    for (way, value) in ways {
        let share = 100.0 * value / best;
        writeln!(out, "{size} volunteers and needs: {way:<30} {share:>6.2} % of the best")?;
        if let Ok(path) = std::env::var("MAINSTAY_BENCH_RESULTS") {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            writeln!(file, "{}", serde_json::json!({"bench": "simulate", "size": size, "way": way, "percent": share}))?;
        }
    }
    Ok(())
}
