//! What the indexes leave out is on no list.

use super::*;

/// A board that things come to and go from for a while, days and prices changing meanwhile.
fn stir(board: &mut Board, dice: &mut Dice, times: usize) {
    for _ in 0..times {
        match dice.below(10) {
            0..=4 => {
                let id = u128::try_from(dice.below(500)).unwrap();
                board.upsert_need(some_need(id, dice));
            }
            5 => drop(board.remove_need(NeedId(Uuid::from_u128(u128::try_from(dice.below(500)).unwrap())))),
            6..=8 => {
                let id = u128::try_from(dice.below(200)).unwrap();
                board.upsert_volunteer(some_person(id, dice));
            }
            _ => drop(board.remove_volunteer(AccountId(Uuid::from_u128(u128::try_from(dice.below(200)).unwrap())))),
        }
    }
}

/// The eligible ones of a list of everybody, which no index makes.
fn eligible<Id>(all: Vec<Ranked<Id>>) -> Vec<Ranked<Id>> {
    all.into_iter().filter(|row| row.matching.eligible).collect()
}

fn check_needs(board: &Board, person: &VolunteerFacts) -> usize {
    let filters = [
        NeedFilter::default(),
        NeedFilter { least_score: Some(60.0), ..NeedFilter::default() },
        NeedFilter { kinds: vec![NeedKind::ALL[1]], reader: Reader::Other, ..NeedFilter::default() },
        NeedFilter { skills: vec![skill("rust")], max_hours_per_week: Some(4.0), ..NeedFilter::default() },
    ];
    let mut rows = 0;
    for filter in filters {
        let all = eligible(board.rank_needs(person, &NeedFilter { show: Show::All, ..filter.clone() }, None, 10_000));
        rows += all.len();
        let (mut seen, mut after) = (Vec::new(), None);
        for limit in [3, 20, 10_000] {
            let page = board.rank_needs(person, &filter, after, limit);
            after = page.last().map(|row| row.cursor).or(after);
            seen.extend(page);
        }
        assert_eq!(seen, all, "{filter:?}");
    }
    rows
}

fn check_people(board: &Board, need: &NeedFacts) -> usize {
    let filters = [
        VolunteerFilter::default(),
        VolunteerFilter { least_score: Some(50.0), skills: vec![skill("c")], ..VolunteerFilter::default() },
    ];
    let mut rows = 0;
    for filter in filters {
        let every = VolunteerFilter { show: Show::All, ..filter.clone() };
        let all = eligible(board.rank_volunteers(need, &every, None, 10_000));
        rows += all.len();
        let first = board.rank_volunteers(need, &filter, None, 5);
        let rest = board.rank_volunteers(need, &filter, first.last().map(|row| row.cursor), 10_000);
        assert_eq!([first, rest].concat(), all, "{filter:?}");
    }
    rows
}

#[test]
fn what_the_indexes_leave_out_is_on_no_list() {
    let (mut dice, mut board) = (Dice(77), board());
    let (mut needs, mut people) = (0, 0);
    for round in 0..6 {
        stir(&mut board, &mut dice, 600);
        match round {
            2 => board.set_today(date("2026-04-20")),
            4 => {
                let prices = board.needs().map(|need| (need.id, dice.number(40))).collect();
                board.set_prices(prices, Some(30.0));
            }
            _ => {}
        }
        for id in 0..12 {
            needs += check_needs(&board, &some_person(1000 + id, &mut dice));
            people += check_people(&board, &some_need(1000 + id, &mut dice));
        }
        let known: Vec<VolunteerFacts> = board.volunteers().take(5).cloned().collect();
        needs += known.iter().map(|person| check_needs(&board, person)).sum::<usize>();
        let known: Vec<NeedFacts> = board.needs().take(5).cloned().collect();
        people += known.iter().map(|need| check_people(&board, need)).sum::<usize>();
    }
    assert!(needs > 5_000 && people > 2_000, "{needs} {people}: lists long enough to differ");
    let ids: Vec<NeedId> = board.needs().map(|need| need.id).collect();
    for id in ids {
        assert!(board.remove_need(id));
    }
    assert!(board.rank_needs(&some_person(1, &mut dice), &NeedFilter::default(), None, 10).is_empty());
}

/// Long lists of skills go beyond what a bound looks at; people and needs that nobody can have are in no index.
#[test]
fn needs_and_people_of_every_length_are_found() {
    let (mut dice, mut board) = (Dice(5), board());
    let long_need = |id: u128, dice: &mut Dice| {
        let level = |dice: &mut Dice| if dice.below(3) == 0 { dice.level() } else { 1 };
        let some = SKILLS.iter().filter(|_| dice.below(8) > 0).copied().collect::<Vec<_>>();
        let skills = some.into_iter().map(|text| wanted(text, level(dice), dice.below(4) > 0)).collect();
        NeedFacts {
            skills,
            seats_left: 1,
            review_hours_left: (dice.below(5) == 0).then_some(0.0),
            ..some_need(id, dice)
        }
    };
    let long_person = |id: u128, dice: &mut Dice| VolunteerFacts {
        skills: SKILLS
            .iter()
            .filter(|_| dice.below(3) > 0)
            .map(|text| held(text, i64::try_from(id % 5).unwrap() + 1))
            .collect(),
        open_proposals: if dice.below(10) == 0 { 1_000 } else { 0 },
        hours_per_week: dice.number(12),
        ..some_person(id, dice)
    };
    for id in 0..400 {
        let need = if id % 2 == 0 { long_need(id, &mut dice) } else { some_need(id, &mut dice) };
        board.upsert_need(need);
        board.upsert_volunteer(long_person(id, &mut dice));
    }
    let (mut needs, mut people) = (0, 0);
    for id in 0..40 {
        needs += check_needs(&board, &long_person(1000 + id, &mut dice));
        people += check_people(&board, &long_need(1000 + id, &mut dice));
    }
    assert!(needs > 2_000 && people > 1_000, "{needs} {people}: lists long enough to differ");
}

