//! Every blocker, at its boundary.

use super::*;
use crate::kernel::{AccessLevel, AiPolicy, Cla, LanguageTag, NeedKind};
use std::sync::Arc;

fn only(need: &NeedFacts, person: &VolunteerFacts, code: Obstacle) {
    assert_eq!(codes(need, person), [code]);
}

fn none(need: &NeedFacts, person: &VolunteerFacts) {
    assert_eq!(codes(need, person), []);
}

#[test]
fn nothing_known_excludes_nobody() {
    none(&need(), &person());
}

#[test]
fn the_need_itself() {
    only(&NeedFacts { is_open: false, ..need() }, &person(), Obstacle::NeedNotOpen);
    only(&NeedFacts { seats_left: 0, ..need() }, &person(), Obstacle::NoSeat);
    let budget = |left: f64, least: Option<f64>| NeedFacts {
        review_hours_left: Some(left),
        hours_per_week: 4.0,
        min_hours_per_week: least,
        ..need()
    };
    none(&budget(1.0, None), &person());
    only(&budget(0.9, None), &person(), Obstacle::ReviewBudgetFull);
    only(&budget(0.0, Some(0.0)), &person(), Obstacle::ReviewBudgetFull);
    none(&budget(3.0, Some(3.0)), &person());
    only(&budget(2.0, Some(3.0)), &person(), Obstacle::ReviewBudgetFull);
}

#[test]
fn hours() {
    let offers = |hours: f64| VolunteerFacts { hours_per_week: hours, ..person() };
    let wants =
        |hours: f64, least: Option<f64>| NeedFacts { hours_per_week: hours, min_hours_per_week: least, ..need() };
    only(&wants(4.0, None), &offers(0.0), Obstacle::NoFreeHours);
    only(&wants(4.0, None), &offers(0.5), Obstacle::HoursBelowMinimum);
    none(&wants(4.0, None), &offers(1.0));
    none(&wants(0.5, None), &offers(0.5)); // half an hour is all that it wants
    only(&wants(4.0, Some(3.0)), &offers(2.5), Obstacle::HoursBelowMinimum);
    none(&wants(4.0, Some(3.0)), &offers(3.0));
    none(&wants(4.0, Some(9.0)), &offers(4.0)); // never more than it wants
    let picky = VolunteerFacts { min_hours_per_week: Some(5.0), ..offers(8.0) };
    only(&wants(4.0, None), &picky, Obstacle::HoursBelowMinimum);
    none(&wants(5.0, None), &picky);
    let busy = VolunteerFacts {
        commitments: vec![Commitment { hours_per_week: 8.0, from: None, until: None }],
        ..offers(8.0)
    };
    only(&wants(4.0, None), &busy, Obstacle::NoFreeHours);
}

#[test]
fn a_required_skill() {
    let wants = |level: i64, required: bool| NeedFacts { skills: vec![wanted("rust", level, required)], ..need() };
    only(&wants(2, true), &person(), Obstacle::RequiredSkillMissing);
    none(&wants(1, true), &person());
    none(&wants(5, false), &person());
    none(&wants(2, true), &VolunteerFacts { learning: vec![skill("rust")], ..person() });
    none(&wants(2, true), &VolunteerFacts { skills: vec![held("actix-web", 1)], ..person() });
    // Four levels below is no fit at all.
    only(
        &wants(5, true),
        &VolunteerFacts { skills: vec![held("rust", 1)], ..person() },
        Obstacle::RequiredSkillMissing,
    );
    none(&wants(5, true), &VolunteerFacts { skills: vec![held("rust", 2)], ..person() });
    let several = NeedFacts {
        skills: vec![wanted("rust", 3, true), wanted("zorblax", 3, true), wanted("go", 1, true)],
        ..need()
    };
    let blockers = explain(&market(), &several, &person(), Reader::Volunteer).matching.blockers;
    assert_eq!(
        blockers[0].text,
        "The required skills Rust (level 3) and zorblax (level 3) are missing, and nothing near them among your skills."
    );
}

#[test]
fn access() {
    let wants = |level: i64| NeedFacts { access_level: Some(AccessLevel::parse(level).unwrap()), ..need() };
    let may = |earned: Option<i64>, most: Option<i64>| {
        let access = |level: Option<i64>| level.map(|level| AccessLevel::parse(level).unwrap());
        VolunteerFacts { earned_access: access(earned), max_access_level: access(most), ..person() }
    };
    none(&wants(4), &may(None, None));
    only(&wants(3), &may(Some(2), None), Obstacle::AccessNotEarned);
    none(&wants(3), &may(Some(3), None));
    only(&wants(3), &may(Some(4), Some(2)), Obstacle::AccessNotEarned);
    none(&need(), &may(Some(0), Some(0)));
    none(&wants(0), &may(Some(0), Some(0)));
    let text = |person| explain(&market(), &wants(3), &person, Reader::Volunteer).matching.blockers.remove(0).text;
    assert_eq!(text(may(Some(1), Some(4))), "The work needs access L3; you have earned L1 so far.");
    assert_eq!(text(may(Some(4), Some(2))), "The work needs access L3; you accept at most L2.");
    // From L3 on it is earned on the project itself, by the day on which somebody looks.
    let earned = |project, day: &str| VolunteerFacts { earned_on: Some(vec![(project, date(day))]), ..person() };
    let (here, elsewhere) = (need().project.id, crate::kernel::ProjectId(Uuid::from_u128(77)));
    none(&wants(4), &earned(here, TODAY));
    none(&wants(2), &earned(elsewhere, TODAY));
    only(&wants(3), &earned(elsewhere, TODAY), Obstacle::AccessNotEarned);
    only(&wants(3), &earned(here, "2027-01-01"), Obstacle::AccessNotEarned);
    assert_eq!(text(earned(elsewhere, TODAY)), "The work needs access L3, which you have not earned on this project.");
}

