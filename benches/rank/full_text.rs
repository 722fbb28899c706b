//! The same question asked of tantivy: postings find the needs that ask for any skill near the person's, and a collector reckons
//! the whole score of each from fast fields, exactly: all that tells this market's needs apart. What is the same for everybody
//! is a field; what depends on the person is a table for the query. A need is passed over as soon as its skills could not lift
//! it among the best. And, for comparison, what tantivy finds by BM25 alone.

use crate::sql::fits;
use chrono::{NaiveDate, Offset as _, TimeZone as _};
use mainstay::features::matching::board::Board;
use mainstay::features::matching::score::{
    Constants, Evidence, NeedFacts, Reader, VolunteerFacts, WantedSkill, explain,
};
use mainstay::features::skills::taxonomy::Taxonomy;
use mainstay::kernel::{NeedKind, TimeZone};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector, TopDocs};
use tantivy::columnar::{Column, ColumnValues};
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema};
use tantivy::{DocId, Index, IndexReader, Score, SegmentOrdinal, SegmentReader, TantivyDocument, Term};

type Failure = Box<dyn std::error::Error>;

/// Bytes that the writer keeps before it writes a segment: enough for one segment.
const WRITER_BYTES: usize = 1 << 30;

pub(crate) struct Peer {
    reader: IndexReader,
    skill: Field,
    numbers: HashMap<String, u64>,
    /// What each skill weighs, by number.
    weights: Arc<Vec<f64>>,
    /// The zones that needs name, by number; the first is for none.
    zones: Vec<Vec<TimeZone>>,
}

/// Stands for a skill at needs that insist on none: whoever comes near nothing of theirs can be on their list.
const ANYBODY: &str = "*";

/// Levels of a skill, and one that there is not.
const LEVELS: usize = 8;

/// A skill at a level, as the fast field holds it; the lowest bit says whether the need insists.
fn wanted(number: u64, level: u64, required: bool) -> u64 {
    number << 4 | level << 1 | u64::from(required)
}

/// How far the zone's clocks are ahead of UTC at noon, in minutes.
fn offset(zone: TimeZone, today: NaiveDate) -> i32 {
    let noon = today.and_hms_opt(12, 0, 0).unwrap_or_default();
    zone.tz().offset_from_utc_datetime(&noon).fix().local_minus_utc() / 60
}

