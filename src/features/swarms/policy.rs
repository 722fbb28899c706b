//! Who sees how much of a swarm, and who may do what in it. Pure: facts in, a decision out.

use super::model::{ParticipantRole, ParticipantStatus};
use super::problems::CONSENT_WANTED;
use crate::kernel::{Decision, Error, Result};

/// What the caller is to a swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether its embargo is in force.
    pub embargoed: bool,
    /// The caller's part in it, if any.
    pub part: Option<(ParticipantStatus, ParticipantRole)>,
    /// Whether the caller is a coordinator of the platform.
    pub coordinator: bool,
}

/// How much of a swarm somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that there is one.
    Nothing,
    /// What everybody may see of one without an embargo: title, advisory, project, state and clock.
    Public,
    /// The call, the terms and the clock: for those who are invited and have not consented.
    Call,
    /// All of it.
    Everything,
}

impl Standing {
    /// How much the caller sees. Under embargo a coordinator of the platform is an outsider like everybody: the circle is
    /// who was invited.
    pub fn sight(&self) -> Sight {
        match (self.embargoed, self.part.map(|(status, _)| status)) {
            (_, Some(ParticipantStatus::Signatory)) | (false, Some(ParticipantStatus::Invited)) => Sight::Everything,
            (true, Some(ParticipantStatus::Invited)) => Sight::Call,
            (true, Some(ParticipantStatus::Declined) | None) => Sight::Nothing,
            (false, Some(ParticipantStatus::Declined) | None) => {
                if self.coordinator {
                    Sight::Everything
                } else {
                    Sight::Public
                }
            }
        }
    }

    /// Whether the caller may know that there is one.
    pub fn may_know(&self) -> Decision {
        if self.sight() == Sight::Nothing { Decision::Hide } else { Decision::Allow }
    }

    /// What only those see who work in it.
    pub fn require_content(&self) -> Result<()> {
        match self.sight() {
            Sight::Everything => Ok(()),
            Sight::Call => Err(Error::new(&CONSENT_WANTED, "Consent to the terms first.")),
            Sight::Public => Err(Error::forbidden("Only those who take part in the swarm see this.")),
            Sight::Nothing => Err(Error::not_found("swarm")),
        }
    }

    /// Whether the caller leads: who called it, and whoever is a coordinator in it; without an embargo also the platform's.
    pub fn leads(&self) -> bool {
        let in_it = self.part == Some((ParticipantStatus::Signatory, ParticipantRole::Coordinator));
        in_it || (!self.embargoed && self.coordinator)
    }

    /// What only those do who lead it.
    pub fn require_lead(&self) -> Result<()> {
        self.require_content()?;
        if self.leads() { Ok(()) } else { Err(Error::forbidden("Only the swarm's coordinators do this.")) }
    }

    /// What those do who consented to take part.
    pub fn require_part(&self) -> Result<()> {
        self.require_content()?;
        let signed = self.part.is_some_and(|(status, _)| status == ParticipantStatus::Signatory);
        if signed || self.leads() {
            return Ok(());
        }
        Err(Error::forbidden("Only those who agreed to take part do this: answer at POST /api/v1/swarms/{id}/consent."))
    }
}

/// A verified project's maintainers call swarms for it, coordinators for any advisory.
pub fn may_call(maintains_verified: bool, coordinator: bool) -> Decision {
    Decision::allow_if(
        maintains_verified || coordinator,
        "Only maintainers of the project, once it is listed, and coordinators call a swarm.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ParticipantRole::{Analyst, Coordinator};
    use ParticipantStatus::{Declined, Invited, Signatory};

    #[test]
    fn under_embargo_only_the_circle_knows_and_only_signatories_read() {
        for (embargoed, status, coordinator, sight) in [
            (true, None, false, Sight::Nothing),
            (true, None, true, Sight::Nothing),
            (true, Some(Declined), true, Sight::Nothing),
            (true, Some(Invited), true, Sight::Call),
            (true, Some(Signatory), false, Sight::Everything),
            (false, None, false, Sight::Public),
            (false, None, true, Sight::Everything),
            (false, Some(Declined), false, Sight::Public),
            (false, Some(Invited), false, Sight::Everything),
            (false, Some(Signatory), false, Sight::Everything),
        ] {
            let standing = Standing { embargoed, part: status.map(|status| (status, Analyst)), coordinator };
            assert_eq!(standing.sight(), sight, "{standing:?}");
            assert_eq!(standing.may_know() == Decision::Hide, sight == Sight::Nothing);
            let code = standing.require_content().err().map(|error| error.code());
            let want = match sight {
                Sight::Nothing => Some("not_found"),
                Sight::Public => Some("forbidden"),
                Sight::Call => Some("swarm.consent_wanted"),
                Sight::Everything => None,
            };
            assert_eq!(code, want, "{standing:?}");
        }
    }

    #[test]
    fn it_is_led_by_its_own_coordinators() {
        let standing = |embargoed, part, coordinator| Standing { embargoed, part, coordinator };
        assert!(standing(true, Some((Signatory, Coordinator)), false).leads());
        assert!(!standing(true, Some((Signatory, Analyst)), true).leads());
        assert!(!standing(true, Some((Invited, Coordinator)), true).leads());
        assert!(standing(false, None, true).leads());
        assert!(standing(false, Some((Invited, Analyst)), false).require_part().is_err());
        assert!(standing(false, Some((Signatory, Analyst)), false).require_part().is_ok());
        assert!(standing(false, Some((Signatory, Analyst)), false).require_lead().is_err());
    }
}
