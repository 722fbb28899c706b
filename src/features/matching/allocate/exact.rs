//! Repairs by shortest paths: from a good plan with good prices to the best plan with prices that prove it.
//!
//! An auction ends within ε of the best. [`Network::repair`] takes back what its prices, rounded to whole units, contradict,
//! and sends those hours on along cheapest paths (successive shortest paths with potentials, as in R. K. Ahuja, T. L.
//! Magnanti, J. B. Orlin, "Network Flows", 1993, chapter 9). Whatever it starts from, it ends at the optimum; from a good start
//! the paths are short. The same repair takes a changed pledge into an old plan without solving anew.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{Graph, Stored, Whole};
use super::plan::Worth;

/// Hours on an arc, as one of its ends sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// The node at the other end.
    pub(crate) to: u32,
    /// This end's arc.
    pub(crate) arc: u32,
    /// The other end's arc.
    pub(crate) back: u32,
    pub(crate) amount: i64,
}

/// Hours of somebody on a need, the pair being worth so much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<S> {
    pub(crate) who: u32,
    pub(crate) need: u32,
    pub(crate) value: S,
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
    /// Where each arc's hours stand in its end's list of flows; [`NOWHERE`] without hours.
    slot: [Vec<u32>; 2],
    /// Hours on each arc of either side; empty when no arc has a limit.
    held: [Vec<i64>; 2],
}

/// A network without its graph, to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept<S: Stored> {
    price: [Vec<S::Price>; 2],
    flow: [Vec<Vec<Flow>>; 2],
    spare: [Vec<i64>; 2],
    slot: [Vec<u32>; 2],
    held: [Vec<i64>; 2],
}

impl<S: Stored> Default for Kept<S> {
    fn default() -> Self {
        Self {
            price: <[_; 2]>::default(),
            flow: <[_; 2]>::default(),
            spare: <[_; 2]>::default(),
            slot: <[_; 2]>::default(),
            held: <[_; 2]>::default(),
        }
    }
}

const NOWHERE: u32 = u32::MAX;

/// How a repair ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// The plan is the best.
    Done,
    /// It was asked to stop; the plan is feasible.
    Stopped,
    /// It took more looks at arcs than it was given.
    Tired,
}

impl<'g, S: Stored> Network<'g, S> {
    /// A plan on arcs that the graph has, with the needs' prices.
    pub(crate) fn new(graph: &'g Graph<S>, prices: Vec<S::Price>, plan: impl Iterator<Item = Placed<S>>) -> Self {
        let mut network = Self {
            graph,
            price: [vec![S::Price::default(); graph.sides[0].len()], prices],
            flow: [0, 1].map(|side| vec![Vec::new(); graph.sides[side].len()]),
            spare: [0, 1].map(|side| graph.sides[side].hours.clone()),
            slot: [0, 1].map(|side| vec![NOWHERE; graph.sides[side].arcs.len()]),
            held: [0, 1].map(|side| vec![0; graph.sides[side].caps.len()]),
        };
        for placed in plan {
            let arc = graph.sides[0].find(placed.who, placed.need, placed.value);
            let back = graph.sides[1].find(placed.need, placed.who, placed.value);
            let flow = Flow { to: placed.need, arc, back, amount: 0 };
            network.shift(0, placed.who, flow, placed.amount);
        }
        network
    }

    /// A network that was kept, on its own graph; the hours of nodes may have changed, [`Network::change`] then says so.
    pub(crate) fn resume(graph: &'g Graph<S>, kept: Kept<S>) -> Self {
        let Kept { price, flow, spare, slot, held } = kept;
        Self { graph, price, flow, spare, slot, held }
    }

    /// To be kept.
    pub(crate) fn keep(self) -> Kept<S> {
        let Self { price, flow, spare, slot, held, .. } = self;
        Kept { price, flow, spare, slot, held }
    }

