//! The solver against an oracle and against published optima.

#![allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "test arithmetic in small ranges, and results that must be exact"
)]

use super::*;

/// The solver's own chance, with what instances want of it.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        let mut dice = dice::Dice(self.0);
        let drawn = dice.next();
        self.0 = dice.0;
        drawn
    }
    /// From 0 to `n - 1`.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub(super) fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// The best total by successive longest paths (Bellman–Ford), one hour unit after the other: slow and plain.
fn oracle(instance: &Instance, unit: f64) -> f64 {
    let (people, needs) = (instance.volunteers().len(), instance.needs().len());
    let whole = |x: f64| (x / unit).round() as i64;
    // (from, to, room, value); each arc's opposite stands next to it.
    let mut arcs: Vec<(usize, usize, i64, f64)> = vec![];
    let (source, sink) = (people + needs, people + needs + 1);
    let mut add = |from, to, room, value| {
        arcs.push((from, to, room, value));
        arcs.push((to, from, 0, -value));
    };
    for (i, x) in instance.volunteers().iter().enumerate() {
        add(source, i, whole(x.hours), 0.0);
    }
    for (j, x) in instance.needs().iter().enumerate() {
        add(people + j, sink, whole(x.hours), 0.0);
    }
    for x in instance.pairs().iter() {
        let cap = if x.max_hours.is_finite() { whole(x.max_hours) } else { 1 << 40 };
        add(x.volunteer as usize, people + x.need as usize, cap, x.value);
    }
    let mut total = 0.0;
    loop {
        let mut best = vec![f64::NEG_INFINITY; sink + 1];
        let mut before = vec![usize::MAX; sink + 1];
        best[source] = 0.0;
        loop {
            let mut changed = false;
            for (at, (from, to, room, value)) in arcs.iter().enumerate() {
                if *room > 0 && best[*from] + value > best[*to] + 1e-9 {
                    best[*to] = best[*from] + value;
                    before[*to] = at;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        if best[sink] <= 1e-9 {
            return total * unit;
        }
        let mut path = vec![];
        let mut at = sink;
        while at != source {
            path.push(before[at]);
            at = arcs[before[at]].0;
        }
        let amount = path.iter().map(|x| arcs[*x].2).min().unwrap();
        for x in path {
            arcs[x].2 -= amount;
            arcs[x ^ 1].2 += amount;
        }
        total += best[sink] * amount as f64;
    }
}

/// A small instance with everything odd in it now and then; `unit` is what all its hours are multiples of.
pub(super) fn small(dice: &mut Dice) -> (Instance, f64) {
    let unit = dice.of(&[1.0, 1.0, 1.0, 0.5, 0.25]);
    let worth = dice.of(&[1.0, 1.0, 0.5, 0.01]);
    let (people, needs) = (dice.below(13), dice.below(13));
    let (most_hours, most_value) = (dice.of(&[1, 3, 12, 40]), dice.of(&[2, 5, 60, 20_000]));
    let density = dice.of(&[15, 40, 90]);
    let capped = dice.below(2) == 0;
    let zero = dice.below(3) == 0;
    let hours = |dice: &mut Dice| {
        if zero && dice.below(4) == 0 { 0.0 } else { (1 + dice.below(most_hours)) as f64 * unit }
    };
    let volunteers =
        (0..people).map(|i| Volunteer { id: format!("v{i}").into(), hours: hours(dice) }).collect::<Vec<_>>();
    let list = (0..needs).map(|j| Need { id: format!("n{j}").into(), hours: hours(dice), seats: None }).collect();
    let mut pairs = vec![];
    for i in 0..people as u32 {
        // Now and then somebody fits nothing.
        if dice.below(6) == 0 {
            continue;
        }
        for j in 0..needs as u32 {
            if dice.below(100) < density {
                let value = dice.below(most_value + 1) as f64 * worth;
                let cap = if capped && dice.below(2) == 0 { dice.below(6) as f64 * unit } else { f64::INFINITY };
                pairs.push(Pair { volunteer: i, need: j, value, max_hours: cap });
            }
        }
    }
    (Instance::new(volunteers, list, pairs).unwrap(), unit)
}

pub(super) fn claim(instance: &Instance, solution: &Solution) -> Claim {
    let mut text = vec![];
    write_json(&mut text, instance, solution).unwrap();
    Claim::read_json(&text, instance).unwrap()
}

#[test]
fn two_thousand_small_instances_are_solved_to_proven_optimality() {
    let mut dice = Dice(5);
    let mut worth = 0.0;
    for round in 0..2_000 {
        let (instance, unit) = small(&mut dice);
        let solution = transport(&instance, &Effort::default(), &mut |_| true);
        let best = oracle(&instance, unit);
        assert!((solution.value - best).abs() < 1e-6, "{round}: {} against {best}\n{instance:?}", solution.value);
        assert_eq!(solution.value, solution.bound, "{round}: {instance:?}");
        assert_eq!(solution.gap, 0.0, "{round}");
        let verdict = check(&instance, &claim(&instance, &solution));
        assert_eq!(verdict.findings, Vec::<String>::new(), "{round}: {instance:?} {solution:?}");
        worth += best;
    }
    assert!(worth > 1e6, "the instances are not all empty");
}

/// Values and hours that are no short decimals, of very different size.
fn odd_numbers(dice: &mut Dice, spread: u64, whole_hours: bool) -> Instance {
    let number = |dice: &mut Dice| {
        let fraction = (dice.next() >> 11) as f64 / (1u64 << 53) as f64;
        fraction * 10f64.powi(dice.below(spread) as i32)
    };
    // Whole hours leave nothing to rounding.
    let hours = |dice: &mut Dice| if whole_hours { dice.below(40) as f64 } else { number(dice) };
    let volunteers = (0..8).map(|i| Volunteer { id: format!("v{i}").into(), hours: hours(dice) }).collect();
    let needs = (0..8).map(|j| Need { id: format!("n{j}").into(), hours: hours(dice), seats: None }).collect();
    let mut pairs = vec![];
    for (volunteer, need) in (0..8).flat_map(|i| (0..8).map(move |j| (i, j))) {
        let max_hours = if dice.below(3) == 0 { hours(dice) } else { f64::INFINITY };
        pairs.push(Pair { volunteer, need, value: number(dice), max_hours });
    }
    Instance::new(volunteers, needs, pairs).unwrap()
}

#[test]
fn any_doubles_are_solved_and_their_bound_is_true() {
    let mut dice = Dice(23);
    for (spread, whole, most) in
        [(2u64, true, 0.0), (5, true, 0.0), (2, false, 1e-12), (40, false, 1.0), (300, false, 1.0)]
    {
        for round in 0..40 {
            let instance = odd_numbers(&mut dice, spread, whole);
            let solution = transport(&instance, &Effort::default(), &mut |_| true);
            assert!(solution.gap <= most, "{spread} {round}: {} {instance:?}", solution.gap);
            let verdict = check(&instance, &claim(&instance, &solution));
            assert_eq!(verdict.findings, Vec::<String>::new(), "{spread} {round}: {instance:?} {solution:?}");
        }
    }
}

#[test]
fn repairs_alone_reach_the_optimum_and_keep_it_through_changes() {
    use super::exact::Network;
    use super::graph::{Graph, Link};
    let mut dice = Dice(29);
    for round in 0..400 {
        let (instance, unit) = small(&mut dice);
        let hour = |x: f64| if x.is_finite() { (x / unit).round() as i64 } else { i64::MAX };
        let hours = [
            instance.volunteers().iter().map(|x| hour(x.hours)).collect::<Vec<_>>(),
            instance.needs().iter().map(|x| hour(x.hours)).collect(),
        ];
        let link = |at: usize| {
            let pair = instance.pairs().get(at).unwrap();
            Link {
                ends: [pair.volunteer, pair.need],
                value: (pair.value * 100.0).round() as i128,
                cap: hour(pair.max_hours),
            }
        };
        let graph = Graph::<i32>::new(hours, instance.pairs().len(), &link, 0);
        let mut network = Network::new(&graph, vec![0; instance.needs().len()], std::iter::empty());
        network.repair(usize::MAX, &mut || false);
        let worth = network.worth();
        assert_eq!(worth.value, worth.bound, "{round}: {instance:?}");
        let best = oracle(&instance, unit);
        assert!((worth.value as f64 * unit / 100.0 - best).abs() < 1e-6, "{round}: {worth:?} {best} {instance:?}");
    }
}

#[test]
fn a_need_with_very_many_pairs_takes_no_longer_than_its_pairs() {
    let mut dice = Dice(43);
    for capped in [false, true] {
        let people = 30_000u32;
        let volunteers =
            (0..people).map(|i| Volunteer { id: format!("v{i}").into(), hours: 1.0 + dice.below(9) as f64 }).collect();
        let need = |id: &str, hours| Need { id: id.into(), hours, seats: None };
        let needs = vec![need("popular", 60_000.0), need("small", 500.0)];
        let mut pairs = vec![];
        for volunteer in 0..people {
            let most = 10u64.pow(1 + dice.below(5) as u32);
            let max_hours = if capped { 1.0 + dice.below(4) as f64 } else { f64::INFINITY };
            pairs.push(Pair { volunteer, need: 0, value: 1.0 + dice.below(most) as f64, max_hours });
            if volunteer < 1_000 {
                pairs.push(Pair { volunteer, need: 1, value: 7.0, max_hours: f64::INFINITY });
            }
        }
        let instance = Instance::new(volunteers, needs, pairs).unwrap();
        // A quadratic solver would look at 900 million arcs; the clock only catches those.
        let start = std::time::Instant::now();
        let solution = transport(&instance, &Effort::default(), &mut |_| true);
        assert_eq!(solution.gap, 0.0);
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
        assert_eq!(check(&instance, &claim(&instance, &solution)).findings, Vec::<String>::new());
    }
}

/// The same from the other side: somebody with hours for everything.
#[test]
fn a_volunteer_with_very_many_needs_takes_no_longer_than_the_pairs() {
    let mut dice = Dice(44);
    let count = 200_000u32;
    let volunteers = ["tireless", "usual"].map(|id| Volunteer { id: id.into(), hours: 1e6 }).to_vec();
    let needs = (0..count)
        .map(|j| Need { id: format!("n{j}").into(), hours: 1.0 + dice.below(4) as f64, seats: None })
        .collect();
    let pairs = (0..count).map(|need| {
        let value = 1.0 + dice.below(50_000) as f64;
        Pair { volunteer: u32::from(need % 1_000 == 0), need, value, max_hours: f64::INFINITY }
    });
    let instance = Instance::new(volunteers, needs, pairs.collect()).unwrap();
    // A quadratic one would look at 20,000 million hours; the clock only catches those.
    let start = std::time::Instant::now();
    let solution = transport(&instance, &Effort::default(), &mut |_| true);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    assert_eq!((solution.gap, solution.shares.len()), (0.0, 200_000));
    assert_eq!(check(&instance, &claim(&instance, &solution)).findings, Vec::<String>::new());
}

#[test]
fn a_solver_that_is_stopped_or_content_early_still_proves_its_bound() {
    let mut dice = Dice(41);
    for round in 0..200 {
        let (instance, unit) = small(&mut dice);
        let best = oracle(&instance, unit);
        let mut left = dice.below(4);
        let solution = transport(&instance, &Effort::default(), &mut |_| {
            left = left.saturating_sub(1);
            left > 0
        });
        assert!(solution.value <= best + 1e-6 && best <= solution.bound + 1e-6, "{round}: {best} {solution:?}");
        let content = transport(&instance, &Effort { gap: 0.05, time: None }, &mut |_| true);
        assert!(content.gap <= 0.05, "{round}: {content:?}");
        for solution in [solution, content] {
            let verdict = check(&instance, &claim(&instance, &solution));
            assert_eq!(verdict.findings, Vec::<String>::new(), "{round}: {instance:?} {solution:?}");
        }
    }
}

#[test]
fn wrong_claims_are_found_out() {
    let (instance, _) = small(&mut Dice(8));
    let solution = transport(&instance, &Effort::default(), &mut |_| true);
    let good = claim(&instance, &solution);
    assert!(good.value > 0.0 && check(&instance, &good).findings.is_empty());
    let wrong = |change: &dyn Fn(&mut Claim)| {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(!check(&instance, &bad).findings.is_empty(), "{bad:?} passes");
    };
    wrong(&|x| x.value += 1.0);
    wrong(&|x| x.bound -= 1.0);
    wrong(&|x| x.gap = 0.5);
    wrong(&|x| x.pairs[0].2 += 100.0);
    wrong(&|x| x.pairs[0].2 = f64::NAN);
    wrong(&|x| x.pairs[0].2 = -1.0);
    wrong(&|x| x.pairs.truncate(x.pairs.len() - 1));
    wrong(&|x| x.pairs.push(x.pairs[0]));
    wrong(&|x| x.need_prices.iter_mut().for_each(|p| *p = 0.0));
    wrong(&|x| x.need_prices[0] = -1.0);
    wrong(&|x| x.volunteer_prices[0] += 1.0);
}

#[test]
fn published_instances_give_the_published_optimum() {
    let Some(folder) = crate::published::published("matching") else { return };
    let optima = std::fs::read(folder.join("optimum.json")).unwrap();
    let optima: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_slice(&optima).unwrap();
    assert!(!optima.is_empty());
    for (name, known) in optima {
        let instance = read_json(&std::fs::read(folder.join(format!("{name}.json.gz"))).unwrap()).unwrap();
        assert_eq!(instance.pairs().len() as u64, known["pairs"].as_u64().unwrap());
        let solution = transport(&instance, &Effort::default(), &mut |_| true);
        assert_eq!(solution.value, known["optimum"].as_f64().unwrap(), "{name}");
        assert_eq!(solution.gap, 0.0, "{name}");
        let verdict = check(&instance, &claim(&instance, &solution));
        assert_eq!(verdict.findings, Vec::<String>::new(), "{name}");
    }
}

/// The best plan with seats: every choice of people for every need, each solved by the oracle.
fn seat_oracle(instance: &Instance) -> f64 {
    let count = instance.pairs().len();
    let mut best = 0f64;
    for mask in 0u32..1 << count {
        let pairs: Vec<Pair> =
            instance.pairs().iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, x)| x).collect();
        let mut people = vec![0; instance.needs().len()];
        for pair in &pairs {
            people[pair.need as usize] += 1;
        }
        if people.iter().zip(instance.needs()).all(|(n, x)| x.seats.is_none_or(|seats| *n <= seats)) {
            let part = Instance::new(instance.volunteers().to_vec(), instance.needs().to_vec(), pairs).unwrap();
            best = best.max(oracle(&part, 1.0));
        }
    }
    best
}

fn seated(dice: &mut Dice, people: u64, needs: u64, most_pairs: usize) -> Instance {
    let volunteers =
        (0..people).map(|i| Volunteer { id: format!("v{i}").into(), hours: dice.below(9) as f64 }).collect::<Vec<_>>();
    let list = (0..needs)
        .map(|j| {
            let seats = (dice.below(4) > 0).then(|| dice.below(3) as u32);
            Need { id: format!("n{j}").into(), hours: dice.below(12) as f64, seats }
        })
        .collect();
    let mut pairs = vec![];
    for volunteer in 0..people as u32 {
        for need in 0..needs as u32 {
            if dice.below(3) > 0 && pairs.len() < most_pairs {
                let max_hours = if dice.below(4) == 0 { dice.below(5) as f64 } else { f64::INFINITY };
                pairs.push(Pair { volunteer, need, value: dice.below(20) as f64, max_hours });
            }
        }
    }
    Instance::new(volunteers, list, pairs).unwrap()
}

#[test]
fn seats_are_kept_and_the_bound_holds() {
    let mut dice = Dice(17);
    let (mut found, mut possible, mut bounded) = (0.0, 0.0, 0.0);
    for round in 0..150 {
        let (people, needs) = (1 + dice.below(5), 1 + dice.below(4));
        let instance = seated(&mut dice, people, needs, 10);
        let solution = allocate(&instance, &Effort::default(), &mut |_| true);
        let best = seat_oracle(&instance);
        assert!(
            solution.value <= best + 1e-6 && best <= solution.bound + 1e-6,
            "{round}: {best} {solution:?} {instance:?}"
        );
        let verdict = check(&instance, &claim(&instance, &solution));
        assert_eq!(verdict.findings, Vec::<String>::new(), "{round}: {instance:?} {solution:?}");
        found += solution.value;
        possible += best;
        bounded += solution.bound;
    }
    eprintln!("with seats: {found} of {possible} possible, bound {bounded}");
    assert!(found >= 0.98 * possible, "{found} of {possible}");
}
