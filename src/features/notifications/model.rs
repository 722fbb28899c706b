//! Rows and words of notices.

use crate::infra::db::schema::{notices, notification_preferences};
use crate::infra::db::sql::Json;
use crate::infra::db::text_column;
use crate::kernel::{AccountId, NewsId, NoticeId, Timestamp, Topic, words};
use diesel::prelude::*;
use std::collections::BTreeMap;

words! {
    /// How often somebody is mailed about something. The list in the application has it at once, whatever this says.
    Cadence {
        /// A mail for each piece of news.
        AtOnce = "at_once",
        /// One mail a day with all of it.
        Daily = "daily",
        /// One mail a week with all of it.
        Weekly = "weekly",
        /// No mail.
        None = "none",
    }
}

text_column!(Cadence);

/// The kinds of things that news is about, and how often somebody is mailed who never said how often.
pub(super) const USUAL: &[(&str, Cadence)] = &[
    ("proposal", Cadence::AtOnce),
    ("assignment", Cadence::AtOnce),
    ("time_entry", Cadence::Daily),
    ("pledge", Cadence::Daily),
    ("need", Cadence::Weekly),
    ("project", Cadence::AtOnce),
    ("advisory", Cadence::AtOnce),
    ("swarm", Cadence::AtOnce),
];

/// What a person wants to be mailed about.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notification_preferences, treat_none_as_default_value = false)]
pub(super) struct Preferences {
    pub account_id: AccountId,
    /// By thing (`pledge`) or by topic (`pledge.exhausted`); what is not named is as usual.
    pub topics: Json<BTreeMap<String, Cadence>>,
    /// `HH:MM`, from when to when nothing is mailed, by the person's clock.
    pub quiet_from: Option<String>,
    pub quiet_until: Option<String>,
    pub time_zone: Option<String>,
    /// Digests since the person was last seen.
    pub unread_digests: i32,
    pub last_digest_at: Option<Timestamp>,
    /// Rises with each change by the person; 0 while there was none.
    pub version: i64,
    pub updated_at: Timestamp,
}

impl Preferences {
    /// Of somebody who never said anything.
    pub(super) fn unset(account_id: AccountId, now: Timestamp) -> Self {
        Self {
            account_id,
            topics: Json(BTreeMap::new()),
            quiet_from: None,
            quiet_until: None,
            time_zone: None,
            unread_digests: 0,
            last_digest_at: None,
            version: 0,
            updated_at: now,
        }
    }

    /// How often the person is mailed about this: the most particular that was said counts.
    pub(super) fn cadence(&self, topic: Topic) -> Cadence {
        let said = self.topics.0.get(topic.as_str()).or_else(|| self.topics.0.get(topic.thing()));
        said.copied().unwrap_or_else(|| usual(topic.thing()))
    }
}

/// How often it is when nobody said anything.
pub(super) fn usual(thing: &str) -> Cadence {
    USUAL.iter().find(|(name, _)| *name == thing).map_or(Cadence::Daily, |(_, cadence)| *cadence)
}

/// A piece of news as one person gets it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notices, treat_none_as_default_value = false)]
pub(super) struct Notice {
    pub id: NoticeId,
    pub account_id: AccountId,
    pub news_id: NewsId,
    pub topic: String,
    pub title: String,
    /// Below `/api/v1`.
    pub path: String,
    pub at: Timestamp,
    pub read_at: Option<Timestamp>,
    pub cadence: Cadence,
    /// When it is to be mailed; none when it is not, or was.
    pub mail_due_at: Option<Timestamp>,
    pub mailed_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn every_topic_is_about_a_thing_with_a_usual_cadence() {
        for topic in Topic::ALL {
            assert!(USUAL.iter().any(|(thing, _)| *thing == topic.thing()), "{topic}");
        }
    }

    #[test]
    fn the_most_particular_wish_counts() {
        let mut wishes = Preferences::unset(AccountId(Uuid::nil()), "2026-11-22T09:00:00Z".parse().unwrap());
        assert_eq!(wishes.cadence(Topic::PledgeExhausted), Cadence::Daily);
        wishes.topics.0.insert("pledge".to_owned(), Cadence::None);
        assert_eq!(wishes.cadence(Topic::PledgeExhausted), Cadence::None);
        wishes.topics.0.insert("pledge.exhausted".to_owned(), Cadence::AtOnce);
        assert_eq!(wishes.cadence(Topic::PledgeExhausted), Cadence::AtOnce);
        assert_eq!(wishes.cadence(Topic::PledgeEnded), Cadence::None);
    }
}
