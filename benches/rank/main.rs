//! Ranking from the index against the plain formula over everything, tantivy, and SQL.
//!
//! `cargo bench --bench rank` measures 10,000 and 100,000 needs; `-- 1000000` another number. With `MAINSTAY_BENCH_POSTGRES` (the
//! URL of an empty database) a part of the question is asked in SQL: skills, priority, balance and hours, which is less than the
//! whole score. Tantivy is asked the whole, and its scores are compared with ours. `-- verify` holds the lists of 1,000
//! people and 1,000 needs over 100,000 needs against the plain formula after 10,000 random changes. Times are of the wall clock,
//! one query at a time; the ways take turns in blocks of ten queries, so that each finds its own caches as a server would, and a
//! query's time is the median of five such turns (`plain` and SQL have one). Lists are compared, ties included; a difference
//! ends the run. `MAINSTAY_BENCH_RESULTS` names a file to which a JSON line is added
//! for each row.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a generator and its measures, of numbers in known small ranges"
)]

mod full_text;
mod market;
mod sql;
mod verify;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use mainstay::features::matching::board::{Board, NeedFilter, VolunteerFilter};
use market::{Dice, market, some_need, some_person};

type Failure = Box<dyn std::error::Error>;

/// Queries of each way.
const QUERIES: u64 = 200;
/// Queries of one way before it is the next one's turn.
const BLOCK: usize = 10;
/// Turns of each query.
const TURNS: usize = 5;
/// Half a billionth of a point, which each of nine factors of ours may be rounded by; and what sums in another order leave.
const ROUNDING: f64 = 1e-8;
/// The plain formula over everything is slow: so many of its queries will do.
const PLAIN_QUERIES: usize = 20;
const TOP: usize = 20;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).filter(|x| x != "--bench").collect();
    if words.first().is_some_and(|word| word == "verify") {
        return verify::verify();
    }
    let sizes: Vec<usize> = words.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    sizes.into_iter().try_for_each(measure)
}

fn resident_bytes() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages: f64 = text.split(' ').nth(1).unwrap_or("").parse()?;
    Ok(pages * 4096.0)
}

