//! One side bids for the other's hours: the auction algorithm for the transportation problem.
//!
//! After D. P. Bertsekas and D. A. Castañón, "The auction algorithm for the transportation problem", Annals of Operations
//! Research 20 (1989): a node with hours left bids for the hours of its best partner as much more than the current price
//! as they are worth to it above the second best, plus ε. Prices only rise, and when nobody has hours left that anything
//! is worth, the plan is within ε of the best for every hour placed. Hours are held in lots, the cheapest on top of a
//! heap: a bid pushes out the cheapest first, so that a need with a million people costs a logarithm, not a million.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::VecDeque;
use std::collections::binary_heap::PeekMut;

use super::graph::{Arc, Graph, Stored, Whole};
use super::long::{LONG, Long};

/// Hours of one bidder on one object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lot<T> {
    /// What was bid for an hour, in price units.
    pub(crate) level: T,
    pub(crate) amount: i64,
    /// The bidder.
    pub(crate) who: u32,
    /// The bidder's arc to the object.
    pub(crate) arc: u32,
}

/// The cheapest lot is the greatest, so that a heap has it on top.
impl<T: Ord> Ord for Lot<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.level.cmp(&self.level)
    }
}
impl<T: Ord> PartialOrd for Lot<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T: Ord> PartialEq for Lot<T> {
    fn eq(&self, other: &Self) -> bool {
        self.level == other.level
    }
}
impl<T: Ord> Eq for Lot<T> {}

/// A bidder's best arcs when its row was last read in full. Prices only rise, so whatever is not among them is still
/// worth no more than `rest`.
#[derive(Clone, Copy)]
struct Cache<T> {
    best: [Offer<T>; CACHED],
    rest: T,
    len: u8,
}

const CACHED: usize = 6;
/// Marks a bidder whose row is not long.
const SHORT: u32 = u32::MAX;
/// Marks a cache that must be read anew.
const STALE: u8 = u8::MAX;

#[derive(Clone, Copy, Default)]
struct Offer<T> {
    to: u32,
    arc: u32,
    worth: T,
}

/// A bidder's choice: the best arc, and what the best and the second best leave it.
struct Choice<T> {
    offer: Offer<T>,
    second: T,
}

/// An auction under way.
pub(crate) struct Auction<'g, S: Stored> {
    pub(crate) graph: &'g Graph<S>,
    /// The side that bids.
    pub(crate) side: usize,
    /// Hours each bidder has left.
    pub(crate) left: Vec<i64>,
    /// Lots on each object.
    pub(crate) piles: Vec<BinaryHeap<Lot<S::Price>>>,
    /// Hours taken of each object.
    pub(crate) filled: Vec<i64>,
    /// Each object's price, which never falls.
    pub(crate) price: Vec<S::Price>,
    /// Hours that each of the bidders' arcs can still take; empty when no arc has a limit.
    room: Vec<i64>,
    /// The least step of a price.
    pub(crate) epsilon: S::Price,
    cache: Vec<Cache<S::Price>>,
    /// The rows of bidders who have long ones.
    long: Vec<Long<S::Price>>,
    /// Where each bidder's long row is; [`SHORT`] without one, and empty when nobody has one.
    which: Vec<u32>,
}

/// What an auction leaves; its working memory, a good part of the solver's, is given back.
pub(crate) struct Outcry<T> {
    pub(crate) piles: Vec<BinaryHeap<Lot<T>>>,
    pub(crate) filled: Vec<i64>,
    pub(crate) price: Vec<T>,
    pub(crate) room: Vec<i64>,
}

/// Whether the caller asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It ran to its end.
    Done,
    /// It was asked to stop; the plan is feasible as it stands.
    Stopped,
    /// It took more bids than auctions usually do; the plan is feasible as it stands.
    Tired,
}

/// How many bidders are served between two looks at the clock.
const PATIENCE: u32 = 4096;
/// Bids for each node of the graph, after which shortest paths are cheaper: markets take up to 30. Where some have a billion
/// times the hours of others, crumbs would go round in circles.
const BIDS: usize = 128;

