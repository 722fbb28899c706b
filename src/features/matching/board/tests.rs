//! The board gives the lists of the plain formula, whatever was put on it and taken off again.

use super::*;
use crate::features::matching::score::{
    Constants, Demand, Dependency, EmployerFacts, Evidence, Factor, HeldSkill, Match, ProjectFacts, SkillKey,
    WantedSkill, explain,
};
use crate::kernel::{Cursor, Level, NeedKind, ProjectId, TimeZone, Timestamp, Urgency};
use std::sync::Arc;
use uuid::Uuid;

mod index;

const TODAY: &str = "2026-03-02";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("{text}T12:00:00Z").parse().unwrap()
}

fn need(id: u128) -> NeedFacts {
    let project = ProjectFacts { id: ProjectId(Uuid::from_u128(id % 7)), slug: "p".to_owned(), name: "P".to_owned() };
    let mut need = NeedFacts::new(NeedId(Uuid::from_u128(id)), project, format!("Need {id}"), at(TODAY));
    need.hours_per_week = 4.0;
    need
}

fn person(id: u128) -> VolunteerFacts {
    VolunteerFacts { hours_per_week: 8.0, ..VolunteerFacts::new(AccountId(Uuid::from_u128(id)), format!("v{id}")) }
}

fn skill(text: &str) -> SkillKey {
    SkillKey::parse(text).unwrap()
}

fn wanted(text: &str, level: i64, required: bool) -> WantedSkill {
    WantedSkill { skill: skill(text), level: Level::parse(level).unwrap(), required }
}

fn held(text: &str, level: i64) -> HeldSkill {
    HeldSkill { skill: skill(text), level: Level::parse(level).unwrap(), evidence: Evidence::None }
}

fn board() -> Board {
    Board::new(Market::new(date(TODAY)))
}

/// A small deterministic source of variety (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }

    fn number(&mut self, n: u32) -> f64 {
        f64::from(u32::try_from(self.below(usize::try_from(n).unwrap())).unwrap())
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn level(&mut self) -> i64 {
        i64::try_from(self.below(5)).unwrap() + 1
    }
}

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
    "own-tag",
];
const ZONES: &[&str] = &["Europe/Berlin", "America/New_York", "Asia/Kolkata"];

fn some_need(id: u128, dice: &mut Dice) -> NeedFacts {
    let skills = (0..dice.below(5)).map(|_| wanted(dice.pick(SKILLS), dice.level(), dice.below(2) == 0)).collect();
    NeedFacts {
        skills,
        urgency: Urgency::ALL[dice.below(4)],
        kind: Some(NeedKind::ALL[dice.below(3)]),
        seats_left: u32::try_from(dice.below(4)).unwrap(),
        hours_per_week: 1.0 + dice.number(10),
        time_zones: (0..dice.below(2)).map(|_| TimeZone::parse(dice.pick(ZONES)).unwrap()).collect(),
        systemic_risk: (dice.below(2) == 0).then(|| dice.number(4) / 4.0),
        price: (dice.below(2) == 0).then(|| dice.number(50)),
        domains: vec![skill(dice.pick(SKILLS))],
        ..need(id)
    }
}

fn some_person(id: u128, dice: &mut Dice) -> VolunteerFacts {
    let mut skills: Vec<HeldSkill> = (0..dice.below(5)).map(|_| held(dice.pick(SKILLS), dice.level())).collect();
    if let Some(first) = skills.first_mut() {
        first.evidence = Evidence::Confirmed(date("2025-01-15"));
    }
    let depends_on = vec![(ProjectId(Uuid::from_u128(3)), Dependency::Direct)];
    VolunteerFacts {
        skills,
        learning: (0..dice.below(2)).map(|_| skill(dice.pick(SKILLS))).collect(),
        hours_per_week: dice.number(12),
        time_zone: (dice.below(3) > 0).then(|| TimeZone::parse(dice.pick(ZONES)).unwrap()),
        interest_kinds: (0..dice.below(2)).map(|_| NeedKind::ALL[dice.below(3)]).collect(),
        interest_domains: (0..dice.below(2)).map(|_| skill(dice.pick(SKILLS))).collect(),
        employer: (dice.below(2) == 0)
            .then(|| Arc::new(EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on })),
        ..person(id)
    }
}

