//! Exact prices for a plan that is already the best: where an auction with a tiny ε has done all the work but the last.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use std::collections::VecDeque;

use super::exact::Network;
use super::graph::{Stored, Whole};

/// How many arcs the search may look at for each arc there is, before a repair is cheaper.
const EFFORT: usize = 50;
/// Needs start so many units above the auction's prices: the true ones may be a little higher.
const SLACK: u32 = 2;

/// Looks for whole prices that prove the network's plan to be the best, and keeps them when they exist.
///
/// Whatever contradicts the plan lowers a need's price, which may make it attractive to others and so raise a volunteer's,
/// until nothing does (label correcting from above).
pub(crate) fn settle<S: Stored>(network: &mut Network<'_, S>) {
    let mut proof = Proof::new(network);
    if proof.find(network) {
        network.price = proof.price;
    }
}

struct Proof<T> {
    price: [Vec<T>; 2],
    todo: VecDeque<u32>,
    queued: Vec<bool>,
}

impl<T: Whole> Proof<T> {
    fn new<S: Stored<Price = T>>(network: &Network<'_, S>) -> Self {
        let more = (0..SLACK).fold(T::default(), |sum, _| sum + T::ONE);
        let start = network.price[1].iter().zip(&network.spare[1]);
        let needs: Vec<T> = start.map(|(p, spare)| if *spare > 0 { T::default() } else { *p + more }).collect();
        Self { price: [Vec::new(), needs], todo: VecDeque::new(), queued: vec![false; network.spare[1].len()] }
    }

    fn find<S: Stored<Price = T>>(&mut self, network: &mut Network<'_, S>) -> bool {
        let zero = T::default();
        // The volunteers' gains are read at the prices of the proof.
        std::mem::swap(&mut network.price[1], &mut self.price[1]);
        let people = network.graph.sides[0].len() as u32;
        self.price[0] = (0..people).map(|node| network.gain(0, node)).collect();
        std::mem::swap(&mut network.price[1], &mut self.price[1]);
        let idle = |node: usize| network.spare[0][node] > 0;
        if (0..people as usize).any(|node| idle(node) && self.price[0][node] > zero) {
            return false;
        }
        if !(0..people).all(|node| self.lower(network, node)) {
            return false;
        }
        let mut effort = network.graph.sides[0].arcs.len().saturating_mul(EFFORT);
        while let Some(need) = self.todo.pop_front() {
            self.queued[need as usize] = false;
            let needs = &network.graph.sides[1];
            for (at, arc) in (needs.range(need).start as u32..).zip(needs.row(need)) {
                let gain = arc.value.price() - self.price[1][need as usize];
                if gain <= zero {
                    break;
                }
                if gain > self.price[0][arc.to as usize] && !network.saturated(1, at) {
                    if idle(arc.to as usize) {
                        return false;
                    }
                    self.price[0][arc.to as usize] = gain;
                    if !self.lower(network, arc.to) {
                        return false;
                    }
                }
            }
            effort = effort.saturating_sub(needs.row(need).len());
            if effort == 0 {
                return false;
            }
        }
        true
    }

    /// Lowers the prices of the volunteer's needs to where they are worth its own price.
    fn lower<S: Stored<Price = T>>(&mut self, network: &Network<'_, S>, node: u32) -> bool {
        for flow in &network.flow[0][node as usize] {
            let most = network.value(0, flow.arc) - self.price[0][node as usize];
            let price = &mut self.price[1][flow.to as usize];
            if *price > most {
                if most < T::default() {
                    return false;
                }
                *price = most;
                if !std::mem::replace(&mut self.queued[flow.to as usize], true) {
                    self.todo.push_back(flow.to);
                }
            }
        }
        true
    }
}
