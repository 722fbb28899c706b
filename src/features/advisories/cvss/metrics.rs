//! The metrics of each version and their values, in the order of the specifications' tables
//! (FIRST, CVSS v3.1 table 15, CVSS v4.0 table 23).

use super::CvssVersion;

/// One metric.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
    pub(super) mandatory: bool,
}

const fn base(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, values, mandatory: true }
}

const fn optional(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, values, mandatory: false }
}

const HLN: &[&str] = &["H", "L", "N"];
const XHLN: &[&str] = &["X", "H", "L", "N"];
const XSHLN: &[&str] = &["X", "S", "H", "L", "N"];
const XHML: &[&str] = &["X", "H", "M", "L"];

static V3: &[Metric] = &[
    base("AV", &["N", "A", "L", "P"]),
    base("AC", &["L", "H"]),
    base("PR", &["N", "L", "H"]),
    base("UI", &["N", "R"]),
    base("S", &["U", "C"]),
    base("C", HLN),
    base("I", HLN),
    base("A", HLN),
    optional("E", &["X", "H", "F", "P", "U"]),
    optional("RL", &["X", "U", "W", "T", "O"]),
    optional("RC", &["X", "C", "R", "U"]),
    optional("CR", XHML),
    optional("IR", XHML),
    optional("AR", XHML),
    optional("MAV", &["X", "N", "A", "L", "P"]),
    optional("MAC", &["X", "L", "H"]),
    optional("MPR", &["X", "N", "L", "H"]),
    optional("MUI", &["X", "N", "R"]),
    optional("MS", &["X", "U", "C"]),
    optional("MC", XHLN),
    optional("MI", XHLN),
    optional("MA", XHLN),
];

static V4: &[Metric] = &[
    base("AV", &["N", "A", "L", "P"]),
    base("AC", &["L", "H"]),
    base("AT", &["N", "P"]),
    base("PR", &["N", "L", "H"]),
    base("UI", &["N", "P", "A"]),
    base("VC", HLN),
    base("VI", HLN),
    base("VA", HLN),
    base("SC", HLN),
    base("SI", HLN),
    base("SA", HLN),
    optional("E", &["X", "A", "P", "U"]),
    optional("CR", XHML),
    optional("IR", XHML),
    optional("AR", XHML),
    optional("MAV", &["X", "N", "A", "L", "P"]),
    optional("MAC", &["X", "L", "H"]),
    optional("MAT", &["X", "N", "P"]),
    optional("MPR", &["X", "N", "L", "H"]),
    optional("MUI", &["X", "N", "P", "A"]),
    optional("MVC", XHLN),
    optional("MVI", XHLN),
    optional("MVA", XHLN),
    optional("MSC", XHLN),
    optional("MSI", XSHLN),
    optional("MSA", XSHLN),
    optional("S", &["X", "N", "P"]),
    optional("AU", &["X", "N", "Y"]),
    optional("R", &["X", "A", "U", "I"]),
    optional("V", &["X", "D", "C"]),
    optional("RE", &["X", "L", "M", "H"]),
    optional("U", &["X", "Clear", "Green", "Amber", "Red"]),
];

/// The metrics of a version, in its order.
pub(super) fn of(version: CvssVersion) -> &'static [Metric] {
    match version {
        CvssVersion::V3_0 | CvssVersion::V3_1 => V3,
        CvssVersion::V4_0 => V4,
    }
}
