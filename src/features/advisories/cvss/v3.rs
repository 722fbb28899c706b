//! CVSS v3.0 and v3.1: the equations of section 7 (v3.1) and 8 (v3.0) of the specification documents.

use super::{CvssScores, CvssVersion};

/// The value of a metric by its name, if the vector states it.
type Stated<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// The numbers behind the metrics that can be modified, in force for one score.
struct Figures {
    attack_vector: f64,
    attack_complexity: f64,
    privileges: f64,
    interaction: f64,
    scope_changed: bool,
    impacts: [f64; 3],
    /// How much one's own environment depends on each of confidentiality, integrity and availability.
    requirements: [f64; 3],
}

pub(super) fn scores(version: CvssVersion, stated: Stated<'_>) -> CvssScores {
    let time = exploit(stated("E")) * remedy(stated("RL")) * confidence(stated("RC"));
    let plain = Figures::new(stated, false);
    let base = plain.score(plain.impact());
    let modified = Figures::new(stated, true);
    let environment = modified.score(modified.modified_impact(version));
    CvssScores { base, temporal: Some(round_up(base * time)), environmental: Some(round_up(environment * time)) }
}

impl Figures {
    fn new(stated: Stated<'_>, modified: bool) -> Self {
        let value = |name: &str| {
            let own = modified.then(|| stated(&format!("M{name}"))).flatten();
            own.or_else(|| stated(name)).unwrap_or_default()
        };
        let scope_changed = value("S") == "C";
        Self {
            attack_vector: match value("AV") {
                "N" => 0.85,
                "A" => 0.62,
                "L" => 0.55,
                _ => 0.2,
            },
            attack_complexity: if value("AC") == "L" { 0.77 } else { 0.44 },
            privileges: match (value("PR"), scope_changed) {
                ("N", _) => 0.85,
                ("L", false) => 0.62,
                ("L", true) => 0.68,
                (_, false) => 0.27,
                (_, true) => 0.5,
            },
            interaction: if value("UI") == "N" { 0.85 } else { 0.62 },
            scope_changed,
            impacts: ["C", "I", "A"].map(|name| match value(name) {
                "H" => 0.56,
                "L" => 0.22,
                _ => 0.0,
            }),
            requirements: ["CR", "IR", "AR"].map(|name| match stated(name).filter(|_| modified) {
                Some("H") => 1.5,
                Some("L") => 0.5,
                _ => 1.0,
            }),
        }
    }

    /// What is left of confidentiality, integrity and availability together, from 1 to 0.
    fn kept(&self) -> f64 {
        self.impacts.iter().zip(self.requirements).map(|(impact, requirement)| 1.0 - impact * requirement).product()
    }

    fn impact(&self) -> f64 {
        let lost = 1.0 - self.kept();
        if self.scope_changed { 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02).powi(15) } else { 6.42 * lost }
    }

    fn modified_impact(&self, version: CvssVersion) -> f64 {
        let lost = (1.0 - self.kept()).min(0.915);
        match (self.scope_changed, version) {
            (false, _) => 6.42 * lost,
            (true, CvssVersion::V3_0) => 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02).powi(15),
            (true, _) => 7.52 * (lost - 0.029) - 3.25 * (lost * 0.9731 - 0.02).powi(13),
        }
    }

    fn score(&self, impact: f64) -> f64 {
        if impact <= 0.0 {
            return 0.0;
        }
        let exploitability = 8.22 * self.attack_vector * self.attack_complexity * self.privileges * self.interaction;
        let factor = if self.scope_changed { 1.08 } else { 1.0 };
        round_up((factor * (impact + exploitability)).min(10.0))
    }
}

/// The smallest tenth that is not below the score, as appendix A of v3.1 defines it to be safe from the errors of binary
/// fractions. For every vector there is, of v3.0 too, it is what exact decimals give.
fn round_up(score: f64) -> f64 {
    let hundred_thousandths = (score * 100_000.0).round();
    (hundred_thousandths / 10_000.0).ceil() / 10.0
}

fn exploit(value: Option<&str>) -> f64 {
    match value {
        Some("U") => 0.91,
        Some("P") => 0.94,
        Some("F") => 0.97,
        _ => 1.0,
    }
}

fn remedy(value: Option<&str>) -> f64 {
    match value {
        Some("O") => 0.95,
        Some("T") => 0.96,
        Some("W") => 0.97,
        _ => 1.0,
    }
}

fn confidence(value: Option<&str>) -> f64 {
    match value {
        Some("U") => 0.92,
        Some("R") => 0.96,
        _ => 1.0,
    }
}
