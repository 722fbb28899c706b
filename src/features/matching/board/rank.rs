//! Ranking by the plain formula over everything on the board that could be on the list.

use super::Board;
use super::index::Hope;
use crate::features::matching::score::{
    Grade, Match, Need, NeedCard, NeedFacts, NeedTable, Person, PersonCard, PersonTable, Points, Reader, SkillKey,
    Verdict, VolunteerFacts, obstacles, tally, tell,
};
use crate::features::needs::NeedSize;
use crate::kernel::{AccountId, Cursor, Fault, NeedId, NeedKind, ProjectId, Urgency};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use uuid::Uuid;

/// Which pairs a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    /// Those that nothing excludes.
    #[default]
    Eligible,
    /// Those that something excludes, with what it is.
    Blocked,
    /// All.
    All,
}

impl Show {
    fn shows(self, eligible: bool) -> bool {
        match self {
            Self::Eligible => eligible,
            Self::Blocked => !eligible,
            Self::All => true,
        }
    }
}

/// Which needs to rank for a volunteer. Empty lists and nones let everything through.
#[derive(Debug, Clone)]
pub struct NeedFilter {
    /// Any of these kinds.
    pub kinds: Vec<NeedKind>,
    /// Asks for any of these skills.
    pub skills: Vec<SkillKey>,
    /// Any of these package ecosystems.
    pub ecosystems: Vec<String>,
    /// Any of these sizes.
    pub sizes: Vec<NeedSize>,
    /// Any of these urgencies.
    pub urgencies: Vec<Urgency>,
    /// At most so many hours a week.
    pub max_hours_per_week: Option<f64>,
    /// Any of these projects.
    pub projects: Vec<ProjectId>,
    /// Any of these criticality tiers.
    pub tiers: Vec<u8>,
    /// Least score.
    pub least_score: Option<f64>,
    /// Which pairs.
    pub show: Show,
    /// Who reads the list.
    pub reader: Reader,
    /// Look at everything, whatever the index says: the same list, slowly; for holding the two together.
    pub scan: bool,
}

impl Default for NeedFilter {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            skills: Vec::new(),
            ecosystems: Vec::new(),
            sizes: Vec::new(),
            urgencies: Vec::new(),
            max_hours_per_week: None,
            projects: Vec::new(),
            tiers: Vec::new(),
            least_score: None,
            show: Show::Eligible,
            reader: Reader::Volunteer,
            scan: false,
        }
    }
}

impl NeedFilter {
    fn passes(&self, need: &NeedFacts) -> bool {
        fn among<T: PartialEq>(allowed: &[T], value: Option<&T>) -> bool {
            allowed.is_empty() || value.is_some_and(|value| allowed.contains(value))
        }
        among(&self.kinds, need.kind.as_ref())
            && (self.skills.is_empty() || need.skills.iter().any(|wanted| self.skills.contains(&wanted.skill)))
            && (self.ecosystems.is_empty() || need.ecosystems.iter().any(|one| self.ecosystems.contains(one)))
            && among(&self.sizes, need.size.as_ref())
            && among(&self.urgencies, Some(&need.urgency))
            && self.max_hours_per_week.is_none_or(|most| need.hours_per_week <= most)
            && among(&self.projects, Some(&need.project.id))
            && among(&self.tiers, need.tier.as_ref())
    }
}

/// Which volunteers to rank for a need. Empty lists and nones let everybody through.
#[derive(Debug, Clone)]
pub struct VolunteerFilter {
    /// Has any of these skills.
    pub skills: Vec<SkillKey>,
    /// Least score.
    pub least_score: Option<f64>,
    /// Which pairs.
    pub show: Show,
    /// Who reads the list.
    pub reader: Reader,
    /// Look at everybody, whatever the index says: the same list, slowly; for holding the two together.
    pub scan: bool,
}

impl Default for VolunteerFilter {
    fn default() -> Self {
        Self { skills: Vec::new(), least_score: None, show: Show::Eligible, reader: Reader::Other, scan: false }
    }
}

impl VolunteerFilter {
    fn passes(&self, person: &VolunteerFacts) -> bool {
        self.skills.is_empty() || person.skills.iter().any(|held| self.skills.contains(&held.skill))
    }
}

/// A row's place in the total order of a list; the page after it starts behind it. The best row is the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RankCursor {
    score: Reverse<i64>,
    second: Reverse<i64>,
    third: i64,
    id: Uuid,
}

