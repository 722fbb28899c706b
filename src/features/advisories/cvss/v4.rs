//! CVSS v4.0: macro vectors and interpolation, by `RustSec`'s `cvss`, which agrees with the reference implementation.

use super::CvssScores;

/// The score of a checked vector; the crate's own refusal, should it ever know better.
pub(super) fn scores(text: &str) -> Result<CvssScores, ::cvss::Error> {
    let vector: ::cvss::v4::Vector = text.parse()?;
    Ok(CvssScores { base: vector.score().value(), temporal: None, environmental: None })
}

#[cfg(test)]
mod tests {
    use super::super::{Cvss, CvssVersion, metrics};

    #[test]
    fn every_value_of_every_metric_is_scored() {
        let known = metrics::of(CvssVersion::V4_0);
        for metric in known {
            for value in metric.values {
                let parts = known.iter().filter(|other| other.mandatory || other.name == metric.name).map(|other| {
                    let value = if other.name == metric.name { *value } else { other.values[0] };
                    format!("/{}:{value}", other.name)
                });
                let text = format!("CVSS:4.0{}", parts.collect::<String>());
                assert_eq!(text.parse::<Cvss>().unwrap().to_string(), text);
            }
        }
    }
}
