//! The decision of SSVC for an advisory: each of its four answers with where it comes from. Pure.

use super::cvss::{Cvss, CvssVersion};
use super::model::Judgment;
use super::ssvc::{Automatable, Exploitation, MissionAndWellBeing, Ssvc, SsvcDecision, TechnicalImpact};
use serde_json::{Value, json};

/// What is known of an advisory.
#[derive(Debug, Default)]
pub(super) struct Evidence<'a> {
    /// Since when it stands in KEV.
    pub exploited_since: Option<String>,
    /// Whether the record refers to evidence or an exploit.
    pub public_poc: bool,
    /// Its vector.
    pub vector: Option<&'a str>,
    /// The best tier among the listed projects that publish its packages, 1 to 3.
    pub tier: Option<i16>,
    /// What coordinators answered.
    pub judgment: Option<&'a Judgment>,
}

/// One of the four answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// The question.
    pub question: &'static str,
    /// The answer's word.
    pub answer: Value,
    /// `coordinator`, `kev`, `record`, `cvss`, `criticality` or `default`.
    pub source: &'static str,
    /// A sentence.
    pub text: String,
}

/// The decision and what it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weighed {
    pub decision: SsvcDecision,
    pub answers: [Answer; 4],
}

struct Given<T> {
    value: T,
    source: &'static str,
    text: String,
}

impl<T> Given<T> {
    fn new(value: T, source: &'static str, text: impl Into<String>) -> Self {
        Self { value, source, text: text.into() }
    }

    fn or_judged(self, judged: Option<T>, judgment: Option<&Judgment>) -> Self {
        let Some(value) = judged else { return self };
        let reason = judgment.and_then(|judgment| judgment.reason.clone());
        Self::new(value, "coordinator", reason.unwrap_or_else(|| "A coordinator said so.".to_owned()))
    }
}

impl<T: serde::Serialize> Given<T> {
    fn answer(&self, question: &'static str) -> Answer {
        Answer { question, answer: json!(self.value), source: self.source, text: self.text.clone() }
    }
}

/// Decides.
pub(super) fn weigh(evidence: &Evidence<'_>) -> Weighed {
    let judged = evidence.judgment;
    let cvss = evidence.vector.and_then(|vector| vector.parse::<Cvss>().ok());
    let exploitation = exploitation(evidence).or_judged(judged.and_then(|j| j.exploitation), judged);
    let automatable = automatable(cvss.as_ref()).or_judged(judged.and_then(|j| j.automatable), judged);
    let impact = impact(cvss.as_ref()).or_judged(judged.and_then(|j| j.technical_impact), judged);
    let mission = mission(evidence.tier).or_judged(judged.and_then(|j| j.mission_and_well_being), judged);
    let ssvc = Ssvc {
        exploitation: exploitation.value,
        automatable: automatable.value,
        technical_impact: impact.value,
        mission_and_well_being: mission.value,
    };
    Weighed {
        decision: ssvc.decide(),
        answers: [
            exploitation.answer("exploitation"),
            automatable.answer("automatable"),
            impact.answer("technical_impact"),
            mission.answer("mission_and_well_being"),
        ],
    }
}

fn exploitation(evidence: &Evidence<'_>) -> Given<Exploitation> {
    if let Some(since) = &evidence.exploited_since {
        return Given::new(
            Exploitation::Active,
            "kev",
            format!("In CISA's catalog of what is exploited since {since}."),
        );
    }
    if evidence.public_poc {
        return Given::new(Exploitation::PublicPoc, "record", "The record refers to a demonstration.");
    }
    Given::new(Exploitation::None, "default", "Nothing here says that it is exploited or can be shown.")
}

/// Reconnaissance to exploitation without a person: over the network, without conditions, rights or help.
fn automatable(cvss: Option<&Cvss>) -> Given<Automatable> {
    let Some(cvss) = cvss else {
        return Given::new(Automatable::No, "default", "The record has no vector that says how it is attacked.");
    };
    if let Some(stated) = cvss.metric("AU") {
        let value = if stated == "Y" { Automatable::Yes } else { Automatable::No };
        return Given::new(value, "cvss", format!("The vector says AU:{stated}."));
    }
    let mut wanted = vec![("AV", "N"), ("AC", "L"), ("PR", "N"), ("UI", "N")];
    if cvss.version() == CvssVersion::V4_0 {
        wanted.push(("AT", "N"));
    }
    let against = wanted.iter().find(|(metric, value)| cvss.metric(metric) != Some(value));
    match against {
        None => Given::new(
            Automatable::Yes,
            "cvss",
            "By its vector it is attacked over the network, without conditions, rights or anybody's help.",
        ),
        Some((metric, _)) => {
            let stated = cvss.metric(metric).unwrap_or("X");
            Given::new(Automatable::No, "cvss", format!("The vector says {metric}:{stated}."))
        }
    }
}

