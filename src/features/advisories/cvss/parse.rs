//! From a text to checked metrics.

use std::fmt;
use std::str::FromStr;

use super::metrics::{self, Metric};
use super::{Cvss, CvssVersion, stated, v3, v4};

/// Why a text is no vector: where, what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvssError {
    column: usize,
    problem: String,
}

impl CvssError {
    /// Where the fault is, in characters from 1; the end of the text for what is missing.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for CvssError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.problem)
    }
}

impl std::error::Error for CvssError {}

fn fail<T>(column: usize, problem: impl Into<String>) -> Result<T, CvssError> {
    Err(CvssError { column, problem: problem.into() })
}

impl FromStr for Cvss {
    type Err = CvssError;

    fn from_str(text: &str) -> Result<Self, CvssError> {
        let mut parts = text.split('/');
        let head = parts.next().unwrap_or_default();
        let Some(version) = CvssVersion::ALL.into_iter().find(|v| head.strip_prefix("CVSS:") == Some(v.as_str()))
        else {
            return fail(1, format!("{head:?} is no version that can be scored; write CVSS:3.0, CVSS:3.1 or CVSS:4.0"));
        };
        let known = metrics::of(version);
        let mut column = head.chars().count() + 2;
        let mut values: Vec<(&'static str, &'static str)> = Vec::new();
        let mut last = 0;
        for part in parts {
            let (place, value) = metric(version, known, part, column)?;
            let Some(found) = known.get(place) else { continue };
            if values.iter().any(|(name, _)| *name == found.name) {
                return fail(column, format!("{} stands there twice; keep one of them", found.name));
            }
            // Section 7 of v4.0 calls every other order invalid; v3 asks for none.
            if version == CvssVersion::V4_0 && place < last {
                let names = known.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ");
                return fail(column, format!("{} stands too late; write the metrics in the order {names}", found.name));
            }
            last = place;
            values.push((found.name, value));
            column += part.chars().count() + 1;
        }
        let missing: Vec<_> = known
            .iter()
            .filter(|metric| metric.mandatory && !values.iter().any(|(name, _)| *name == metric.name))
            .map(|metric| format!("{} ({})", metric.name, metric.values.join(", ")))
            .collect();
        if !missing.is_empty() {
            let end = text.chars().count() + 1;
            return fail(end, format!("mandatory metrics are missing; add {}", missing.join(", ")));
        }
        let scores = match version {
            CvssVersion::V3_0 | CvssVersion::V3_1 => v3::scores(version, &|name| stated(&values, name)),
            CvssVersion::V4_0 => {
                v4::scores(text).map_err(|error| CvssError { column: 1, problem: error.to_string() })?
            }
        };
        Ok(Self { version, values, scores })
    }
}

/// The place of the metric in the version's table, and its value.
fn metric(
    version: CvssVersion,
    known: &'static [Metric],
    part: &str,
    column: usize,
) -> Result<(usize, &'static str), CvssError> {
    let Some((name, value)) = part.split_once(':') else {
        let remedy = if part.is_empty() { "leave out the slash before it" } else { "write metric:value, as in AV:N" };
        return fail(column, format!("{part:?} is no metric; {remedy}"));
    };
    let Some((place, metric)) = known.iter().enumerate().find(|(_, metric)| metric.name == name) else {
        let names = known.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ");
        return fail(column, format!("v{version} has no metric {name:?}; it has {names}"));
    };
    let Some(value) = metric.values.iter().find(|permitted| **permitted == value) else {
        let at = column + name.chars().count() + 1;
        return fail(at, format!("{name} has no value {value:?}; write one of {}", metric.values.join(", ")));
    };
    Ok((place, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        text.parse::<Cvss>().unwrap_err().to_string()
    }

    const BASE: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    #[test]
    fn errors_say_where_and_what_to_do() {
        assert_eq!(
            refused("CVSS:2.0/AV:N"),
            "column 1: \"CVSS:2.0\" is no version that can be scored; write CVSS:3.0, CVSS:3.1 or CVSS:4.0"
        );
        assert!(refused("").starts_with("column 1: "));
        assert!(refused("AV:N/AC:L/Au:N/C:P/I:P/A:P").starts_with("column 1: \"AV:N\" is no version"));
        assert!(refused("cvss:3.1/AV:N").starts_with("column 1: "));
        assert_eq!(
            refused("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H"),
            "column 37: mandatory metrics are missing; add I (H, L, N), A (H, L, N)"
        );
        assert_eq!(refused("CVSS:3.1/AV:Q"), "column 13: AV has no value \"Q\"; write one of N, A, L, P");
        assert!(refused("CVSS:3.1/AV:n").starts_with("column 13: AV has no value \"n\""));
        assert!(refused("CVSS:3.1/AV:X").starts_with("column 13: "), "mandatory metrics cannot be undefined");
        assert!(refused("CVSS:3.1/VC:H").starts_with("column 10: v3.1 has no metric \"VC\""));
        assert_eq!(refused(&format!("{BASE}/")), "column 46: \"\" is no metric; leave out the slash before it");
        assert!(refused(&format!("{BASE}/E")).starts_with("column 46: \"E\" is no metric; write metric:value"));
        assert_eq!(refused(&format!("{BASE}/AV:N")), "column 46: AV stands there twice; keep one of them");
        assert!(
            refused("CVSS:4.0/AC:L/AV:N")
                .starts_with("column 15: AV stands too late; write the metrics in the order AV, AC")
        );
        assert!(refused("CVSS:3.1/é:ü").starts_with("column 10: "));
    }

    #[test]
    fn v3_is_read_in_any_order_and_written_as_it_was() {
        let text = "CVSS:3.0/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:X/MC:L";
        let cvss: Cvss = text.parse().unwrap();
        assert_eq!(
            (cvss.to_string().as_str(), cvss.metric("AV"), cvss.metric("E"), cvss.metric("MC")),
            (text, Some("N"), None, Some("L"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(CVSS:(3.1|4.0))?[/A-Z:XNé]{0,60}") {
            if let Ok(cvss) = text.parse::<Cvss>() {
                cvss.scores();
            }
        }
    }
}
