//! Which skills are scarce: the hours that open needs ask for, against the hours that people with the skill offer.

use super::board::Board;
use super::score::{NeedFacts, SkillKey, VolunteerFacts};
use crate::features::skills::taxonomy::{Relation, Taxonomy};
use crate::kernel::Level;
use std::collections::{BTreeMap, HashMap};

/// What fewer people offer is not told, so that nobody's hours can be read off the figures.
pub(super) const LEAST_PEOPLE: u32 = 5;
/// Offered hours are told in steps of so many, so that one person more or less does not show.
const STEP_HOURS: f64 = 5.0;

/// How sought a skill is, and how much of it there is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shortage {
    pub skill: SkillKey,
    /// At least half of the wanted hours ask for this level or less.
    pub level: Level,
    /// How many open needs require it.
    pub needs: u32,
    /// Hours a week that they want, over all seats that are left.
    pub wanted_hours: f64,
    /// What is offered at that level; none below [`LEAST_PEOPLE`].
    pub offered: Option<Offered>,
}

/// What people with a skill offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Offered {
    pub people: u32,
    /// Hours a week, in steps of five.
    pub hours: f64,
    /// Offered against wanted hours.
    pub coverage: f64,
}

#[derive(Default)]
struct Wanted {
    needs: u32,
    by_level: BTreeMap<Level, f64>,
}

impl Wanted {
    fn hours(&self) -> f64 {
        self.by_level.values().sum()
    }

    fn level(&self) -> Option<Level> {
        let half = self.hours() / 2.0;
        let mut so_far = 0.0;
        let reached = self.by_level.iter().find(|(_, hours)| {
            so_far += *hours;
            so_far >= half
        });
        reached.map(|(level, _)| *level)
    }
}

/// Every skill that a public need requires, the scarcest first: those that hardly anybody offers by wanted hours, then the
/// others by how little of the wanted hours is offered.
pub(super) fn shortages(board: &Board) -> Vec<Shortage> {
    let mut wanted: HashMap<&SkillKey, Wanted> = HashMap::new();
    // What only some may see is not counted for all.
    for need in board.needs().filter(|need| !need.vetted_only && need.seats_left > 0) {
        for (skill, level) in required(need) {
            let wanted = wanted.entry(skill).or_default();
            wanted.needs += 1;
            *wanted.by_level.entry(level).or_default() += need.hours_per_week * f64::from(need.seats_left);
        }
    }
    let levels: HashMap<&SkillKey, Level> = wanted.iter().filter_map(|(skill, w)| Some((*skill, w.level()?))).collect();
    let mut offered: HashMap<&SkillKey, (u32, f64)> = HashMap::new();
    for person in board.volunteers().filter(|person| free_hours(person) > 0.0) {
        for (skill, level) in mastered(person) {
            let Some((skill, least)) = levels.get_key_value(&skill) else { continue };
            if level >= *least {
                let (people, hours) = offered.entry(skill).or_default();
                *people += 1;
                *hours += free_hours(person);
            }
        }
    }
    let mut all: Vec<Shortage> = levels
        .iter()
        .filter_map(|(skill, level)| {
            let (needs, wanted_hours) = wanted.get(skill).map(|wanted| (wanted.needs, wanted.hours()))?;
            let told = offered.get(skill).filter(|(people, _)| *people >= LEAST_PEOPLE);
            let offered = told.map(|(people, hours)| {
                let hours = (hours / STEP_HOURS).round() * STEP_HOURS;
                Offered { people: *people, hours, coverage: hours / wanted_hours }
            });
            Some(Shortage { skill: (*skill).clone(), level: *level, needs, wanted_hours, offered })
        })
        .collect();
    let coverage = |one: &Shortage| one.offered.map_or(-1.0, |offered| offered.coverage);
    all.sort_by(|a, b| {
        let by_figures = coverage(a).total_cmp(&coverage(b)).then(b.wanted_hours.total_cmp(&a.wanted_hours));
        by_figures.then_with(|| a.skill.cmp(&b.skill))
    });
    all
}

/// Hours a week that a person offers and has not promised yet.
pub(super) fn free_hours(person: &VolunteerFacts) -> f64 {
    let promised: f64 = person.commitments.iter().map(|commitment| commitment.hours_per_week).sum();
    (person.hours_per_week - promised).max(0.0)
}

/// The skills that a need can't do without, each once.
fn required(need: &NeedFacts) -> BTreeMap<&SkillKey, Level> {
    let mut skills: BTreeMap<&SkillKey, Level> = BTreeMap::new();
    for wanted in need.skills.iter().filter(|wanted| wanted.required) {
        skills.entry(&wanted.skill).and_modify(|level| *level = wanted.level.max(*level)).or_insert(wanted.level);
    }
    skills
}

