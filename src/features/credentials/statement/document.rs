//! Confirmed work as an Open Badge.

use super::{BADGE_TYPE, BADGES, CONTEXT};
use crate::kernel::{NeedKind, Timestamp};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// Of whom a credential speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The person who did the work.
    Volunteer {
        /// Their handle.
        handle: String,
        /// Their name as it was then.
        name: String,
    },
    /// The organization whose time it was.
    Organization {
        /// Its slug.
        slug: String,
        /// Its name as it was then.
        name: String,
    },
}

/// The work that was confirmed.
#[derive(Debug, Clone)]
pub struct Achieved {
    /// The project's slug.
    pub project: String,
    /// The project's name.
    pub project_name: String,
    /// The need's title.
    pub need: String,
    /// The need's kind.
    pub kind: NeedKind,
    /// Names of the skills that the need asked for.
    pub skills: Vec<String>,
    /// All minutes that count as confirmed.
    pub minutes: i64,
    /// Those among them that nobody of the project looked at in time.
    pub automatic_minutes: i64,
    /// The first day worked on.
    pub first_day: NaiveDate,
    /// The last day worked on.
    pub last_day: NaiveDate,
}

/// Where the status of a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusPlace {
    /// Which list.
    pub list: i64,
    /// Which bit of it.
    pub index: i64,
}

/// Who issues it, under which address, and for how long.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The installation's address, without a slash at its end.
    pub site: String,
    /// The last part of the credential's address.
    pub name: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
    /// Where its status stands.
    pub status: StatusPlace,
}

/// The address of a status list.
pub(in crate::features::credentials) fn status_list_address(site: &str, list: i64) -> String {
    format!("{site}/api/v1/credential-status-lists/{list}")
}

/// Minutes as hours and minutes, for people.
fn spoken(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let hour = if hours == 1 { "hour" } else { "hours" };
    match (hours, rest) {
        (0, 1) => "1 minute".to_owned(),
        (0, rest) => format!("{rest} minutes"),
        (hours, 0) => format!("{hours} {hour}"),
        (hours, 1) => format!("{hours} {hour} and 1 minute"),
        (hours, rest) => format!("{hours} {hour} and {rest} minutes"),
    }
}

/// The address of a public key, which is its `kid`.
pub(in crate::features::credentials) fn key_address(site: &str, thumbprint: &str) -> String {
    format!("{site}/api/v1/credential-keys/{thumbprint}")
}

impl Subject {
    fn to_value(&self, site: &str) -> Map<String, Value> {
        let identity = |kind: &str, text: &str| json!({"type": "IdentityObject", "hashed": false, "identityHash": text, "identityType": kind});
        let (id, names) = match self {
            Self::Volunteer { handle, name } => (None, [identity("userName", handle), identity("name", name)]),
            Self::Organization { slug, name } => {
                let id = format!("{site}/api/v1/organizations/{slug}");
                (Some(id), [identity("systemId", slug), identity("name", name)])
            }
        };
        let mut value = Map::new();
        value.extend(id.map(|id| ("id".to_owned(), json!(id))));
        value.insert("type".to_owned(), json!(["AchievementSubject"]));
        value.insert("identifier".to_owned(), json!(names));
        value
    }

    fn name(&self) -> &str {
        match self {
            Self::Volunteer { name, .. } | Self::Organization { name, .. } => name,
        }
    }
}

impl Issued {
    /// The credential's address, which is its id.
    pub fn address(&self) -> String {
        format!("{}/api/v1/credentials/{}", self.site, self.name)
    }

    /// The credential, whole, with the claims of a JSON Web Token beside it.
    pub fn document(&self, subject: &Subject, work: &Achieved) -> Value {
        let (site, id) = (self.site.as_str(), self.address());
        let list = status_list_address(site, self.status.list);
        let mut about = subject.to_value(site);
        let day = |day: NaiveDate| format!("{day}T00:00:00Z");
        about.insert("activityStartDate".to_owned(), json!(day(work.first_day)));
        about.insert("activityEndDate".to_owned(), json!(day(work.last_day)));
        about.insert("narrative".to_owned(), json!(narrative(subject, work)));
        let achievement = achievement(site, work);
        let result = |name: &str, minutes: i64| {
            let described = format!("{site}/api/v1/projects/{}#{name}", work.project);
            json!({"type": ["Result"], "resultDescription": described, "value": minutes.to_string()})
        };
        about.insert("achievement".to_owned(), achievement);
        let results = [result("confirmed-minutes", work.minutes), result("automatic-minutes", work.automatic_minutes)];
        about.insert("result".to_owned(), json!(results));
        let mut whole = json!({
            "@context": [CONTEXT, BADGES],
            "id": id,
            "type": ["VerifiableCredential", BADGE_TYPE],
            "name": format!("Open source maintenance of {}", work.project_name),
            "issuer": {"id": site, "type": ["Profile"], "name": "Mainstay", "url": site},
            "validFrom": self.valid_from,
            "validUntil": self.valid_until,
            "credentialSubject": about,
            "credentialStatus": {
                "id": format!("{list}#{}", self.status.index),
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": self.status.index.to_string(),
                "statusListCredential": list,
            },
            "iss": site,
            "jti": id,
            "iat": self.valid_from.timestamp(),
            "nbf": self.valid_from.timestamp(),
            "exp": self.valid_until.timestamp(),
        });
        if let (Value::Object(whole), Subject::Organization { slug, .. }) = (&mut whole, subject) {
            whole.insert("sub".to_owned(), json!(format!("{site}/api/v1/organizations/{slug}")));
        }
        whole
    }
}

fn narrative(subject: &Subject, work: &Achieved) -> String {
    let verb = match subject {
        Subject::Volunteer { .. } => "worked",
        Subject::Organization { .. } => "gave",
    };
    let (name, all, project) = (subject.name(), spoken(work.minutes), &work.project_name);
    let how = match work.automatic_minutes {
        0 => "all of it confirmed by the project".to_owned(),
        part if part == work.minutes => "confirmed by the lapse of 14 days without an objection".to_owned(),
        part => format!(
            "of which the project confirmed {} and {} by the lapse of 14 days without an objection",
            spoken(work.minutes - part),
            spoken(part)
        ),
    };
    format!("{name} {verb} {all} for {project} on “{}”, {how}.", work.need)
}

fn achievement(site: &str, work: &Achieved) -> Value {
    let project = format!("{site}/api/v1/projects/{}", work.project);
    let described = |name: &str, title: &str| {
        json!({"id": format!("{project}#{name}"), "type": ["ResultDescription"], "name": title, "resultType": "RawScore",
            "valueMin": "0"})
    };
    json!({
        "id": format!("{project}#{}", work.kind),
        "type": ["Achievement"],
        "achievementType": "CommunityService",
        "name": format!("Maintenance of {}: {}", work.project_name, work.kind.as_str().replace('_', " ")),
        "description": format!("Confirmed work of this kind for the open source project {}.", work.project_name),
        "criteria": {"narrative": "Hours were logged on an assignment that the project had agreed to, and confirmed by its \
            maintainers. Hours that nobody answered within 14 days count as confirmed and are told apart."},
        "tag": work.skills,
        "resultDescription": [
            described("confirmed-minutes", "Minutes of confirmed work"),
            described("automatic-minutes", "Those among them that were confirmed by lapse of time"),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spoken() {
        for (minutes, words) in [
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (61, "1 hour and 1 minute"),
            (150, "2 hours and 30 minutes"),
        ] {
            assert_eq!(spoken(minutes), words);
        }
    }
}