impl<'g, S: Stored> Auction<'g, S> {
    pub(crate) fn new(graph: &'g Graph<S>, side: usize, price: Vec<S::Price>, epsilon: S::Price) -> Self {
        let zero = S::Price::default();
        let blank = Cache { best: [Offer::default(); CACHED], rest: zero, len: STALE };
        let (bidders, objects) = (&graph.sides[side], &graph.sides[1 - side]);
        let (mut long, mut which) = (Vec::new(), Vec::new());
        if bidders.longest() > LONG {
            which.resize(bidders.len(), SHORT);
            for (who, which) in (0u32..).zip(&mut which) {
                let row = bidders.range(who);
                if row.len() > LONG {
                    *which = long.len() as u32;
                    long.push(Long::new(row.start as u32..row.end as u32));
                }
            }
        }
        Self {
            graph,
            side,
            left: bidders.hours.clone(),
            piles: (0..objects.len()).map(|_| BinaryHeap::new()).collect(),
            filled: vec![0; objects.len()],
            price,
            room: bidders.caps.clone(),
            epsilon,
            cache: vec![blank; bidders.len()],
            long,
            which,
        }
    }

    /// Ends the auction.
    pub(crate) fn close(self) -> Outcry<S::Price> {
        Outcry { piles: self.piles, filled: self.filled, price: self.price, room: self.room }
    }

    /// Puts a lot where it stands already.
    pub(crate) fn place(&mut self, object: u32, lot: Lot<S::Price>) {
        self.left[lot.who as usize] -= lot.amount;
        self.filled[object as usize] += lot.amount;
        if let Some(room) = self.room.get_mut(lot.arc as usize) {
            *room -= lot.amount;
        }
        self.piles[object as usize].push(lot);
    }

    /// Lets the given bidders bid, and everyone they push out, until nobody wants to.
    pub(crate) fn run(&mut self, start: Vec<u32>, stop: &mut dyn FnMut() -> bool) -> End {
        let mut queued = vec![false; self.left.len()];
        for who in &start {
            queued[*who as usize] = true;
        }
        let mut queue = VecDeque::from(start);
        let mut served = 0u32;
        let mut bids = (self.left.len() + self.price.len()).saturating_mul(BIDS);
        while let Some(who) = queue.pop_front() {
            queued[who as usize] = false;
            served = served.wrapping_add(1);
            if served.is_multiple_of(PATIENCE) && stop() {
                return End::Stopped;
            }
            while self.left[who as usize] > 0 {
                let Some(choice) = self.choose(who) else { break };
                bids = bids.saturating_sub(1);
                if bids == 0 {
                    return End::Tired;
                }
                self.bid(who, &choice, |out| {
                    if !std::mem::replace(&mut queued[out as usize], true) {
                        queue.push_back(out);
                    }
                });
            }
        }
        End::Done
    }

    /// Whether the arc already carries all it may.
    #[inline]
    fn saturated(&self, arc: usize) -> bool {
        self.room.get(arc).is_some_and(|room| *room <= 0)
    }

    fn choose(&mut self, who: u32) -> Option<Choice<S::Price>> {
        if let Some(at) = self.long_of(who) {
            return self.choose_far(at);
        }
        let cache = &self.cache[who as usize];
        if cache.len != STALE {
            let zero = S::Price::default();
            let (mut best, mut first, mut second) = (None, zero, zero);
            for offer in &cache.best[..usize::from(cache.len)] {
                let gain = offer.worth - self.price[offer.to as usize];
                if gain <= second || self.saturated(offer.arc as usize) {
                    continue;
                }
                if gain > first {
                    second = first;
                    first = gain;
                    best = Some(*offer);
                } else {
                    second = gain;
                }
            }
            if second >= cache.rest {
                return best.map(|offer| Choice { offer, second });
            }
        }
        self.read_row(who)
    }

    #[inline]
    fn long_of(&self, who: u32) -> Option<usize> {
        self.which.get(who as usize).filter(|at| **at != SHORT).map(|at| *at as usize)
    }

    /// What the arc gains now, when it has hours left to give.
    fn gain_now(&self, arc: u32) -> Option<S::Price> {
        let to = self.graph.sides[self.side].arcs[arc as usize];
        let gain = self.graph.worth(to.value) - self.price[to.to as usize];
        (gain > S::Price::default() && !self.saturated(arc as usize)).then_some(gain)
    }

    /// The choice of a bidder with a long row.
    fn choose_far(&mut self, at: usize) -> Option<Choice<S::Price>> {
        let mut long = std::mem::take(&mut self.long[at]);
        let arcs = &self.graph.sides[self.side].arcs;
        let choice = long.best(|arc| self.gain_now(arc)).map(|(arc, second)| {
            let Arc { to, value } = arcs[arc as usize];
            Choice { offer: Offer { to, arc, worth: self.graph.worth(value) }, second }
        });
        self.long[at] = long;
        choice
    }