/// All needs in the documented order, by the explanation of each pair alone.
fn plain(market: &Market, needs: &[NeedFacts], person: &VolunteerFacts) -> Vec<(NeedId, Match)> {
    let mut all: Vec<(&NeedFacts, Match)> = needs
        .iter()
        .map(|need| (need, explain(market, need, person, Reader::Volunteer).matching))
        .filter(|(_, m)| m.eligible)
        .collect();
    let priority = |m: &Match| m.reasons.iter().find(|reason| reason.factor == Factor::Priority).unwrap().points;
    all.sort_by(|(a, m), (b, n)| {
        (n.score.total_cmp(&m.score))
            .then(priority(n).total_cmp(&priority(m)))
            .then(a.opened_at.cmp(&b.opened_at))
            .then(a.id.cmp(&b.id))
    });
    all.into_iter().map(|(need, m)| (need.id, m)).collect()
}

#[test]
fn lists_are_those_of_the_plain_formula() {
    let mut dice = Dice(7);
    let mut board = Board::new(Market { price_p95: Some(40.0), ..Market::new(date(TODAY)) });
    let (mut needs, mut people) = (Vec::new(), Vec::new());
    for id in 0..300 {
        let (need, person) = (some_need(id, &mut dice), some_person(id, &mut dice));
        board.upsert_need(need.clone());
        board.upsert_volunteer(person.clone());
        needs.push(need);
        people.push(person);
    }
    let market = Market { demand: Demand::of(&needs), ..board.market().clone() };
    for person in &people[..40] {
        let expected = plain(&market, &needs, person);
        let got = board.rank_needs(person, &NeedFilter::default(), None, 1000);
        let got: Vec<(NeedId, Match)> = got.into_iter().map(|row| (row.id, row.matching)).collect();
        assert_eq!(got, expected);
    }
    for need in &needs[..40] {
        for row in
            board.rank_volunteers(need, &VolunteerFilter { show: Show::All, ..VolunteerFilter::default() }, None, 1000)
        {
            let person = board.volunteer(row.id).unwrap();
            assert_eq!(row.matching, explain(&market, need, person, Reader::Other).matching);
        }
        let eligible =
            people.iter().filter(|person| explain(&market, need, person, Reader::Other).matching.eligible).count();
        assert_eq!(board.rank_volunteers(need, &VolunteerFilter::default(), None, 1000).len(), eligible);
    }
}

#[test]
fn needs_and_people_that_are_not_on_the_board_rank_too() {
    let mut board = board();
    board.upsert_need(NeedFacts { skills: vec![wanted("never-seen-tag", 3, true)], ..need(1) });
    let stranger = VolunteerFacts { skills: vec![held("another-new-tag", 3), held("never-seen-tag", 3)], ..person(9) };
    let rows = board.rank_needs(&stranger, &NeedFilter::default(), None, 5);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].matching, board.explain(board.need(rows[0].id).unwrap(), &stranger, Reader::Volunteer).matching);
    board.upsert_volunteer(stranger.clone());
    let draft =
        NeedFacts { skills: vec![wanted("another-new-tag", 3, true), wanted("third-tag", 1, false)], ..need(2) };
    let rows = board.rank_volunteers(&draft, &VolunteerFilter::default(), None, 5);
    assert_eq!(rows[0].matching, board.explain(&draft, &stranger, Reader::Other).matching);
    assert!((rows[0].matching.reasons[0].points - 36.0).abs() < 1e-9);
}

