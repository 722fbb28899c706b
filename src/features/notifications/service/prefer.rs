//! What people want to be mailed about.

use super::{Reader, zone_of};
use crate::features::accounts;
use crate::features::notifications::model::{Cadence, Preferences, USUAL, usual};
use crate::features::notifications::unsubscribe::{self as addresses, DIGESTS};
use crate::features::notifications::when::time_of_day;
use crate::features::notifications::{letters, store};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::sql::Json;
use crate::kernel::{Actor, Check, IfMatch, Result, TimeZone, Topic};
use std::collections::BTreeMap;

/// Most wishes that one person may state.
const MOST: usize = 100;

/// Wishes as typed.
#[derive(Debug, Clone)]
pub(in crate::features::notifications) struct WishesInput {
    pub topics: BTreeMap<String, Cadence>,
    /// From and until, as `HH:MM`.
    pub quiet_hours: Option<(String, String)>,
    pub time_zone: Option<String>,
}

/// What is in force for a person.
#[derive(Debug)]
pub(in crate::features::notifications) struct Wishes {
    pub preferences: Preferences,
    /// What was said, over what is usual.
    pub topics: BTreeMap<String, Cadence>,
    pub zone: TimeZone,
}

fn in_force(conn: &mut Conn, preferences: Preferences) -> Result<Wishes> {
    let mut topics: BTreeMap<String, Cadence> =
        USUAL.iter().map(|(thing, cadence)| ((*thing).to_owned(), *cadence)).collect();
    topics.extend(preferences.topics.0.clone());
    Ok(Wishes { zone: zone_of(conn, &preferences)?, topics, preferences })
}

/// What the caller is mailed about.
pub(in crate::features::notifications) async fn get(ctx: &Ctx, actor: &Actor) -> Result<Wishes> {
    let (account, now) = (actor.account_id, ctx.now());
    ctx.store()
        .read(move |conn| {
            let stored = store::find_preferences(conn, account)?;
            in_force(conn, stored.unwrap_or_else(|| Preferences::unset(account, now)))
        })
        .await
}

/// The quiet hours and the zone, each if it was given.
type Hours = (Option<(String, String)>, Option<TimeZone>);

impl WishesInput {
    fn check(&self) -> Result<Hours> {
        let mut check = Check::default();
        check.require(self.topics.len() <= MOST, "/topics", "too_many", format!("At most {MOST} entries are allowed."));
        for name in self.topics.keys() {
            let known = USUAL.iter().any(|(thing, _)| thing == name) || name.parse::<Topic>().is_ok();
            let pointer = || format!("/topics/{}", name.replace('~', "~0").replace('/', "~1"));
            if name == "security" || name.starts_with("security.") {
                let detail = "Mails about your account's security always arrive; leave this out.";
                check.fault(pointer(), "always_on", detail);
            } else if !known {
                let detail =
                    "Nothing is called that; name a thing such as `pledge`, or a topic such as `pledge.exhausted`.";
                check.fault(pointer(), "unknown_topic", detail);
            }
        }
        if let Some((from, until)) = &self.quiet_hours {
            for (pointer, text) in [("/quiet_hours/from", from), ("/quiet_hours/until", until)] {
                let detail = "Write the time of day with two digits each, such as 22:00.";
                check.require(time_of_day(text).is_some(), pointer, "invalid_time", detail);
            }
            let whole_day = "Quiet hours that end when they begin would be none, or never end.";
            check.require(from != until, "/quiet_hours/until", "no_hours", whole_day);
        }
        let zone = check.optional("/time_zone", self.time_zone.as_deref().map(TimeZone::parse));
        check.done()?;
        Ok((self.quiet_hours.clone(), zone?))
    }
}

/// States the caller's wishes as a whole; what waits to be mailed goes by them, too.
pub(in crate::features::notifications) async fn put(
    ctx: &Ctx,
    actor: &Actor,
    if_match: IfMatch,
    input: WishesInput,
) -> Result<Wishes> {
    let (quiet, zone) = input.check()?;
    let (inner, account) = (ctx.clone(), actor.account_id);
    ctx.store()
        .write(move |conn| {
            accounts::lock_account(conn, account)?;
            let now = inner.now();
            let old = store::find_preferences(conn, account)?.unwrap_or_else(|| Preferences::unset(account, now));
            if_match.require(old.version)?;
            let (quiet_from, quiet_until) = quiet.clone().unzip();
            let new = Preferences {
                topics: Json(input.topics.clone()),
                quiet_from,
                quiet_until,
                time_zone: zone.map(|zone| zone.to_string()),
                version: old.version + 1,
                updated_at: now,
                ..old
            };
            save(conn, &inner, new)
        })
        .await
}

/// Writes wishes down and reschedules by them what waits.
fn save(conn: &mut Conn, ctx: &Ctx, new: Preferences) -> Result<Wishes> {
    store::put_preferences(conn, &new)?;
    let reader = Reader::load(conn, new)?;
    for notice in store::list_waiting(conn, reader.preferences.account_id)? {
        store::set_mailing(conn, &reader.reschedule(notice, ctx.now()))?;
    }
    in_force(conn, reader.preferences)
}

/// What the token's mails are about.
pub(in crate::features::notifications) fn named(ctx: &Ctx, token: &str) -> Result<&'static str> {
    Ok(letters::plural(&addresses::read(ctx, token)?.what))
}

/// Ends the mails that the token names; says what they were about. Doing it again changes nothing more.
pub(in crate::features::notifications) async fn unsubscribe(ctx: &Ctx, token: &str) -> Result<&'static str> {
    let wish = addresses::read(ctx, token)?;
    let inner = ctx.clone();
    let what = letters::plural(&wish.what);
    ctx.store()
        .write(move |conn| {
            let account = wish.account_id;
            accounts::lock_account(conn, account)?;
            let now = inner.now();
            let old = store::find_preferences(conn, account)?.unwrap_or_else(|| Preferences::unset(account, now));
            let mut topics = old.topics.0.clone();
            if wish.what == DIGESTS {
                let digested = |cadence: Cadence| matches!(cadence, Cadence::Daily | Cadence::Weekly);
                for (thing, _) in USUAL {
                    let wished = topics.get(*thing).copied().unwrap_or_else(|| usual(thing));
                    if digested(wished) {
                        topics.insert((*thing).to_owned(), Cadence::None);
                    }
                }
                for cadence in topics.values_mut().filter(|cadence| digested(**cadence)) {
                    *cadence = Cadence::None;
                }
            } else {
                let (thing, of_thing) = (wish.what.clone(), format!("{}.", wish.what));
                topics.retain(|name, _| !name.starts_with(&of_thing));
                topics.insert(thing, Cadence::None);
            }
            if topics == old.topics.0 {
                return Ok(());
            }
            let new = Preferences { topics: Json(topics), version: old.version + 1, updated_at: now, ..old };
            save(conn, &inner, new).map(|_| ())
        })
        .await?;
    Ok(what)
}