impl Peer {
    pub(crate) fn new(board: &Board, needs: &[NeedFacts]) -> Result<Self, Failure> {
        let mut schema = Schema::builder();
        let skill = schema.add_text_field("skill", STRING);
        let wants = schema.add_u64_field("wants", FAST);
        let prior = schema.add_f64_field("prior", FAST);
        let hours = schema.add_f64_field("hours", FAST);
        let zone = schema.add_u64_field("zone", FAST);
        let kind = schema.add_u64_field("kind", FAST);
        let known: Vec<_> = Taxonomy::shipped().skills().collect();
        let numbers: HashMap<String, u64> = known.iter().map(|x| x.slug.to_string()).zip(0..).collect();
        let mut weights = vec![0.0; known.len()];
        let mut zones = vec![Vec::new()];
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let nobody = VolunteerFacts::new(mainstay::kernel::AccountId(uuid::Uuid::nil()), "nobody");
        for need in needs {
            let mut document = TantivyDocument::default();
            let matching = explain(board.market(), need, &nobody, Reader::Other).matching;
            let same = matching.reasons.iter().filter(|r| matches!(r.factor.as_str(), "priority" | "balance"));
            document.add_f64(prior, same.map(|r| r.points).sum());
            document.add_f64(hours, need.hours_per_week);
            let place = zones.iter().position(|known| *known == need.time_zones).unwrap_or(zones.len());
            if place == zones.len() {
                zones.push(need.time_zones.clone());
            }
            document.add_u64(zone, place as u64);
            let place = NeedKind::ALL.iter().position(|one| Some(*one) == need.kind).unwrap_or(NeedKind::ALL.len());
            document.add_u64(kind, place as u64);
            for one in &need.skills {
                let number = numbers.get(one.skill.slug()).copied().unwrap_or(0);
                document.add_text(skill, one.skill.slug());
                document.add_u64(wants, wanted(number, one.level.get().into(), one.required));
                if let Some(weight) = weights.get_mut(number as usize).filter(|weight| **weight == 0.0) {
                    *weight = board.market().demand.weight(&one.skill);
                }
            }
            let blocks = |one: &WantedSkill| one.required && one.level.get() >= board.market().constants.blocking_level;
            if !need.skills.iter().any(blocks) {
                document.add_text(skill, ANYBODY);
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        Ok(Self { reader: index.reader()?, skill, numbers, weights: Arc::new(weights), zones })
    }

    fn query(&self, skills: &BTreeSet<&str>, record: IndexRecordOption) -> BooleanQuery {
        let term = |skill: &&str| -> (Occur, Box<dyn Query>) {
            (Occur::Should, Box::new(TermQuery::new(Term::from_field_text(self.skill, skill), record)))
        };
        BooleanQuery::new(skills.iter().map(term).collect())
    }

    /// The best scores of needs for a person.
    pub(crate) fn top(&self, board: &Board, person: &VolunteerFacts, limit: usize) -> Result<Vec<f64>, Failure> {
        let market = board.market();
        let fits_by_name = fits(&market.constants, person);
        let near = fits_by_name.keys().map(|(skill, _)| skill.as_str());
        let skills: BTreeSet<&str> = near.chain([ANYBODY]).collect();
        let exact = Exact(Arc::new(Asked::new(self, &market.constants, market.today, person, limit)));
        Ok(self.reader.searcher().search(&self.query(&skills, IndexRecordOption::Basic), &exact)?)
    }

    /// What full-text search takes for the best: BM25 over the same skills.
    pub(crate) fn bm25(&self, board: &Board, person: &VolunteerFacts, limit: usize) -> Result<usize, Failure> {
        let fits = fits(&board.market().constants, person);
        let skills: BTreeSet<&str> = fits.keys().map(|(skill, _)| skill.as_str()).collect();
        let query = self.query(&skills, IndexRecordOption::WithFreqs);
        Ok(self.reader.searcher().search(&query, &TopDocs::with_limit(limit).order_by_score())?.len())
    }
}

/// How well a skill is met, and how far that is proven.
#[derive(Clone, Copy, Default)]
struct Fit {
    met: f64,
    proven: f64,
}

/// What the query knows of the person, in tables.
struct Asked {
    constants: Constants,
    limit: usize,
    weights: Arc<Vec<f64>>,
    /// By skill: where its fits are; the first are for all skills that are not met.
    places: Vec<u16>,
    fits: Vec<[Fit; LEVELS]>,
    hours: f64,
    /// Points by zones.
    zones: Vec<f64>,
    /// Points by kind.
    kinds: Vec<f64>,
    /// The most points for skills and evidence.
    skills: f64,
}

impl Asked {
    fn new(peer: &Peer, constants: &Constants, today: NaiveDate, person: &VolunteerFacts, limit: usize) -> Self {
        let most = &constants.most;
        let (mut places, mut rows) = (vec![0u16; peer.weights.len()], vec![[Fit::default(); LEVELS]]);
        // In this market what is proven was proven today, and nothing of it has faded.
        let mut proven = person.clone();
        proven.skills.retain(|held| held.evidence == Evidence::Confirmed(today));
        let all = fits(constants, person).into_iter().map(|(at, fit)| (at, Fit { met: fit, proven: 0.0 }));
        let evident = fits(constants, &proven).into_iter().map(|(at, fit)| (at, Fit { met: 0.0, proven: fit }));
        for ((skill, level), fit) in all.chain(evident) {
            let Some(place) = peer.numbers.get(&skill).and_then(|at| places.get_mut(*at as usize)) else { continue };
            if *place == 0 {
                *place = rows.len() as u16;
                rows.push([Fit::default(); LEVELS]);
            }
            if let Some(cell) = rows.get_mut(usize::from(*place)).and_then(|row| row.get_mut(usize::from(level))) {
                *cell = Fit { met: cell.met.max(fit.met), proven: cell.proven.max(fit.proven) };
            }
        }
        let zone_points = |zones: &Vec<TimeZone>| {
            let overlap = |zone: &TimeZone| {
                let apart = (offset(*zone, today) - offset(person.time_zone?, today)).rem_euclid(24 * 60);
                Some(f64::from((8 * 60 - apart.min(24 * 60 - apart)).max(0)))
            };
            let best = zones.iter().filter_map(overlap).fold(0.0, f64::max);
            most.time_zone * if zones.is_empty() { 1.0 } else { (best / (60.0 * constants.overlap_hours)).min(1.0) }
        };
        let kind_points = |kind: Option<&NeedKind>| match kind {
            _ if person.interest_kinds.is_empty() => most.interests * constants.interests_unnamed,
            Some(kind) if person.interest_kinds.contains(kind) => constants.interest_kind,
            _ => 0.0,
        };
        Self {
            limit,
            weights: peer.weights.clone(),
            places,
            fits: rows,
            hours: person.hours_per_week,
            zones: peer.zones.iter().map(zone_points).collect(),
            kinds: NeedKind::ALL.iter().map(Some).chain([None]).map(kind_points).collect(),
            skills: most.skills_required + most.skills_optional + most.evidence,
            constants: constants.clone(),
        }
    }
}

struct Exact(Arc<Asked>);

struct InSegment {
    asked: Arc<Asked>,
    wants: Column<u64>,
    prior: Arc<dyn ColumnValues<f64>>,
    hours: Arc<dyn ColumnValues<f64>>,
    zone: Arc<dyn ColumnValues<u64>>,
    kind: Arc<dyn ColumnValues<u64>>,
    /// The best so far as bits of their scores, which are positive and so in the order of the scores.
    best: BinaryHeap<Reverse<u64>>,
    /// What the best must exceed, once there are enough.
    bar: f64,
}

impl Collector for Exact {
    type Fruit = Vec<f64>;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<InSegment> {
        let fast = segment.fast_fields();
        Ok(InSegment {
            asked: self.0.clone(),
            wants: fast.u64("wants")?,
            prior: fast.f64("prior")?.first_or_default_col(0.0),
            hours: fast.f64("hours")?.first_or_default_col(1.0),
            zone: fast.u64("zone")?.first_or_default_col(0),
            kind: fast.u64("kind")?.first_or_default_col(0),
            best: BinaryHeap::new(),
            bar: 0.0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Vec<f64>>) -> tantivy::Result<Vec<f64>> {
        let mut all = parts.concat();
        all.sort_by(|a, b| b.total_cmp(a));
        all.truncate(self.0.limit);
        Ok(all)
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Vec<f64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let Asked { constants, limit, weights, places, fits, hours, zones, kinds, skills } = &*self.asked;
        let of = |table: &[f64], at: u64| table.get(at as usize).copied().unwrap_or_default();
        let known = self.prior.get_val(doc)
            + constants.most.availability * (hours / self.hours.get_val(doc)).min(1.0)
            + of(zones, self.zone.get_val(doc))
            + of(kinds, self.kind.get_val(doc));
        if known + skills <= self.bar {
            return;
        }
        let (mut required, mut optional, mut proven) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        for want in self.wants.values_for_doc(doc) {
            let (number, level, insists) = (want >> 4, want >> 1 & 7, want & 1 == 1);
            let place = places.get(number as usize).copied().unwrap_or_default();
            let row = fits.get(usize::from(place));
            let fit = row.and_then(|row| row.get(level as usize)).copied().unwrap_or_default();
            if insists && fit.met == 0.0 && level >= u64::from(constants.blocking_level) {
                return;
            }
            let weight = of(weights, number);
            let part = if insists { &mut required } else { &mut optional };
            part.0 += weight * fit.met;
            part.1 += weight;
            proven += weight * fit.proven;
        }
        let share = |(met, all): (f64, f64)| if all > 0.0 { met / all } else { 1.0 };
        let matched = required.0 + optional.0;
        let score = known
            + constants.most.skills_required * share(required)
            + constants.most.skills_optional * share(optional)
            + constants.most.evidence * if matched > 0.0 { (proven / matched).min(1.0) } else { 0.0 };
        if self.best.len() < *limit || score > self.bar {
            self.best.push(Reverse(score.to_bits()));
        }
        if self.best.len() > *limit {
            self.best.pop();
        }
        if self.best.len() == *limit {
            self.bar = self.best.peek().map_or(0.0, |Reverse(least)| f64::from_bits(*least));
        }
    }

    fn harvest(self) -> Vec<f64> {
        self.best.into_iter().map(|Reverse(bits)| f64::from_bits(bits)).collect()
    }
}
