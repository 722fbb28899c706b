//! Every number of the score, in one place: configuration, kept with each round's inputs.

use super::Factor;
use crate::kernel::Fault;
use serde::{Deserialize, Serialize};

/// The most points each factor can give; together 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MostPoints {
    /// For the required skills: what the need is about.
    pub skills_required: f64,
    /// For the optional skills.
    pub skills_optional: f64,
    /// For evidence.
    pub evidence: f64,
    /// For the need's priority.
    pub priority: f64,
    /// For free hours.
    pub availability: f64,
    /// For overlapping working days.
    pub time_zone: f64,
    /// For the person's interests: `interest_kind` and `interest_domain` together.
    pub interests: f64,
    /// For needs that others pass by.
    pub balance: f64,
    /// For an employer that depends on the project.
    pub dependency: f64,
}

impl Default for MostPoints {
    fn default() -> Self {
        Self {
            skills_required: 36.0,
            skills_optional: 8.0,
            evidence: 5.0,
            priority: 18.0,
            availability: 10.0,
            time_zone: 5.0,
            interests: 5.0,
            balance: 8.0,
            dependency: 5.0,
        }
    }
}

impl MostPoints {
    /// The most points of one factor.
    pub fn of(&self, factor: Factor) -> f64 {
        match factor {
            Factor::SkillsRequired => self.skills_required,
            Factor::SkillsOptional => self.skills_optional,
            Factor::Evidence => self.evidence,
            Factor::Priority => self.priority,
            Factor::Availability => self.availability,
            Factor::TimeZone => self.time_zone,
            Factor::Interests => self.interests,
            Factor::Balance => self.balance,
            Factor::Dependency => self.dependency,
        }
    }
}

/// The numbers of the score. The defaults are the documented ones; a round keeps those it ran with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Constants {
    /// The most points of each factor.
    pub most: MostPoints,
    /// Similarity kept by each step when the person's skill implies the wanted one (actix-web for rust).
    pub implies_step: f64,
    /// Similarity kept by each step when the wanted skill implies the person's (rust for actix-web).
    pub implied_by_step: f64,
    /// Similarity of two skills with a common parent.
    pub sibling: f64,
    /// Similarity of two skills that are merely related.
    pub related: f64,
    /// Similarity of a skill that the person is only learning. A learner counts as level 1, and for that very skill only.
    pub learning: f64,
    /// A similarity below this is none.
    pub least_similarity: f64,
    /// Level fit lost by each level below the wanted one.
    pub level_step: f64,
    /// Wanted level of a required skill from which on a fit of 0 excludes.
    pub blocking_level: u8,
    /// Months after which evidence counts half.
    pub evidence_half_life_months: f64,
    /// Share of the priority that is the project's risk.
    pub risk_share: f64,
    /// Share of the priority that is urgency.
    pub urgency_share: f64,
    /// Share of the priority that is the time without an applicant.
    pub wait_share: f64,
    /// Days without an applicant that count in full.
    pub wait_days: f64,
    /// How much one pending application per seat left lowers the priority.
    pub pending_weight: f64,
    /// Wanted overlap, in hours a day, where the need names zones but no hours.
    pub overlap_hours: f64,
    /// Points for a need of a kind that the person likes.
    pub interest_kind: f64,
    /// Points for a project in a domain that the person likes.
    pub interest_domain: f64,
    /// Share of the interests' points for a person who named none.
    pub interests_unnamed: f64,
    /// Share of the dependency's points when the employer depends on the project only through others.
    pub transitive_dependency: f64,
    /// Weeks looked at when a need has no end.
    pub open_ended_weeks: u32,
    /// Least hours a week that an assignment makes sense with, where the need says nothing else.
    pub least_hours_per_week: f64,
    /// Proposals that a volunteer may have open at a time.
    pub most_open_proposals: u32,
}

impl Default for Constants {
    fn default() -> Self {
        Self {
            most: MostPoints::default(),
            implies_step: 0.9,
            implied_by_step: 0.5,
            sibling: 0.35,
            related: 0.25,
            learning: 0.3,
            least_similarity: 0.2,
            level_step: 0.25,
            blocking_level: 2,
            evidence_half_life_months: 24.0,
            risk_share: 0.5,
            urgency_share: 0.3,
            wait_share: 0.2,
            wait_days: 30.0,
            pending_weight: 0.25,
            overlap_hours: 4.0,
            interest_kind: 3.0,
            interest_domain: 2.0,
            interests_unnamed: 0.5,
            transitive_dependency: 0.5,
            open_ended_weeks: 13,
            least_hours_per_week: 1.0,
            most_open_proposals: 5,
        }
    }
}

