//! Deterministic markets of any size, the same on every machine.
//!
//! 400 skills in 20 clusters; a skill's popularity falls with its rank by Zipf's law (exponent 1), and so does a cluster's
//! (exponent 0.5). A project has a cluster and a criticality (the cube of a uniform number, so that few are critical); five
//! needs come on a project. A need asks for 2 to 6 skills with levels, 70% of them out of its project's cluster, and for 4 to
//! 80 hours a month, log-uniformly. A volunteer knows 3 to 10 skills, 60% of them out of one cluster, and offers 4 to 80 hours
//! a month, mostly few. Zones are the populated ones. The worth of an hour is the fit of the skills, weighted by rarity, and
//! of the zone, raised by criticality and urgency: a whole number up to some 40,000.
//!
//! Pairs are each volunteer's 25 best needs and each need's 25 best volunteers. About 41 a volunteer are left when doubles are
//! gone.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "a generator of numbers in known small ranges"
)]

const SKILLS: usize = 400;
const CLUSTERS: usize = 20;
const BEST: usize = 25;

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn below(&mut self, n: usize) -> usize {
        (self.fraction() * n as f64) as usize
    }
    fn weighted(&mut self, cumulative: &[f64]) -> usize {
        let x = self.fraction() * cumulative.last().copied().unwrap_or(1.0);
        cumulative.partition_point(|c| *c <= x).min(cumulative.len() - 1)
    }
}

fn cumulative(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, x| {
            *sum += x;
            Some(*sum)
        })
        .collect()
}

fn zipf(n: usize, exponent: f64) -> Vec<f64> {
    cumulative((1..=n).map(|rank| 1.0 / (rank as f64).powf(exponent)))
}

/// Somebody or something with skills, hours and a zone.
struct Party {
    skills: Vec<(u16, u8)>,
    hours: u32,
    zone: i8,
    /// For a need, in percent: how much criticality and urgency raise the worth of an hour.
    weight: u32,
}

/// An allocation instance in whole numbers.
pub(crate) struct Market {
    pub(crate) offered: Vec<u32>,
    pub(crate) wanted: Vec<u32>,
    /// Volunteer, need, worth of an hour, most hours (`u32::MAX` for no limit).
    pub(crate) pairs: Vec<[u32; 4]>,
}

const ZONES: [i8; 12] = [-8, -7, -5, -3, 0, 1, 2, 3, 5, 8, 9, 10];
const ZONE_WEIGHTS: [f64; 12] = [9., 3., 12., 4., 8., 16., 8., 4., 14., 10., 4., 2.];

struct Laws {
    all: Vec<f64>,
    inside: Vec<f64>,
    clusters: Vec<f64>,
    zones: Vec<f64>,
}

impl Laws {
    fn skills(&self, dice: &mut Dice, count: usize, cluster: usize, loyal: f64, levels: &[f64]) -> Vec<(u16, u8)> {
        let mut skills: Vec<(u16, u8)> = Vec::with_capacity(count);
        while skills.len() < count {
            let skill = if dice.fraction() < loyal {
                dice.weighted(&self.inside) * CLUSTERS + cluster
            } else {
                dice.weighted(&self.all)
            };
            if skills.iter().all(|x| usize::from(x.0) != skill) {
                skills.push((skill as u16, 1 + dice.weighted(levels) as u8));
            }
        }
        skills
    }
    fn zone(&self, dice: &mut Dice) -> i8 {
        ZONES[dice.weighted(&self.zones)]
    }
}

/// The market with so many volunteers and as many needs.
pub(crate) fn market(seed: u64, size: usize) -> Market {
    market_of(seed, size, None)
}

