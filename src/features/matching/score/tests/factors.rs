//! The other seven factors.

use super::*;
use crate::kernel::{NeedKind, TimeZone, Urgency};
use std::sync::Arc;

#[test]
fn the_empty_pair_adds_up() {
    let tally = score(&market(), &need(), &person(), Reader::Volunteer);
    close(tally.total().get(), 71.3);
    for (factor, points) in Factor::ALL.iter().zip([36.0, 8.0, 0.0, 1.8, 10.0, 5.0, 2.5, 8.0, 0.0]) {
        close(tally.of(*factor).get(), points);
    }
}

#[test]
fn priority_is_risk_urgency_and_waiting_thinned_by_applications() {
    struct Case(Option<f64>, Option<f64>, Urgency, &'static str, Option<&'static str>, u32, u32, f64);
    let (low, normal, high, critical) = (Urgency::Low, Urgency::Normal, Urgency::High, Urgency::Critical);
    for Case(risk, criticality, urgency, opened, applied, pending, seats, expected) in [
        Case(None, None, low, TODAY, None, 0, 1, 0.0),
        Case(None, None, normal, TODAY, None, 0, 1, 1.8),
        Case(None, None, high, TODAY, None, 0, 1, 3.6),
        Case(None, None, critical, TODAY, None, 0, 1, 5.4),
        Case(Some(1.0), None, low, TODAY, None, 0, 1, 9.0),
        Case(None, Some(0.4), low, TODAY, None, 0, 1, 3.6),
        Case(Some(0.2), Some(0.9), low, TODAY, None, 0, 1, 1.8), // systemic risk goes first
        Case(Some(7.0), None, low, TODAY, None, 0, 1, 9.0),
        Case(Some(f64::NAN), None, low, TODAY, None, 0, 1, 0.0),
        Case(None, None, low, "2026-02-15", None, 0, 1, 1.8), // 15 of 30 days
        Case(None, None, low, "2026-01-31", None, 0, 1, 3.6), // 30 days
        Case(None, None, low, "2020-01-01", None, 0, 1, 3.6), // no more than that
        Case(None, None, low, "2026-01-01", Some("2026-02-15"), 0, 1, 1.8), // since the last applicant
        Case(None, None, low, "2026-02-15", Some("2026-01-01"), 0, 1, 1.8), // who came before it was opened again
        Case(None, None, low, "2026-03-09", None, 0, 1, 0.0), // opened in the future: nothing waited yet
        Case(Some(1.0), None, critical, "2026-01-31", None, 0, 1, 18.0),
        Case(Some(1.0), None, critical, "2026-01-31", None, 4, 1, 9.0),
        Case(Some(1.0), None, critical, "2026-01-31", None, 4, 4, 14.4),
        Case(Some(1.0), None, critical, "2026-01-31", None, 4, 0, 9.0),
        Case(Some(0.82), None, high, "2026-02-18", None, 3, 2, 9.032_727_27), // 18·(0.41 + 0.2 + 0.08) / 1.375
    ] {
        let need = NeedFacts {
            systemic_risk: risk,
            criticality,
            urgency,
            opened_at: at(opened),
            last_applied_at: applied.map(at),
            pending_applications: pending,
            seats_left: seats,
            ..need()
        };
        close(points(&market(), &need, &person(), Factor::Priority), expected);
    }
}

#[test]
fn availability_is_free_hours_against_wanted_ones() {
    let wants = |hours: f64| NeedFacts { hours_per_week: hours, weeks: Some(4), ..need() };
    let get = |need: &NeedFacts, person: &VolunteerFacts| points(&market(), need, person, Factor::Availability);
    let offers = |hours: f64| VolunteerFacts { hours_per_week: hours, ..person() };
    for (offered, hours, expected) in [
        (8.0, 8.0, 10.0),
        (4.0, 8.0, 5.0),
        (20.0, 8.0, 10.0),
        (0.0, 8.0, 0.0),
        (3.0, 0.0, 10.0),
        (-2.0, 8.0, 0.0),
        (f64::NAN, 8.0, 0.0),
    ] {
        close(get(&wants(hours), &offers(offered)), expected);
    }
    let commitment = |until: Option<&str>| Commitment { hours_per_week: 6.0, from: None, until: until.map(date) };
    let busy = |until| VolunteerFacts { commitments: vec![commitment(until)], ..offers(8.0) };
    close(get(&wants(8.0), &busy(None)), 2.5);
    close(get(&wants(8.0), &busy(Some("2026-03-01"))), 10.0);
    close(get(&wants(8.0), &busy(Some("2026-03-02"))), 2.5);
    let later = NeedFacts { starts_on: Some(date("2026-03-03")), ..wants(8.0) };
    close(get(&later, &busy(Some("2026-03-02"))), 10.0);
    // Away for one of four weeks.
    let away = Period { from: date("2026-03-09"), until: date("2026-03-15") };
    close(get(&wants(8.0), &VolunteerFacts { unavailable: vec![away], ..offers(8.0) }), 7.5);
    // More hours than wanted make up for it.
    close(get(&wants(8.0), &VolunteerFacts { unavailable: vec![away], ..offers(16.0) }), 10.0);
    // Without an end 13 weeks are looked at: one of them away.
    let ongoing = NeedFacts { weeks: None, ..wants(8.0) };
    close(get(&ongoing, &VolunteerFacts { unavailable: vec![away], ..offers(8.0) }), 10.0 * 12.0 / 13.0);
    close(get(&wants(8.0), &VolunteerFacts { available_from: Some(date("2026-03-16")), ..offers(8.0) }), 5.0);
}

