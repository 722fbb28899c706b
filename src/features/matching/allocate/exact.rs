//! The proof: prices in whole units that leave no doubt, and repairs by shortest paths where there is one.
//!
//! An auction ends within ε of the best. [`settle`] looks for whole prices that prove the plan to be the best there is; where
//! none exist, [`Network::repair`] makes it so: it takes back what the prices contradict and sends those hours on along
//! cheapest paths (successive shortest paths with potentials, as in R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network
//! Flows", 1993, chapter 9). The same repair takes one changed pledge into an old plan without solving anew.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::auction::End;
use super::graph::{Graph, Stored, Whole};
use super::plan::{Plan, Worth};

/// Hours on an arc, as one of its ends sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// The node at the other end.
    pub(crate) to: u32,
    /// This end's arc.
    pub(crate) arc: u32,
    pub(crate) amount: i64,
}

/// A plan and a price for every node of both sides, in whole value units.
pub(crate) struct Network<'g, S: Stored> {
    pub(crate) graph: &'g Graph<S>,
    /// Price of an hour of each volunteer, and of each need.
    pub(crate) price: [Vec<S::Price>; 2],
    pub(crate) flow: [Vec<Vec<Flow>>; 2],
    /// Hours that are not placed, or not filled.
    pub(crate) spare: [Vec<i64>; 2],
    /// Hours on each arc of either side; empty when no arc has a limit.
    held: [Vec<i64>; 2],
}

impl<'g, S: Stored> Network<'g, S> {
    /// The auction's plan with its prices rounded up to whole units.
    pub(crate) fn new(plan: &Plan<'g, S>) -> Self {
        let graph = plan.graph;
        let unit = S::Price::ONE << graph.shift;
        let round_up = |p: &S::Price| (*p + (unit - S::Price::ONE)) >> graph.shift;
        let mut network = Self {
            graph,
            price: [Vec::new(), plan.price.iter().map(round_up).collect()],
            flow: [0, 1].map(|side| vec![Vec::new(); graph.sides[side].len()]),
            spare: [0, 1].map(|side| graph.sides[side].hours.clone()),
            held: [0, 1].map(|side| super::auction::none_held(graph, side)),
        };
        for (need, lots) in (0u32..).zip(&plan.lots) {
            for lot in lots {
                let value = graph.sides[0].arcs[lot.arc as usize].value;
                let back = graph.sides[1].find(need, lot.who, value);
                network.flow[0][lot.who as usize].push(Flow { to: need, arc: lot.arc, amount: lot.amount });
                network.flow[1][need as usize].push(Flow { to: lot.who, arc: back, amount: lot.amount });
                network.spare[0][lot.who as usize] -= lot.amount;
                network.spare[1][need as usize] -= lot.amount;
                if graph.sides[0].capped() {
                    network.held[0][lot.arc as usize] += lot.amount;
                    network.held[1][back as usize] += lot.amount;
                }
            }
        }
        network.price[0] = (0..graph.sides[0].len() as u32).map(|node| network.gain(0, node)).collect();
        network
    }

    pub(crate) fn value(&self, side: usize, arc: u32) -> S::Price {
        self.graph.sides[side].arcs[arc as usize].value.price()
    }

    pub(crate) fn saturated(&self, side: usize, arc: u32) -> bool {
        self.held[side].get(arc as usize).is_some_and(|held| *held >= self.graph.sides[side].caps[arc as usize])
    }

    /// What an hour of the node gains at best on an arc that is not saturated.
    pub(crate) fn gain(&self, side: usize, node: u32) -> S::Price {
        let nodes = &self.graph.sides[side];
        let mut best = S::Price::default();
        for (at, arc) in (nodes.range(node).start as u32..).zip(nodes.row(node)) {
            let value = arc.value.price();
            if value <= best {
                break;
            }
            let gain = value - self.price[1 - side][arc.to as usize];
            if gain > best && !self.saturated(side, at) {
                best = gain;
            }
        }
        best
    }

    /// What the plan is worth and what its prices prove, both in whole units: equal means best, and nothing else does.
    pub(crate) fn worth(&self) -> Worth {
        let (mut value, mut bound) = (0i128, 0i128);
        for (node, flows) in self.flow[0].iter().enumerate() {
            for flow in flows {
                let worth = self.value(0, flow.arc);
                value += worth.wide() * i128::from(flow.amount);
                if self.saturated(0, flow.arc) {
                    let more = worth - self.price[0][node] - self.price[1][flow.to as usize];
                    bound += more.wide().max(0) * i128::from(flow.amount);
                }
            }
        }
        for side in [0, 1] {
            for (hours, price) in self.graph.sides[side].hours.iter().zip(&self.price[side]) {
                bound += i128::from(*hours) * price.wide();
            }
        }
        Worth { value, bound }
    }

