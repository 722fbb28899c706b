//! Who may do what with a need. Pure: facts in, a decision out.

use super::model::{NeedStatus, NeedVisibility};
use crate::features::projects::{Standing, policy as projects};
use crate::kernel::Decision;

/// Drafts are for the project's own eyes; vetted needs for those who are signed in; nothing of a hidden project shows.
pub fn may_see(standing: &Standing, status: NeedStatus, visibility: NeedVisibility, signed_in: bool) -> Decision {
    if projects::may_maintain(standing) == Decision::Allow {
        return Decision::Allow;
    }
    let hidden = !standing.status.is_public()
        || status == NeedStatus::Draft
        || (visibility == NeedVisibility::Vetted && !signed_in);
    if hidden { Decision::Hide } else { Decision::Allow }
}

/// The project's maintainers and coordinators change a need, and see who fits it.
pub fn may_edit(standing: &Standing, status: NeedStatus, visibility: NeedVisibility) -> Decision {
    match may_see(standing, status, visibility, true) {
        Decision::Allow => projects::may_maintain(standing),
        hidden => hidden,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::projects::{ProjectRole, ProjectStatus};
    use crate::kernel::ProjectId;

    fn standing(role: Option<ProjectRole>) -> Standing {
        Standing {
            project_id: ProjectId(uuid::Uuid::nil()),
            status: ProjectStatus::Listed,
            own_words: false,
            role,
            verified: true,
            coordinator: false,
            moderator: false,
            frozen: false,
        }
    }

    #[test]
    fn strangers_see_no_drafts_and_change_nothing() {
        use NeedVisibility::{Public, Vetted};
        let (stranger, lead) = (standing(None), standing(Some(ProjectRole::Lead)));
        assert_eq!(may_see(&stranger, NeedStatus::Draft, Public, true), Decision::Hide);
        assert_eq!(may_see(&stranger, NeedStatus::Open, Public, false), Decision::Allow);
        assert_eq!(may_see(&stranger, NeedStatus::Open, Vetted, false), Decision::Hide);
        assert_eq!(may_see(&stranger, NeedStatus::Open, Vetted, true), Decision::Allow);
        assert_eq!(may_see(&lead, NeedStatus::Draft, Public, true), Decision::Allow);
        assert_eq!(may_edit(&stranger, NeedStatus::Draft, Public), Decision::Hide);
        assert!(matches!(may_edit(&stranger, NeedStatus::Open, Public), Decision::Deny(_)));
        assert_eq!(may_edit(&lead, NeedStatus::Open, Public), Decision::Allow);
        let hidden = Standing { status: ProjectStatus::Suspended, ..stranger };
        assert_eq!(may_see(&hidden, NeedStatus::Open, Public, true), Decision::Hide);
    }
}
