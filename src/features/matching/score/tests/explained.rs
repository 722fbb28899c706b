//! What people read.

use super::*;
use crate::kernel::{NeedKind, TimeZone, Urgency};
use std::sync::Arc;

fn texts(need: &NeedFacts, person: &VolunteerFacts, reader: Reader) -> Vec<String> {
    explain(&market(), need, person, reader).matching.reasons.into_iter().map(|reason| reason.text).collect()
}

fn full() -> (NeedFacts, VolunteerFacts) {
    let need = NeedFacts {
        kind: Some(NeedKind::Fuzzing),
        skills: vec![wanted("rust", 3, true), wanted("fuzzing", 3, true), wanted("haskell", 2, false)],
        hours_per_week: 8.0,
        weeks: Some(4),
        urgency: Urgency::High,
        systemic_risk: Some(0.82),
        opened_at: at("2026-02-18"),
        pending_applications: 1,
        time_zones: vec![TimeZone::parse("Europe/Berlin").unwrap()],
        domains: vec![skill("tls")],
        price: Some(10.0),
        ..need()
    };
    let employer =
        EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on: vec![(project().id, Dependency::Direct)] };
    let person = VolunteerFacts {
        skills: vec![
            HeldSkill { evidence: Evidence::Confirmed(date("2025-09-01")), ..held("actix-web", 4) },
            held("fuzzing", 2),
        ],
        hours_per_week: 8.0,
        commitments: vec![Commitment { hours_per_week: 2.0, from: None, until: None }],
        unavailable: vec![Period { from: date("2026-03-09"), until: date("2026-03-15") }],
        time_zone: Some(TimeZone::parse("America/New_York").unwrap()),
        interest_kinds: vec![NeedKind::Fuzzing],
        employer: Some(Arc::new(employer)),
        ..person()
    };
    (need, person)
}

#[test]
fn a_volunteer_reads_plain_sentences() {
    let (need, person) = full();
    let market = Market { price_p95: Some(40.0), ..market() };
    let told: Vec<String> =
        explain(&market, &need, &person, Reader::Volunteer).matching.reasons.into_iter().map(|r| r.text).collect();
    assert_eq!(
        told,
        [
            "You know Fuzzing at level 2; level 3 is wanted. You know Actix Web at level 4, which includes knowing Rust; Rust at level 3 is wanted.",
            "Nothing among your skills comes near Haskell; level 2 is wanted.",
            "What matches rests partly or wholly on Actix Web (work confirmed 2025-09-01); evidence counts half after 24 months.",
            "The project's systemic risk is 82 of 100, the need's urgency is high, and it has waited 12 days without an applicant. With 1 open application for 1 seat, that weighs less.",
            "You have 6 hours a week free of 8 offered and are there on 21 of the 28 days (4.5 on average); 8 are wanted.",
            "Your working day (9 to 17) overlaps by 2 hours today; 4 hours are wanted.",
            "Fuzzing is among your interests; the project's field is not.",
            "In the last allocation this need was sought after at 25% of the level of the most crowded ones.",
            "Acme depends on zlib directly, by its own bills of materials. Its members alone see this.",
        ]
    );
}

#[test]
fn others_read_of_the_person_by_handle() {
    let (need, person) = full();
    let told = texts(&need, &person, Reader::Other);
    assert!(told[0].starts_with("ada knows Fuzzing at level 2"), "{}", told[0]);
    assert!(told[4].starts_with("ada has 6 hours a week free of 8 offered and is there"), "{}", told[4]);
    assert!(
        told.iter().all(|text| !text.contains("Acme") && !text.contains("You ") && !text.contains("your ")),
        "{told:?}"
    );
    let colleague = texts(&need, &person, Reader::Colleague);
    assert!(colleague[8].starts_with("Acme depends on zlib directly"), "{}", colleague[8]);
}

