//! Which pairs work together when seats are few: rounding and local search around exact flows.

use super::graph::Link;
use super::instance::usize_of;
use super::rules::{Flow, Market, Terms};
use super::solve::Effort;

/// The chosen pairs and what they use up.
#[derive(Clone)]
struct Support<'m> {
    market: &'m Market,
    chosen: Vec<bool>,
    /// Partners of each person, and of each need.
    partners: [Vec<u32>; 2],
    /// Least hours set aside for chosen pairs: of people, needs and budgets.
    reserved: [Vec<i64>; 3],
}

/// A plan that obeys the rules.
pub(crate) struct Packed {
    /// Hours on each link of the market.
    pub(crate) hours: Vec<i64>,
    /// What they are worth.
    pub(crate) value: i128,
}

impl<'m> Support<'m> {
    fn new(market: &'m Market) -> Self {
        let [people, needs] = &market.hours;
        Self {
            market,
            chosen: vec![false; market.links.len()],
            partners: [vec![0; people.len()], vec![0; needs.len()]],
            reserved: [vec![0; people.len()], vec![0; needs.len()], vec![0; market.budget.len()]],
        }
    }

    fn has(&self, at: u32) -> bool {
        self.chosen.get(usize_of(at)).copied().unwrap_or(false)
    }

    fn list(&self) -> Vec<u32> {
        (0u32..).zip(&self.chosen).filter(|(_, x)| **x).map(|(at, _)| at).collect()
    }

    fn crowded(&self, side: usize, node: u32) -> bool {
        let used = self.partners.get(side).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(0);
        used >= self.market.partners_of(side, node)
    }

    fn spare(&self, kind: usize, node: u32, of: i64) -> i64 {
        of - self.reserved.get(kind).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(0)
    }

    /// Whether the least hours of the link still fit everywhere.
    fn affordable(&self, link: &Link) -> bool {
        let [person, need] = link.ends;
        let least = self.market.least_of(need);
        let budget = self.market.group_of(need).is_none_or(|group| {
            let hours = self.market.budget.get(usize_of(group)).copied().unwrap_or(0);
            self.spare(2, group, hours) >= least.max(1)
        });
        budget
            && self.spare(0, person, self.market.hours_of(0, person)) >= least.max(1)
            && self.spare(1, need, self.market.hours_of(1, need)) >= least.max(1)
    }

    fn fits(&self, link: &Link) -> bool {
        let [person, need] = link.ends;
        self.market.usable(link) && !self.crowded(0, person) && !self.crowded(1, need) && self.affordable(link)
    }

    fn set(&mut self, at: u32, on: bool) {
        let Some(slot) = self.chosen.get_mut(usize_of(at)) else { return };
        if std::mem::replace(slot, on) == on {
            return;
        }
        let ends = self.market.link(at).ends;
        let [person, need] = ends;
        for (used, node) in self.partners.iter_mut().zip(ends) {
            if let Some(used) = used.get_mut(usize_of(node)) {
                *used = if on { *used + 1 } else { *used - 1 };
            }
        }
        let least = self.market.least_of(need);
        let nodes = [Some(person), Some(need), self.market.group_of(need)];
        for (reserved, node) in self.reserved.iter_mut().zip(nodes) {
            if let Some(slot) = node.and_then(|x| reserved.get_mut(usize_of(x))) {
                *slot += if on { least } else { -least };
            }
        }
    }
}

/// Rounds between solving and improving, at most.
const ROUNDS: usize = 60;