impl RankCursor {
    fn of_need(total: Points, need: Need<'_>) -> Self {
        Self {
            score: Reverse(total.billionths()),
            second: Reverse(need.card.priority.billionths()),
            third: need.facts.opened_at.timestamp_micros(),
            id: need.facts.id.0,
        }
    }

    fn of_volunteer(total: Points, required: Points, need: Need<'_>, person: Person<'_>) -> Self {
        Self {
            score: Reverse(total.billionths()),
            second: Reverse(required.billionths()),
            third: -Points::new(person.card.calendar.free(need.card.window).average()).billionths(),
            id: person.facts.account.0,
        }
    }
}

impl From<RankCursor> for Cursor {
    fn from(at: RankCursor) -> Self {
        Self { key: format!("{}:{}:{}", at.score.0, at.second.0, at.third), id: at.id }
    }
}

impl TryFrom<&Cursor> for RankCursor {
    type Error = Fault;
    fn try_from(cursor: &Cursor) -> Result<Self, Fault> {
        let wrong = || {
            Fault::new("invalid_cursor", "This cursor is not of this list; take `next_cursor` from its pages as it is.")
        };
        let mut numbers = cursor.key.split(':').map(str::parse::<i64>);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(score)), Some(Ok(second)), Some(Ok(third)), None) => {
                Ok(Self { score: Reverse(score), second: Reverse(second), third, id: cursor.id })
            }
            _ => Err(wrong()),
        }
    }
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked<Id> {
    /// Which need, or which volunteer.
    pub id: Id,
    /// The match in full.
    pub matching: Match,
    /// Where the next page starts if this is the last row of one.
    pub cursor: RankCursor,
}

/// Keeps the best few of many rows behind a cursor.
struct Best<T> {
    after: Option<RankCursor>,
    limit: usize,
    kept: BinaryHeap<Row<T>>,
}

struct Row<T> {
    at: RankCursor,
    item: T,
}

impl<T> PartialEq for Row<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl<T> Eq for Row<T> {}
impl<T> PartialOrd for Row<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Row<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl<T> Best<T> {
    fn new(after: Option<RankCursor>, limit: usize) -> Self {
        Self { after, limit, kept: BinaryHeap::with_capacity(limit.min(1000) + 1) }
    }

    fn offer(&mut self, at: RankCursor, item: T) {
        let shown_before = self.after.is_some_and(|after| at <= after);
        let too_low = self.kept.len() >= self.limit && self.kept.peek().is_none_or(|worst| worst.at <= at);
        if shown_before || too_low {
            return;
        }
        self.kept.push(Row { at, item });
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    /// The least score of what is kept, once there are enough.
    fn bar(&self) -> Option<Points> {
        self.kept.peek().filter(|_| self.kept.len() >= self.limit).map(|worst| Points::from(worst.at.score.0))
    }

    /// What a row must score at least to be kept.
    fn bar_over(&self, least: Option<Points>) -> f64 {
        self.bar().max(least).map_or(f64::NEG_INFINITY, Points::get)
    }

    /// Whether nothing that scores at most so much can be kept any more.
    fn is_beyond(&self, most: Points) -> bool {
        self.bar().is_some_and(|bar| bar > most)
    }

    /// Looks at the most promising first, until none of the others can be kept.
    fn work_off(&mut self, hopes: Vec<Hope>, least: Option<Points>, mut look: impl FnMut(usize, &mut Self)) {
        let mut hopes = BinaryHeap::from(hopes);
        while let Some(hope) = hopes.pop() {
            let most = Points::new(hope.most);
            if self.is_beyond(most) || least.is_some_and(|least| most < least) {
                break;
            }
            look(hope.place, self);
        }
    }

    fn in_order(self) -> impl Iterator<Item = (RankCursor, T)> {
        self.kept.into_sorted_vec().into_iter().map(|row| (row.at, row.item))
    }
}

impl Board {
    /// The best needs for a volunteer (on the board or not), behind the cursor, at most `limit`.
    pub fn rank_needs<'a>(
        &'a self,
        person: &VolunteerFacts,
        filter: &NeedFilter,
        after: Option<RankCursor>,
        limit: usize,
    ) -> Vec<Ranked<NeedId>> {
        let (market, (weights, drift)) = (&self.market, self.weights());
        let constants = &market.constants;
        let vocabulary = &market.demand.vocabulary;
        let card = PersonCard::new(person, market, |skill| vocabulary.find(skill));
        let table = PersonTable::new(constants, &card, vocabulary.len());
        let person = Person { facts: person, card: &card };
        let least = filter.least_score.map(Points::new);
        let mut best = Best::new(after, limit);
        let mut grades: Vec<Grade> = Vec::new();
        let mut consider = |need: Need<'a>, best: &mut Best<Need<'a>>| {
            if !filter.passes(need.facts) {
                return;
            }
            table.grade(need.card, weights, &mut grades);
            if !filter.show.shows(obstacles(constants, need, person, &grades).is_empty()) {
                return;
            }
            let total = tally(constants, need, person, &grades, filter.reader.may_see_private()).total();
            if least.is_none_or(|least| total >= least) {
                best.offer(RankCursor::of_need(total, need), need);
            }
        };
        if filter.show == Show::Eligible && !filter.scan {
            let (rule, private) = ((&table, weights, *drift), filter.reader.may_see_private());
            let asker = self.need_index.asker(person, rule, constants, private);
            self.need_index.hunt(&asker).run(best.bar_over(least), |hopes| {
                best.work_off(hopes, least, |place, best| {
                    self.need_at(place).into_iter().for_each(|need| consider(need, best));
                });
                best.bar_over(least)
            });
        } else {
            self.all_needs().for_each(|need| consider(need, &mut best));
        }
        let row = |(cursor, need): (RankCursor, Need<'_>)| {
            table.grade(need.card, weights, &mut grades);
            let matching = self.in_words(need, person, filter.reader, &grades);
            Ranked { id: need.facts.id, matching, cursor }
        };
        best.in_order().map(row).collect()
    }