#[test]
fn time_zones_overlap_as_of_today() {
    let zone = |name: &str| TimeZone::parse(name).unwrap();
    let get = |today: &str, zones: &[&str], wanted: Option<f64>, home: Option<&str>| {
        let need =
            NeedFacts { time_zones: zones.iter().map(|name| zone(name)).collect(), overlap_hours: wanted, ..need() };
        let person = VolunteerFacts { time_zone: home.map(zone), ..person() };
        points(&Market::new(date(today)), &need, &person, Factor::TimeZone)
    };
    close(get(TODAY, &[], None, None), 5.0);
    close(get(TODAY, &[], Some(8.0), Some("Asia/Tokyo")), 5.0); // no zone named: the need doesn't care
    close(get(TODAY, &["Europe/Berlin"], None, None), 0.0);
    close(get(TODAY, &["Europe/Berlin"], None, Some("Europe/Paris")), 5.0);
    close(get("2026-03-02", &["Europe/Berlin"], None, Some("America/New_York")), 2.5); // 2 of 4 hours
    close(get("2026-03-15", &["Europe/Berlin"], None, Some("America/New_York")), 3.75); // 3 of 4: only one has changed
    close(get("2026-04-15", &["Europe/Berlin"], None, Some("America/New_York")), 2.5);
    close(get(TODAY, &["Europe/Berlin"], Some(2.0), Some("America/New_York")), 5.0);
    close(get(TODAY, &["Europe/Berlin"], Some(8.0), Some("America/New_York")), 1.25);
    close(get(TODAY, &["Europe/Berlin"], Some(0.0), Some("Asia/Tokyo")), 5.0);
    close(get(TODAY, &["Europe/Berlin"], None, Some("Asia/Tokyo")), 0.0); // 8 hours apart
    close(get(TODAY, &["Europe/Berlin", "Australia/Sydney"], None, Some("Asia/Tokyo")), 5.0); // the nearest counts
    close(get(TODAY, &["Europe/Berlin"], Some(40.0), Some("Europe/Berlin")), 5.0); // a day has 8 hours
}

#[test]
fn interests_are_a_kind_and_a_domain() {
    let need = NeedFacts { kind: Some(NeedKind::Fuzzing), domains: vec![skill("tls"), skill("my-own-tag")], ..need() };
    let get = |kinds: &[NeedKind], domains: &[&str]| {
        let interest_domains = domains.iter().map(|text| skill(text)).collect();
        let person = VolunteerFacts { interest_kinds: kinds.to_vec(), interest_domains, ..person() };
        points(&market(), &need, &person, Factor::Interests)
    };
    close(get(&[], &[]), 2.5);
    close(get(&[NeedKind::Fuzzing], &[]), 3.0);
    close(get(&[NeedKind::Triage], &[]), 0.0);
    close(get(&[NeedKind::Triage, NeedKind::Fuzzing], &["tls"]), 5.0);
    close(get(&[], &["tls"]), 2.0);
    close(get(&[], &["my own tag"]), 2.0);
    close(get(&[], &["cryptography"]), 2.0); // TLS implies it
    close(get(&[], &["rustls"]), 0.0); // but not the other way round
    let vague = NeedFacts { kind: None, ..super::need() };
    let fan = VolunteerFacts { interest_kinds: NeedKind::ALL.to_vec(), ..person() };
    close(points(&market(), &vague, &fan, Factor::Interests), 0.0);
}

#[test]
fn balance_falls_with_the_price() {
    let get = |price: Option<f64>, p95: Option<f64>| {
        let market = Market { price_p95: p95, ..market() };
        points(&market, &NeedFacts { price, ..need() }, &person(), Factor::Balance)
    };
    for (price, p95, expected) in [
        (None, None, 8.0),
        (Some(10.0), None, 8.0),
        (None, Some(40.0), 8.0),
        (Some(0.0), Some(40.0), 8.0),
        (Some(10.0), Some(40.0), 6.0),
        (Some(40.0), Some(40.0), 0.0),
        (Some(80.0), Some(40.0), 0.0),
        (Some(10.0), Some(0.0), 8.0),
        (Some(-5.0), Some(40.0), 8.0),
        (Some(f64::NAN), Some(40.0), 8.0),
    ] {
        close(get(price, p95), expected);
    }
}

fn employed(depends_on: Vec<(ProjectId, Dependency)>) -> VolunteerFacts {
    let employer = EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on };
    VolunteerFacts { employer: Some(Arc::new(employer)), ..person() }
}

#[test]
fn dependency_counts_for_those_who_may_know_it() {
    let (here, elsewhere) = (project().id, ProjectId(Uuid::from_u128(9)));
    for (depends_on, expected) in [
        (vec![], 0.0),
        (vec![(elsewhere, Dependency::Direct)], 0.0),
        (vec![(here, Dependency::Transitive)], 2.5),
        (vec![(here, Dependency::Direct)], 5.0),
        (vec![(here, Dependency::Transitive), (here, Dependency::Direct), (elsewhere, Dependency::Transitive)], 5.0),
    ] {
        let person = employed(depends_on);
        for reader in [Reader::Volunteer, Reader::Colleague] {
            close(score(&market(), &need(), &person, reader).dependency.get(), expected);
        }
        // Others can't tell the cases apart: same points, same words, whatever the employer depends on.
        let seen = explain(&market(), &need(), &person, Reader::Other);
        assert_eq!(seen, explain(&market(), &need(), &super::person(), Reader::Other));
        close(seen.matching.reasons.iter().map(|reason| reason.points).sum(), seen.matching.score);
    }
}
