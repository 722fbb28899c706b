//! What documents from elsewhere say of requirements: only where they say it plainly. Pure.

use super::model::AssessmentStatus;
use crate::features::projects::{Insights, Scorecard};
use AssessmentStatus::{Met, Unmet};

/// One requirement, and what a document says of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claim {
    pub requirement: &'static str,
    pub status: AssessmentStatus,
    pub evidence_url: Option<String>,
    pub note: String,
}

/// Checks that look at the very thing a requirement asks for: at 10 it is met, at 0 it is not; between them nothing is said.
const BY_CHECK: &[(&str, &str)] = &[
    ("Binary-Artifacts", "OSPS-QA-05.01"),
    ("CI-Tests", "OSPS-QA-06.01"),
    ("Dangerous-Workflow", "OSPS-BR-01.01"),
    ("License", "OSPS-LE-03.01"),
    ("SBOM", "OSPS-QA-02.02"),
    ("Security-Policy", "OSPS-VM-02.01"),
    ("Signed-Releases", "OSPS-BR-06.01"),
    ("Token-Permissions", "OSPS-AC-04.01"),
];

/// What a Scorecard says; `page` is where it can be seen.
pub(super) fn by_scorecard(facts: &Scorecard, page: &str) -> Vec<Claim> {
    let claim = |(check, requirement): &(&str, &'static str)| {
        let status = match facts.check(check)? {
            10 => Met,
            0 => Unmet,
            _ => return None,
        };
        let score = if status == Met { 10 } else { 0 };
        let note = format!("The Scorecard gives {check} {score} of 10.");
        Some(Claim { requirement, status, evidence_url: Some(page.to_owned()), note })
    };
    BY_CHECK.iter().filter_map(claim).collect()
}

/// Documents that are what a requirement asks for.
const BY_DOCUMENT: &[(&str, &str)] = &[
    ("changelog", "OSPS-BR-04.01"),
    ("contributing_guide", "OSPS-GV-03.01"),
    ("dependency_policy", "OSPS-DO-06.01"),
    ("governance", "OSPS-GV-01.02"),
    ("license", "OSPS-LE-03.01"),
    ("security_assessment", "OSPS-SA-03.01"),
    ("security_policy", "OSPS-VM-01.01"),
    ("signature_verification", "OSPS-DO-03.01"),
    ("support_policy", "OSPS-DO-04.01"),
    ("user_guide", "OSPS-DO-01.01"),
];

/// What a SECURITY-INSIGHTS file says.
pub(super) fn by_insights(facts: &Insights) -> Vec<Claim> {
    let claim = |(document, requirement): &(&str, &'static str)| {
        let url = facts.documents.get(*document)?.clone();
        let note = format!("The project's SECURITY-INSIGHTS names its {}.", document.replace('_', " "));
        Some(Claim { requirement, status: Met, evidence_url: Some(url), note })
    };
    let mut claims: Vec<Claim> = BY_DOCUMENT.iter().filter_map(claim).collect();
    if facts.has_security_contact {
        let evidence_url = facts.documents.get("security_policy").cloned();
        let note = "The project's SECURITY-INSIGHTS names security contacts.".to_owned();
        claims.push(Claim { requirement: "OSPS-VM-02.01", status: Met, evidence_url, note });
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::baseline::catalog;
    use crate::features::projects::ScorecardCheck;

    #[test]
    fn every_requirement_that_is_answered_is_in_force() {
        for (what, requirement) in BY_CHECK.iter().chain(BY_DOCUMENT) {
            assert!(catalog::find(requirement).is_some(), "{what}: {requirement}");
        }
    }

    #[test]
    fn only_plain_words_count() {
        let check = |name: &str, score| ScorecardCheck { name: name.to_owned(), score, reason: None };
        let checks = vec![
            check("License", Some(10)),
            check("Signed-Releases", Some(0)),
            check("CI-Tests", Some(7)),
            check("SBOM", None),
            check("Maintained", Some(0)),
        ];
        let facts = Scorecard { score: Some(5.0), version: None, commit: None, checks };
        let told: Vec<_> =
            by_scorecard(&facts, "https://example.org").iter().map(|claim| (claim.requirement, claim.status)).collect();
        assert_eq!(told, [("OSPS-LE-03.01", Met), ("OSPS-BR-06.01", Unmet)]);
        let mut facts = Insights { has_security_contact: true, ..Insights::default() };
        facts.documents.insert("governance".to_owned(), "https://example.org/governance".to_owned());
        let told: Vec<_> = by_insights(&facts).iter().map(|claim| claim.requirement).collect();
        assert_eq!(told, ["OSPS-GV-01.02", "OSPS-VM-02.01"]);
    }
}