/// The skills that a person has, and those that these imply, each at the person's best level.
fn mastered(person: &VolunteerFacts) -> BTreeMap<SkillKey, Level> {
    let mut skills: BTreeMap<SkillKey, Level> = BTreeMap::new();
    let mut note = |skill: SkillKey, level: Level| {
        skills.entry(skill).and_modify(|best| *best = level.max(*best)).or_insert(level);
    };
    for held in &person.skills {
        note(held.skill.clone(), held.level);
        if let SkillKey::Known(ix) = held.skill {
            for (ix, relation) in Taxonomy::shipped().expand(ix) {
                if matches!(relation, Relation::Implies { .. }) {
                    note(SkillKey::Known(ix), held.level);
                }
            }
        }
    }
    skills
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;
    use crate::features::matching::score::{Evidence, HeldSkill, Market, ProjectFacts, WantedSkill};
    use crate::kernel::{AccountId, NeedId, ProjectId, Timestamp};
    use chrono::NaiveDate;
    use uuid::Uuid;

    fn key(text: &str) -> SkillKey {
        SkillKey::parse(text).unwrap()
    }

    fn level(level: i64) -> Level {
        Level::parse(level).unwrap()
    }

    fn need(id: u128, hours: f64, skills: &[(&str, i64, bool)]) -> NeedFacts {
        let project = ProjectFacts { id: ProjectId(Uuid::from_u128(1)), slug: "p".into(), name: "P".into() };
        let opened: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let wanted = |(skill, at, required): &(&str, i64, bool)| WantedSkill {
            skill: key(skill),
            level: level(*at),
            required: *required,
        };
        NeedFacts {
            hours_per_week: hours,
            skills: skills.iter().map(wanted).collect(),
            ..NeedFacts::new(NeedId(Uuid::from_u128(id)), project, "Work", opened)
        }
    }

    fn person(id: u128, hours: f64, skill: &str, at: i64) -> VolunteerFacts {
        VolunteerFacts {
            hours_per_week: hours,
            skills: vec![HeldSkill { skill: key(skill), level: level(at), evidence: Evidence::None }],
            ..VolunteerFacts::new(AccountId(Uuid::from_u128(id)), format!("p{id}"))
        }
    }

    fn board(needs: Vec<NeedFacts>, people: Vec<VolunteerFacts>) -> Board {
        let mut board = Board::new(Market::new(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()));
        for need in needs {
            board.upsert_need(need);
        }
        for person in people {
            board.upsert_volunteer(person);
        }
        board
    }

    #[test]
    fn hours_are_counted_at_the_level_that_is_wanted() {
        let needs = vec![
            need(1, 10.0, &[("rust", 3, true), ("fuzzing", 2, false)]),
            NeedFacts { seats_left: 3, ..need(2, 4.0, &[("rust", 2, true)]) },
            NeedFacts { vetted_only: true, ..need(3, 50.0, &[("rust", 5, true)]) },
            NeedFacts { seats_left: 0, ..need(4, 50.0, &[("haskell", 1, true)]) },
        ];
        let mut people: Vec<VolunteerFacts> = (1..=4).map(|id| person(id, 4.0, "rust", 2)).collect();
        // Who knows what implies Rust knows Rust; who knows too little of it, or has no hour, does not count.
        people.extend([person(5, 3.0, "actix-web", 4), person(6, 40.0, "rust", 1), person(7, 0.0, "rust", 5)]);
        let found = shortages(&board(needs, people));
        let [rust] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((rust.skill.clone(), rust.level, rust.needs), (key("rust"), level(2), 2));
        assert!((rust.wanted_hours - 22.0).abs() < 1e-9);
        let offered = rust.offered.unwrap();
        assert_eq!(offered.people, 5);
        assert!((offered.hours - 20.0).abs() < 1e-9, "19 hours, in steps of five");
        assert!((offered.coverage - 20.0 / 22.0).abs() < 1e-9);
    }

    #[test]
    fn few_people_are_not_told_and_the_scarcest_comes_first() {
        let needs = vec![
            need(1, 10.0, &[("go", 1, true)]),
            need(2, 10.0, &[("rust", 1, true)]),
            need(3, 20.0, &[("haskell", 1, true)]),
            need(4, 5.0, &[("zorblax", 1, true)]),
        ];
        let mut people: Vec<VolunteerFacts> = (1..=5).map(|id| person(id, 1.0, "rust", 3)).collect();
        people.extend((11..=15).map(|id| person(id, 9.0, "go", 3)));
        people.extend((21..=24).map(|id| person(id, 40.0, "zorblax", 3)));
        let found = shortages(&board(needs, people));
        let order: Vec<&str> = found.iter().map(|one| one.skill.slug()).collect();
        assert_eq!(order, ["haskell", "zorblax", "rust", "go"]);
        assert_eq!(found.iter().map(|one| one.offered.is_some()).collect::<Vec<_>>(), [false, false, true, true]);
        assert!(shortages(&board(Vec::new(), Vec::new())).is_empty());
    }
}