#[test]
fn counts_follow_every_change() {
    let mut dice = Dice(11);
    let mut board = board();
    let mut mirror: HashMap<NeedId, NeedFacts> = HashMap::new();
    for _ in 0..2000 {
        let id = u128::try_from(dice.below(60)).unwrap();
        if dice.below(3) == 0 {
            let id = NeedId(Uuid::from_u128(id));
            assert_eq!(board.remove_need(id), mirror.remove(&id).is_some());
        } else {
            let need = NeedFacts { is_open: dice.below(8) > 0, ..some_need(id, &mut dice) };
            if need.is_open {
                mirror.insert(need.id, need.clone());
            } else {
                mirror.remove(&need.id);
            }
            board.upsert_need(need);
        }
    }
    let fresh = Demand::of(mirror.values());
    assert_eq!((board.need_count(), board.market().demand.open_needs()), (mirror.len(), fresh.open_needs()));
    for text in SKILLS {
        let skill = skill(text);
        assert_eq!(board.market().demand.askers(&skill), fresh.askers(&skill), "{text}");
    }
    for (id, need) in &mirror {
        assert_eq!(board.need(*id), Some(need));
    }
    // ... and so do the weights that were made before the last change.
    let ada = VolunteerFacts { skills: vec![held("rust", 3)], ..person(1) };
    let fussy = NeedFacts { skills: vec![wanted("rust", 3, true), wanted("haskell", 1, true)], ..need(900) };
    board.upsert_need(fussy.clone());
    let points = |board: &Board| {
        let filter = NeedFilter { projects: vec![fussy.project.id], ..NeedFilter::default() };
        let rows = board.rank_needs(&ada, &filter, None, 1000);
        rows.into_iter().find(|row| row.id == fussy.id).unwrap().matching.reasons[0].points
    };
    let before = points(&board);
    board.upsert_need(NeedFacts { skills: vec![wanted("rust", 3, true)], ..need(901) });
    assert!(points(&board) < before, "rust has become more common");
}

#[test]
fn ties_between_needs_go_by_priority_age_and_id() {
    // Both 3 points: one by risk (18 · 0.5 · ⅓), the other by interest.
    let risky =
        NeedFacts { systemic_risk: Some(1.0 / 3.0), urgency: Urgency::Low, kind: Some(NeedKind::Sbom), ..need(9) };
    let liked = NeedFacts { urgency: Urgency::Low, kind: Some(NeedKind::Triage), ..need(1) };
    // Thirty days and more wait the same; the older one goes first, whatever its id.
    let old = NeedFacts { opened_at: at("2025-01-01"), urgency: Urgency::Critical, ..liked.clone() };
    let (oldest, elder, same) = (
        NeedFacts { id: NeedId(Uuid::from_u128(8)), opened_at: at("2024-01-01"), ..old.clone() },
        NeedFacts { id: NeedId(Uuid::from_u128(5)), ..old.clone() },
        NeedFacts { id: NeedId(Uuid::from_u128(6)), ..old },
    );
    let ada = VolunteerFacts { interest_kinds: vec![NeedKind::Triage], ..person(1) };
    for turn in 0..5 {
        let mut board = board();
        let mut needs = [&risky, &liked, &oldest, &elder, &same];
        needs.rotate_left(turn);
        for need in needs {
            board.upsert_need(need.clone());
        }
        let rows = board.rank_needs(&ada, &NeedFilter::default(), None, 10);
        let order: Vec<u128> = rows.iter().map(|row| row.id.0.as_u128()).collect();
        assert_eq!(order, [8, 5, 6, 9, 1]);
        assert!((rows[3].matching.score - rows[4].matching.score).abs() < f64::EPSILON);
        assert!((rows[0].matching.score - rows[2].matching.score).abs() < f64::EPSILON);
    }
}

#[test]
fn ties_between_volunteers_go_by_skills_hours_and_id() {
    let need = NeedFacts {
        skills: vec![wanted("rust", 3, true)],
        hours_per_week: 8.0,
        min_hours_per_week: Some(0.5),
        ..need(1)
    };
    let with = |id: u128, level: i64, hours: f64| VolunteerFacts {
        skills: vec![held("rust", level)],
        hours_per_week: hours,
        ..person(id)
    };
    // 36 + 1 and 27 + 10 points.
    let (able, free) = (with(9, 3, 0.8), with(2, 2, 8.0));
    let (busy, freer, twin) = (with(3, 3, 8.0), with(7, 3, 20.0), with(4, 3, 8.0));
    let mut board = board();
    for person in [&able, &free, &busy, &freer, &twin] {
        board.upsert_volunteer(person.clone());
    }
    let rows = board.rank_volunteers(&need, &VolunteerFilter::default(), None, 10);
    let order: Vec<u128> = rows.iter().map(|row| row.id.0.as_u128()).collect();
    assert_eq!(order, [7, 3, 4, 9, 2]);
    assert!((rows[3].matching.score - rows[4].matching.score).abs() < f64::EPSILON);
}

