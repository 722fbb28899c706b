//! Skills and evidence.

use super::*;
use crate::features::skills::taxonomy::{Relation, Taxonomy};
use std::f64::consts::LN_2;

const REQUIRED: Factor = Factor::SkillsRequired;
const OPTIONAL: Factor = Factor::SkillsOptional;

/// One need with one required skill, against one held skill: the fit, 0 to 1.
fn fit(have: (&str, i64), want: (&str, i64)) -> f64 {
    let need = NeedFacts { skills: vec![wanted(want.0, want.1, true)], ..need() };
    let person = VolunteerFacts { skills: vec![held(have.0, have.1)], ..person() };
    points(&market(), &need, &person, REQUIRED) / 36.0
}

#[test]
fn fit_is_similarity_times_level_fit() {
    for (have, want, expected) in [
        (("rust", 3), ("rust", 3), 1.0),
        (("rust", 5), ("rust", 1), 1.0),
        (("rust", 2), ("rust", 3), 0.75),
        (("rust", 1), ("rust", 4), 0.25),
        (("rust", 1), ("rust", 5), 0.0),
        (("actix-web", 4), ("rust", 4), 0.9),
        (("actix-web", 3), ("rust", 4), 0.9 * 0.75),
        (("rust", 4), ("actix-web", 4), 0.5),
        (("rust", 2), ("actix-web", 4), 0.25),
        (("actix-web", 3), ("axum", 3), 0.35),
        (("haskell", 5), ("rust", 1), 0.0),
        (("zorblax-engine", 3), ("Zorblax Engine", 3), 1.0),
        (("zorblax-engine", 5), ("zorblax", 1), 0.0),
        (("zorblax-engine", 5), ("rust", 1), 0.0),
    ] {
        close(fit(have, want), expected);
    }
}

#[test]
fn a_step_further_is_a_step_less_and_too_little_is_none() {
    // Each pair of the taxonomy that is n steps apart scores 0.9^n upwards and 0.5^n downwards, nothing below 0.2.
    let taxonomy = Taxonomy::shipped();
    let (mut two, mut three) = (0, 0);
    for slug in
        ["rustls", "actix-web", "postgresql", "django", "kubernetes", "react-native", "jetpack-compose", "spring-boot"]
    {
        let Some(ix) = taxonomy.resolve(slug) else { continue };
        for (other, relation) in taxonomy.expand(ix) {
            let other = &taxonomy.skill(other).slug;
            if let Relation::Implies { steps } = relation {
                two += usize::from(steps == 2);
                three += usize::from(steps >= 3);
                close(fit((slug, 3), (other, 3)), 0.9f64.powi(i32::from(steps)));
                let down = 0.5f64.powi(i32::from(steps));
                close(fit((other, 3), (slug, 3)), if down < 0.2 { 0.0 } else { down });
            }
        }
    }
    assert!(two > 0, "the taxonomy has no chain of two steps to try");
    println!("{two} pairs two steps apart, {three} further");
}

#[test]
fn related_skills_count_a_quarter() {
    let taxonomy = Taxonomy::shipped();
    let fuzzing = taxonomy.resolve("fuzzing").unwrap();
    let (other, _) = taxonomy.expand(fuzzing).find(|(_, relation)| *relation == Relation::Related).unwrap();
    close(fit((&taxonomy.skill(other).slug, 3), ("fuzzing", 3)), 0.25);
}

#[test]
fn who_is_learning_counts_as_a_beginner_of_that_skill_alone() {
    let learner = VolunteerFacts { learning: vec![skill("actix-web")], ..person() };
    let wants = |text: &str, at: i64| NeedFacts { skills: vec![wanted(text, at, true)], ..need() };
    close(points(&market(), &wants("actix-web", 1), &learner, REQUIRED), 36.0 * 0.3);
    close(points(&market(), &wants("actix-web", 3), &learner, REQUIRED), 36.0 * 0.3 * 0.5);
    close(points(&market(), &wants("actix-web", 5), &learner, REQUIRED), 0.0);
    close(points(&market(), &wants("rust", 1), &learner, REQUIRED), 0.0);
    let both = VolunteerFacts { skills: vec![held("actix-web", 2)], ..learner };
    close(points(&market(), &wants("actix-web", 3), &both, REQUIRED), 36.0 * 0.75);
}

#[test]
fn rare_skills_weigh_more() {
    let asks =
        |skills: &[&str]| NeedFacts { skills: skills.iter().map(|text| wanted(text, 3, true)).collect(), ..need() };
    let needs = [asks(&["rust"]), asks(&["rust", "fuzzing"]), asks(&["python"])];
    let market = Market { demand: Demand::of(&needs), ..market() };
    assert_eq!(
        (market.demand.open_needs(), market.demand.askers(&skill("rust")), market.demand.askers(&skill("go"))),
        (3, 2, 0)
    );
    close(market.demand.weight(&skill("rust")), LN_2); // ln(1 + 3/3)
    close(market.demand.weight(&skill("fuzzing")), 0.916_290_731_87); // ln(1 + 3/2)
    close(market.demand.weight(&skill("go")), 1.386_294_361_12); // ln(1 + 3/1)
    // Rust fits wholly, fuzzing by three quarters: 36 · (0.693147 + 0.75 · 0.916291) / (0.693147 + 0.916291).
    let person = VolunteerFacts { skills: vec![held("rust", 4), held("fuzzing", 2)], ..person() };
    close(points(&market, &needs[1], &person, REQUIRED), 30.876_089_02);
    // Only one of the two: the rarer is worth more.
    let only = |text: &str| VolunteerFacts { skills: vec![held(text, 3)], ..person.clone() };
    close(points(&market, &needs[1], &only("haskell"), REQUIRED), 0.0);
    let (rust, fuzzing) =
        (points(&market, &needs[1], &only("rust"), REQUIRED), points(&market, &needs[1], &only("fuzzing"), REQUIRED));
    close(rust, 36.0 * LN_2 / 1.609_437_912_43);
    close(fuzzing, 36.0 * 0.916_290_731_87 / 1.609_437_912_43);
}