    /// Everybody's hours, for another network or the caller.
    pub(crate) fn placed(&self) -> impl Iterator<Item = Placed<S>> + '_ {
        (0u32..).zip(&self.flow[0]).flat_map(move |(who, flows)| {
            flows.iter().map(move |flow| {
                let value = self.graph.sides[0].arcs[flow.arc as usize].value;
                Placed { who, need: flow.to, value, amount: flow.amount }
            })
        })
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

    /// What the plan is worth and what its prices prove for this graph, both in whole units: equal means best.
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

    /// Adds hours to an arc as its end on `side` sees it, or takes them when `amount` is negative.
    fn shift(&mut self, side: usize, node: u32, flow: Flow, amount: i64) {
        let other = Flow { to: node, arc: flow.back, back: flow.arc, amount };
        for (side, node, flow) in [(side, node, Flow { amount, ..flow }), (1 - side, flow.to, other)] {
            self.spare[side][node as usize] -= amount;
            if let Some(held) = self.held[side].get_mut(flow.arc as usize) {
                *held += amount;
            }
            let flows = &mut self.flow[side][node as usize];
            let slots = &mut self.slot[side];
            let at = slots[flow.arc as usize];
            if at == NOWHERE {
                slots[flow.arc as usize] = flows.len() as u32;
                flows.push(flow);
                continue;
            }
            flows[at as usize].amount += amount;
            if flows[at as usize].amount == 0 {
                flows.swap_remove(at as usize);
                slots[flow.arc as usize] = NOWHERE;
                if let Some(moved) = flows.get(at as usize) {
                    slots[moved.arc as usize] = at;
                }
            }
        }
    }

    /// Hours on an arc.
    fn amount(&self, side: usize, node: u32, arc: u32) -> i64 {
        let at = self.slot[side][arc as usize];
        self.flow[side][node as usize].get(at as usize).map_or(0, |x| x.amount)
    }

    /// Makes the plan the best one on this graph, whatever it and its prices are at first, with so many looks at arcs.
    pub(crate) fn repair(&mut self, looks: usize, stop: &mut dyn FnMut() -> bool) -> Repair {
        for node in 0..self.graph.sides[0].len() as u32 {
            self.release(node);
        }
        let mut search = Search::new(self);
        for side in [0, 1] {
            for node in 0..self.graph.sides[side].len() as u32 {
                while self.spare[side][node as usize] > 0 && self.price[side][node as usize] > S::Price::default() {
                    if search.looks > looks {
                        return Repair::Tired;
                    }
                    search.paths += 1;
                    if search.paths.is_multiple_of(PATIENCE) && stop() {
                        return Repair::Stopped;
                    }
                    search.augment(self, side, node);
                }
            }
        }
        Repair::Done
    }

    /// Takes over that a node's hours changed by so many, on a plan that was the best before: it is the best again afterwards.
    pub(crate) fn change(&mut self, search: &mut Search<S::Price>, side: usize, node: u32, change: i64) {
        let own = node as usize;
        let idle = self.spare[side][own].min(-change).max(0);
        self.spare[side][own] += if change > 0 { change } else { -idle };
        let mut less = (-change - idle).max(0);
        let mut touched = vec![(side, node)];
        while less > 0 {
            let excess = |flow: &Flow| {
                self.value(side, flow.arc) - self.price[side][own] - self.price[1 - side][flow.to as usize]
            };
            let Some((flow, excess)) = self.flow[side][own].iter().map(|x| (*x, excess(x))).min_by_key(|x| x.1) else {
                break;
            };
            // Only pairs at their limit are worth more than their prices: where all are, an hour of this node is worth more.
            self.price[side][own] += excess;
            let part = less.min(flow.amount);
            self.shift(side, node, flow, -part);
            self.spare[side][own] -= part;
            less -= part;
            touched.push((1 - side, flow.to));
        }
        for (side, node) in touched {
            while self.spare[side][node as usize] > 0 && self.price[side][node as usize] > S::Price::default() {
                search.augment(self, side, node);
            }
        }
    }

