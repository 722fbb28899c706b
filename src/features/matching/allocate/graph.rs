//! The transportation problem in whole numbers: two sides with hours, arcs between them sorted by value.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "hot loops over positions that the constructor makes in range; node and arc counts fit 32 bits by it"
)]

use super::grain::Exact;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Neg, Shl, Shr, Sub, SubAssign};

/// Whole numbers that prices are reckoned in.
pub(crate) trait Whole:
    Copy
    + Ord
    + Default
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    /// One unit.
    const ONE: Self;
    /// More than any price.
    const MAX: Self;
    /// Without loss.
    fn wide(self) -> i128;
    /// The lowest bits; callers know that the number fits.
    fn narrow(x: i128) -> Self;
}

/// Whole numbers that values are stored in; 32 bits where they do, because memory traffic is the solver's bottleneck.
pub(crate) trait Stored: Copy + Ord + Debug {
    /// What prices over such values are reckoned in.
    type Price: Whole;
    /// Without loss.
    fn price(self) -> Self::Price;
    /// The lowest bits; callers know that the number fits.
    fn store(x: i128) -> Self;
    /// Sorts the arcs of a row by falling value, and equal ones as they stand; one number where both fit, because sorting
    /// is a good part of a small graph's time.
    type Key: Copy + Ord;
    /// The key of an arc of this value, at least 0, that stands at this place in its row.
    fn key(self, place: u32) -> Self::Key;
    /// The place in a key.
    fn place(key: Self::Key) -> u32;
}

macro_rules! whole {
    ($($t:ty),*) => {$(
        impl Whole for $t {
            const ONE: Self = 1;
            const MAX: Self = <$t>::MAX;
            fn wide(self) -> i128 { i128::from(self) }
            fn narrow(x: i128) -> Self { x as $t }
        }
    )*};
}
macro_rules! stored {
    ($($t:ty => $p:ty, $k:ty, $key:expr, $place:expr;)*) => {$(
        impl Stored for $t {
            type Price = $p;
            type Key = $k;
            #[inline]
            fn key(self, place: u32) -> $k { ($key)(self, place) }
            #[inline]
            fn place(key: $k) -> u32 { ($place)(key) }
            #[inline]
            fn price(self) -> $p { <$p>::from(self) }
            fn store(x: i128) -> Self { x as $t }
        }
    )*};
}
whole!(i64, i128);
stored! {
    i32 => i64, u64, |value: i32, at| u64::from(!value.cast_unsigned()) << 32 | u64::from(at), |key| key as u32;
    i64 => i64, u128, |value: i64, at| u128::from(!value.cast_unsigned()) << 64 | u128::from(at), |key| key as u32;
    i128 => i128, (u128, u32), |value: i128, at| (!value.cast_unsigned(), at), |key: (u128, u32)| key.1;
}

/// One end of a pair as seen from the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc<S> {
    /// The node on the other side.
    pub(crate) to: u32,
    /// What an hour is worth, in units, before the graph's shift.
    pub(crate) value: S,
}

/// The nodes of one side and their arcs, each row sorted by falling value, then rising node.
#[derive(Debug)]
pub(crate) struct Side<S> {
    start: Vec<u32>,
    pub(crate) arcs: Vec<Arc<S>>,
    /// The arcs' own limits; empty when no arc has one that can bind.
    pub(crate) caps: Vec<i64>,
    pub(crate) hours: Vec<i64>,
}

impl<S: Stored> Side<S> {
    pub(crate) fn range(&self, node: u32) -> std::ops::Range<usize> {
        self.start[node as usize] as usize..self.start[node as usize + 1] as usize
    }
    pub(crate) fn row(&self, node: u32) -> &[Arc<S>] {
        &self.arcs[self.range(node)]
    }
    /// The length of the longest row.
    pub(crate) fn longest(&self) -> usize {
        self.start.iter().zip(self.start.iter().skip(1)).map(|(from, to)| (to - from) as usize).max().unwrap_or(0)
    }
    pub(crate) fn len(&self) -> usize {
        self.hours.len()
    }
    pub(crate) fn capped(&self) -> bool {
        !self.caps.is_empty()
    }
    /// The arc's own limit.
    pub(crate) fn cap(&self, arc: u32) -> i64 {
        self.caps.get(arc as usize).copied().unwrap_or(i64::MAX)
    }
    /// The arc from `node` to `to`, whose value is known: by bisection, for rows may be a million long.
    pub(crate) fn find(&self, node: u32, to: u32, value: S) -> u32 {
        let row = self.range(node);
        let at = self.arcs[row.clone()].partition_point(|x| x.value > value || (x.value == value && x.to < to));
        (row.start + at) as u32
    }
}

