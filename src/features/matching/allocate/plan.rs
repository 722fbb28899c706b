//! The plan between two auctions: whose hours are where, at which prices, and how far from the best it can be at most.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the graph's constructor makes in range"
)]

use super::auction::{Auction, End, Lot, Outcry, gains};
use super::exact::Placed;
use super::graph::{Graph, Stored, Whole};

const PEOPLE: usize = 0;
const NEEDS: usize = 1;

/// Hours on each need, the needs' prices, and nothing that does not follow from these.
pub(crate) struct Plan<'g, S: Stored> {
    pub(crate) graph: &'g Graph<S>,
    /// Lots and the needs that they are on, in no order: at most one of a volunteer on a need, with the volunteer's arc.
    pub(crate) lots: Vec<(u32, Lot<S::Price>)>,
    /// Price of an hour of each need.
    pub(crate) price: Vec<S::Price>,
}

/// What a plan is worth, and what no plan can be worth more than; in value units times hour units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth {
    pub(crate) value: i128,
    /// Rounded up to whole units where prices are finer.
    pub(crate) bound: i128,
}

impl Worth {
    /// The same in a unit so many times smaller.
    pub(crate) fn times(self, step: i128) -> Self {
        Self { value: self.value * step, bound: self.bound * step }
    }
}

impl<'g, S: Stored> Plan<'g, S> {
    /// Nobody anywhere, nothing costs anything.
    pub(crate) fn empty(graph: &'g Graph<S>) -> Self {
        let needs = graph.sides[NEEDS].len();
        Self { graph, lots: Vec::new(), price: vec![S::Price::default(); needs] }
    }

    /// Hours that each of the volunteers' arcs can still take, when any arc has a limit.
    pub(crate) fn room(&self) -> Vec<i64> {
        let mut room = self.graph.sides[PEOPLE].caps.clone();
        if !room.is_empty() {
            for (_, lot) in &self.lots {
                room[lot.arc as usize] -= lot.amount;
            }
        }
        room
    }

