//! Random vectors scored by Red Hat's reference implementation, and examples of the specifications.

use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;

use super::{Cvss, Severity};
use crate::published::published;

fn tenths(score: Option<f64>) -> String {
    score.map(|score| format!("{score:.1}")).unwrap_or_default()
}

#[test]
fn every_vector_equals_the_reference() {
    let Some(file) = published("cvss/cvss-20000-random-vectors-scored-by-redhat-cvss-3.6.tsv.gz") else { return };
    let file = std::fs::File::open(file).unwrap();
    let mut seen = 0;
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.unwrap();
        let [text, base, temporal, environmental, severity] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let cvss: Cvss = text.parse().unwrap();
        let scores = cvss.scores();
        assert_eq!(
            [
                &tenths(Some(scores.base)),
                &tenths(scores.temporal),
                &tenths(scores.environmental),
                &cvss.severity().to_string()
            ],
            [base, temporal, environmental, severity],
            "{text}"
        );
        seen += 1;
    }
    assert!(seen >= 1000);
    eprintln!("CVSS: {seen} vectors as the reference scores them");
}

#[test]
fn examples_of_the_specifications() {
    for (text, base) in [
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0),
    ] {
        let scores = text.parse::<Cvss>().unwrap().scores();
        assert_eq!(tenths(Some(scores.base)), tenths(Some(base)), "{text}");
    }
}

#[test]
fn ratings_begin_at_their_tenths() {
    use Severity::{Critical, High, Low, Medium, None};
    let ratings = [0.0, 0.1, 3.9, 4.0, 6.9, 7.0, 8.9, 9.0, 10.0].map(Severity::of);
    assert_eq!(ratings, [None, Low, Low, Medium, Medium, High, High, Critical, Critical]);
    assert!(Critical > High);
    assert_eq!(serde_json::to_string(&High).unwrap(), "\"high\"");
}