    /// Sets the volunteer's price anew and takes back its hours from where they don't earn it.
    fn release(&mut self, node: u32) {
        let price = self.gain(0, node);
        self.price[0][node as usize] = price;
        for at in (0..self.flow[0][node as usize].len()).rev() {
            let flow = self.flow[0][node as usize][at];
            if self.value(0, flow.arc) - self.price[1][flow.to as usize] < price {
                self.shift(0, node, flow, -flow.amount);
            }
        }
    }
}

/// What a search knows of a node.
#[derive(Clone, Copy)]
struct Mark<T> {
    distance: T,
    /// The node before it on the way, which is on the other side.
    from: u32,
    /// The arc between them as the starting side has it, and as the other side does.
    arcs: [u32; 2],
    settled: bool,
}

/// Working memory of the shortest path search, kept between searches so that a search costs only what it visits.
pub(crate) struct Search<T> {
    marks: [Vec<Mark<T>>; 2],
    visited: [Vec<u32>; 2],
    heap: BinaryHeap<Reverse<(T, u32, u32)>>,
    /// Nodes no farther than the one at hand, as side and position: most arcs of a path cost nothing.
    near: Vec<(u32, u32)>,
    /// Arcs and flows looked at so far.
    looks: usize,
    /// Paths searched so far.
    paths: u32,
}

/// How many paths are searched between two looks at the clock.
const PATIENCE: u32 = 64;

/// Where a cheapest path ends.
enum Goal {
    /// A node of the other side with hours to spare.
    Partner(u32),
    /// A node of the same side (maybe the start itself) that gives up hours, its own price then being 0.
    Idle(u32),
}

impl<T: Whole> Search<T> {
    pub(crate) fn new<S: Stored<Price = T>>(network: &Network<'_, S>) -> Self {
        let blank = Mark { distance: T::MAX, from: 0, arcs: [0, 0], settled: false };
        Self {
            marks: [0, 1].map(|side| vec![blank; network.graph.sides[side].len()]),
            visited: [Vec::new(), Vec::new()],
            heap: BinaryHeap::new(),
            near: Vec::new(),
            looks: 0,
            paths: 0,
        }
    }

    /// Places spare hours of a node that has a price along the cheapest path, and sets the prices that keep all else as it
    /// was: afterwards it has fewer spare hours or no price.
    fn augment<S: Stored<Price = T>>(&mut self, network: &mut Network<'_, S>, side: usize, start: u32) {
        let (goal, length) = self.explore(network, side, start);
        self.reprice(network, side, length);
        let mut amount = network.spare[side][start as usize];
        // The path read backwards, as the starting side sees its arcs: to fill up, and to take from, in turn.
        let mut steps: Vec<(u32, Flow, bool)> = Vec::new();
        let graph = network.graph;
        let step = |mark: &Mark<T>, to: u32| Flow { to, arc: mark.arcs[0], back: mark.arcs[1], amount: 0 };
        let fill = |mark: &Mark<T>, to: u32| {
            let value = graph.sides[side].arcs[mark.arcs[0] as usize].value;
            Flow { back: graph.sides[1 - side].find(to, mark.from, value), ..step(mark, to) }
        };
        let mut at = match goal {
            Goal::Idle(node) => node,
            Goal::Partner(node) => {
                amount = amount.min(network.spare[1 - side][node as usize]);
                let mark = &self.marks[1 - side][node as usize];
                steps.push((mark.from, fill(mark, node), true));
                mark.from
            }
        };
        while at != start {
            let mark = &self.marks[side][at as usize];
            steps.push((at, step(mark, mark.from), false));
            let before = &self.marks[1 - side][mark.from as usize];
            steps.push((before.from, fill(before, mark.from), true));
            at = before.from;
        }
        for (node, step, fill) in &steps {
            if *fill && network.held[side].is_empty() {
                continue;
            }
            let flow = network.amount(side, *node, step.arc);
            amount =
                amount.min(if *fill { network.graph.sides[side].cap(step.arc).saturating_sub(flow) } else { flow });
        }
        for (node, step, fill) in steps {
            network.shift(side, node, step, if fill { amount } else { -amount });
        }
        self.clear();
    }

