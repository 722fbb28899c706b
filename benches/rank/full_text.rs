//! The same question asked of tantivy: postings find the needs that ask for any skill near the person's, and a collector reckons
//! the score of each from fast fields, exactly, as the SQL does. And, for comparison, what tantivy finds by BM25 alone.

use crate::sql::fits;
use mainstay::features::matching::board::Board;
use mainstay::features::matching::score::{NeedFacts, Reader, VolunteerFacts, explain};
use mainstay::features::skills::taxonomy::Taxonomy;
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
    blocking_level: u64,
}

/// A skill at a level, as the fast field holds it; the lowest bit says whether the need insists.
fn wanted(number: u64, level: u64, required: bool) -> u64 {
    number << 8 | level << 1 | u64::from(required)
}

impl Peer {
    pub(crate) fn new(board: &Board, needs: &[NeedFacts]) -> Result<Self, Failure> {
        let mut schema = Schema::builder();
        let skill = schema.add_text_field("skill", STRING);
        let wants = schema.add_u64_field("wants", FAST);
        let weights = schema.add_f64_field("weights", FAST);
        let prior = schema.add_f64_field("prior", FAST);
        let hours = schema.add_f64_field("hours", FAST);
        let numbers: HashMap<String, u64> = Taxonomy::shipped().skills().map(|x| x.slug.to_string()).zip(0..).collect();
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let nobody = VolunteerFacts::new(mainstay::kernel::AccountId(uuid::Uuid::nil()), "nobody");
        for need in needs {
            let mut document = TantivyDocument::default();
            let matching = explain(board.market(), need, &nobody, Reader::Other).matching;
            let same = matching.reasons.iter().filter(|r| matches!(r.factor.as_str(), "priority" | "balance"));
            document.add_f64(prior, same.map(|r| r.points).sum());
            document.add_f64(hours, need.hours_per_week);
            for one in &need.skills {
                let number = numbers.get(one.skill.slug()).copied().unwrap_or(0);
                document.add_text(skill, one.skill.slug());
                document.add_u64(wants, wanted(number, one.level.get().into(), one.required));
                document.add_f64(weights, board.market().demand.weight(&one.skill));
            }
            writer.add_document(document)?;
        }
        writer.commit()?;
        let blocking_level = board.market().constants.blocking_level.into();
        Ok(Self { reader: index.reader()?, skill, numbers, blocking_level })
    }

    fn query(&self, skills: &BTreeSet<&str>, record: IndexRecordOption) -> BooleanQuery {
        let term = |skill: &&str| -> (Occur, Box<dyn Query>) {
            (Occur::Should, Box::new(TermQuery::new(Term::from_field_text(self.skill, skill), record)))
        };
        BooleanQuery::new(skills.iter().map(term).collect())
    }

    /// The best needs for a person, by skills, priority, balance and hours.
    pub(crate) fn top(&self, board: &Board, person: &VolunteerFacts, limit: usize) -> Result<Vec<f64>, Failure> {
        let fits = fits(&board.market().constants, person);
        let skills: BTreeSet<&str> = fits.keys().map(|(skill, _)| skill.as_str()).collect();
        let known = |skill: &str| self.numbers.get(skill).copied().unwrap_or(0);
        let exact = Exact {
            fits: Arc::new(
                fits.iter().map(|((skill, level), fit)| (wanted(known(skill), (*level).into(), false), *fit)).collect(),
            ),
            hours: person.hours_per_week,
            blocking_level: self.blocking_level,
            limit,
        };
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

struct Exact {
    fits: Arc<HashMap<u64, f64>>,
    hours: f64,
    blocking_level: u64,
    limit: usize,
}

struct InSegment {
    fits: Arc<HashMap<u64, f64>>,
    available: f64,
    blocking_level: u64,
    limit: usize,
    wants: Column<u64>,
    weights: Column<f64>,
    prior: Arc<dyn ColumnValues<f64>>,
    hours: Arc<dyn ColumnValues<f64>>,
    /// The best so far as bits of their scores, which are positive and so in the order of the scores.
    best: BinaryHeap<Reverse<u64>>,
}

impl Collector for Exact {
    type Fruit = Vec<f64>;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<InSegment> {
        let fast = segment.fast_fields();
        Ok(InSegment {
            fits: self.fits.clone(),
            available: self.hours,
            blocking_level: self.blocking_level,
            limit: self.limit,
            wants: fast.u64("wants")?,
            weights: fast.f64("weights")?,
            prior: fast.f64("prior")?.first_or_default_col(0.0),
            hours: fast.f64("hours")?.first_or_default_col(1.0),
            best: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Vec<f64>>) -> tantivy::Result<Vec<f64>> {
        let mut all = parts.concat();
        all.sort_by(|a, b| b.total_cmp(a));
        all.truncate(self.limit);
        Ok(all)
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Vec<f64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let (mut required, mut optional) = ((0.0, 0.0), (0.0, 0.0));
        for (want, weight) in self.wants.values_for_doc(doc).zip(self.weights.values_for_doc(doc)) {
            let insists = want & 1 == 1;
            let fit = self.fits.get(&(want & !1)).copied();
            if insists && fit.is_none() && want >> 1 & 127 >= self.blocking_level {
                return;
            }
            let part = if insists { &mut required } else { &mut optional };
            part.0 += weight * fit.unwrap_or(0.0);
            part.1 += weight;
        }
        let share = |(met, all): (f64, f64)| if all > 0.0 { met / all } else { 1.0 };
        let score = self.prior.get_val(doc)
            + 36.0 * share(required)
            + 8.0 * share(optional)
            + 10.0 * (self.available / self.hours.get_val(doc)).min(1.0);
        if self.best.len() < self.limit {
            self.best.push(Reverse(score.to_bits()));
        } else if self.best.peek().is_some_and(|Reverse(least)| score.to_bits() > *least) {
            self.best.pop();
            self.best.push(Reverse(score.to_bits()));
        }
    }

    fn harvest(self) -> Vec<f64> {
        self.best.into_iter().map(|Reverse(bits)| f64::from_bits(bits)).collect()
    }
}