#[test]
fn vetting_and_own_projects() {
    let vetted = NeedFacts { vetted_only: true, ..need() };
    only(&vetted, &person(), Obstacle::NotVetted);
    none(&vetted, &VolunteerFacts { vetted: true, ..person() });
    only(&NeedFacts { maintainers: vec![person().account], ..need() }, &person(), Obstacle::OwnProject);
    none(&NeedFacts { maintainers: vec![AccountId(Uuid::from_u128(77))], ..need() }, &person());
}

#[test]
fn dates() {
    let open_until = |day: &str| NeedFacts { apply_until: Some(date(day)), ..need() };
    none(&open_until(TODAY), &person());
    only(&open_until("2026-03-01"), &person(), Obstacle::TimeWindow);
    let short = NeedFacts { weeks: Some(2), ..need() }; // to 2026-03-15
    let from = |day: &str| VolunteerFacts { available_from: Some(date(day)), ..person() };
    none(&short, &from("2026-03-15"));
    only(&short, &from("2026-03-16"), Obstacle::TimeWindow);
    let away = |from: &str, until: &str| VolunteerFacts {
        unavailable: vec![Period { from: date(from), until: date(until) }],
        ..person()
    };
    none(&short, &away("2026-03-02", "2026-03-14"));
    only(&short, &away("2026-03-02", "2026-03-15"), Obstacle::Unavailable);
    only(&short, &away("2026-01-01", "2026-12-31"), Obstacle::Unavailable);
    only(
        &short,
        &VolunteerFacts { available_from: Some(date("2026-03-10")), ..away("2026-03-10", "2026-03-15") },
        Obstacle::Unavailable,
    );
}

fn employed(policy: EmployerPolicy) -> VolunteerFacts {
    let employer = EmployerFacts { name: "Acme".to_owned(), policy: Some(policy), depends_on: Vec::new() };
    VolunteerFacts { employer: Some(Arc::new(employer)), ..person() }
}

#[test]
fn an_employer() {
    let need = NeedFacts {
        kind: Some(NeedKind::Fuzzing),
        hours_per_week: 4.0,
        min_hours_per_week: Some(2.0),
        license: Some("MIT OR GPL-3.0-only".to_owned()),
        ..need()
    };
    none(&need, &employed(EmployerPolicy::default()));
    let kinds = |kinds: &[NeedKind]| employed(EmployerPolicy { kinds: kinds.to_vec(), ..EmployerPolicy::default() });
    none(&need, &kinds(&[NeedKind::Fuzzing]));
    only(&need, &kinds(&[NeedKind::Triage]), Obstacle::EmployerPolicy);
    let clas = |clas: &[Cla]| employed(EmployerPolicy { clas: clas.to_vec(), ..EmployerPolicy::default() });
    let asks = |cla| NeedFacts { cla, ..need.clone() };
    none(&asks(Cla::None), &clas(&[Cla::Dco]));
    none(&asks(Cla::Dco), &clas(&[Cla::Dco]));
    none(&asks(Cla::Corporate), &clas(&[]));
    only(&asks(Cla::Corporate), &clas(&[Cla::Dco, Cla::Individual]), Obstacle::EmployerPolicy);
    let hours = |most: f64| employed(EmployerPolicy { max_hours_per_week: Some(most), ..EmployerPolicy::default() });
    none(&need, &hours(2.0));
    only(&need, &hours(1.5), Obstacle::EmployerPolicy);
    let listed =
        |projects: Vec<ProjectId>| employed(EmployerPolicy { projects: Some(projects), ..EmployerPolicy::default() });
    none(&need, &listed(vec![project().id]));
    only(&need, &listed(vec![]), Obstacle::EmployerPolicy);
    let licenses = |ids: &[&str]| {
        employed(EmployerPolicy {
            licenses: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..EmployerPolicy::default()
        })
    };
    none(&need, &licenses(&["MIT"]));
    none(&need, &licenses(&["GPL-3.0-only", "Apache-2.0"]));
    only(&need, &licenses(&["Apache-2.0"]), Obstacle::LicenseNotAllowed);
    only(&NeedFacts { license: None, ..need.clone() }, &licenses(&["MIT"]), Obstacle::LicenseNotAllowed);
    // Own time is nobody else's business.
    let own_time = VolunteerFacts {
        employer: Some(Arc::new(EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on: Vec::new() })),
        ..person()
    };
    none(&need, &own_time);
}

