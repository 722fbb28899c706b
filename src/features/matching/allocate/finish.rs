//! The last step: the optimum and its proof on the few arcs that matter, checked against all of them.
//!
//! Once prices are nearly right, most pairs are worth so much less than their two prices that no optimum uses them. The plan is
//! repaired on the others, the core, and then every pair is held against the prices: when none is worth more than they say,
//! the prices prove the plan for the whole graph. Pairs that are join the core, and the repair goes on from where it was.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use super::auction::gains;
use super::exact::{Network, Placed, Repair};
use super::graph::{Graph, Stored, Whole};
use super::plan::{Plan, Worth};
use super::settle::settle;
use super::solve::Outcome;

/// Pairs join the core when they are worth their prices but for so many times the auction's ε.
const MARGIN: u32 = 4;

/// Looks at arcs for each arc of the graph, after which a smaller ε is cheaper: nodes with very many partners make paths dear.
const LOOKS: usize = 40;
/// Small graphs get so many looks anyway.
const LOOKS_AT_LEAST: usize = 1 << 22;

/// Turns an auction's plan into the optimum with its proof; stopped early, into a plan with the bound at hand. `None` when it
/// takes too long and `last` is not set, which lets it take as long as it may.
pub(crate) fn finish<S: Stored>(
    plan: &Plan<'_, S>,
    epsilon: S::Price,
    last: bool,
    stop: &mut dyn FnMut() -> bool,
) -> Option<Outcome<Placed<S>>> {
    let graph = plan.graph;
    let looks = if last { usize::MAX } else { (LOOKS * graph.sides[0].arcs.len()).max(LOOKS_AT_LEAST) };
    let mut keep = core_arcs(plan, epsilon);
    let unit = S::Price::ONE << graph.shift;
    // To the nearest: an ε below the unit leaves prices a little beside the whole ones that prove the best, on either side.
    let round = |p: &S::Price| (*p + (unit >> 1)) >> graph.shift;
    let mut prices: Vec<S::Price> = plan.price.iter().map(round).collect();
    let mut placed: Vec<Placed<S>> = plan.placed().collect();
    loop {
        let core = graph.core(&keep);
        let mut network = Network::new(&core, prices, placed.into_iter());
        if last {
            settle(&mut network);
        }
        match network.repair(looks, stop) {
            Repair::Done => {}
            Repair::Stopped => return Some(unproven(graph, &network)),
            Repair::Tired => return None,
        }
        if !admit(graph, &network.price, &mut keep) {
            return Some(proven(&network));
        }
        placed = network.placed().collect();
        let [_, needs] = network.price;
        prices = needs;
    }
}

/// Which arcs are worth nearly as much as their prices, or are in use.
fn core_arcs<S: Stored>(plan: &Plan<'_, S>, epsilon: S::Price) -> Vec<bool> {
    let graph = plan.graph;
    let people = &graph.sides[0];
    let mut keep = vec![false; people.arcs.len()];
    let margin = (0..MARGIN).fold(S::Price::default(), |sum, _| sum + epsilon);
    let profit = gains(graph, 0, &plan.price, &plan.room());
    for (node, profit) in (0..people.len() as u32).zip(&profit) {
        let least = *profit - margin;
        for (at, arc) in people.range(node).zip(people.row(node)) {
            let worth = graph.worth(arc.value);
            if worth < least {
                break;
            }
            keep[at] = worth - plan.price[arc.to as usize] >= least;
        }
    }
    for (_, lot) in &plan.lots {
        keep[lot.arc as usize] = true;
    }
    keep
}

/// Marks every arc that is worth more than the prices of its ends and not in the core, and answers whether there was one.
fn admit<S: Stored>(graph: &Graph<S>, price: &[Vec<S::Price>; 2], keep: &mut [bool]) -> bool {
    let people = &graph.sides[0];
    let mut found = false;
    for (node, own) in (0..people.len() as u32).zip(&price[0]) {
        for (at, arc) in people.range(node).zip(people.row(node)) {
            let value = arc.value.price();
            if value <= *own {
                break;
            }
            if value - price[1][arc.to as usize] > *own && !keep[at] {
                keep[at] = true;
                found = true;
            }
        }
    }
    found
}

fn wide<T: Whole>(prices: &[T]) -> Vec<i128> {
    prices.iter().map(|x| x.wide()).collect()
}

/// The optimum as its prices prove it.
pub(crate) fn proven<S: Stored>(network: &Network<'_, S>) -> Outcome<Placed<S>> {
    let price = [wide(&network.price[0]), wide(&network.price[1])];
    Outcome { flow: network.placed().collect(), price, shift: 0, worth: network.worth() }
}

/// The plan as it stands, with the bound that the needs' prices prove over all arcs.
fn unproven<S: Stored>(graph: &Graph<S>, network: &Network<'_, S>) -> Outcome<Placed<S>> {
    let needs: Vec<S::Price> = network.price[1].iter().map(|x| *x << graph.shift).collect();
    let people = gains(graph, 0, &needs, &[]);
    let mut bound = 0i128;
    for (side, prices) in [&people, &needs].into_iter().enumerate() {
        bound += graph
            .exact_hours(side)
            .iter()
            .zip(prices)
            .map(|(hours, price)| i128::from(*hours) * price.wide())
            .sum::<i128>();
    }
    let worth = Worth { value: network.worth().value, bound: bound >> graph.shift };
    let price = [wide(&people), wide(&needs)];
    Outcome { flow: network.placed().collect(), price, shift: graph.shift, worth }
}
