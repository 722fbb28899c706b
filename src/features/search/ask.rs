//! A question as the index takes it.

use super::gather::{Gather, Gathered, Hit, Key, Order};
use super::shelf::{Fields, Glass};
use crate::kernel::search::{FacetCount, Facets, Found, Part, Question};
use crate::kernel::{Cursor, Error, Limit, Result};
use std::cmp::Reverse;
use std::ops::Bound;
use tantivy::collector::TopDocs;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur,
    PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};
use uuid::Uuid;

/// Values of one facet that are told.
const MOST_VALUES: usize = 50;
/// What a prefix or a typo is worth: less than the word itself mostly is.
const PREFIX: f32 = 0.5;
const TYPO: f32 = 0.2;

/// What is looked for.
#[derive(Debug)]
pub(super) struct Ask {
    pub text: String,
    /// Facets that must all be there.
    pub facets: Vec<String>,
    /// Gates; of each group one must be there.
    pub gates: Vec<Vec<String>>,
    pub most_hours: Option<f64>,
    pub order: Order,
    pub limit: Limit,
    pub after: Option<Cursor>,
}

type Clause = (Occur, Box<dyn Query>);

fn must(query: Box<dyn Query>) -> Clause {
    (Occur::Must, query)
}

/// Decides whether, not how well.
fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn exact(field: Field, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
}

fn boosted(query: impl Query, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(Box::new(query), boost))
}

fn part(fields: &Fields, part: &Part) -> Box<dyn Query> {
    let mut ways: Vec<Box<dyn Query>> = Vec::new();
    for (field, weight) in [(fields.title, 3.0), (fields.names, 2.0), (fields.text, 1.0)] {
        let term = |word: &str| Term::from_field_text(field, word);
        let whole = |word: &str| TermQuery::new(term(word), IndexRecordOption::WithFreqs);
        match part {
            Part::Phrase(words) => ways.push(match words.as_slice() {
                [word] => boosted(whole(word), weight),
                words => boosted(PhraseQuery::new(words.iter().map(|word| term(word)).collect()), weight),
            }),
            Part::Word { text, prefix } => {
                ways.push(boosted(whole(text), weight));
                if *prefix {
                    ways.push(boosted(FuzzyTermQuery::new_prefix(term(text), 0, true), weight * PREFIX));
                }
                if Part::forgives(text) {
                    let near = if *prefix { FuzzyTermQuery::new_prefix } else { FuzzyTermQuery::new };
                    ways.push(boosted(near(term(text), 1, true), weight * TYPO));
                }
            }
        }
    }
    Box::new(DisjunctionMaxQuery::new(ways))
}

impl Ask {
    fn query(&self, fields: &Fields) -> Box<dyn Query> {
        let question = Question::parse(&self.text);
        let mut clauses: Vec<Clause> = question.parts().iter().map(|one| must(part(fields, one))).collect();
        if clauses.is_empty() {
            if !question.is_blank() {
                return Box::new(EmptyQuery);
            }
            clauses.push(must(silent(Box::new(AllQuery))));
        }
        for facet in &self.facets {
            clauses.push(must(silent(exact(fields.facet, facet))));
        }
        for group in &self.gates {
            let any = group.iter().map(|gate| (Occur::Should, exact(fields.gate, gate))).collect();
            clauses.push(must(silent(Box::new(BooleanQuery::new(any)))));
        }
        if let Some(most) = self.most_hours {
            let most = Bound::Included(Term::from_field_f64(fields.hours, most));
            clauses.push(must(silent(Box::new(RangeQuery::new(Bound::Unbounded, most)))));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// Answers from the snapshot that the glass shows now.
    pub(super) fn answer(&self, glass: &Glass) -> Result<Found<Uuid>> {
        let (searcher, query) = (glass.searcher(), self.query(&glass.fields));
        let after =
            self.after.as_ref().map(|cursor| self.place(&searcher, &glass.fields, &query, cursor)).transpose()?;
        let keep = self.limit.rows() + 1;
        let Gathered { mut hits, total, facets } =
            searcher.search(&query, &Gather { order: self.order, after, keep }).map_err(Error::internal)?;
        let more = hits.len() > self.limit.rows();
        hits.truncate(self.limit.rows());
        let next = hits.last().filter(|_| more).map(|hit| Cursor { key: hit.key.text(self.order), id: hit.id });
        Ok(Found { items: hits.into_iter().map(|hit| hit.id).collect(), next, total, facets: told(facets) })
    }

    /// Where a page starts. Scores shift a little as entries come and go, so the last row's place is looked up anew; what it
    /// scored then counts only when it is gone.
    fn place(&self, searcher: &Searcher, fields: &Fields, query: &dyn Query, cursor: &Cursor) -> Result<Hit> {
        let key = Key::parse(self.order, &cursor.key).ok_or_else(|| {
            let detail = "This cursor belongs to a list in another order; start again without it.";
            Error::field("?cursor", "invalid_cursor", detail)
        })?;
        if self.order != Order::Score {
            return Ok(Hit { key, id: cursor.id });
        }
        let itself = silent(exact(fields.id, &cursor.id.simple().to_string()));
        let query = BooleanQuery::new(vec![must(query.box_clone()), must(itself)]);
        let top = searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).map_err(Error::internal)?;
        let now = top.first().map(|(score, _)| Key::score(*score));
        Ok(Hit { key: now.unwrap_or(key), id: cursor.id })
    }
}

/// The counts by facet, the most frequent values first.
fn told(counts: Vec<(String, u64)>) -> Facets {
    let mut facets = Facets::new();
    for (facet, count) in counts {
        if let Some((name, value)) = facet.split_once(':') {
            facets.entry(name.to_owned()).or_default().push(FacetCount { value: value.to_owned(), count });
        }
    }
    for values in facets.values_mut() {
        values.sort_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
        values.truncate(MOST_VALUES);
    }
    facets
}
