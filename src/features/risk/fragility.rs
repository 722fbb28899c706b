//! How easily a project breaks, by what is known of it, and how much it needs help. Pure.

use crate::kernel::Timestamp;

/// Something that is known, from where and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<T> {
    /// What.
    pub value: T,
    /// Who says so.
    pub source: String,
    /// As of when, where that is told.
    pub as_of: Option<Timestamp>,
}

/// What is known of a project; none where it is not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// How many people maintain it.
    pub maintainers: Option<Known<u32>>,
    /// Whether nobody looks after it.
    pub orphaned: Option<Known<bool>>,
    /// The Scorecard's check `Maintained`, 0 to 10.
    pub maintained: Option<Known<i16>>,
    /// Advisories without a fixed version.
    pub open_advisories: Option<Known<u32>>,
}

/// One signal: how much it weighs here, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Which.
    pub name: &'static str,
    /// What it adds by itself: 0 (nothing) to its most.
    pub weight: f64,
    /// The most it can add.
    pub most: f64,
    /// A sentence.
    pub text: String,
    /// Who says so; none where nobody does.
    pub source: Option<String>,
    /// As of when, where that is told.
    pub as_of: Option<Timestamp>,
}

/// How easily a project breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragility {
    /// 0 to 1; none where nothing is known.
    pub value: Option<f64>,
    /// Every signal, also those of which nothing is known.
    pub signals: Vec<Signal>,
}

const ORPHANED: f64 = 0.8;
const ALONE: f64 = 0.6;
const TWO: f64 = 0.3;
const UNMAINTAINED: f64 = 0.6;
const ADVISORIES: f64 = 0.5;
/// So many open advisories weigh in full.
const MANY: u32 = 5;

/// Weighs what is known: each signal takes its share of what the others leave, so that two make it worse and none exceeds 1.
pub fn fragility(facts: &Facts) -> Fragility {
    let signals = vec![
        signal("maintainers", ALONE, facts.maintainers.as_ref(), |count| match count {
            0 => (ALONE, "Nobody maintains it.".to_owned()),
            1 => (ALONE, "One person maintains it.".to_owned()),
            2 => (TWO, "Two people maintain it.".to_owned()),
            many => (0.0, format!("{many} people maintain it.")),
        }),
        signal("orphaned", ORPHANED, facts.orphaned.as_ref(), |orphaned| {
            if *orphaned { (ORPHANED, "It is orphaned.") } else { (0.0, "It has somebody who looks after it.") }
        }),
        signal("maintained", UNMAINTAINED, facts.maintained.as_ref(), |score| {
            let lacking = f64::from(10 - (*score).clamp(0, 10)) / 10.0;
            (UNMAINTAINED * lacking, format!("Its Scorecard gives Maintained {score} of 10."))
        }),
        signal("open_advisories", ADVISORIES, facts.open_advisories.as_ref(), |count| {
            let share = f64::from((*count).min(MANY)) / f64::from(MANY);
            let text = match count {
                0 => "No advisory is open.".to_owned(),
                1 => "One advisory is open.".to_owned(),
                many => format!("{many} advisories are open."),
            };
            (ADVISORIES * share, text)
        }),
    ];
    let known = signals.iter().any(|signal| signal.source.is_some());
    let whole: f64 = signals.iter().map(|signal| 1.0 - signal.weight).product();
    Fragility { value: known.then_some(1.0 - whole), signals }
}

fn signal<T, S: Into<String>>(
    name: &'static str,
    most: f64,
    known: Option<&Known<T>>,
    weigh: impl Fn(&T) -> (f64, S),
) -> Signal {
    let Some(known) = known else {
        let text = "Nothing is known of it.".to_owned();
        return Signal { name, weight: 0.0, most, text, source: None, as_of: None };
    };
    let (weight, text) = weigh(&known.value);
    Signal { name, weight, most, text: text.into(), source: Some(known.source.clone()), as_of: known.as_of }
}

/// How much a project needs help, 0 to 1: its risk times its fragility; none where either is not known.
pub fn need_for_help(risk: Option<f64>, fragility: &Fragility) -> Option<f64> {
    Some(risk? * fragility.value?)
}

/// The level of the baseline that a project of this risk should have.
pub fn level_wanted(risk: f64) -> i16 {
    match risk {
        high if high >= LEVEL_3_FROM => 3,
        some if some >= LEVEL_2_FROM => 2,
        _ => 1,
    }
}

/// From this risk on a project should reach level 2.
pub const LEVEL_2_FROM: f64 = 0.4;
/// From this risk on a project should reach level 3.
pub const LEVEL_3_FROM: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[expect(clippy::unnecessary_wraps, reason = "as facts have it")]
    fn known<T>(value: T) -> Option<Known<T>> {
        Some(Known { value, source: "test".to_owned(), as_of: None })
    }

    #[test]
    fn nothing_known_is_no_figure() {
        let nothing = fragility(&Facts::default());
        assert_eq!((nothing.value, nothing.signals.len()), (None, 4));
        assert_eq!(need_for_help(Some(0.9), &nothing), None);
        assert_eq!(need_for_help(None, &fragility(&Facts { orphaned: known(true), ..Facts::default() })), None);
    }

    #[test]
    fn each_signal_counts_and_together_they_count_more() {
        let value = |facts: Facts| fragility(&facts).value.unwrap();
        let alone = value(Facts { maintainers: known(1), ..Facts::default() });
        assert!((alone - 0.6).abs() < 1e-12);
        assert!(value(Facts { maintainers: known(2), ..Facts::default() }) < alone);
        assert!(value(Facts { maintainers: known(3), ..Facts::default() }).abs() < 1e-12);
        let both = value(Facts { maintainers: known(1), orphaned: known(true), ..Facts::default() });
        assert!((both - 0.92).abs() < 1e-12, "{both}");
        assert!(
            value(Facts { maintained: known(2), ..Facts::default() })
                > value(Facts { maintained: known(9), ..Facts::default() })
        );
        assert!(value(Facts { open_advisories: known(1), ..Facts::default() }) > 0.0);
        assert_eq!(
            need_for_help(Some(0.5), &fragility(&Facts { maintainers: known(1), ..Facts::default() })),
            Some(0.3)
        );
    }

    #[test]
    fn more_risk_wants_more_assurance() {
        assert_eq!([0.0, 0.39, 0.4, 0.69, 0.7, 1.0].map(level_wanted), [1, 1, 2, 2, 3, 3]);
    }

    proptest! {
        #[test]
        fn it_stays_between_nothing_and_all(maintainers in any::<u32>(), orphaned in any::<bool>(), maintained in any::<i16>(), advisories in any::<u32>()) {
            let facts = Facts {
                maintainers: known(maintainers), orphaned: known(orphaned), maintained: known(maintained), open_advisories: known(advisories),
            };
            prop_assert!((0.0..=1.0).contains(&fragility(&facts).value.unwrap()));
        }
    }
}