    fn explore<S: Stored<Price = T>>(&mut self, network: &Network<'_, S>, side: usize, start: u32) -> (Goal, T) {
        let other = 1 - side;
        let zero = T::default();
        let origin = Mark { distance: zero, from: 0, arcs: [0, 0], settled: false };
        self.offer(side, start, origin, zero);
        let (mut goal, mut length) = (Goal::Idle(start), T::MAX);
        let mut distance = zero;
        loop {
            let (at, node) = match self.near.pop() {
                Some((at, node)) => (at as usize, node),
                None => match self.heap.pop() {
                    Some(Reverse((next, at, node))) if next < length => {
                        distance = next;
                        (at as usize, node)
                    }
                    _ => break,
                },
            };
            if std::mem::replace(&mut self.marks[at][node as usize].settled, true) {
                continue;
            }
            if distance >= length {
                break;
            }
            if at == other {
                if network.spare[other][node as usize] > 0 {
                    return (Goal::Partner(node), distance);
                }
                let price = network.price[other][node as usize];
                self.looks += network.flow[other][node as usize].len();
                for flow in &network.flow[other][node as usize] {
                    let more = network.value(other, flow.arc) - price - network.price[side][flow.to as usize];
                    if distance + more < length {
                        let arcs = [flow.back, flow.arc];
                        let mark = Mark { distance: distance + more, from: node, arcs, settled: false };
                        self.offer(side, flow.to, mark, distance);
                    }
                }
            } else {
                let price = network.price[side][node as usize];
                if distance + price < length {
                    (goal, length) = (Goal::Idle(node), distance + price);
                }
                self.spread(network, side, node, distance, length);
            }
        }
        (goal, length)
    }

    /// Looks at the arcs out of a node of the starting side.
    fn spread<S: Stored<Price = T>>(
        &mut self,
        network: &Network<'_, S>,
        side: usize,
        node: u32,
        distance: T,
        length: T,
    ) {
        let nodes = &network.graph.sides[side];
        let start = distance + network.price[side][node as usize];
        for (at, arc) in (nodes.range(node).start as u32..).zip(nodes.row(node)) {
            self.looks += 1;
            let short = start - arc.value.price();
            if short >= length {
                break;
            }
            let next = short + network.price[1 - side][arc.to as usize];
            if next < length && next < self.marks[1 - side][arc.to as usize].distance && !network.saturated(side, at) {
                // The other end's arc is looked up only on the path that is taken.
                let mark = Mark { distance: next, from: node, arcs: [at, u32::MAX], settled: false };
                self.offer(1 - side, arc.to, mark, distance);
            }
        }
    }

    /// Notes a way to a node when it is the shortest so far.
    #[inline]
    fn offer(&mut self, side: usize, node: u32, mark: Mark<T>, now: T) {
        let known = &mut self.marks[side][node as usize];
        if mark.distance < known.distance {
            if known.distance == T::MAX {
                self.visited[side].push(node);
            }
            *known = mark;
            if mark.distance == now {
                self.near.push((side as u32, node));
            } else {
                self.heap.push(Reverse((mark.distance, side as u32, node)));
            }
        }
    }

    /// Lowers and raises the prices of what the search passed, so that every arc of the path is as good as any.
    fn reprice<S: Stored<Price = T>>(&self, network: &mut Network<'_, S>, side: usize, length: T) {
        for at in [0, 1] {
            for node in &self.visited[at] {
                let distance = self.marks[at][*node as usize].distance;
                if distance < length {
                    let price = &mut network.price[at][*node as usize];
                    *price = if at == side { *price - (length - distance) } else { *price + (length - distance) };
                }
            }
        }
    }

    fn clear(&mut self) {
        self.heap.clear();
        self.near.clear();
        for at in [0, 1] {
            for node in self.visited[at].drain(..) {
                let mark = &mut self.marks[at][node as usize];
                mark.distance = T::MAX;
                mark.settled = false;
            }
        }
    }
}