#[test]
fn bare_facts_have_sentences_too() {
    assert_eq!(
        texts(&need(), &VolunteerFacts { skills: vec![held("rust", 1)], ..person() }, Reader::Volunteer),
        [
            "No skill is required.",
            "No further skill is asked for.",
            "What matches rests on your own word; confirmed work or an endorsement counts here.",
            "The project's criticality is not known yet, the need's urgency is normal, and it has waited 0 days without an applicant.",
            "You have 8 hours a week free; 0 are wanted.",
            "The need does not depend on a time zone.",
            "You have named no interests, so this counts half.",
            "No allocation has been run yet, so no need counts as crowded.",
            "No employer of yours is known to depend on zlib.",
        ]
    );
    let wants = NeedFacts { skills: vec![wanted("rust", 5, true), wanted("go", 2, true)], ..need() };
    let learner = VolunteerFacts { skills: vec![held("rust", 1)], learning: vec![skill("go")], ..person() };
    assert_eq!(
        texts(&wants, &learner, Reader::Volunteer)[0],
        "You are learning Go; level 2 is wanted. You know Rust at level 1, too far below the wanted level 5."
    );
}

#[test]
fn suggestions_say_what_would_help_and_are_true() {
    let (need, person) = full();
    let explained = explain(&market(), &need, &person, Reader::Volunteer);
    let before = explained.matching.score;
    let said: Vec<&str> = explained.suggestions.iter().map(|s| s.text.as_str()).collect();
    let raise = explained.suggestions.iter().find(|s| s.skill.as_deref() == Some("fuzzing")).unwrap();
    assert_eq!(raise.change, Change::RaiseSkill);
    assert!(raise.text.starts_with("Raising Fuzzing from level 2 to 3 gains "), "{said:?}");
    // Doing it really gains that much.
    let mut better = person.clone();
    better.skills[1].level = level(3);
    close(score(&market(), &need, &better, Reader::Volunteer).total().get() - before, raise.gain);
    assert!(explained.suggestions.windows(2).all(|pair| pair[0].gain >= pair[1].gain), "{said:?}");
    let hours = explained.suggestions.iter().find(|s| s.change == Change::OfferHours).unwrap();
    let more = VolunteerFacts { hours_per_week: 8.0 + 5.0, ..person };
    assert!(hours.text.starts_with("Offering 5 hours more a week gains 4.4 points"), "{}", hours.text);
    close(score(&market(), &need, &more, Reader::Volunteer).availability.get(), 10.0);
}

#[test]
fn a_missing_required_skill_is_suggested_first() {
    let need =
        NeedFacts { skills: vec![wanted("haskell", 3, true), wanted("rust", 5, true)], hours_per_week: 80.0, ..need() };
    let person = VolunteerFacts { skills: vec![held("rust", 3)], ..person() };
    let explained = explain(&market(), &need, &person, Reader::Volunteer);
    assert!(!explained.matching.eligible);
    let first = &explained.suggestions[0];
    assert_eq!(
        (first.change, first.skill.as_deref(), first.removes.as_slice()),
        (Change::LearnSkill, Some("haskell"), &[Obstacle::RequiredSkillMissing][..])
    );
    assert_eq!(
        first.text,
        "Learning Haskell to level 3 gains 18 points and removes what blocks this pair (required_skill_missing)."
    );
    // The score of a blocked pair is what it would be.
    close(explained.matching.score, explained.matching.reasons.iter().map(|reason| reason.points).sum());
    close(explained.matching.reasons[0].points, 9.0);
}

#[test]
fn a_perfect_pair_needs_no_advice_but_proof() {
    let need = NeedFacts { skills: vec![wanted("rust", 3, true)], kind: Some(NeedKind::Triage), ..need() };
    let person = VolunteerFacts { skills: vec![held("rust", 5)], interest_kinds: vec![NeedKind::Triage], ..person() };
    let explained = explain(&market(), &need, &person, Reader::Volunteer);
    assert_eq!(explained.suggestions.len(), 1);
    assert_eq!(explained.suggestions[0].text, "Having work with Rust confirmed gains 5 points.");
    let proven = VolunteerFacts {
        skills: vec![HeldSkill { evidence: Evidence::Confirmed(date(TODAY)), ..held("rust", 5) }],
        ..person
    };
    assert_eq!(explain(&market(), &need, &proven, Reader::Volunteer).suggestions, []);
}
