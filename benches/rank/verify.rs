//! The lists of the index against those of the plain formula, after many changes.

use crate::market::{Dice, market, some_need, some_person};
use mainstay::features::matching::board::{NeedFilter, VolunteerFilter};
use std::io::{self, Write as _};

type Failure = Box<dyn std::error::Error>;

const NEEDS: usize = 100_000;
const CHANGES: u64 = 10_000;
const QUERIES: u64 = 1_000;
const TOP: usize = 100;

/// Random changes: a need or a person replaced, added or removed, in equal parts.
pub(crate) fn verify() -> Result<(), Failure> {
    let (mut board, needs, people) = market(NEEDS, NEEDS / 10);
    let mut dice = Dice::new(2026);
    for change in 0..CHANGES {
        let (need, person) = (dice.below(needs.len()), dice.below(people.len()));
        match dice.below(6) {
            0 => board.upsert_need(some_need(need as u64, &mut dice)),
            1 => board.upsert_need(some_need(1 << 41 | change, &mut dice)),
            2 => needs.get(need).into_iter().for_each(|need| _ = board.remove_need(need.id)),
            3 => board.upsert_volunteer(some_person(person as u64, &mut dice)),
            4 => board.upsert_volunteer(some_person(1 << 41 | change, &mut dice)),
            _ => people.get(person).into_iter().for_each(|person| _ = board.remove_volunteer(person.account)),
        }
    }
    let (filter, everything) = (NeedFilter::default(), NeedFilter { scan: true, ..NeedFilter::default() });
    let (all, everybody) = (VolunteerFilter::default(), VolunteerFilter { scan: true, ..VolunteerFilter::default() });
    let mut rows = 0;
    for query in 0..QUERIES {
        let person = some_person(1 << 42 | query, &mut dice);
        let list = board.rank_needs(&person, &filter, None, TOP);
        rows += list.len();
        assert_eq!(list, board.rank_needs(&person, &everything, None, TOP), "the list of person {query} differs");
        let need = some_need(1 << 42 | query, &mut dice);
        let list = board.rank_volunteers(&need, &all, None, TOP);
        rows += list.len();
        assert_eq!(list, board.rank_volunteers(&need, &everybody, None, TOP), "the list of need {query} differs");
    }
    let (needs, people) = (board.need_count(), board.volunteer_count());
    Ok(writeln!(
        io::stdout(),
        "{needs} needs and {people} people after {CHANGES} changes: the first {TOP} of {QUERIES} people and {QUERIES} needs, {rows} rows, are those of the plain formula"
    )?)
}
