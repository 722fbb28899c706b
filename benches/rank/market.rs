//! Deterministic needs and people over the shipped taxonomy: the popularity of a skill falls with its rank by Zipf's law.

use mainstay::features::matching::board::Board;
use mainstay::features::matching::score::{
    Evidence, HeldSkill, Market, NeedFacts, ProjectFacts, SkillKey, VolunteerFacts, WantedSkill,
};
use mainstay::features::skills::taxonomy::Taxonomy;
use mainstay::kernel::{AccountId, Level, NeedId, NeedKind, ProjectId, TimeZone, Timestamp, Urgency};
use std::collections::HashSet;
use uuid::Uuid;

/// `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, 2014).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

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

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.fraction() * n as f64) as usize
    }

    /// A skill by Zipf's law over an order that has nothing to do with names.
    fn skill(&mut self) -> SkillKey {
        let taxonomy = Taxonomy::shipped();
        let count = taxonomy.len() as f64;
        let rank = (count.powf(self.fraction()) - 1.0) as usize;
        let place = (rank * 7919 + 13) % taxonomy.len();
        let skill = taxonomy.skills().nth(place).map_or("rust", |skill| &*skill.slug);
        SkillKey::parse(skill).unwrap_or_else(|why| unreachable!("a skill of the taxonomy is one: {why}"))
    }

    fn level(&mut self) -> Level {
        let level = 1 + self.below(5) as i64;
        Level::parse(level).unwrap_or_else(|why| unreachable!("1 to 5 are levels: {why:?}"))
    }

    fn zone(&mut self) -> Option<TimeZone> {
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Los_Angeles", "Asia/Tokyo"];
        zones.get(self.below(6)).and_then(|zone| TimeZone::parse(zone).ok())
    }
}

fn noon() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().unwrap_or_else(|_| unreachable!("an instant"))
}

pub(crate) fn some_need(id: u64, dice: &mut Dice) -> NeedFacts {
    let project = ProjectFacts {
        id: ProjectId(Uuid::from_u128(u128::from(id / 5))),
        slug: format!("p{}", id / 5),
        name: "P".to_owned(),
    };
    let required = 2 + dice.below(4);
    let mut skills: Vec<WantedSkill> = (0..required + dice.below(2))
        .map(|n| WantedSkill { skill: dice.skill(), level: dice.level(), required: n < required })
        .collect();
    let mut named = HashSet::new();
    skills.retain(|wanted| named.insert(wanted.skill.clone()));
    NeedFacts {
        skills,
        kind: NeedKind::ALL.get(dice.below(NeedKind::ALL.len())).copied(),
        hours_per_week: 1.0 + dice.below(16) as f64 / 2.0,
        urgency: Urgency::ALL.get(dice.below(4)).copied().unwrap_or(Urgency::Normal),
        time_zones: dice.zone().into_iter().collect(),
        systemic_risk: Some(dice.fraction().powi(3)),
        pending_applications: dice.below(4) as u32,
        ..NeedFacts::new(NeedId(Uuid::from_u128(u128::from(id))), project, format!("Need {id}"), noon())
    }
}

pub(crate) fn some_person(id: u64, dice: &mut Dice) -> VolunteerFacts {
    let mut skills: Vec<HeldSkill> = (0..3 + dice.below(8))
        .map(|n| HeldSkill {
            skill: dice.skill(),
            level: dice.level(),
            evidence: if n == 0 { Evidence::Confirmed(noon().date_naive()) } else { Evidence::None },
        })
        .collect();
    let mut named = HashSet::new();
    skills.retain(|held| named.insert(held.skill.clone()));
    VolunteerFacts {
        skills,
        hours_per_week: 2.0 + dice.below(12) as f64,
        time_zone: dice.zone(),
        interest_kinds: NeedKind::ALL.get(dice.below(30)).copied().into_iter().collect(),
        ..VolunteerFacts::new(AccountId(Uuid::from_u128(u128::from(id))), format!("v{id}"))
    }
}

/// A board with so many needs and people, and what is on it.
pub(crate) fn market(needs: usize, people: usize) -> (Board, Vec<NeedFacts>, Vec<VolunteerFacts>) {
    let mut dice = Dice::new(7);
    let mut board = Board::new(Market::new(noon().date_naive()));
    let needs: Vec<NeedFacts> = (0..needs as u64).map(|id| some_need(id, &mut dice)).collect();
    let people: Vec<VolunteerFacts> = (0..people as u64).map(|id| some_person(id, &mut dice)).collect();
    needs.iter().cloned().for_each(|need| board.upsert_need(need));
    people.iter().cloned().for_each(|person| board.upsert_volunteer(person));
    (board, needs, people)
}