/// The same, with other volunteers for the same needs where a seed of theirs is given.
pub(crate) fn market_of(seed: u64, size: usize, others: Option<u64>) -> Market {
    let mut dice = Dice(seed);
    let laws = Laws {
        all: zipf(SKILLS, 1.0),
        inside: zipf(SKILLS / CLUSTERS, 1.0),
        clusters: zipf(CLUSTERS, 0.5),
        zones: cumulative(ZONE_WEIGHTS.into_iter()),
    };
    let levels = cumulative([0.10, 0.25, 0.35, 0.20, 0.10].into_iter());
    let asked = cumulative([0.25, 0.30, 0.22, 0.14, 0.09].into_iter());
    let urgency = cumulative([0.4, 0.3, 0.2, 0.1].into_iter());
    let weekly = cumulative([0.15, 0.25, 0.15, 0.20, 0.08, 0.12, 0.03, 0.02].into_iter());
    let projects: Vec<(usize, u32)> = (0..size.div_ceil(5))
        .map(|_| (dice.weighted(&laws.clusters), (100.0 * dice.fraction().powi(3)) as u32))
        .collect();
    let needs: Vec<Party> = (0..size)
        .map(|_| {
            let (cluster, critical) = projects[dice.below(projects.len())];
            let count = 2 + dice.weighted(&asked);
            Party {
                skills: laws.skills(&mut dice, count, cluster, 0.7, &levels),
                hours: (4.0 * 20f64.powf(dice.fraction())).round() as u32,
                zone: if dice.fraction() < 0.5 { i8::MAX } else { laws.zone(&mut dice) },
                weight: 100 + critical + 50 * dice.weighted(&urgency) as u32,
            }
        })
        .collect();
    dice = others.map_or(dice, Dice);
    let volunteers: Vec<Party> = (0..size)
        .map(|_| {
            let cluster = dice.weighted(&laws.clusters);
            let count = 3 + dice.below(8);
            Party {
                skills: laws.skills(&mut dice, count, cluster, 0.6, &levels),
                hours: 4 * [1, 2, 3, 4, 5, 8, 10, 20][dice.weighted(&weekly)],
                zone: laws.zone(&mut dice),
                weight: 100,
            }
        })
        .collect();
    let rarity = rarity(&needs);
    let mut keys: Vec<(u64, u32)> = Vec::new();
    best(&volunteers, &needs, &mut |i, j, value| keys.push((u64::from(i) << 32 | u64::from(j), value)), &rarity, false);
    best(&needs, &volunteers, &mut |j, i, value| keys.push((u64::from(i) << 32 | u64::from(j), value)), &rarity, true);
    keys.sort_unstable();
    keys.dedup();
    Market {
        offered: volunteers.iter().map(|x| x.hours).collect(),
        wanted: needs.iter().map(|x| x.hours).collect(),
        pairs: keys.iter().map(|(key, value)| [(key >> 32) as u32, *key as u32, *value, u32::MAX]).collect(),
    }
}

/// Weight of each skill: the logarithm of how few needs ask for it.
fn rarity(needs: &[Party]) -> Vec<f64> {
    let mut asked = vec![0usize; SKILLS];
    for (skill, _) in needs.iter().flat_map(|x| &x.skills) {
        asked[usize::from(*skill)] += 1;
    }
    asked.iter().map(|x| (1.0 + needs.len() as f64 / (1.0 + *x as f64)).ln()).collect()
}

fn zone_points(a: i8, b: i8) -> u32 {
    if a == i8::MAX || b == i8::MAX {
        return 150;
    }
    let apart = (i32::from(a) - i32::from(b)).rem_euclid(24);
    match apart.min(24 - apart) {
        0..=2 => 300,
        3..=5 => 150,
        _ => 0,
    }
}

