//! Rows and words of volunteer profiles.

use crate::infra::db::schema::{profile_skills, volunteer_profiles};
use crate::infra::db::sql::Json;
use crate::infra::db::{text_column, unpacked};
use crate::kernel::{AccountId, NeedKind, Timestamp, words};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Who may see a profile.
    ProfileVisibility {
        /// Everybody.
        Public = "public",
        /// Those who are signed in.
        Members = "members",
        /// The person alone; projects do not see it in their matches.
        Hidden = "hidden",
    }
}

text_column!(ProfileVisibility);

/// Days on which somebody is away, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-12-20", "until": "2027-01-06"}))]
pub struct Away {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// What a person offers.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_profiles, treat_none_as_default_value = false)]
pub struct Profile {
    /// The person.
    pub account_id: AccountId,
    /// Hours a week offered, in halves; 0 while there are none.
    pub hours_per_week: f64,
    /// The person's zone (IANA).
    pub time_zone: String,
    /// Languages spoken (BCP 47).
    pub languages: Json<Vec<String>>,
    /// Kinds of help the person likes to give.
    pub interests: Json<Vec<NeedKind>>,
    /// Fields the person likes to work in: slugs of skills, or free tags.
    pub domains: Json<Vec<String>>,
    /// Skills the person wants to learn: slugs.
    pub learning: Json<Vec<String>>,
    /// How far into a project's systems the person is willing to go, 0 to 4.
    pub max_access_level: i16,
    /// Not before this day.
    pub available_from: Option<NaiveDate>,
    /// Days away.
    pub unavailable: Json<Vec<Away>>,
    /// Who may see it.
    pub visibility: ProfileVisibility,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Since when a moderator hides it; none while nobody does.
    pub suspended_at: Option<Timestamp>,
}

/// All that a person can, as the database packs it: read with [`Self::skills`].
#[derive(Debug, Clone, Queryable)]
pub struct Held {
    /// The person.
    pub account_id: AccountId,
    packed: String,
}

impl Held {
    /// Each skill's place in the person's list, the level, and the slug; in no particular order.
    pub fn skills(&self) -> impl Iterator<Item = (i32, i32, &str)> {
        unpacked(&self.packed).map(|(number, skill)| (number / 10, number % 10, skill))
    }
}

/// A skill that a person has.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = profile_skills, treat_none_as_default_value = false)]
pub struct ProfileSkill {
    /// The person.
    pub account_id: AccountId,
    /// The skill's slug.
    pub skill: String,
    /// Its place in the list.
    pub position: i16,
    /// 1 to 5, in the person's own view.
    pub level: i16,
    /// Years of practice.
    pub years: Option<f64>,
    /// Something that shows it.
    pub evidence_url: Option<String>,
}
