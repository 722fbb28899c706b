//! Who says what to whom. Pure: facts in, a decision out.

use super::model::FeedbackSide;
use crate::features::assignments::{Standing, policy as assignments};
use crate::features::projects::policy as projects;
use crate::kernel::Decision;

/// The side for which the caller speaks: nobody for both.
pub fn side_of(standing: &Standing) -> Option<FeedbackSide> {
    if standing.volunteer {
        Some(FeedbackSide::Volunteer)
    } else {
        let of_project = standing.is_of_project() && projects::may_maintain(&standing.project) == Decision::Allow;
        of_project.then_some(FeedbackSide::Project)
    }
}

/// Both sides give feedback; the employer and everybody else don't.
pub fn may_give(standing: &Standing) -> Decision {
    match assignments::may_see(standing) {
        Decision::Allow => {
            let because = "Only the volunteer and the project's maintainers give feedback.";
            Decision::allow_if(side_of(standing).is_some(), because)
        }
        hidden => hidden,
    }
}

/// What is said is private to the two sides and moderators.
pub fn may_read(standing: &Standing, moderator: bool) -> Decision {
    if moderator {
        return Decision::Allow;
    }
    match assignments::may_see(standing) {
        Decision::Allow => {
            let because = "Only the two sides and moderators read feedback.";
            Decision::allow_if(side_of(standing).is_some(), because)
        }
        hidden => hidden,
    }
}

/// Whether this reader sees what that side said. Each side sees its own at once, and the other's once it has spoken itself or
/// the time for doing so is nearly over, so that nobody waits to answer in kind.
pub fn sees(reader: Option<FeedbackSide>, moderator: bool, of: FeedbackSide, both: bool, waited: bool) -> bool {
    moderator || reader == Some(of) || both || waited
}

#[cfg(test)]
mod tests {
    use super::*;
    use FeedbackSide::{Project, Volunteer};

    #[test]
    fn nobody_reads_first_and_writes_then() {
        assert!(sees(Some(Volunteer), false, Volunteer, false, false));
        assert!(!sees(Some(Volunteer), false, Project, false, false));
        assert!(sees(Some(Volunteer), false, Project, true, false));
        assert!(sees(Some(Project), false, Volunteer, false, true));
        assert!(sees(None, true, Volunteer, false, false));
    }
}
