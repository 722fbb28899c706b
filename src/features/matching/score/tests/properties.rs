//! Promises that hold for any facts.

use super::*;
use crate::kernel::{NeedKind, TimeZone, Urgency};
use proptest::prelude::*;
use std::sync::Arc;

const SKILLS: &[&str] = &[
    "rust",
    "actix-web",
    "axum",
    "c",
    "c++",
    "fuzzing",
    "testing",
    "security",
    "cryptography",
    "tls",
    "python",
    "zorblax",
    "documentation",
];
const ZONES: &[&str] = &["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"];

fn any_need() -> impl Strategy<Value = NeedFacts> {
    let skills = prop::collection::vec((0..SKILLS.len(), 1i64..=5, any::<bool>()), 0..6);
    let numbers =
        (0.0..40.0f64, prop::option::of(0.0..1.0f64), prop::option::of(0.0..50.0f64), 0u32..6, 0u32..3, 0u64..60);
    let zones = prop::collection::vec(0..ZONES.len(), 0..3);
    (skills, numbers, zones, 0..NeedKind::ALL.len(), 0..Urgency::ALL.len(), prop::option::of(1u32..20)).prop_map(
        |(skills, (hours, risk, price, pending, seats, days), zones, kind, urgency, weeks)| NeedFacts {
            skills: skills.into_iter().map(|(at, level, required)| wanted(SKILLS[at], level, required)).collect(),
            hours_per_week: hours,
            systemic_risk: risk,
            price,
            pending_applications: pending,
            seats_left: seats,
            opened_at: at(TODAY) - chrono::Duration::days(i64::try_from(days).unwrap()),
            time_zones: zones.into_iter().map(|at| TimeZone::parse(ZONES[at]).unwrap()).collect(),
            kind: Some(NeedKind::ALL[kind]),
            urgency: Urgency::ALL[urgency],
            weeks,
            domains: vec![skill("tls")],
            ..need()
        },
    )
}

fn any_person(with_evidence: bool) -> impl Strategy<Value = VolunteerFacts> {
    let skills = prop::collection::vec((0..SKILLS.len(), 1i64..=5, 0i64..2000), 0..6);
    let learning = prop::collection::vec(0..SKILLS.len(), 0..3);
    (skills, learning, 0.0..40.0f64, 0.0..10.0f64, prop::option::of(0..ZONES.len()), 0..NeedKind::ALL.len(), 0usize..3)
        .prop_map(move |(skills, learning, hours, busy, zone, kind, depth)| {
            let proof = |days: i64| match days % 3 {
                1 if with_evidence => Evidence::Confirmed(date(TODAY) - chrono::Duration::days(days)),
                2 if with_evidence => Evidence::Endorsed(date(TODAY) - chrono::Duration::days(days)),
                _ => Evidence::None,
            };
            let depends_on =
                [None, Some(Dependency::Direct), Some(Dependency::Transitive)][depth].map(|d| (project().id, d));
            let employer =
                EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on: depends_on.into_iter().collect() };
            VolunteerFacts {
                skills: skills
                    .into_iter()
                    .map(|(at, level, days)| HeldSkill { evidence: proof(days), ..held(SKILLS[at], level) })
                    .collect(),
                learning: learning.into_iter().map(|at| skill(SKILLS[at])).collect(),
                hours_per_week: hours,
                commitments: vec![Commitment { hours_per_week: busy, from: None, until: None }],
                time_zone: zone.map(|at| TimeZone::parse(ZONES[at]).unwrap()),
                interest_kinds: vec![NeedKind::ALL[kind]],
                employer: Some(Arc::new(employer)),
                ..person()
            }
        })
}

fn busy_market(needs: &[NeedFacts]) -> Market {
    Market { price_p95: Some(30.0), demand: Demand::of(needs), ..market() }
}