fn impact(cvss: Option<&Cvss>) -> Given<TechnicalImpact> {
    let Some(cvss) = cvss else {
        return Given::new(TechnicalImpact::Partial, "default", "The record has no vector that says what is gained.");
    };
    let metrics = if cvss.version() == CvssVersion::V4_0 { ["VC", "VI", "VA"] } else { ["C", "I", "A"] };
    let lower = metrics.iter().find(|metric| cvss.metric(metric) != Some("H"));
    match lower {
        None => {
            let text = "By its vector confidentiality, integrity and availability are all lost.";
            Given::new(TechnicalImpact::Total, "cvss", text)
        }
        Some(metric) => {
            let stated = cvss.metric(metric).unwrap_or("X");
            Given::new(TechnicalImpact::Partial, "cvss", format!("The vector says {metric}:{stated}."))
        }
    }
}

fn mission(tier: Option<i16>) -> Given<MissionAndWellBeing> {
    let (value, text) = match tier {
        Some(1) => (MissionAndWellBeing::High, "A project of tier 1 publishes it.".to_owned()),
        Some(2) => (MissionAndWellBeing::Medium, "A project of tier 2 publishes it.".to_owned()),
        Some(tier) => (MissionAndWellBeing::Low, format!("The project that publishes it is of tier {tier}.")),
        None => {
            let text = "No listed project with a tier publishes it.".to_owned();
            return Given::new(MissionAndWellBeing::Low, "default", text);
        }
    };
    Given::new(value, "criticality", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG4SHELL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";

    fn sources(weighed: &Weighed) -> [&'static str; 4] {
        [0, 1, 2, 3].map(|at| weighed.answers[at].source)
    }

    #[test]
    fn log4shell_is_acted_on_by_what_is_known_of_it() {
        let known = Evidence {
            exploited_since: Some("2021-12-10".into()),
            vector: Some(LOG4SHELL),
            tier: Some(1),
            ..Evidence::default()
        };
        let weighed = weigh(&known);
        assert_eq!(weighed.decision, SsvcDecision::Act);
        assert_eq!(sources(&weighed), ["kev", "cvss", "cvss", "criticality"]);
        assert!(weighed.answers[0].text.contains("2021-12-10"));
    }

    #[test]
    fn what_nobody_says_is_assumed_and_said_so() {
        let weighed = weigh(&Evidence::default());
        assert_eq!((weighed.decision, sources(&weighed)), (SsvcDecision::Track, ["default"; 4]));
        let local = "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        let weighed = weigh(&Evidence { vector: Some(local), public_poc: true, ..Evidence::default() });
        let words: Vec<_> = weighed.answers.iter().map(|answer| answer.answer.as_str().unwrap()).collect();
        assert_eq!(words, ["public_poc", "no", "total", "low"]);
        let automatic = format!("{local}/AU:Y");
        assert_eq!(
            weigh(&Evidence { vector: Some(&automatic), ..Evidence::default() }).answers[1].answer,
            json!("yes")
        );
    }

    #[test]
    fn a_coordinator_has_the_last_word() {
        let judgment = Judgment {
            exploitation: Some(Exploitation::None),
            reason: Some("Not reachable.".into()),
            ..Judgment::default()
        };
        let known = Evidence {
            exploited_since: Some("2021-12-10".into()),
            vector: Some(LOG4SHELL),
            tier: Some(1),
            judgment: Some(&judgment),
            ..Evidence::default()
        };
        let weighed = weigh(&known);
        assert_eq!(weighed.decision, SsvcDecision::Attend);
        assert_eq!((weighed.answers[0].source, weighed.answers[0].text.as_str()), ("coordinator", "Not reachable."));
    }
}