    /// Adds hours to an arc given by its end on `side`, or takes them when `amount` is negative.
    pub(crate) fn shift(&mut self, side: usize, node: u32, arc: u32, amount: i64) {
        let Self { graph, .. } = self;
        let end = graph.sides[side].arcs[arc as usize];
        let back = graph.sides[1 - side].find(end.to, node, end.value);
        for (side, node, arc, to) in [(side, node, arc, end.to), (1 - side, end.to, back, node)] {
            self.spare[side][node as usize] -= amount;
            if let Some(held) = self.held[side].get_mut(arc as usize) {
                *held += amount;
            }
            let flows = &mut self.flow[side][node as usize];
            match flows.iter().position(|x| x.arc == arc) {
                Some(at) => {
                    flows[at].amount += amount;
                    if flows[at].amount == 0 {
                        flows.swap_remove(at);
                    }
                }
                None => flows.push(Flow { to, arc, amount }),
            }
        }
    }

    /// Makes the plan the best one, whatever prices it starts from.
    pub(crate) fn repair(&mut self, stop: &mut dyn FnMut() -> bool) -> End {
        for node in 0..self.graph.sides[0].len() as u32 {
            self.release(node);
        }
        let mut search = Search::new(self);
        for side in [0, 1] {
            for node in 0..self.graph.sides[side].len() as u32 {
                while self.spare[side][node as usize] > 0 && self.price[side][node as usize] > S::Price::default() {
                    if stop() {
                        return End::Stopped;
                    }
                    search.augment(self, side, node);
                }
            }
        }
        End::Done
    }

    /// Sets the volunteer's price anew and takes back its hours from where they don't earn it.
    pub(crate) fn release(&mut self, node: u32) {
        let price = self.gain(0, node);
        self.price[0][node as usize] = price;
        for flow in self.flow[0][node as usize].clone() {
            if self.value(0, flow.arc) - self.price[1][flow.to as usize] < price {
                self.shift(0, node, flow.arc, -flow.amount);
            }
        }
    }
}

/// Working memory of the shortest path search, kept between searches so that a search costs only what it visits.
pub(crate) struct Search<T> {
    distance: [Vec<T>; 2],
    /// The node before, on the other side, and the arc between as the node on the starting side has it.
    before: [Vec<(u32, u32)>; 2],
    settled: [Vec<bool>; 2],
    visited: [Vec<u32>; 2],
    heap: BinaryHeap<Reverse<(T, usize, u32)>>,
}

/// Where a cheapest path ends.
enum Goal {
    /// A node of the other side with hours to spare.
    Partner(u32),
    /// A node of the same side (maybe the start itself) that gives up hours, its own price then being 0.
    Idle(u32),
}

impl<T: Whole> Search<T> {
    pub(crate) fn new<S: Stored<Price = T>>(network: &Network<'_, S>) -> Self {
        let size = [0, 1].map(|side| network.graph.sides[side].len());
        Self {
            distance: size.map(|n| vec![T::MAX; n]),
            before: size.map(|n| vec![(0, 0); n]),
            settled: size.map(|n| vec![false; n]),
            visited: [Vec::new(), Vec::new()],
            heap: BinaryHeap::new(),
        }
    }

    /// Places spare hours of a node that has a price, along the cheapest path, and sets the prices that keep all else as it
    /// was: afterwards it has fewer spare hours or no price.
    pub(crate) fn augment<S: Stored<Price = T>>(&mut self, network: &mut Network<'_, S>, side: usize, start: u32) {
        let (goal, length) = self.explore(network, side, start);
        self.reprice(network, side, length);
        let mut amount = network.spare[side][start as usize];
        let (mut at, end) = match goal {
            Goal::Idle(node) => (node, None),
            Goal::Partner(node) => (self.before[1 - side][node as usize].0, Some(node)),
        };
        if let Some(node) = end {
            amount = amount.min(network.spare[1 - side][node as usize]);
        }
        // The path read backwards: arcs to fill up, and arcs to take from, in turn.
        let mut steps: Vec<(u32, u32, bool)> = Vec::new();
        if let Some(node) = end {
            steps.push((at, self.before[1 - side][node as usize].1, true));
        }
        while at != start {
            let (partner, arc) = self.before[side][at as usize];
            steps.push((at, arc, false));
            let (earlier, arc) = self.before[1 - side][partner as usize];
            steps.push((earlier, arc, true));
            at = earlier;
        }
        for (node, arc, fill) in &steps {
            let flow = network.flow[side][*node as usize].iter().find(|x| x.arc == *arc).map_or(0, |x| x.amount);
            amount = amount.min(if *fill { network.graph.sides[side].cap(*arc).saturating_sub(flow) } else { flow });
        }
        for (node, arc, fill) in steps {
            network.shift(side, node, arc, if fill { amount } else { -amount });
        }
        self.clear();
    }