/// Without what skills weigh, a bound would know nothing of the other skills that a need requires.
/// Three skills a need that weigh alike, the first of them met in part: what bounds many stretches and what bounds one differ by little
/// more than their rounding, and no need may fall between the two.
#[test]
fn no_need_is_lost_between_one_look_and_the_next() {
    let mut dice = Dice(5);
    let tags: Vec<String> = (100..140).map(|number| format!("tag-{number}")).collect();
    for _ in 0..60 {
        let mut draft = Draft::new(Market::new(date(TODAY)));
        // So that their numbers are in this order, by which alike ones are filed.
        let every = tags.iter().map(|tag| wanted(tag, 4, true)).collect();
        draft.add_need(NeedFacts { skills: every, ..need(10_000) });
        for id in 0..40 * 12 {
            let (from, step) = (id % 40, id / 40);
            let mut places = [0, 1 + step % 7, 8 + step % 11].map(|more| (from + more) % 40);
            places.sort_unstable();
            let [first, second, third] = places.map(|place| &tags[place]);
            let skills = vec![wanted(first, 4, true), wanted(second, 2, true), wanted(third, 2, true)];
            let systemic_risk = Some(dice.number(10_000) / 10_000.0);
            draft.add_need(NeedFacts { skills, systemic_risk, ..need(u128::try_from(id).unwrap()) });
        }
        let board = draft.finish();
        let skills = tags.iter().map(|tag| held(tag, 2)).collect();
        let person = VolunteerFacts { skills, hours_per_week: 9.0, ..person(1) };
        let all = board.rank_needs(&person, &NeedFilter { scan: true, ..NeedFilter::default() }, None, 1000);
        assert_eq!(all.len(), 40 * 12 + 1);
        assert!(all == board.rank_needs(&person, &NeedFilter::default(), None, 1000));
    }
}

#[test]
fn bounds_outlive_a_new_day_and_new_prices() {
    let (mut dice, mut board) = (Dice(9), board());
    for id in 0..200 {
        board.upsert_need(some_need(id, &mut dice));
    }
    let drift = |board: &Board| board.need_index.drift(&board.weights().0);
    assert!(drift(&board).is_finite());
    board.set_today(date("2026-04-20"));
    assert!(drift(&board).is_finite());
    board.set_prices(HashMap::new(), None);
    assert!(drift(&board).is_finite());
    assert!(board.remove_need(NeedId(Uuid::from_u128(3))));
    assert!(drift(&board) >= 1.0 && drift(&board) < 2.0, "{}", drift(&board));
}

/// Whether needs come one by one to a board that can be asked at any time, or all to a draft, ends in the same lists.
#[test]
fn a_draft_becomes_the_board_that_grew_one_by_one() {
    let mut dice = Dice(77);
    let (mut grown, mut draft) = (board(), Draft::new(board().market().clone()));
    let prices: HashMap<NeedId, f64> =
        (0..200).map(|id| (NeedId(Uuid::from_u128(id)), f64::from(u8::try_from(id % 7).unwrap()))).collect();
    draft = draft.with_prices(prices.clone(), Some(5.0));
    // Before anything comes: prices that change file everything anew.
    grown.set_prices(prices, Some(5.0));
    // Some ids come again: the later one counts.
    let needs: Vec<NeedFacts> = (0..300).chain(40..90).map(|id| some_need(id, &mut dice)).collect();
    let people: Vec<VolunteerFacts> = (0..80).chain(5..15).map(|id| some_person(id, &mut dice)).collect();
    let closed = NeedFacts { is_open: false, ..some_need(500, &mut dice) };
    for need in needs.iter().chain([&closed]) {
        grown.upsert_need(need.clone());
        draft.add_need(need.clone());
    }
    for person in &people {
        grown.upsert_volunteer(person.clone());
        draft.add_volunteer(person.clone());
    }
    let drafted = draft.finish();
    assert_eq!((drafted.need_count(), drafted.volunteer_count()), (300, 80));
    assert_eq!(drafted.need(closed.id), None);
    let mut rows = 0;
    for person in &people {
        let list = drafted.rank_needs(person, &NeedFilter::default(), None, 50);
        assert_eq!(list, grown.rank_needs(person, &NeedFilter::default(), None, 50));
        rows += list.len();
    }
    for need in &needs {
        let list = drafted.rank_volunteers(need, &VolunteerFilter::default(), None, 50);
        assert_eq!(list, grown.rank_volunteers(need, &VolunteerFilter::default(), None, 50));
        rows += list.len();
    }
    assert!(rows > 1_000, "{rows}");
}
