//! Goes over everything that a question finds, once: the page, the number, and what there is among it.

use super::shelf::{CLOSING, CRITICAL, FACET, HIGH, LOW, NAME};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};
use uuid::Uuid;

/// In which order what was found is shown; within it the newest comes first, by name the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Score,
    Newest,
    Closing,
    Critical,
    Name,
}

/// By what a hit has its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// The higher the earlier.
    Number(f64),
    /// In the order of its bytes.
    Name(String),
}

impl Key {
    /// A score, rounded: its last bits depend on the way it was added up.
    pub(super) fn score(score: Score) -> Self {
        Self::Number((f64::from(score) * 1024.0).round() / 1024.0)
    }

    /// Reads what was written for the same order.
    pub(super) fn parse(order: Order, text: &str) -> Option<Self> {
        match order {
            Order::Newest => text.is_empty().then_some(Self::Number(0.0)),
            Order::Name => (!text.is_empty()).then(|| Self::Name(text.to_owned())),
            Order::Score | Order::Closing | Order::Critical => {
                text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Number)
            }
        }
    }

    /// As [`Key::parse`] reads it.
    pub(super) fn text(&self, order: Order) -> String {
        match self {
            Self::Number(_) if order == Order::Newest => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

/// Something found, with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub key: Key,
    pub id: Uuid,
}

impl Hit {
    /// Its place beside another's of the same order.
    fn place(&self, other: &Self) -> Ordering {
        match (&self.key, &other.key) {
            (Key::Number(a), Key::Number(b)) => b.total_cmp(a).then(other.id.cmp(&self.id)),
            (Key::Name(a), Key::Name(b)) => a.cmp(b).then(self.id.cmp(&other.id)),
            (Key::Number(_), Key::Name(_)) => Ordering::Less,
            (Key::Name(_), Key::Number(_)) => Ordering::Greater,
        }
    }
}

/// Gathers the first hits after a place, in an order.
#[derive(Debug)]
pub(super) struct Gather {
    pub order: Order,
    pub after: Option<Hit>,
    pub keep: usize,
}

/// What there was.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub hits: Vec<Hit>,
    pub total: u64,
    pub facets: Vec<(String, u64)>,
}

/// What decides the place in a segment.
enum Column {
    Score,
    Same,
    Number(Arc<dyn ColumnValues<f64>>),
    Name(Option<StrColumn>),
}

/// Gathers in one segment.
pub(super) struct InSegment {
    column: Column,
    after: Option<Hit>,
    keep: usize,
    high: Arc<dyn ColumnValues<u64>>,
    low: Arc<dyn ColumnValues<u64>>,
    facets: Option<StrColumn>,
    counts: Vec<u64>,
    total: u64,
    hits: Vec<Hit>,
    /// By name: the name's number in this segment.
    named: Vec<(u64, Uuid)>,
}

impl Collector for Gather {
    type Fruit = Gathered;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<InSegment> {
        let columns = segment.fast_fields();
        let facets = columns.str(FACET)?;
        Ok(InSegment {
            column: match self.order {
                Order::Score => Column::Score,
                Order::Newest => Column::Same,
                Order::Closing => Column::Number(columns.column_first_or_default(CLOSING)?),
                Order::Critical => Column::Number(columns.column_first_or_default(CRITICAL)?),
                Order::Name => Column::Name(columns.str(NAME)?),
            },
            after: self.after.clone(),
            keep: self.keep,
            high: columns.column_first_or_default(HIGH)?,
            low: columns.column_first_or_default(LOW)?,
            counts: vec![0; facets.as_ref().map_or(0, |column| column.num_terms())],
            facets,
            total: 0,
            hits: Vec::new(),
            named: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Score
    }

    fn merge_fruits(&self, parts: Vec<tantivy::Result<Gathered>>) -> tantivy::Result<Gathered> {
        let mut all = Gathered::default();
        let mut counts: HashMap<String, u64> = HashMap::new();
        for part in parts {
            let Gathered { hits, total, facets } = part?;
            all.hits.extend(hits);
            all.total += total;
            for (facet, count) in facets {
                *counts.entry(facet).or_default() += count;
            }
        }
        all.hits.sort_by(Hit::place);
        all.hits.truncate(self.keep);
        all.facets = counts.into_iter().collect();
        Ok(all)
    }
}

impl InSegment {
    fn offer(&mut self, hit: Hit) {
        if self.after.as_ref().is_some_and(|after| hit.place(after) != Ordering::Greater) {
            return;
        }
        self.hits.push(hit);
        if self.hits.len() >= 4 * self.keep {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.hits.len() > self.keep {
            self.hits.select_nth_unstable_by(self.keep, Hit::place);
            self.hits.truncate(self.keep);
        }
    }

    /// The first by name after the place; only the names that decide are looked up.
    fn first_by_name(&mut self) -> tantivy::Result<()> {
        let Column::Name(Some(column)) = &self.column else { return Ok(()) };
        self.named.sort_unstable();
        let mut start = 0;
        if let Some(after) = &self.after {
            let mut end = self.named.len();
            while start < end {
                let middle = usize::midpoint(start, end);
                let Some((number, id)) = self.named.get(middle) else { break };
                if hit(column, *number, *id)?.place(after) == Ordering::Greater {
                    end = middle;
                } else {
                    start = middle + 1;
                }
            }
        }
        let first = self.named.iter().skip(start).take(self.keep);
        self.hits = first.map(|(number, id)| hit(column, *number, *id)).collect::<tantivy::Result<_>>()?;
        Ok(())
    }

    fn finish(mut self) -> tantivy::Result<Gathered> {
        self.first_by_name()?;
        self.cut();
        let mut facets = Vec::new();
        if let Some(column) = &self.facets {
            for (number, count) in (0_u64..).zip(&self.counts).filter(|(_, count)| **count > 0) {
                let mut facet = String::new();
                column.ord_to_str(number, &mut facet)?;
                facets.push((facet, *count));
            }
        }
        Ok(Gathered { hits: self.hits, total: self.total, facets })
    }
}

fn hit(column: &StrColumn, number: u64, id: Uuid) -> tantivy::Result<Hit> {
    let mut name = String::new();
    column.ord_to_str(number, &mut name)?;
    Ok(Hit { key: Key::Name(name), id })
}

impl SegmentCollector for InSegment {
    type Fruit = tantivy::Result<Gathered>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if let Some(column) = &self.facets {
            for number in column.term_ords(doc) {
                if let Some(count) = usize::try_from(number).ok().and_then(|number| self.counts.get_mut(number)) {
                    *count += 1;
                }
            }
        }
        let id = Uuid::from_u64_pair(self.high.get_val(doc), self.low.get_val(doc));
        let key = match &self.column {
            Column::Score => Key::score(score),
            Column::Same => Key::Number(0.0),
            Column::Number(column) => Key::Number(column.get_val(doc)),
            Column::Name(column) => {
                let number = column.as_ref().and_then(|column| column.term_ords(doc).next());
                self.named.push((number.unwrap_or_default(), id));
                return;
            }
        };
        self.offer(Hit { key, id });
    }

    fn harvest(self) -> tantivy::Result<Gathered> {
        self.finish()
    }
}
