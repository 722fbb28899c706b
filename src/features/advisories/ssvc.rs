//! How urgent a vulnerability is to a coordinator: CISA's decision tree of the Stakeholder-Specific Vulnerability
//! Categorization (SSVC 2.1, "CISA Coordinator" 2.0.3; certcc.github.io/SSVC).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether it is exploited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitation {
    /// No evidence, and no public proof of concept.
    None,
    /// A public proof of concept, or a well-known method.
    PublicPoc,
    /// Reliable evidence that it is exploited in the wild; all that is in CISA's KEV catalog.
    Active,
}

/// Whether an attacker can automate reconnaissance, weaponization, delivery and exploitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatable {
    /// At least one of the four steps needs a person each time.
    No,
    /// All four can be automated.
    Yes,
}

/// What an attacker gains over the vulnerable component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TechnicalImpact {
    /// Limited control, or information.
    Partial,
    /// Total control, or all information.
    Total,
}

/// What it does to those who depend on the component: their mission, and the public's well-being.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissionAndWellBeing {
    /// Minimal on both.
    Low,
    /// It supports a mission, or may do material harm.
    Medium,
    /// It is essential to a mission, or may do irreversible harm.
    High,
}

/// What a coordinator should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SsvcDecision {
    /// No action now; remediate within standard times.
    Track,
    /// `Track*`: the same, and watch closely for change.
    TrackStar,
    /// Attention of supervisors; remediate sooner than standard times.
    Attend,
    /// Attention of leaders; remediate as soon as possible. A reason to call a swarm.
    Act,
}

/// The four answers a decision comes from; kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ssvc {
    /// Whether it is exploited.
    pub exploitation: Exploitation,
    /// Whether an attack can be automated.
    pub automatable: Automatable,
    /// What an attacker gains.
    pub technical_impact: TechnicalImpact,
    /// What it does to those who depend on it.
    pub mission_and_well_being: MissionAndWellBeing,
}

impl Ssvc {
    /// The decision, by CISA's table of 36 rows.
    pub fn decide(self) -> SsvcDecision {
        use Automatable::{No, Yes};
        use Exploitation::{Active, None, PublicPoc};
        use SsvcDecision::{Act, Attend, Track, TrackStar};
        use TechnicalImpact::{Partial, Total};
        let [low, medium, high] = match (self.exploitation, self.automatable, self.technical_impact) {
            (None, No, Partial) => [Track, Track, Track],
            (None, No, Total) | (PublicPoc, No, Partial) => [Track, Track, TrackStar],
            (None, Yes, _) | (PublicPoc, Yes, Partial) | (Active, No, Partial) => [Track, Track, Attend],
            (PublicPoc, _, Total) => [Track, TrackStar, Attend],
            (Active, No, Total) => [Track, Attend, Act],
            (Active, Yes, Partial) => [Attend, Attend, Act],
            (Active, Yes, Total) => [Attend, Act, Act],
        };
        match self.mission_and_well_being {
            MissionAndWellBeing::Low => low,
            MissionAndWellBeing::Medium => medium,
            MissionAndWellBeing::High => high,
        }
    }
}

/// As CISA writes it: `Track*`.
impl fmt::Display for SsvcDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Track => "Track",
            Self::TrackStar => "Track*",
            Self::Attend => "Attend",
            Self::Act => "Act",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;
    use crate::published::published;

    fn read<T: DeserializeOwned>(cell: &str) -> T {
        serde_json::from_value(json!(cell.replace(' ', "_"))).unwrap()
    }

    #[test]
    fn all_rows_of_the_table_of_cisa() {
        let Some(table) = published("standards/ssvc/cisa_coordinator_2_0_3.csv") else { return };
        let mut table = csv::Reader::from_path(table).unwrap();
        let mut seen = 0;
        for row in table.records() {
            let row = row.unwrap();
            let ssvc = Ssvc {
                exploitation: read(&row[1]),
                automatable: read(&row[2]),
                technical_impact: read(&row[3]),
                mission_and_well_being: read(&row[4]),
            };
            assert_eq!(ssvc.decide().to_string().to_lowercase(), row[5], "{row:?}");
            seen += 1;
        }
        assert_eq!(seen, 36);
        eprintln!("SSVC: {seen} of 36");
    }

    #[test]
    fn log4shell_is_to_be_acted_on() {
        let text = r#"{"exploitation":"active","automatable":"yes","technical_impact":"total","mission_and_well_being":"high"}"#;
        let ssvc: Ssvc = serde_json::from_str(text).unwrap();
        assert_eq!(ssvc.decide(), SsvcDecision::Act);
        assert_eq!(serde_json::to_string(&ssvc).unwrap(), text);
        assert_eq!(serde_json::to_string(&SsvcDecision::TrackStar).unwrap(), "\"track_star\"");
        assert!(SsvcDecision::Act > SsvcDecision::TrackStar);
    }
}