/// Milliseconds by way and query, one of each turn.
#[derive(Default)]
struct Times(BTreeMap<&'static str, BTreeMap<usize, Vec<f64>>>);

impl Times {
    fn take<T>(&mut self, way: &'static str, query: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        let turns = self.0.entry(way).or_default().entry(query).or_default();
        turns.push(start.elapsed().as_secs_f64() * 1e3);
        done
    }

    /// What so great a part of the queries takes at most, each by the median of its turns.
    fn at(&self, way: &str, part: f64) -> f64 {
        let queries = self.0.get(way).into_iter().flat_map(BTreeMap::values);
        place_of(queries.map(|turns| place_of(turns.clone(), 0.5)).collect(), part)
    }
}

fn place_of(mut list: Vec<f64>, part: f64) -> f64 {
    list.sort_by(f64::total_cmp);
    let place = (list.len().saturating_sub(1)) as f64 * part;
    list.get(place.round() as usize).copied().unwrap_or(f64::NAN)
}

fn measure(size: usize) -> Result<(), Failure> {
    let people = size / 10;
    let before = resident_bytes()?;
    let start = Instant::now();
    let (board, needs, volunteers) = market(size, people);
    let built = start.elapsed().as_secs_f64();
    let bytes = (resident_bytes()? - before) / size as f64;
    let mut sql = sql::Peer::new(&board, &needs)?;
    let text = full_text::Peer::new(&board, &needs)?;
    let mut times = Times::default();
    let (filter, everything) = (NeedFilter::default(), NeedFilter { scan: true, ..NeedFilter::default() });
    let (all, everybody) = (VolunteerFilter::default(), VolunteerFilter { scan: true, ..VolunteerFilter::default() });
    let mut dice = Dice::new(99);
    let queries: Vec<_> = (0..QUERIES)
        .map(|query| (some_person(1 << 40 | query, &mut dice), some_need(1 << 40 | query, &mut dice)))
        .collect();
    let numbered: Vec<_> = queries.iter().enumerate().collect();
    for (turn, queries) in (0..TURNS).flat_map(|turn| numbered.chunks(BLOCK).map(move |block| (turn, block))) {
        // What came before is out of the caches at first: one query that does not count.
        let warm_up = || queries.iter().take(1).map(|(_, query)| query);
        warm_up().for_each(|(person, _)| drop(board.rank_needs(person, &filter, None, TOP)));
        let needs = |(at, (person, _)): &(usize, &(_, _))| {
            times.take("index", *at, || board.rank_needs(person, &filter, None, TOP))
        };
        let lists: Vec<_> = queries.iter().map(needs).collect();
        warm_up().for_each(|(_, need)| drop(board.rank_volunteers(need, &all, None, TOP)));
        let people = |(at, (_, need)): &(usize, &(_, _))| {
            times.take("index, people", *at, || board.rank_volunteers(need, &all, None, TOP))
        };
        let people: Vec<_> = queries.iter().map(people).collect();
        warm_up().try_for_each(|(person, _)| text.top(&board, person, TOP).map(drop))?;
        for ((at, (person, _)), list) in queries.iter().zip(&lists) {
            let scores = times.take("tantivy", *at, || text.top(&board, person, TOP))?;
            let apart = list.iter().zip(&scores).map(|(a, b)| (a.matching.score - b).abs()).fold(0.0, f64::max);
            assert!(list.len() == scores.len() && apart < ROUNDING, "tantivy's scores are not ours: {apart} apart");
        }
        warm_up().try_for_each(|(person, _)| text.bm25(&board, person, TOP).map(drop))?;
        for (at, (person, _)) in queries {
            times.take("tantivy, bm25", *at, || text.bm25(&board, person, TOP))?;
        }
        if turn > 0 || queries.iter().any(|(at, _)| *at >= PLAIN_QUERIES) {
            continue;
        }
        for (((at, (person, need)), list), people) in queries.iter().zip(lists).zip(people) {
            let plain = times.take("plain", *at, || board.rank_needs(person, &everything, None, TOP));
            assert_eq!(list, plain, "the index's list is not the plain formula's");
            let plain = times.take("plain, people", *at, || board.rank_volunteers(need, &everybody, None, TOP));
            assert_eq!(people, plain, "the index's list is not the plain formula's");
        }
        if let Some(sql) = &mut sql {
            for (at, (person, _)) in queries {
                times.take("postgres", *at, || sql.top(&board, person, TOP))?;
            }
        }
    }
    drop((needs, volunteers));
    report(size, people, built, bytes, &board, &times)
}

fn report(size: usize, people: usize, built: f64, bytes: f64, board: &Board, times: &Times) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let needs = board.need_count();
    writeln!(
        out,
        "{size} needs, {people} people: built in {built:.1} s ({:.0} needs a second), {bytes:.0} bytes a need with its facts",
        needs as f64 / built
    )?;
    let index_bytes = board.need_index_bytes() as f64 / needs as f64;
    writeln!(out, "the index of needs takes {index_bytes:.0} bytes a need")?;
    keep(&serde_json::json!({"bench": "index", "size": size, "bytes_a_need": index_bytes}))?;
    for way in times.0.keys() {
        let base = if way.ends_with("people") { "index, people" } else { "index" };
        let (p50, p99) = (times.at(way, 0.5), times.at(way, 0.99));
        let ratios = (p50 / times.at(base, 0.5), p99 / times.at(base, 0.99));
        writeln!(
            out,
            "{size:>9} {way:<15} p50 {p50:>9.3} ms {:>7.1}x   p99 {p99:>9.3} ms {:>7.1}x",
            ratios.0, ratios.1
        )?;
        keep(
            &serde_json::json!({"bench": "rank", "size": size, "way": way, "p50_ms": p50, "p99_ms": p99, "ratio_p50": ratios.0, "ratio_p99": ratios.1}),
        )?;
    }
    Ok(())
}

/// Adds a line to the results, if they are kept.
fn keep(line: &serde_json::Value) -> Result<(), Failure> {
    if let Ok(path) = std::env::var("MAINSTAY_BENCH_RESULTS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        writeln!(file, "{line}")?;
    }
    Ok(())
}