#[test]
fn pages_join_without_gap_or_double() {
    let mut dice = Dice(3);
    let mut board = board();
    for id in 0..120 {
        // Few kinds of needs, so that many tie.
        let mut few = Dice(u64::try_from(dice.below(4)).unwrap());
        board.upsert_need(NeedFacts { id: NeedId(Uuid::from_u128(id)), seats_left: 1, ..some_need(id, &mut few) });
        board.upsert_volunteer(VolunteerFacts { account: AccountId(Uuid::from_u128(id)), ..some_person(id, &mut few) });
    }
    let ada = some_person(1000, &mut Dice(5));
    let ada = VolunteerFacts { hours_per_week: 6.0, ..ada };
    let whole: Vec<NeedId> =
        board.rank_needs(&ada, &NeedFilter::default(), None, 1000).iter().map(|row| row.id).collect();
    assert!(whole.len() > 20, "{}", whole.len());
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let rows = board.rank_needs(&ada, &NeedFilter::default(), after, 7);
        let Some(last) = rows.last() else { break };
        // Through the wire and back.
        let wire = Cursor::parse(&Cursor::from(last.cursor).encode()).unwrap();
        after = Some(RankCursor::try_from(&wire).unwrap());
        paged.extend(rows.iter().map(|row| row.id));
    }
    assert_eq!(paged, whole);

    let need = NeedFacts { skills: vec![wanted("rust", 1, true)], ..need(2000) };
    let whole: Vec<AccountId> =
        board.rank_volunteers(&need, &VolunteerFilter::default(), None, 1000).iter().map(|row| row.id).collect();
    let first = board.rank_volunteers(&need, &VolunteerFilter::default(), None, 10);
    let second = board.rank_volunteers(&need, &VolunteerFilter::default(), first.last().map(|row| row.cursor), 1000);
    assert_eq!(first.iter().chain(&second).map(|row| row.id).collect::<Vec<_>>(), whole);
    assert!(board.rank_needs(&ada, &NeedFilter::default(), None, 0).is_empty());
}

#[test]
fn foreign_cursors_are_refused() {
    for key in ["", "1:2", "1:2:3:4", "a:b:c", "1:2:x"] {
        let cursor = Cursor { key: key.to_owned(), id: Uuid::nil() };
        assert_eq!(RankCursor::try_from(&cursor).unwrap_err().code, "invalid_cursor", "{key}");
    }
}

#[test]
fn filters_let_through_what_they_say() {
    let mut board = board();
    board.upsert_need(NeedFacts { kind: Some(NeedKind::Triage), urgency: Urgency::High, tier: Some(1), ..need(1) });
    board.upsert_need(NeedFacts {
        skills: vec![wanted("rust", 1, true)],
        ecosystems: vec!["cargo".to_owned()],
        hours_per_week: 10.0,
        ..need(2)
    });
    board.upsert_need(NeedFacts { seats_left: 0, ..need(3) });
    let ids = |filter: NeedFilter| -> Vec<u128> {
        let mut ids: Vec<u128> =
            board.rank_needs(&person(1), &filter, None, 10).iter().map(|row| row.id.0.as_u128()).collect();
        ids.sort_unstable();
        ids
    };
    let all = NeedFilter::default;
    assert_eq!(ids(all()), [1, 2]);
    assert_eq!(ids(NeedFilter { show: Show::Blocked, ..all() }), [3]);
    assert_eq!(ids(NeedFilter { show: Show::All, ..all() }), [1, 2, 3]);
    assert_eq!(ids(NeedFilter { kinds: vec![NeedKind::Triage], ..all() }), [1]);
    assert_eq!(ids(NeedFilter { skills: vec![skill("rust")], ..all() }), [2]);
    assert_eq!(ids(NeedFilter { ecosystems: vec!["cargo".to_owned()], ..all() }), [2]);
    assert_eq!(ids(NeedFilter { urgencies: vec![Urgency::High], ..all() }), [1]);
    assert_eq!(ids(NeedFilter { max_hours_per_week: Some(5.0), ..all() }), [1]);
    assert_eq!(ids(NeedFilter { tiers: vec![1, 2], ..all() }), [1]);
    assert_eq!(ids(NeedFilter { projects: vec![ProjectId(Uuid::from_u128(2))], ..all() }), [2]);
    assert_eq!(ids(NeedFilter { sizes: vec![crate::features::needs::NeedSize::Small], ..all() }), []);
    // 71.3 and more for the first, which is urgent; 36 less for the second, whose skill is missing.
    assert_eq!(ids(NeedFilter { least_score: Some(60.0), ..all() }), [1]);
    board.upsert_volunteer(VolunteerFacts { skills: vec![held("rust", 3)], ..person(1) });
    board.upsert_volunteer(person(2));
    let filter = VolunteerFilter { skills: vec![skill("rust")], ..VolunteerFilter::default() };
    assert_eq!(board.rank_volunteers(&need(1), &filter, None, 10).len(), 1);
    assert_eq!(board.rank_volunteers(&need(1), &VolunteerFilter::default(), None, 10).len(), 2);
}

