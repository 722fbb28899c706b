//! Who may have credentials issued and take them back. Pure: facts in, a decision out.

use super::model::CredentialSubject;
use crate::features::assignments::{Standing, policy as assignments};
use crate::features::organizations::OrganizationRole;
use crate::kernel::{Actor, Decision, PlatformRole};

/// Whoever did the work asks for their own; the employer's owners and managers for the organization's.
pub fn may_issue(standing: &Standing, subject: CredentialSubject) -> Decision {
    match (assignments::may_see(standing), subject) {
        (Decision::Allow, CredentialSubject::Volunteer) => {
            Decision::allow_if(standing.volunteer, "Only whoever did the work may ask for this credential.")
        }
        (Decision::Allow, CredentialSubject::Organization) => {
            let because = "Only owners and managers of the employer may ask for this credential.";
            Decision::allow_if(standing.is_employer(), because)
        }
        (hidden, _) => hidden,
    }
}

/// An organization's credentials are its members' to see. It stands at a public address, so it is denied, not hidden.
pub fn may_list_of_organization(role: Option<OrganizationRole>) -> Decision {
    Decision::allow_if(role.is_some(), "Only members of the organization see its credentials.")
}

/// Moderators take credentials back.
pub fn may_revoke(actor: &Actor) -> Decision {
    Decision::allow_if(actor.has(PlatformRole::Moderator), "Only moderators take credentials back.")
}