/// A pair as the caller has it, in units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// Its two nodes.
    pub(crate) ends: [u32; 2],
    /// Worth of an hour in units; pairs worth 0 or less are left out.
    pub(crate) value: i128,
    /// Its own limit of hours, in units; `i64::MAX` for none.
    pub(crate) cap: i64,
}

/// Both sides of the problem. Side 0 are the volunteers, side 1 the needs; everything treats them alike.
#[derive(Debug)]
pub(crate) struct Graph<S> {
    pub(crate) sides: [Side<S>; 2],
    /// Values count `2^shift` price units each, so that prices have room below the unit of values.
    pub(crate) shift: u32,
    /// The largest value, before the shift.
    pub(crate) largest: i128,
    /// The hours behind those of the sides, where these are in grains.
    pub(crate) exact: Option<Exact>,
}

impl<S: Stored> Graph<S> {
    /// Sorts the links into both sides' rows. Links that no solution can use are left out: worth nothing, capped at
    /// nothing, or at a node without hours. No two links have the same ends.
    pub(crate) fn new(
        hours: [Vec<i64>; 2],
        count: usize,
        link: &(impl Fn(usize) -> Link + ?Sized),
        shift: u32,
    ) -> Self {
        Self::build(hours, count, link, shift, false)
    }

    /// A graph whose nodes' hours may change: limits of pairs stay also where the hours at hand keep them anyway.
    pub(crate) fn standing(hours: [Vec<i64>; 2], count: usize, link: &(impl Fn(usize) -> Link + ?Sized)) -> Self {
        Self::build(hours, count, link, 0, true)
    }

    fn build(
        hours: [Vec<i64>; 2],
        count: usize,
        link: &(impl Fn(usize) -> Link + ?Sized),
        shift: u32,
        standing: bool,
    ) -> Self {
        let useful =
            |x: &Link| x.value > 0 && x.cap > 0 && hours[0][x.ends[0] as usize] > 0 && hours[1][x.ends[1] as usize] > 0;
        let least = |x: &Link| hours[0][x.ends[0] as usize].min(hours[1][x.ends[1] as usize]);
        let room = |x: &Link| if standing { i64::MAX } else { least(x) };
        let mut start = [vec![0u32; hours[0].len() + 1], vec![0u32; hours[1].len() + 1]];
        let (mut capped, mut largest) = (false, 0);
        for at in 0..count {
            let x = link(at);
            if useful(&x) {
                start[0][x.ends[0] as usize + 1] += 1;
                start[1][x.ends[1] as usize + 1] += 1;
                capped |= x.cap < room(&x);
                largest = largest.max(x.value);
            }
        }
        for rows in &mut start {
            for at in 1..rows.len() {
                rows[at] += rows[at - 1];
            }
        }
        let total = start[0].last().map_or(0, |x| *x as usize);
        let blank = Arc { to: 0, value: S::store(0) };
        let mut arcs = vec![blank; total];
        let mut caps = vec![0i64; if capped { total } else { 0 }];
        let mut next = start[0].clone();
        for at in 0..count {
            let x = link(at);
            if useful(&x) {
                let slot = next[x.ends[0] as usize] as usize;
                next[x.ends[0] as usize] += 1;
                arcs[slot] = Arc { to: x.ends[1], value: S::store(x.value) };
                if capped {
                    caps[slot] = if x.cap < room(&x) { x.cap } else { i64::MAX };
                }
            }
        }
        drop(next);
        let [start0, start1] = start;
        let [hours0, hours1] = hours;
        let mut first = Side { start: start0, arcs, caps, hours: hours0 };
        sort_rows(&mut first);
        let second = mirror(&first, start1, hours1);
        Self { sides: [first, second], shift, largest, exact: None }
    }

