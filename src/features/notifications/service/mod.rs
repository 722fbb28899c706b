//! Use cases of notices.

mod hear;
mod prefer;
mod read;
mod send;

pub use hear::hear;
pub(super) use prefer::{Wishes, WishesInput, get, named, put, unsubscribe};
pub(super) use read::{list, read, read_all};
pub use send::{prune_notices, send_due};

use super::model::{Cadence, Notice, Preferences};
use super::when::{self, Quiet, time_of_day};
use crate::features::{accounts, volunteers};
use crate::infra::db::Conn;
use crate::kernel::{Result, TimeZone, Timestamp, Topic};

/// What decides when somebody is mailed.
struct Reader {
    preferences: Preferences,
    zone: TimeZone,
    quiet: Option<Quiet>,
    /// Digests that the person has not reacted to.
    unread: i32,
}

impl Reader {
    fn load(conn: &mut Conn, preferences: Preferences) -> Result<Self> {
        let seen = accounts::last_seen(conn, preferences.account_id)?;
        let back = preferences.last_digest_at.zip(seen).is_some_and(|(digest, seen)| seen > digest);
        let of_day = |text: &Option<String>| text.as_deref().and_then(time_of_day);
        let quiet = of_day(&preferences.quiet_from).zip(of_day(&preferences.quiet_until));
        Ok(Self {
            zone: zone_of(conn, &preferences)?,
            quiet: quiet.map(|(from, until)| Quiet { from, until }),
            unread: if back { 0 } else { preferences.unread_digests },
            preferences,
        })
    }

    fn due(&self, cadence: Cadence, now: Timestamp) -> Option<Timestamp> {
        when::due(cadence, now, self.zone, self.quiet, self.unread)
    }

    /// Sets anew when the notice is mailed, after the person's wishes changed.
    fn reschedule(&self, notice: Notice, now: Timestamp) -> Notice {
        let cadence = notice.topic.parse::<Topic>().map_or(Cadence::None, |topic| self.preferences.cadence(topic));
        Notice { cadence, mail_due_at: self.due(cadence, now), ..notice }
    }
}

/// The zone that the person named here, or as a volunteer, or the world's.
fn zone_of(conn: &mut Conn, preferences: &Preferences) -> Result<TimeZone> {
    let named = match &preferences.time_zone {
        Some(named) => Some(named.clone()),
        None => volunteers::find_profile(conn, preferences.account_id)?.map(|profile| profile.time_zone),
    };
    Ok(named.and_then(|name| TimeZone::parse(&name).ok()).unwrap_or(TimeZone::UTC))
}