/// Makes a plan that obeys the market's rules, starting from a flow that need not. `None` when asked to stop before there
/// is one.
pub(crate) fn pack(market: &Market, guide: &Flow, go_on: &mut dyn FnMut() -> bool) -> Option<Packed> {
    let mut order: Vec<u32> = (0u32..).zip(&guide.hours).filter(|(_, x)| **x > 0).map(|(at, _)| at).collect();
    let worth = |at: u32| {
        let link = market.link(at);
        let [_, need] = link.ends;
        let extra = market.extra_of(need).first().map_or(0, |x| x.1);
        (link.value + extra) * i128::from(guide.hours.get(usize_of(at)).copied().unwrap_or(0))
    };
    order.sort_by_key(|at| std::cmp::Reverse(worth(*at)));
    let mut support = Support::new(market);
    for at in order {
        if support.fits(&market.link(at)) {
            support.set(at, true);
        }
    }
    let [_, room] = &market.hours;
    let mut best: Option<(Packed, Support<'_>, Flow)> = None;
    let mut batch = market.links.len().max(1);
    for _ in 0..ROUNDS {
        if !go_on() {
            break;
        }
        let links = support.list();
        let terms = Terms { links: &links, room, reserve: true, toll: None };
        let flow = market.solve(&terms, &Effort::default(), &mut || true);
        let better = best.as_ref().is_none_or(|(known, ..)| flow.value > known.value);
        if better {
            best = Some((Packed { hours: flow.hours.clone(), value: flow.value }, support.clone(), flow));
        } else {
            batch /= 4;
        }
        let Some((_, known, flow)) = &best else { break };
        support = known.clone();
        if batch == 0 || improve(market, &mut support, flow, batch) == 0 {
            break;
        }
    }
    best.map(|(packed, ..)| packed)
}

/// One promising change: a pair to add, and what it might bring.
struct Change {
    at: u32,
    gain: i128,
}

/// Drops pairs that are not worth their place and adds or swaps in the most promising others, at most `batch` of them and
/// one at each node. Answers how many changes it made.
fn improve(market: &Market, support: &mut Support<'_>, flow: &Flow, batch: usize) -> usize {
    let hours = |at: u32| flow.hours.get(usize_of(at)).copied().unwrap_or(0);
    let price = |side: usize, node: u32| flow.price.get(side).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(0);
    let mut changes = 0;
    for at in support.list() {
        let link = market.link(at);
        let [person, need] = link.ends;
        let unloved = link.value < price(0, person) + price(1, need) && hours(at) <= market.least_of(need);
        if hours(at) == 0 || (unloved && changes < batch) {
            support.set(at, false);
            changes += usize::from(unloved);
        }
    }
    let mut candidates: Vec<Change> = (0u32..)
        .zip(&market.links)
        .filter(|(at, link)| !support.has(*at) && market.usable(link))
        .filter_map(|(at, link)| {
            let [person, need] = link.ends;
            let more = link.value - price(0, person) - price(1, need);
            (more > 0).then(|| Change { at, gain: more * i128::from(market.reach(link)) })
        })
        .collect();
    candidates.sort_by_key(|x| (std::cmp::Reverse(x.gain), x.at));
    let members = Members::new(market, support);
    let [people, needs] = &market.hours;
    let mut touched = [vec![false; people.len()], vec![false; needs.len()]];
    for change in candidates {
        if changes >= batch {
            break;
        }
        let link = market.link(change.at);
        let busy = touched.iter().zip(link.ends).any(|(list, node)| list.get(usize_of(node)).copied().unwrap_or(true));
        if busy {
            continue;
        }
        let mut out: Vec<u32> = Vec::new();
        for (side, node) in [0, 1].into_iter().zip(link.ends) {
            if support.crowded(side, node) {
                let weakest = members.weakest(side, node, &|at| stake(market, flow, side, at));
                let [person, need] = link.ends;
                let own = if side == 1 { person } else { need };
                let promise = (link.value - price(1 - side, own)) * i128::from(market.reach(&link));
                match weakest {
                    Some((at, stake)) if stake < promise && support.has(at) => out.push(at),
                    _ => {
                        out.clear();
                        out.push(u32::MAX);
                        break;
                    }
                }
            }
        }
        if out.contains(&u32::MAX) {
            continue;
        }
        for at in &out {
            support.set(*at, false);
        }
        if support.fits(&link) {
            support.set(change.at, true);
            for (list, node) in touched.iter_mut().zip(link.ends) {
                if let Some(slot) = list.get_mut(usize_of(node)) {
                    *slot = true;
                }
            }
            changes += 1;
        } else {
            for at in out {
                support.set(at, true);
            }
        }
    }
    changes
}

/// What the node would lose by letting this pair go: its hours at what they are worth above the partner's price.
fn stake(market: &Market, flow: &Flow, side: usize, at: u32) -> i128 {
    let link = market.link(at);
    let [person, need] = link.ends;
    let (other, node) = if side == 1 { (0, person) } else { (1, need) };
    let price = flow.price.get(other).and_then(|x| x.get(usize_of(node))).copied().unwrap_or(0);
    (link.value - price) * i128::from(flow.hours.get(usize_of(at)).copied().unwrap_or(0))
}

/// The chosen pairs of each node.
struct Members {
    lists: [Vec<Vec<u32>>; 2],
}

impl Members {
    fn new(market: &Market, support: &Support<'_>) -> Self {
        let [people, needs] = &market.hours;
        let mut lists = [vec![Vec::new(); people.len()], vec![Vec::new(); needs.len()]];
        for at in support.list() {
            for (list, node) in lists.iter_mut().zip(market.link(at).ends) {
                if let Some(list) = list.get_mut(usize_of(node)) {
                    list.push(at);
                }
            }
        }
        Self { lists }
    }

    fn weakest(&self, side: usize, node: u32, stake: &dyn Fn(u32) -> i128) -> Option<(u32, i128)> {
        let list = self.lists.get(side).and_then(|x| x.get(usize_of(node)))?;
        list.iter().map(|at| (*at, stake(*at))).min_by_key(|(at, stake)| (*stake, *at))
    }
}