    /// Reads the whole row, keeps the best few arcs, and answers the best.
    fn read_row(&mut self, who: u32) -> Option<Choice<S::Price>> {
        let side = &self.graph.sides[self.side];
        let zero = S::Price::default();
        let (mut best, mut gains) = ([Offer::default(); CACHED], [zero; CACHED]);
        let (mut len, mut rest) = (0usize, zero);
        let range = side.range(who);
        for (arc, to, value) in range.clone().zip(&side.arcs[range]).map(|(at, x)| (at, x.to, x.value)) {
            let worth = self.graph.worth(value);
            if worth <= rest {
                break;
            }
            let gain = worth - self.price[to as usize];
            if gain <= rest || self.saturated(arc) {
                continue;
            }
            if len == CACHED {
                if gain <= gains[CACHED - 1] {
                    rest = gain;
                    continue;
                }
                rest = gains[CACHED - 1];
                len -= 1;
            }
            let mut at = len;
            while at > 0 && gains[at - 1] < gain {
                gains[at] = gains[at - 1];
                best[at] = best[at - 1];
                at -= 1;
            }
            gains[at] = gain;
            best[at] = Offer { to, arc: arc as u32, worth };
            len += 1;
        }
        self.cache[who as usize] = Cache { best, rest, len: len as u8 };
        (len > 0).then(|| Choice { offer: best[0], second: gains[1] })
    }

    fn reopen(&mut self, who: u32, arc: u32) {
        match self.long_of(who) {
            None => self.cache[who as usize].len = STALE,
            Some(at) => {
                if let Some(gain) = self.gain_now(arc) {
                    self.long[at].reopen(arc, gain);
                }
            }
        }
    }

    fn bid(&mut self, who: u32, choice: &Choice<S::Price>, mut pushed_out: impl FnMut(u32)) {
        let Choice { offer, second } = choice;
        let (object, arc) = (offer.to as usize, offer.arc as usize);
        let level = offer.worth - *second + self.epsilon;
        let hours = self.graph.sides[1 - self.side].hours[object];
        let mut want = self.left[who as usize].min(hours);
        if let Some(room) = self.room.get(arc) {
            want = want.min(*room);
        }
        let mut got = want.min(hours - self.filled[object]);
        self.filled[object] += got;
        while got < want {
            let Some(mut top) = self.piles[object].peek_mut() else { break };
            if top.level > level - self.epsilon {
                break;
            }
            let taken = top.amount.min(want - got);
            let mut reopened = None;
            got += taken;
            top.amount -= taken;
            let (loser, lost) = (top.who, top.arc as usize);
            if top.amount == 0 {
                PeekMut::pop(top);
            } else {
                drop(top);
            }
            self.left[loser as usize] += taken;
            if let Some(room) = self.room.get_mut(lost) {
                if *room <= 0 {
                    // The arc is open again and may be missing from the cache, or from the heap.
                    reopened = Some((loser, lost as u32));
                }
                *room += taken;
            }
            if let Some((loser, arc)) = reopened {
                self.reopen(loser, arc);
            }
            if loser != who {
                pushed_out(loser);
            }
        }
        if got > 0 {
            self.left[who as usize] -= got;
            if let Some(room) = self.room.get_mut(arc) {
                *room -= got;
            }
            self.piles[object].push(Lot { level, amount: got, who, arc: offer.arc });
        }
        if self.filled[object] == hours
            && let Some(top) = self.piles[object].peek()
            && top.level > self.price[object]
        {
            self.price[object] = top.level;
        }
    }
}

/// What an hour of each node of `side` gains at the other side's prices, over the arcs that have room for more (all where no arc has a limit, and so no room is given).
pub(crate) fn gains<S: Stored>(graph: &Graph<S>, side: usize, price: &[S::Price], room: &[i64]) -> Vec<S::Price> {
    let nodes = &graph.sides[side];
    (0..nodes.len() as u32)
        .map(|node| {
            let mut best = S::Price::default();
            for (at, arc) in nodes.range(node).zip(nodes.row(node)) {
                let worth = graph.worth(arc.value);
                if worth <= best {
                    break;
                }
                let gain = worth - price[arc.to as usize];
                if gain > best && room.get(at).is_none_or(|x| *x > 0) {
                    best = gain;
                }
            }
            best
        })
        .collect()
}

const _: () = assert!(CACHED >= 2 && CACHED < STALE as usize);

/// The steps ε takes: from `first` down by `2^by`, at least one price unit.
pub(crate) fn steps<T: Whole>(first: T, by: u32) -> impl Iterator<Item = T> {
    std::iter::successors(Some(first.max(T::ONE)), move |x| (*x > T::ONE).then(|| (*x >> by).max(T::ONE)))
}