impl Constants {
    /// Refuses numbers with which a score could leave 0 to 100 or lose its meaning.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |detail: String| Err(Fault::new("invalid_constants", detail));
        let total: f64 = Factor::ALL.iter().map(|factor| self.most.of(*factor)).sum();
        if Factor::ALL.iter().any(|factor| !(0.0..=100.0).contains(&self.most.of(*factor)))
            || (total - 100.0).abs() > 1e-9
        {
            return wrong(format!(
                "The most points of the factors must be 0 or more and sum to 100; they sum to {total}."
            ));
        }
        let shares = [
            ("implies_step", self.implies_step),
            ("implied_by_step", self.implied_by_step),
            ("sibling", self.sibling),
            ("related", self.related),
            ("learning", self.learning),
            ("least_similarity", self.least_similarity),
            ("level_step", self.level_step),
            ("risk_share", self.risk_share),
            ("urgency_share", self.urgency_share),
            ("wait_share", self.wait_share),
            ("interests_unnamed", self.interests_unnamed),
            ("transitive_dependency", self.transitive_dependency),
        ];
        if let Some((name, value)) = shares.into_iter().find(|(_, value)| !(0.0..=1.0).contains(value)) {
            return wrong(format!("{name} must be between 0 and 1; it is {value}."));
        }
        let positive = [
            ("evidence_half_life_months", self.evidence_half_life_months),
            ("wait_days", self.wait_days),
            ("overlap_hours", self.overlap_hours),
            ("least_hours_per_week", self.least_hours_per_week),
        ];
        if let Some((name, value)) = positive.into_iter().find(|(_, value)| !(value.is_finite() && *value > 0.0)) {
            return wrong(format!("{name} must be more than 0; it is {value}."));
        }
        if !(0.0..=100.0).contains(&self.pending_weight) {
            return wrong(format!("pending_weight must be between 0 and 100; it is {}.", self.pending_weight));
        }
        let (priority, interests) =
            (self.risk_share + self.urgency_share + self.wait_share, self.interest_kind + self.interest_domain);
        if priority > 1.0 + 1e-9 {
            return wrong(format!("The three shares of the priority must sum to 1 at most; they sum to {priority}."));
        }
        if self.interest_kind < 0.0 || self.interest_domain < 0.0 || interests > self.most.interests + 1e-9 {
            return wrong(format!("interest_kind and interest_domain must sum to {} at most.", self.most.interests));
        }
        if self.open_ended_weeks == 0 {
            return wrong("open_ended_weeks must be 1 or more; it is 0.".to_owned());
        }
        Ok(())
    }

    /// 1 at or above the wanted level, then one step less a level, never below 0.
    pub(crate) fn level_fit(&self, have: u8, want: u8) -> f64 {
        (1.0 - self.level_step * f64::from(want.saturating_sub(have))).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_numbers_pass_and_bad_ones_are_named() {
        Constants::default().check().unwrap();
        let bad = |change: fn(&mut Constants), named: &str| {
            let mut constants = Constants::default();
            change(&mut constants);
            let fault = constants.check().unwrap_err();
            assert!(fault.detail.contains(named), "{}", fault.detail);
        };
        bad(|c| c.most.balance = 9.0, "sum to 101");
        bad(|c| c.most.balance = f64::NAN, "sum to NaN");
        bad(|c| c.sibling = 1.5, "sibling must be between 0 and 1; it is 1.5");
        bad(|c| c.wait_days = 0.0, "wait_days");
        bad(|c| c.evidence_half_life_months = f64::INFINITY, "evidence_half_life_months");
        bad(|c| c.risk_share = 0.9, "shares of the priority");
        bad(|c| c.interest_kind = 4.0, "interest_kind");
        bad(|c| c.pending_weight = -1.0, "pending_weight");
        bad(|c| c.open_ended_weeks = 0, "open_ended_weeks");
    }

    #[test]
    fn level_fit_falls_a_quarter_a_level() {
        let constants = Constants::default();
        for (have, want, fit) in [(5, 1, 1.0), (3, 3, 1.0), (2, 3, 0.75), (2, 4, 0.5), (1, 4, 0.25), (1, 5, 0.0)] {
            assert!((constants.level_fit(have, want) - fit).abs() < f64::EPSILON, "{have} for {want}");
        }
    }

    #[test]
    fn they_survive_being_kept() {
        let kept = serde_json::to_string(&Constants::default()).unwrap();
        assert_eq!(serde_json::from_str::<Constants>(&kept).unwrap(), Constants::default());
        assert!(serde_json::from_str::<Constants>(r#"{"silbing": 1}"#).is_err());
    }
}