/// Tells the best partners of every party of one side. `reversed` when these are the needs.
fn best(these: &[Party], others: &[Party], tell: &mut dyn FnMut(u32, u32, u32), rarity: &[f64], reversed: bool) {
    let mut postings: Vec<Vec<(u32, u8, u32)>> = vec![Vec::new(); SKILLS];
    let points = |need: &Party, skill: u16| {
        let sum: f64 = need.skills.iter().map(|x| rarity[usize::from(x.0)]).sum();
        (1000.0 * rarity[usize::from(skill)] / sum).round() as u32
    };
    for (at, party) in (0u32..).zip(others) {
        for (skill, level) in &party.skills {
            let points = if reversed { 0 } else { points(party, *skill) };
            postings[usize::from(*skill)].push((at, *level, points));
        }
    }
    let mut sums = vec![0u32; others.len()];
    let mut met: Vec<u32> = Vec::new();
    for (here, party) in (0u32..).zip(these) {
        for (skill, level) in &party.skills {
            let own = if reversed { points(party, *skill) } else { 0 };
            for (there, other, points) in &postings[usize::from(*skill)] {
                let (have, want) = if reversed { (*other, *level) } else { (*level, *other) };
                let fit = 4u32.saturating_sub(u32::from(want.saturating_sub(have)));
                let sum = &mut sums[*there as usize];
                if *sum == 0 {
                    met.push(*there);
                }
                *sum += fit * (points + own);
            }
        }
        let mut list: Vec<(u32, u32)> = met
            .drain(..)
            .map(|there| {
                let other = &others[there as usize];
                let sum = std::mem::take(&mut sums[there as usize]) + zone_points(party.zone, other.zone);
                (sum * party.weight.max(other.weight) / 100, there)
            })
            .collect();
        let order = |x: &(u32, u32)| (std::cmp::Reverse(x.0), x.1);
        if list.len() > BEST {
            list.select_nth_unstable_by_key(BEST - 1, order);
            list.truncate(BEST);
        }
        for (value, there) in list {
            tell(here, there, value);
        }
    }
}

/// What is made of the market to see other sides of a solver.
pub(crate) const VARIANTS: [&str; 6] = ["base", "tight", "over", "quantised", "lexicographic", "capped"];

impl Market {
    /// Changes the market to a variant: as many hours wanted as offered; three times as many offered as wanted; ten values
    /// only; a tenth of the needs before all others; pairs limited to half of their need.
    pub(crate) fn vary(&mut self, variant: &str) {
        let offered: f64 = self.offered.iter().map(|x| f64::from(*x)).sum();
        let wanted: f64 = self.wanted.iter().map(|x| f64::from(*x)).sum();
        let scale = |wanted: &mut Vec<u32>, by: f64| {
            for hours in wanted {
                *hours = ((f64::from(*hours) * by).round() as u32).max(1);
            }
        };
        match variant {
            "tight" => scale(&mut self.wanted, offered / wanted),
            "over" => scale(&mut self.wanted, offered / wanted / 3.0),
            "quantised" => self.pairs.iter_mut().for_each(|x| x[2] = x[2].div_ceil(1500) * 1500),
            "lexicographic" => {
                let critical = |need: u32| u64::from(need) * 2_654_435_761 % 1000 < 100;
                self.pairs.iter_mut().filter(|x| critical(x[1])).for_each(|x| x[2] += 1_000_000);
            }
            "capped" => {
                let wanted = &self.wanted;
                self.pairs.iter_mut().for_each(|x| x[3] = wanted[x[1] as usize].div_ceil(2));
            }
            _ => {}
        }
    }

    /// As 32-bit little-endian words: a mark, the three counts, hours offered, hours wanted, then volunteers, needs, values
    /// and limits of all pairs.
    pub(crate) fn words(&self) -> Vec<u32> {
        let counts = [0x414c_4331, self.offered.len() as u32, self.wanted.len() as u32, self.pairs.len() as u32];
        let mut words: Vec<u32> = counts.into_iter().chain(self.offered.iter().copied()).collect();
        words.extend(&self.wanted);
        for column in 0..4 {
            words.extend(self.pairs.iter().map(|x| x[column]));
        }
        words
    }
}