    /// The same graph in exact hours, with only the arcs that `keep` says, by their positions on side 0.
    pub(crate) fn core(&self, keep: &[bool]) -> Self {
        let [people, needs] = &self.sides;
        let kept = || keep.iter().zip(0usize..).filter(|(keep, _)| **keep).map(|(_, at)| at);
        let mut rows = vec![0u32; people.start.len()];
        for node in 0..people.len() {
            let range = people.range(node as u32);
            rows[node + 1] = rows[node] + keep[range].iter().filter(|x| **x).count() as u32;
        }
        // Grown by doubling it would take a good part more.
        let total = rows.last().map_or(0, |x| *x as usize);
        let mut arcs: Vec<Arc<S>> = Vec::with_capacity(total);
        arcs.extend(kept().map(|at| people.arcs[at]));
        let mut caps = Vec::with_capacity(if people.capped() { total } else { 0 });
        if people.capped() {
            caps.extend(kept().map(|at| self.exact_caps()[at]));
        }
        let mut start = vec![0u32; needs.start.len()];
        for arc in &arcs {
            start[arc.to as usize + 1] += 1;
        }
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        let first = Side { start: rows, arcs, caps, hours: self.exact_hours(0).to_vec() };
        let second = mirror(&first, start, self.exact_hours(1).to_vec());
        Self { sides: [first, second], shift: self.shift, largest: self.largest, exact: None }
    }

    /// What an hour on the arc is worth in price units.
    #[inline]
    pub(crate) fn worth(&self, value: S) -> S::Price {
        value.price() << self.shift
    }
}

fn mirror<S: Stored>(first: &Side<S>, start: Vec<u32>, hours: Vec<i64>) -> Side<S> {
    let total = first.arcs.len();
    let mut next = start.clone();
    let mut arcs = vec![Arc { to: 0, value: S::store(0) }; total];
    let mut caps = vec![0i64; first.caps.len()];
    for node in 0..first.len() as u32 {
        for at in first.range(node) {
            let arc = first.arcs[at];
            let slot = next[arc.to as usize] as usize;
            next[arc.to as usize] += 1;
            arcs[slot] = Arc { to: node, value: arc.value };
            if first.capped() {
                caps[slot] = first.caps[at];
            }
        }
    }
    let mut side = Side { start, arcs, caps, hours };
    sort_rows(&mut side);
    side
}

/// Sorts each row by falling value, then rising node.
fn sort_rows<S: Stored>(side: &mut Side<S>) {
    let (mut order, mut row, mut capped) = (Vec::new(), Vec::new(), Vec::new());
    for node in 0..side.len() as u32 {
        let range = side.range(node);
        if side.capped() {
            capped.clear();
            capped.extend(side.arcs[range.clone()].iter().copied().zip(side.caps[range.clone()].iter().copied()));
            in_order(&mut capped, |(arc, _)| *arc, &mut order);
            for (at, key) in range.zip(&order) {
                (side.arcs[at], side.caps[at]) = capped[S::place(*key) as usize];
            }
        } else {
            row.clear();
            row.extend_from_slice(&side.arcs[range.clone()]);
            in_order(&mut row, |arc| *arc, &mut order);
            for (slot, key) in side.arcs[range].iter_mut().zip(&order) {
                *slot = row[S::place(*key) as usize];
            }
        }
    }
}

/// Sorts what stands for a row by rising node, and answers in `order` where each is that comes next by falling value.
fn in_order<S: Stored, T>(row: &mut [T], arc: impl Fn(&T) -> Arc<S>, order: &mut Vec<S::Key>) {
    if !row.is_sorted_by_key(|x| arc(x).to) {
        row.sort_unstable_by_key(|x| arc(x).to);
    }
    order.clear();
    order.extend((0u32..).zip(&*row).map(|(at, x)| arc(x).value.key(at)));
    order.sort_unstable();
}