    fn explore<S: Stored<Price = T>>(&mut self, network: &Network<'_, S>, side: usize, start: u32) -> (Goal, T) {
        let other = 1 - side;
        self.offer(side, start, T::default(), (0, 0));
        let (mut goal, mut length) = (Goal::Idle(start), T::MAX);
        while let Some(Reverse((distance, at, node))) = self.heap.pop() {
            if distance >= length {
                break;
            }
            if std::mem::replace(&mut self.settled[at][node as usize], true) {
                continue;
            }
            if at == other {
                if network.spare[other][node as usize] > 0 {
                    (goal, length) = (Goal::Partner(node), distance);
                    break;
                }
                let price = network.price[other][node as usize];
                for flow in &network.flow[other][node as usize] {
                    let value = network.value(other, flow.arc);
                    let more = value - price - network.price[side][flow.to as usize];
                    if distance + more < length && !self.settled[side][flow.to as usize] {
                        let worth = network.graph.sides[other].arcs[flow.arc as usize].value;
                        let arc = network.graph.sides[side].find(flow.to, node, worth);
                        self.offer(side, flow.to, distance + more, (node, arc));
                    }
                }
            } else {
                let price = network.price[side][node as usize];
                if distance + price < length {
                    (goal, length) = (Goal::Idle(node), distance + price);
                }
                let nodes = &network.graph.sides[side];
                for (at, arc) in (nodes.range(node).start as u32..).zip(nodes.row(node)) {
                    let short = distance + price - arc.value.price();
                    if short >= length {
                        break;
                    }
                    let next = short + network.price[other][arc.to as usize];
                    if next < length && !self.settled[other][arc.to as usize] && !network.saturated(side, at) {
                        self.offer(other, arc.to, next, (node, at));
                    }
                }
            }
        }
        (goal, length)
    }

    fn offer(&mut self, side: usize, node: u32, distance: T, before: (u32, u32)) {
        let known = &mut self.distance[side][node as usize];
        if distance < *known {
            if *known == T::MAX {
                self.visited[side].push(node);
            }
            *known = distance;
            self.before[side][node as usize] = before;
            self.heap.push(Reverse((distance, side, node)));
        }
    }

    /// Lowers and raises the prices of what the search passed, so that every arc of the path is as good as any.
    fn reprice<S: Stored<Price = T>>(&self, network: &mut Network<'_, S>, side: usize, length: T) {
        for at in [0, 1] {
            for node in &self.visited[at] {
                let distance = self.distance[at][*node as usize];
                if distance < length {
                    let price = &mut network.price[at][*node as usize];
                    *price = if at == side { *price - (length - distance) } else { *price + (length - distance) };
                }
            }
        }
    }

    fn clear(&mut self) {
        self.heap.clear();
        for at in [0, 1] {
            for node in self.visited[at].drain(..) {
                self.distance[at][node as usize] = T::MAX;
                self.settled[at][node as usize] = false;
            }
        }
    }
}

/// How many arcs the search for a proof may look at for each arc there is, before a repair is cheaper.
const PROOF_EFFORT: usize = 50;

/// Looks for whole prices that prove the network's plan to be the best, and keeps them when they exist.
///
/// Needs start `slack` units above the auction's prices; whatever contradicts the plan lowers a need's price, which may make
/// it attractive to others and so raise a volunteer's, until nothing does (label correcting from above).
pub(crate) fn settle<S: Stored>(network: &mut Network<'_, S>, slack: u32) -> bool {
    let mut proof = Proof::new(network, slack);
    if !proof.find(network) {
        return false;
    }
    network.price = proof.price;
    true
}

struct Proof<T> {
    price: [Vec<T>; 2],
    todo: VecDeque<u32>,
    queued: Vec<bool>,
}

impl<T: Whole> Proof<T> {
    fn new<S: Stored<Price = T>>(network: &Network<'_, S>, slack: u32) -> Self {
        let more = (0..slack).fold(T::default(), |sum, _| sum + T::ONE);
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
        let mut effort = network.graph.sides[0].arcs.len().saturating_mul(PROOF_EFFORT);
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