fn total(market: &Market, need: &NeedFacts, person: &VolunteerFacts) -> f64 {
    score(market, need, person, Reader::Volunteer).total().get()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn reasons_sum_to_the_score_which_stays_within_0_and_100(
        needs in prop::collection::vec(any_need(), 1..8), person in any_person(true),
    ) {
        let market = busy_market(&needs);
        for reader in [Reader::Volunteer, Reader::Colleague, Reader::Other] {
            let matching = explain(&market, &needs[0], &person, reader).matching;
            let sum: f64 = matching.reasons.iter().map(|reason| reason.points).sum();
            prop_assert!((sum - matching.score).abs() < 1e-6);
            prop_assert!((0.0..=100.0).contains(&matching.score));
            prop_assert_eq!(matching.reasons.len(), 9);
            for reason in &matching.reasons {
                prop_assert!((0.0..=reason.max_points).contains(&reason.points), "{:?}", reason);
                prop_assert!(!reason.text.is_empty());
            }
        }
    }

    #[test]
    fn a_higher_level_or_more_hours_never_cost_points(
        needs in prop::collection::vec(any_need(), 1..8), person in any_person(false), which in any::<prop::sample::Index>(), more in 0.0..20.0f64,
    ) {
        let market = busy_market(&needs);
        let before = total(&market, &needs[0], &person);
        let longer = VolunteerFacts { hours_per_week: person.hours_per_week + more, ..person.clone() };
        prop_assert!(total(&market, &needs[0], &longer) >= before);
        if !person.skills.is_empty() {
            let mut better = person.clone();
            let one = which.index(better.skills.len());
            better.skills[one].level = level((i64::from(better.skills[one].level.get()) + 1).min(5));
            prop_assert!(total(&market, &needs[0], &better) >= before);
        }
    }

    #[test]
    fn with_evidence_every_other_factor_still_never_falls(
        needs in prop::collection::vec(any_need(), 1..8), person in any_person(true), which in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!person.skills.is_empty());
        let market = busy_market(&needs);
        let mut better = person.clone();
        let one = which.index(better.skills.len());
        better.skills[one].level = level((i64::from(better.skills[one].level.get()) + 1).min(5));
        let (before, after) = (score(&market, &needs[0], &person, Reader::Volunteer), score(&market, &needs[0], &better, Reader::Volunteer));
        for factor in Factor::ALL.iter().filter(|factor| **factor != Factor::Evidence) {
            prop_assert!(after.of(*factor) >= before.of(*factor), "{}", factor);
        }
    }

    #[test]
    fn proof_never_costs_points(needs in prop::collection::vec(any_need(), 1..8), person in any_person(true), which in any::<prop::sample::Index>()) {
        prop_assume!(!person.skills.is_empty());
        let market = busy_market(&needs);
        let mut proven = person.clone();
        let one = which.index(proven.skills.len());
        proven.skills[one].evidence = Evidence::Confirmed(date(TODAY));
        prop_assert!(total(&market, &needs[0], &proven) >= total(&market, &needs[0], &person));
    }

    #[test]
    fn the_order_of_skills_changes_nothing(needs in prop::collection::vec(any_need(), 1..8), person in any_person(true)) {
        let market = busy_market(&needs);
        let (mut need, mut turned) = (needs[0].clone(), person.clone());
        need.skills.reverse();
        need.time_zones.reverse();
        turned.skills.reverse();
        turned.learning.reverse();
        for reader in [Reader::Volunteer, Reader::Other] {
            prop_assert_eq!(explain(&market, &needs[0], &person, reader), explain(&market, &need, &turned, reader));
        }
    }

    #[test]
    fn the_same_facts_give_the_same_answer(needs in prop::collection::vec(any_need(), 1..8), person in any_person(true)) {
        let (one, other) = (busy_market(&needs), busy_market(&needs));
        prop_assert_eq!(explain(&one, &needs[0], &person, Reader::Volunteer), explain(&other, &needs[0].clone(), &person.clone(), Reader::Volunteer));
    }

    #[test]
    fn suggestions_gain_what_they_say(needs in prop::collection::vec(any_need(), 1..8), person in any_person(true)) {
        let explained = explain(&busy_market(&needs), &needs[0], &person, Reader::Volunteer);
        prop_assert!(explained.suggestions.len() <= 5);
        for suggestion in &explained.suggestions {
            prop_assert!(suggestion.gain >= 0.05 || !suggestion.removes.is_empty(), "{:?}", suggestion);
            for code in &suggestion.removes {
                prop_assert!(explained.matching.blockers.iter().any(|blocker| blocker.code == *code));
            }
        }
    }
}