    /// The best volunteers for a need (on the board or not), behind the cursor, at most `limit`.
    pub fn rank_volunteers<'a>(
        &'a self,
        need: &NeedFacts,
        filter: &VolunteerFilter,
        after: Option<RankCursor>,
        limit: usize,
    ) -> Vec<Ranked<AccountId>> {
        let (market, (weights, _)) = (&self.market, self.weights());
        let constants = &market.constants;
        let mut vocabulary = market.demand.vocabulary.clone();
        let card = NeedCard::new(need, market, &mut vocabulary);
        let table = NeedTable::new(constants, &card, vocabulary.len(), weights);
        let need = Need { facts: need, card: &card };
        let least = filter.least_score.map(Points::new);
        let mut best = Best::new(after, limit);
        let mut grades: Vec<Grade> = Vec::new();
        let private = filter.reader.may_see_private();
        let mut consider = |person: Person<'a>, best: &mut Best<Person<'a>>| {
            if !filter.passes(person.facts) {
                return;
            }
            table.grade(constants, person.card, &mut grades);
            if !filter.show.shows(obstacles(constants, need, person, &grades).is_empty()) {
                return;
            }
            let tally = tally(constants, need, person, &grades, private);
            let total = tally.total();
            if least.is_none_or(|least| total >= least) {
                best.offer(RankCursor::of_volunteer(total, tally.skills_required, need, person), person);
            }
        };
        if filter.show == Show::Eligible && !filter.scan {
            self.person_index.hopes(need, &table, constants, private).run(best.bar_over(least), |hopes| {
                best.work_off(hopes, least, |place, best| {
                    self.volunteer_at(place).into_iter().for_each(|person| consider(person, best));
                });
                best.bar_over(least)
            });
        } else {
            self.all_volunteers().for_each(|person| consider(person, &mut best));
        }
        let row = |(cursor, person): (RankCursor, Person<'_>)| {
            table.grade(constants, person.card, &mut grades);
            let matching = self.in_words(need, person, filter.reader, &grades);
            Ranked { id: person.facts.account, matching, cursor }
        };
        best.in_order().map(row).collect()
    }

    fn in_words(&self, need: Need<'_>, person: Person<'_>, reader: Reader, grades: &[Grade]) -> Match {
        let constants = &self.market.constants;
        let verdict = Verdict {
            tally: tally(constants, need, person, grades, reader.may_see_private()),
            obstacles: obstacles(constants, need, person, grades),
            grades: grades.to_vec(),
        };
        tell(&self.market, need, person, reader, &verdict)
    }
}