#[test]
fn agreements_and_assistance() {
    let asks = |cla: Cla| NeedFacts { cla, ..need() };
    let signed = |projects: Option<Vec<ProjectId>>| VolunteerFacts { cla_signed: projects, ..person() };
    for cla in [Cla::Individual, Cla::Corporate] {
        none(&asks(cla), &signed(None));
        only(&asks(cla), &signed(Some(vec![])), Obstacle::ClaNotSigned);
        none(&asks(cla), &signed(Some(vec![project().id])));
    }
    for cla in [Cla::None, Cla::Dco] {
        none(&asks(cla), &signed(Some(vec![])));
    }
    for (policy, uses, blocked) in [
        (AiPolicy::Forbidden, Some(true), true),
        (AiPolicy::Forbidden, Some(false), false),
        (AiPolicy::Forbidden, None, false),
        (AiPolicy::Disclose, Some(true), false),
        (AiPolicy::Welcome, Some(true), false),
    ] {
        let found = codes(&NeedFacts { ai_policy: policy, ..need() }, &VolunteerFacts { uses_ai: uses, ..person() });
        assert_eq!(found == [Obstacle::AiPolicy], blocked, "{policy} {uses:?}");
    }
}

#[test]
fn what_happened_before() {
    let cooling = |until: &str| VolunteerFacts {
        cool_downs: vec![CoolDown { project: project().id, until: date(until) }],
        ..person()
    };
    only(&need(), &cooling("2026-03-03"), Obstacle::CoolDown);
    none(&need(), &cooling(TODAY));
    let elsewhere = CoolDown { project: ProjectId(Uuid::from_u128(9)), until: date("2026-12-31") };
    none(&need(), &VolunteerFacts { cool_downs: vec![elsewhere], ..person() });
    none(&need(), &VolunteerFacts { open_proposals: 4, ..person() });
    only(&need(), &VolunteerFacts { open_proposals: 5, ..person() }, Obstacle::TooManyOpenProposals);
    only(&need(), &VolunteerFacts { declined_needs: vec![need().id], ..person() }, Obstacle::DeclinedBefore);
    only(&need(), &VolunteerFacts { blocked_projects: vec![project().id], ..person() }, Obstacle::Blocked);
    only(&NeedFacts { blocked: vec![person().account], ..need() }, &person(), Obstacle::Blocked);
}

#[test]
fn languages() {
    let tags = |tags: &[&str]| tags.iter().map(|tag| LanguageTag::parse(tag).unwrap()).collect::<Vec<_>>();
    let wants = |list: &[&str]| NeedFacts { languages: tags(list), ..need() };
    let speaks = |list: &[&str]| VolunteerFacts { languages: tags(list), ..person() };
    none(&wants(&[]), &speaks(&["de"]));
    none(&wants(&["en"]), &speaks(&[]));
    none(&wants(&["en", "fr"]), &speaks(&["de", "en-GB"]));
    none(&wants(&["pt-BR"]), &speaks(&["pt"]));
    only(&wants(&["en"]), &speaks(&["de", "fr"]), Obstacle::Language);
}

#[test]
fn all_at_once_come_in_the_documented_order() {
    let need = NeedFacts { is_open: false, seats_left: 0, review_hours_left: Some(0.0), vetted_only: true, ..need() };
    let person = VolunteerFacts { hours_per_week: 0.0, open_proposals: 9, ..person() };
    let expected = [
        Obstacle::NeedNotOpen,
        Obstacle::NoSeat,
        Obstacle::ReviewBudgetFull,
        Obstacle::NoFreeHours,
        Obstacle::NotVetted,
        Obstacle::TooManyOpenProposals,
    ];
    assert_eq!(codes(&need, &person), expected);
}

#[test]
fn others_learn_nothing_private() {
    let license = NeedFacts { license: Some("MIT".to_owned()), hours_per_week: 4.0, weeks: Some(1), ..need() };
    let refuses = |policy: EmployerPolicy| employed(policy);
    let away = Period { from: date("2026-01-01"), until: date("2026-12-31") };
    let seen: Vec<Vec<Blocker>> = [
        refuses(EmployerPolicy { licenses: vec!["ISC".to_owned()], ..EmployerPolicy::default() }),
        refuses(EmployerPolicy { projects: Some(vec![]), ..EmployerPolicy::default() }),
        VolunteerFacts { open_proposals: 5, ..person() },
        VolunteerFacts { blocked_projects: vec![project().id], ..person() },
        VolunteerFacts { unavailable: vec![away], ..person() },
    ]
    .iter()
    .map(|person| explain(&market(), &license, person, Reader::Other).matching.blockers)
    .collect();
    assert_eq!(seen[0][0].text, "ada is not available for this need.");
    assert!(seen.iter().all(|blockers| *blockers == seen[0]), "{seen:?}");
}