#[test]
fn a_new_day_and_new_prices_are_taken_over() {
    let mut board = board();
    let berlin = TimeZone::parse("Europe/Berlin").unwrap();
    board.upsert_need(NeedFacts { time_zones: vec![berlin], ..need(1) });
    board.upsert_volunteer(VolunteerFacts {
        time_zone: Some(TimeZone::parse("America/New_York").unwrap()),
        ..person(1)
    });
    let ada = board.volunteer(AccountId(Uuid::from_u128(1))).unwrap().clone();
    let points = |board: &Board, factor: Factor| {
        let row = board.rank_needs(&ada, &NeedFilter::default(), None, 1).remove(0);
        let back = board.rank_volunteers(&need(1), &VolunteerFilter::default(), None, 1).remove(0);
        let of = |m: &Match| m.reasons.iter().find(|reason| reason.factor == factor).unwrap().points;
        (of(&row.matching), of(&back.matching))
    };
    assert!((points(&board, Factor::TimeZone).0 - 2.5).abs() < 1e-9);
    board.set_today(date("2026-03-15"));
    assert!((points(&board, Factor::TimeZone).0 - 3.75).abs() < 1e-9, "New York changed its clocks, Berlin did not");
    assert!(
        (points(&board, Factor::Priority).0 - 18.0 * (0.1 + 0.2 * 13.0 / 30.0)).abs() < 1e-6,
        "13 days have passed"
    );
    board.set_prices(HashMap::from([(NeedId(Uuid::from_u128(1)), 10.0)]), Some(40.0));
    assert!((points(&board, Factor::Balance).0 - 6.0).abs() < 1e-9);
    board.set_prices(HashMap::new(), None);
    assert!((points(&board, Factor::Balance).0 - 8.0).abs() < 1e-9);
}

#[test]
fn projects_get_a_list_in_which_dependencies_play_no_part() {
    let mut board = board();
    let depends_on = vec![(need(1).project.id, Dependency::Direct)];
    let employer = Arc::new(EmployerFacts { name: "Acme".to_owned(), policy: None, depends_on });
    board.upsert_volunteer(VolunteerFacts { employer: Some(employer), ..person(5) });
    board.upsert_volunteer(person(4));
    let list = |reader: Reader| {
        board.rank_volunteers(&need(1), &VolunteerFilter { reader, ..VolunteerFilter::default() }, None, 9)
    };
    let (others, own) = (list(Reader::Other), list(Reader::Colleague));
    assert_eq!(others.iter().map(|row| row.id.0.as_u128()).collect::<Vec<_>>(), [4, 5]);
    assert!((others[0].matching.score - others[1].matching.score).abs() < f64::EPSILON);
    assert_eq!(own.iter().map(|row| row.id.0.as_u128()).collect::<Vec<_>>(), [5, 4]);
}

#[test]
fn people_come_and_go() {
    let mut board = board();
    for id in 1..=3 {
        board.upsert_volunteer(person(id));
    }
    assert!(
        board.remove_volunteer(AccountId(Uuid::from_u128(1))) && !board.remove_volunteer(AccountId(Uuid::from_u128(1)))
    );
    board.upsert_volunteer(VolunteerFacts { handle: "new".to_owned(), ..person(3) });
    assert_eq!(board.volunteer_count(), 2);
    assert_eq!(board.volunteer(AccountId(Uuid::from_u128(3))).unwrap().handle, "new");
    assert!(
        board.remove_volunteer(AccountId(Uuid::from_u128(3))) && board.remove_volunteer(AccountId(Uuid::from_u128(2)))
    );
    assert_eq!(board.volunteer_count(), 0);
    assert_eq!(board.market().constants, Constants::default());
}
