//! Whether an employer's rules allow its hours to go somewhere. Pure.

use crate::features::needs::Need;
use crate::features::organizations::{Approval, OrganizationPolicy};
use crate::features::pledges::{Balance, Pledge, PledgeStatus};
use crate::features::projects::Project;
use crate::kernel::License;
use chrono::NaiveDate;

/// Something that stands against the use of an employer's hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    /// A stable name.
    pub code: &'static str,
    /// What it is.
    pub text: String,
}

/// What an employer's hours would be used for, and out of what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use<'a> {
    pub pledge: &'a Pledge,
    pub balance: Option<Balance>,
    pub policy: Option<&'a OrganizationPolicy>,
    pub project: &'a Project,
    pub ecosystems: &'a [String],
    pub need: &'a Need,
    pub hours_per_week: f64,
    pub today: NaiveDate,
}

impl Use<'_> {
    /// Whether somebody has to approve it: the pledge or the policy says so.
    pub(super) fn asks(&self) -> bool {
        self.pledge.approval == Approval::Manager
            || self.policy.is_some_and(|policy| policy.approval == Approval::Manager)
    }

    /// All that stands against it.
    pub(super) fn objections(&self) -> Vec<Objection> {
        let mut found = Vec::new();
        let mut note = |stands: bool, code, text: String| {
            if stands {
                found.push(Objection { code, text });
            }
        };
        let (pledge, project) = (self.pledge, self.project);
        note(
            pledge.status != PledgeStatus::Active,
            "pledge_not_active",
            format!("The pledge is {}; only an active one gives hours.", pledge.status),
        );
        note(pledge.ends_on < self.today, "pledge_over", format!("The pledge's last day was {}.", pledge.ends_on));
        note(
            self.balance.is_some_and(|balance| balance.available_minutes() <= 0),
            "pledge_spent",
            "Every hour of the pledge is reserved or confirmed.".to_owned(),
        );
        let most = self.policy.and_then(|policy| policy.max_hours_per_person).unwrap_or(f64::INFINITY);
        let most = pledge.max_hours_per_person.min(most);
        note(
            self.hours_per_week > most,
            "too_many_hours",
            format!("At most {most} hours a week of one person are allowed; {} were offered.", self.hours_per_week),
        );
        let listed = &pledge.focus.0.projects;
        note(
            !listed.is_empty() && !listed.contains(&project.id)
                || listed.is_empty() && pledge.approval == Approval::List,
            "project_not_in_focus",
            "The pledge is for other projects.".to_owned(),
        );
        note(
            self.policy
                .is_some_and(|policy| policy.approval == Approval::List && !policy.projects.0.contains(&project.slug)),
            "project_not_listed",
            "The project is not on the employer's list.".to_owned(),
        );
        let focus = &pledge.focus.0;
        note(
            !focus.ecosystems.is_empty() && !focus.ecosystems.iter().any(|one| self.ecosystems.contains(one)),
            "ecosystem_not_in_focus",
            format!("The pledge is for projects of {}.", focus.ecosystems.join(", ")),
        );
        let kinds = [Some(&focus.kinds), self.policy.map(|policy| &policy.kinds.0)];
        note(
            kinds.into_iter().flatten().any(|kinds| !kinds.is_empty() && !kinds.contains(&self.need.kind)),
            "kind_not_allowed",
            format!("Work of the kind {} is not among what the hours are for.", self.need.kind),
        );
        let licenses = [Some(&focus.licenses), self.policy.map(|policy| &policy.licenses.0)];
        note(
            licenses.into_iter().flatten().any(|allowed| !self.license_is_allowed(allowed)),
            "license_not_allowed",
            match &project.license {
                Some(license) => format!("{license} is not among the licenses that may be contributed to."),
                None => "The project does not say its license, and only some may be contributed to.".to_owned(),
            },
        );
        note(
            self.policy.is_some_and(|policy| !project.cla.is_allowed(&policy.cla_kinds.0)),
            "cla_not_allowed",
            format!("A contributor agreement of the kind {} may not be signed.", project.cla),
        );
        found
    }

    fn license_is_allowed(&self, allowed: &[String]) -> bool {
        let allowed: Vec<String> = allowed.iter().map(|id| id.to_lowercase()).collect();
        let license = self.project.license.as_deref();
        allowed.is_empty() || license.is_some_and(|text| License::parse(text).is_allowed(&allowed))
    }
}