    /// The lots and their needs, in exact hours.
    pub(crate) fn exact_lots(&self) -> impl Iterator<Item = (u32, Lot<S::Price>)> + '_ {
        self.graph.exactly(self.lots.iter().copied())
    }

    /// The same hours, for a network or the caller.
    pub(crate) fn placed(&self) -> impl Iterator<Item = Placed<S>> + '_ {
        let arcs = &self.graph.sides[PEOPLE].arcs;
        self.exact_lots().map(|(need, lot)| {
            let value = arcs[lot.arc as usize].value;
            Placed { who: lot.who, need, value, amount: lot.amount }
        })
    }

    /// What the plan is worth, and the bound that its prices prove: by linear programming duality any prices do.
    pub(crate) fn worth(&self) -> Worth {
        let graph = self.graph;
        let room = self.room();
        let profit = gains(graph, PEOPLE, &self.price, &room);
        let (mut value, mut bound) = (0i128, 0i128);
        for (_, lot) in self.exact_lots() {
            value += graph.sides[PEOPLE].arcs[lot.arc as usize].value.price().wide() * i128::from(lot.amount);
        }
        for (hours, profit) in graph.exact_hours(PEOPLE).iter().zip(&profit) {
            bound += i128::from(*hours) * profit.wide();
        }
        for (hours, price) in graph.exact_hours(NEEDS).iter().zip(&self.price) {
            bound += i128::from(*hours) * price.wide();
        }
        if !room.is_empty() {
            let people = &graph.sides[PEOPLE];
            for (node, profit) in (0..people.len() as u32).zip(&profit) {
                for at in people.range(node).filter(|at| room[*at] <= 0) {
                    let arc = people.arcs[at];
                    let more = graph.worth(arc.value) - self.price[arc.to as usize] - *profit;
                    bound += i128::from(graph.exact_caps()[at]) * more.wide().max(0);
                }
            }
        }
        let unit = 1i128 << graph.shift;
        Worth { value, bound: (bound + unit - 1) >> graph.shift }
    }

    /// One round of both auctions, after which hours and prices fit each other to within `epsilon`: first whoever has
    /// hours left bids for needs, then needs with a price but hours to fill bid for people. Stopped at any moment it leaves
    /// a feasible plan.
    pub(crate) fn refine(&mut self, epsilon: S::Price, stop: &mut dyn FnMut() -> bool) -> End {
        let graph = self.graph;
        let mut forward = self.open(epsilon);
        let start = (0..graph.sides[PEOPLE].len() as u32).filter(|i| forward.left[*i as usize] > 0).collect();
        let mut end = forward.run(start, stop);
        let Outcry { piles, price, filled, .. } = forward.close();
        self.price = price;
        self.lots =
            (0u32..).zip(piles).flat_map(|(need, pile)| merged(pile.into_vec()).map(move |lot| (need, lot))).collect();
        self.lots.shrink_to_fit();
        let unfilled = |j: &u32| {
            let at = *j as usize;
            filled[at] < graph.sides[NEEDS].hours[at] && self.price[at] > S::Price::default()
        };
        let start: Vec<u32> = (0..graph.sides[NEEDS].len() as u32).filter(unfilled).collect();
        if end == End::Done && !start.is_empty() {
            end = self.reverse(epsilon, start, stop);
        }
        end
    }

    /// The auction among people, with every lot on the table that is within `epsilon` of its holder's best.
    fn open(&mut self, epsilon: S::Price) -> Auction<'g, S> {
        let graph = self.graph;
        let people = &graph.sides[PEOPLE];
        let room = self.room();
        let profit = gains(graph, PEOPLE, &self.price, &room);
        let mut auction = Auction::new(graph, PEOPLE, std::mem::take(&mut self.price), epsilon);
        for (need, lot) in std::mem::take(&mut self.lots) {
            let price = auction.price[need as usize];
            let worth = graph.worth(people.arcs[lot.arc as usize].value);
            let profit = profit[lot.who as usize];
            if worth - price < profit - epsilon {
                continue;
            }
            let full = room.get(lot.arc as usize).is_some_and(|x| *x <= 0);
            // Whoever can have no more of a bargain would pay for it up to what the next best leaves.
            let level = if full { price.max(worth - profit) } else { price };
            auction.place(need, Lot { level, ..lot });
        }
        auction
    }

    /// The auction among needs. Prices of people follow from those of needs, and back.
    fn reverse(&mut self, epsilon: S::Price, start: Vec<u32>, stop: &mut dyn FnMut() -> bool) -> End {
        let graph = self.graph;
        let profit = gains(graph, PEOPLE, &self.price, &self.room());
        let mut auction = Auction::new(graph, NEEDS, profit, epsilon);
        // What was becomes bids.
        for (need, lot) in std::mem::take(&mut self.lots) {
            let value = graph.sides[PEOPLE].arcs[lot.arc as usize].value;
            let arc = graph.sides[NEEDS].find(need, lot.who, value);
            let mut level = auction.price[lot.who as usize];
            if lot.amount >= graph.sides[NEEDS].cap(arc) {
                level = level.max(graph.worth(value) - self.price[need as usize]);
            }
            auction.place(lot.who, Lot { level, amount: lot.amount, who: need, arc });
        }
        let end = auction.run(start, stop);
        let Outcry { piles, price, room, .. } = auction.close();
        self.price = gains(graph, NEEDS, &price, &room);
        let bids = (0u32..).zip(piles).flat_map(|(who, pile)| merged(pile.into_vec()).map(move |lot| (who, lot)));
        let turned = bids.map(|(who, lot)| {
            let value = graph.sides[NEEDS].arcs[lot.arc as usize].value;
            let arc = graph.sides[PEOPLE].find(who, lot.who, value);
            (lot.who, Lot { who, arc, ..lot })
        });
        self.lots = turned.collect();
        self.lots.shrink_to_fit();
        end
    }
}

/// One lot for each bidder.
fn merged<T: Whole>(mut lots: Vec<Lot<T>>) -> impl Iterator<Item = Lot<T>> {
    lots.sort_unstable_by_key(|lot| lot.who);
    lots.dedup_by(|next, kept| {
        let same = next.who == kept.who;
        if same {
            kept.amount += next.amount;
        }
        same
    });
    lots.into_iter()
}
