//! The policy `floor`: the first hours of critical needs are worth something extra.

use super::instance::usize_of;
use super::round::Round;
use super::rules::{Market, Terms};
use super::solve::Effort;

/// How much dearer than any hour a mild floor is: first hardly, and where it is not kept then, a few times.
pub(crate) const MILD: [i128; 2] = [1, 5];

/// How much dearer than any hour a floor is that outranks every other use: a unit more for one need may move others along a
/// chain that passes each node once.
pub(crate) fn chain(market: &Market) -> i128 {
    let [people, needs] = &market.hours;
    i128::try_from(people.len() + needs.len()).unwrap_or(i128::MAX)
}

/// The hours that tier-1 needs are to have before all else.
pub(crate) struct Floor {
    /// Those of each need; 0 for other tiers.
    target: Vec<i64>,
    /// As many as all of these can have at once.
    level: i64,
}

impl Floor {
    /// So many hours for each tier-1 need, or all it wants.
    pub(crate) fn of(round: &Round, market: &Market, floor: i64) -> Self {
        let [_, wanted] = &market.hours;
        let needs = round.openings.iter().zip(wanted);
        let target: Vec<i64> =
            needs.map(|(opening, hours)| if opening.tier == 1 { floor.min(*hours) } else { 0 }).collect();
        let level = common_level(market, &target);
        Self { target, level }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.target.iter().all(|hours| *hours <= 0)
    }

    /// Makes these hours so many times as dear as any others, and up to the common level as many times dearer again.
    pub(crate) fn set(&self, market: &mut Market, times: i128) {
        let dearest = market.links.iter().map(|x| x.value).max().unwrap_or(0);
        let extra = dearest.saturating_mul(times).saturating_add(1);
        let steps = |target: &i64| {
            let first = self.level.min(*target);
            let steps = [(first, extra.saturating_mul(times)), (target - first, extra)];
            steps.into_iter().filter(|(hours, _)| *hours > 0).collect::<Vec<_>>()
        };
        market.extra = self.target.iter().map(steps).collect();
    }
}

/// The most hours that all needs with a target (and somebody who could help) can have at once, up to their targets.
fn common_level(market: &Market, target: &[i64]) -> i64 {
    let mut cover = market.clone();
    for link in &mut cover.links {
        link.value = 1;
    }
    let links = cover.usable_links();
    let mut helped = vec![false; target.len()];
    for at in &links {
        let [_, need] = cover.link(*at).ends;
        if let Some(slot) = helped.get_mut(usize_of(need)) {
            *slot = true;
        }
    }
    let room = cover.room();
    let reached = |level: i64| {
        let needs = target.iter().zip(&room).zip(&helped);
        let part: Vec<i64> =
            needs.map(|((target, room), helped)| if *helped { level.min(*target).min(*room) } else { 0 }).collect();
        let terms = Terms { links: &links, room: &part, reserve: false, toll: None };
        let flow = cover.solve(&terms, &Effort::default(), &mut || true);
        flow.value >= part.iter().map(|x| i128::from(*x)).sum()
    };
    let (mut low, mut high) = (0, target.iter().copied().max().unwrap_or(0));
    while low < high {
        let middle = high - (high - low) / 2;
        if reached(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