#[test]
fn needs_that_are_not_open_are_not_counted() {
    let closed = NeedFacts { is_open: false, skills: vec![wanted("rust", 3, true)], ..need() };
    let demand = Demand::of([&closed]);
    assert_eq!((demand.open_needs(), demand.askers(&skill("rust"))), (0, 0));
    // An empty market still gives weights, so that a draft can be scored.
    let market = Market { demand, ..market() };
    let person = VolunteerFacts { skills: vec![held("rust", 2)], ..person() };
    close(points(&market, &closed, &person, REQUIRED), 27.0);
}

#[test]
fn optional_skills_are_full_when_there_are_none() {
    let market = market();
    close(points(&market, &need(), &person(), OPTIONAL), 8.0);
    close(points(&market, &need(), &person(), REQUIRED), 36.0);
    let needs = NeedFacts {
        skills: vec![wanted("rust", 3, true), wanted("python", 4, false), wanted("go", 2, false)],
        ..need()
    };
    close(points(&market, &needs, &person(), OPTIONAL), 0.0);
    let person = VolunteerFacts { skills: vec![held("python", 4)], ..person() };
    // Nobody counts these skills, so both weigh the same.
    close(points(&market, &needs, &person, OPTIONAL), 4.0);
    close(points(&market, &needs, &person, REQUIRED), 0.0);
}

#[test]
fn a_skill_named_twice_counts_once_at_its_higher_level() {
    let twice = NeedFacts {
        skills: vec![wanted("rust", 2, false), wanted("Rust", 4, true), wanted("rust", 3, false)],
        ..need()
    };
    let once = NeedFacts { skills: vec![wanted("rust", 4, true)], ..need() };
    let person = VolunteerFacts { skills: vec![held("rust", 1), held("rust", 3), held("rust", 2)], ..person() };
    assert_eq!(
        score(&market(), &twice, &person, Reader::Volunteer),
        score(&market(), &once, &person, Reader::Volunteer)
    );
    close(points(&market(), &twice, &person, REQUIRED), 27.0);
}

#[test]
fn evidence_is_the_proven_share_of_what_matches() {
    let market = market();
    let proven = |text: &str, at: i64, evidence: Evidence| HeldSkill { evidence, ..held(text, at) };
    let needs = NeedFacts { skills: vec![wanted("rust", 3, true), wanted("python", 3, false)], ..need() };
    let points =
        |skills: Vec<HeldSkill>| points(&market, &needs, &VolunteerFacts { skills, ..person() }, Factor::Evidence);
    let today = Evidence::Confirmed(date(TODAY));
    close(points(vec![]), 0.0);
    close(points(vec![held("rust", 3), held("python", 3)]), 0.0);
    close(points(vec![proven("rust", 3, today), proven("python", 3, today)]), 5.0);
    close(points(vec![proven("rust", 3, today), held("python", 3)]), 2.5);
    close(points(vec![proven("rust", 3, Evidence::Endorsed(date(TODAY))), held("python", 3)]), 2.5);
    // What does not match does not thin it out: rust alone, at half its level, is wholly proven.
    close(points(vec![proven("rust", 1, today), held("haskell", 5)]), 5.0);
    // 1 of 1.75 of the matched weight.
    close(points(vec![proven("rust", 3, today), held("python", 2)]), 5.0 / 1.75);
    // The proven skill is near, the unproven one is it: 0.9 of 1 rests on proof.
    close(points(vec![held("rust", 3), proven("actix-web", 3, today)]), 4.5);
    // Evidence in the future is as good as today's.
    close(points(vec![proven("rust", 3, Evidence::Confirmed(date("2026-03-03")))]), 5.0);
}

#[test]
fn evidence_halves_in_24_months() {
    let needs = NeedFacts { skills: vec![wanted("rust", 3, true)], ..need() };
    let on = |today: &str, proven: &str| {
        let skills = vec![HeldSkill { evidence: Evidence::Confirmed(date(proven)), ..held("rust", 3) }];
        points(&Market::new(date(today)), &needs, &VolunteerFacts { skills, ..person() }, Factor::Evidence)
    };
    // Two years are 730 or 731 days, 24 average months 730.485.
    assert!((on("2026-03-02", "2024-03-02") - 2.5).abs() < 0.002);
    assert!((on("2026-03-02", "2022-03-02") - 1.25).abs() < 0.002);
    close(on("2026-03-02", "2025-03-02"), 3.536_347_54); // 5 · 0.5^(365 / 730.485)
}
