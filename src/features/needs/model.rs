//! Rows, words and the state machine of needs.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::{need_skills, needs};
use crate::infra::db::sql::Json;
use crate::infra::db::{text_column, unpacked};
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{Error, NeedId, NeedKind, ProjectId, Result, Timestamp, Urgency, words};
use chrono::NaiveDate;
use diesel::prelude::*;

words! {
    /// Where a need stands.
    NeedStatus {
        /// Being written; seen by the project alone.
        Draft = "draft",
        /// Looking for people.
        Open = "open",
        /// Somebody is at work; still looking while seats are left.
        InProgress = "in_progress",
        /// Done, in the project's own words.
        Fulfilled = "fulfilled",
        /// Done and put away.
        Closed = "closed",
        /// Resting; the project takes it up again.
        Paused = "paused",
        /// Not confirmed in time; one call opens it again.
        Expired = "expired",
        /// Given up.
        Cancelled = "cancelled",
    }
}

impl NeedStatus {
    /// Whether it looks for people.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// Whether nothing can come after.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}

words! {
    /// How large a piece of work it is.
    NeedSize {
        /// About an hour.
        Session = "session",
        /// A few evenings.
        Small = "small",
        /// Some weeks.
        Medium = "medium",
        /// Without an end in sight.
        Ongoing = "ongoing",
    }
}

words! {
    /// Who may see it.
    NeedVisibility {
        /// Everybody.
        Public = "public",
        /// Those who are signed in; only vetted people may apply.
        Vetted = "vetted",
    }
}

words! {
    /// What can happen to a need.
    NeedAction {
        /// Open a draft.
        Publish = "publish",
        /// Let it rest.
        Pause = "pause",
        /// Take it up again.
        Resume = "resume",
        /// Confirm that it still stands; opens an expired one again.
        Renew = "renew",
        /// The work is done.
        Fulfil = "fulfil",
        /// Put it away.
        Close = "close",
        /// Give it up.
        Cancel = "cancel",
        /// Nobody confirmed it in time.
        Expire = "expire",
        /// The first assignment has been made.
        Begin = "begin",
        /// The last assignment has ended.
        Rest = "rest",
    }
}

words! {
    /// How needs are sorted.
    NeedSort {
        /// The newest first.
        Newest = "newest",
        /// Those whose time to apply ends soonest first.
        ClosingSoon = "closing_soon",
        /// Those of the most critical projects first.
        MostCritical = "most_critical",
        /// Those that answer the words of `q` best first.
        Relevance = "relevance",
    }
}

impl NeedAction {
    /// Whether people ask for it; the others follow from the clock and from assignments.
    pub fn is_asked_for(self) -> bool {
        !matches!(self, Self::Expire | Self::Begin | Self::Rest)
    }
}

text_column!(NeedStatus, NeedSize, NeedVisibility);

/// Every transition there is: from, action, to.
pub(super) const TRANSITIONS: &[(NeedStatus, NeedAction, NeedStatus)] = {
    use NeedAction::{Begin, Cancel, Close, Expire, Fulfil, Pause, Publish, Renew, Rest, Resume};
    use NeedStatus::{Cancelled, Closed, Draft, Expired, Fulfilled, InProgress, Open, Paused};
    &[
        (Draft, Publish, Open),
        (Draft, Cancel, Cancelled),
        (Open, Pause, Paused),
        (Open, Renew, Open),
        (Open, Fulfil, Fulfilled),
        (Open, Cancel, Cancelled),
        (Open, Expire, Expired),
        (Open, Begin, InProgress),
        (InProgress, Rest, Open),
        (InProgress, Pause, Paused),
        (InProgress, Renew, InProgress),
        (InProgress, Fulfil, Fulfilled),
        (InProgress, Cancel, Cancelled),
        (Paused, Resume, Open),
        (Paused, Cancel, Cancelled),
        (Expired, Renew, Open),
        (Expired, Cancel, Cancelled),
        (Fulfilled, Close, Closed),
    ]
};

/// The state after the action, or 409 with the actions that this state allows to people.
pub(super) fn advance(from: NeedStatus, action: NeedAction) -> Result<NeedStatus> {
    if let Some((_, _, to)) = TRANSITIONS.iter().find(|(state, act, _)| *state == from && *act == action) {
        return Ok(*to);
    }
    let allowed = TRANSITIONS
        .iter()
        .filter(|(state, act, _)| *state == from && act.is_asked_for())
        .map(|(_, act, _)| act.as_str());
    let detail = format!("A need that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed.collect()))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    Machine::of(
        ("Need", "What a project asks for."),
        (NeedStatus::Draft, TRANSITIONS),
        NeedAction::is_asked_for,
        |from, action| tried(from, action, advance),
    )
}

/// A stated maintenance need of a project.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = needs, treat_none_as_default_value = false)]
pub struct Need {
    /// Its id.
    pub id: NeedId,
    /// The project that states it.
    pub project_id: ProjectId,
    /// What it is, in a line.
    pub title: String,
    /// Title and description, folded for searching.
    pub search: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// What it is, as Markdown.
    pub description: String,
    /// How large.
    pub size: NeedSize,
    /// Hours a week of each person, in halves.
    pub hours_per_week: f64,
    /// For so many weeks.
    pub weeks: i32,
    /// For so many people.
    pub seats: i32,
    /// How urgent, in the project's view.
    pub urgency: Urgency,
    /// Access that the work wants, 0 to 4.
    pub access_level: i16,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// Zones (IANA) that helpers should overlap with; empty when it does not matter.
    pub time_zones: Json<Vec<String>>,
    /// Hours of overlap wanted; none when not said.
    pub overlap_hours: Option<f64>,
    /// First day of work, if fixed.
    pub starts_on: Option<NaiveDate>,
    /// Last day to apply, if there is one.
    pub apply_until: Option<NaiveDate>,
    /// Issues, boards, documents.
    pub links: Json<Vec<String>>,
    /// The project answers applications within so many days.
    pub response_days: i32,
    /// For sample data: from which public signal it was derived, and that the project did not ask for it.
    pub sample_note: Option<String>,
    /// Where it stands.
    pub status: NeedStatus,
    /// Rises when applicants have to look again.
    pub revision: i32,
    /// Rises with each change.
    pub version: i64,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// The project confirms it until then, or it expires a week later.
    pub renew_by: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How many seats are held: by invitations that wait, accepted applications, offers, and people at work.
    pub seats_taken: i32,
}

impl Need {
    /// Seats that nobody holds.
    pub fn seats_left(&self) -> i32 {
        self.seats - self.seats_taken
    }
}

/// What matching weighs of a need, without the texts that it does not read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = needs)]
pub struct NeedGist {
    /// Its id.
    pub id: NeedId,
    /// The project that states it.
    pub project_id: ProjectId,
    /// What it is, in a line.
    pub title: String,
    /// What kind of help.
    pub kind: NeedKind,
    /// How large.
    pub size: NeedSize,
    /// Hours a week of each person, in halves.
    pub hours_per_week: f64,
    /// For so many weeks.
    pub weeks: i32,
    /// For so many people.
    pub seats: i32,
    /// How urgent, in the project's view.
    pub urgency: Urgency,
    /// Access that the work wants, 0 to 4.
    pub access_level: i16,
    /// Who may see it.
    pub visibility: NeedVisibility,
    /// Zones (IANA) that helpers should overlap with; empty when it does not matter.
    pub time_zones: Json<Vec<String>>,
    /// Hours of overlap wanted; none when not said.
    pub overlap_hours: Option<f64>,
    /// First day of work, if fixed.
    pub starts_on: Option<NaiveDate>,
    /// Last day to apply, if there is one.
    pub apply_until: Option<NaiveDate>,
    /// Where it stands.
    pub status: NeedStatus,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many seats are held.
    pub seats_taken: i32,
}

impl From<&Need> for NeedGist {
    fn from(need: &Need) -> Self {
        Self {
            id: need.id,
            project_id: need.project_id,
            title: need.title.clone(),
            kind: need.kind,
            size: need.size,
            hours_per_week: need.hours_per_week,
            weeks: need.weeks,
            seats: need.seats,
            urgency: need.urgency,
            access_level: need.access_level,
            visibility: need.visibility,
            time_zones: need.time_zones.clone(),
            overlap_hours: need.overlap_hours,
            starts_on: need.starts_on,
            apply_until: need.apply_until,
            status: need.status,
            opened_at: need.opened_at,
            created_at: need.created_at,
            seats_taken: need.seats_taken,
        }
    }
}

/// All that a need asks for, as the database packs it: read with [`Self::skills`].
#[derive(Debug, Clone, Queryable)]
pub struct Wanted {
    /// The need.
    pub need_id: NeedId,
    packed: String,
}

impl Wanted {
    /// Each skill's place in the need's list, the level wanted, whether it can't do without, and the slug; in no particular order.
    pub fn skills(&self) -> impl Iterator<Item = (i32, i32, bool, &str)> {
        unpacked(&self.packed).map(|(number, skill)| (number / 20, number % 20 / 2, number % 2 == 1, skill))
    }
}

/// A skill that a need asks for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = need_skills, treat_none_as_default_value = false)]
pub struct NeedSkill {
    /// The need.
    pub need_id: NeedId,
    /// The skill's slug.
    pub skill: String,
    /// Its place in the list.
    pub position: i16,
    /// The level wanted, 1 to 5.
    pub level: i16,
    /// Whether it can't do without.
    pub required: bool,
}

/// What a transition writes.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = needs)]
pub(super) struct Moved {
    pub status: NeedStatus,
    pub opened_at: Option<Timestamp>,
    pub renew_by: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_and_the_ended_ones_are_final() {
        for status in NeedStatus::ALL {
            let reached = *status == NeedStatus::Draft || TRANSITIONS.iter().any(|(_, _, to)| to == status);
            let left = TRANSITIONS.iter().any(|(from, _, _)| from == status);
            assert!(reached, "{status} can't be reached");
            assert_eq!(left, !status.is_ended(), "{status}");
        }
    }

    #[test]
    fn each_pair_leads_to_one_state_and_all_others_are_refused() {
        for from in NeedStatus::ALL {
            for action in NeedAction::ALL {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|row| row.0 == *from && row.1 == *action).collect();
                match (rows.as_slice(), advance(*from, *action)) {
                    ([(_, _, to)], Ok(reached)) => assert_eq!(*to, reached),
                    ([], Err(refused)) => {
                        assert_eq!(refused.code(), "need.transition_refused");
                        assert!(!refused.allowed().contains(&action.as_str()), "{from} {action}");
                    }
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
        assert_eq!(advance(NeedStatus::Draft, NeedAction::Close).unwrap_err().allowed(), ["publish", "cancel"]);
    }
}
