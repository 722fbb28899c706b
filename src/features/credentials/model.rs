//! Rows, words and the state machine of credentials.

use super::problems::TRANSITION_REFUSED;
use crate::infra::db::schema::{credential_keys, credentials, status_lists};
use crate::infra::db::text_column;
use crate::kernel::machine::{Machine, tried};
use crate::kernel::{
    AccountId, AssignmentId, CredentialId, Error, OrganizationId, ProjectId, Result, Timestamp, words,
};
use diesel::prelude::*;

words! {
    /// Of whom a credential speaks.
    CredentialSubject {
        /// The person who did the work.
        Volunteer = "volunteer",
        /// The organization whose time it was.
        Organization = "organization",
    }
}

words! {
    /// Where a credential stands.
    CredentialStatus {
        /// It holds until its last day.
        Issued = "issued",
        /// The work was counted anew, and another one says so.
        Superseded = "superseded",
        /// A moderator took it back.
        Revoked = "revoked",
    }
}

words! {
    /// What can happen to a credential.
    CredentialAction {
        /// The work was counted anew.
        Supersede = "supersede",
        /// A moderator takes it back.
        Revoke = "revoke",
    }
}

text_column!(CredentialSubject, CredentialStatus);

/// Every transition there is: from, action, to.
pub const TRANSITIONS: &[(CredentialStatus, CredentialAction, CredentialStatus)] = {
    use CredentialAction::{Revoke, Supersede};
    use CredentialStatus::{Issued, Revoked, Superseded};
    &[(Issued, Supersede, Superseded), (Issued, Revoke, Revoked)]
};

/// The state after the action, or 409 with the actions that people may ask for now.
pub(super) fn advance(from: CredentialStatus, action: CredentialAction) -> Result<CredentialStatus> {
    let rows = TRANSITIONS.iter().filter(|(state, ..)| *state == from);
    if let Some((_, _, to)) = rows.clone().find(|(_, act, _)| *act == action) {
        return Ok(*to);
    }
    let allowed = rows.map(|(_, act, _)| *act).filter(|act| *act == CredentialAction::Revoke);
    let detail = format!("A credential that is {from} does not allow {action}.");
    Err(Error::new(&TRANSITION_REFUSED, detail).with_allowed(allowed.map(CredentialAction::as_str).collect()))
}

/// The machine as it is drawn.
pub fn machine() -> Machine {
    let about = "A signed statement of confirmed work.";
    let asked = |action| action == CredentialAction::Revoke;
    Machine::of(("Credential", about), (CredentialStatus::Issued, TRANSITIONS), asked, |from, action| {
        tried(from, action, advance)
    })
}

/// A key that signs credentials.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = credential_keys, treat_none_as_default_value = false)]
pub(super) struct CredentialKey {
    /// Its address, which names it in what it signed.
    pub kid: String,
    /// The public half, base64url.
    pub public_key: String,
    /// The private half, sealed, while it signs.
    pub sealed: Option<String>,
    pub created_at: Timestamp,
    pub retires_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A list of bits, and how many of them are given away.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_lists)]
pub(super) struct StatusList {
    pub number: i64,
    pub issued: i64,
}

/// A signed statement of confirmed work.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = credentials, treat_none_as_default_value = false)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The last part of its address: whoever has it may read the credential.
    pub name: String,
    /// The work.
    pub assignment_id: AssignmentId,
    /// Of whom it speaks.
    pub subject: CredentialSubject,
    /// Who did the work.
    pub account_id: AccountId,
    /// The organization of whose time it speaks.
    pub organization_id: Option<OrganizationId>,
    /// The project.
    pub project_id: ProjectId,
    /// Confirmed minutes.
    pub minutes: i64,
    /// Those among them that were confirmed by lapse of time.
    pub automatic_minutes: i64,
    /// The signed text; none once its person has left.
    pub jwt: Option<String>,
    /// In which status list it stands.
    pub status_list: i64,
    /// At which bit.
    pub status_index: i64,
    /// Where it stands.
    pub status: CredentialStatus,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
    /// When it was taken back or replaced.
    pub ended_at: Option<Timestamp>,
    /// Who took it back.
    pub ended_by: Option<AccountId>,
    /// Rises with each change.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_leads_to_one_state_and_all_others_are_refused() {
        for from in CredentialStatus::ALL {
            for action in CredentialAction::ALL {
                let row = TRANSITIONS.iter().find(|row| row.0 == *from && row.1 == *action);
                match (row, advance(*from, *action)) {
                    (Some((_, _, to)), Ok(reached)) => assert_eq!(*to, reached),
                    (None, Err(refused)) => assert_eq!(refused.allowed(), [""; 0]),
                    other => panic!("{from} {action}: {other:?}"),
                }
            }
        }
    }
}
