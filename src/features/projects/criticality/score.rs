//! The weighted arithmetic mean, and what went into it.

use serde::Serialize;

use super::parameters::{Input, Parameters};
use super::signals::Signals;

/// A score with everything that makes it up, so that it can be explained and made again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// From 0 (nothing depends on it) to 1, where every input has bounds.
    pub value: f64,
    /// The inputs that counted, in the order of the parameters.
    pub inputs: Vec<ScoredInput>,
}

/// One signal's part in a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredInput {
    /// The signal's name with its namespace.
    pub field: String,
    /// Its value, as it was collected.
    pub signal: f64,
    /// What the value is worth after bounds and distribution.
    pub worth: f64,
    /// How much it counts beside the others.
    pub weight: f64,
}

impl Parameters {
    /// The mean of the inputs whose signals are known, Σ weight·worth / Σ weight; `None` where none is.
    ///
    /// An input whose signal is not known, or whose condition does not hold, is in neither sum. Nor is one whose worth
    /// is no finite number, which only a signal without bounds can bring about (the logarithm of what is not positive).
    pub fn score(&self, signals: &Signals) -> Option<Score> {
        let inputs: Vec<_> = self
            .counted(signals)
            .map(|(input, signal, worth)| ScoredInput {
                field: input.field.clone().into_owned(),
                signal,
                worth,
                weight: input.weight,
            })
            .collect();
        Some(Score { value: self.score_value(signals)?, inputs })
    }

    /// The number alone of [`score`](Self::score).
    pub fn score_value(&self, signals: &Signals) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (input, _, worth) in self.counted(signals) {
            sum += input.weight * worth;
            weights += input.weight;
        }
        (weights > 0.0).then(|| sum / weights).filter(|score| score.is_finite())
    }

    fn counted<'a>(&'a self, signals: &'a Signals) -> impl Iterator<Item = (&'a Input, f64, f64)> {
        self.inputs().iter().filter_map(move |input| {
            let condition = input.condition.as_ref();
            if condition.is_some_and(|condition| signals.get(&condition.field).is_some() != condition.exists) {
                return None;
            }
            let signal = signals.get(&input.field)?;
            let worth = input.worth(signal);
            worth.is_finite().then_some((input, signal, worth))
        })
    }
}

/// A number with 17 significant digits, enough to read the very same `f64` back, without trailing zeros or an exponent.
pub fn seventeen_digits(number: f64) -> String {
    let scientific = format!("{number:.16e}");
    let exponent = scientific.rsplit_once('e').and_then(|(_, exponent)| exponent.parse::<i64>().ok()).unwrap_or(0);
    let decimals = usize::try_from(16 - exponent).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parameters::{Bounds, Distribution};
    use super::*;

    fn one(bounds: Option<Bounds>, distribution: Distribution) -> Parameters {
        let input = Input { field: "a".into(), weight: 2.0, bounds, distribution, condition: None };
        Parameters { id: "one".into(), inputs: vec![input].into() }
    }

    fn value(parameters: &Parameters, signal: f64) -> Option<f64> {
        parameters.score_value(&Signals::from_iter([("a", signal)]))
    }

    #[test]
    fn a_lower_bound_is_where_worth_begins() {
        let parameters = one(Some(Bounds { lower: 10.0, upper: 20.0, smaller_is_better: false }), Distribution::Linear);
        assert_eq!([5.0, 15.0, 25.0].map(|signal| value(&parameters, signal)), [Some(0.0), Some(0.5), Some(1.0)]);
        let smaller = one(Some(Bounds { lower: 10.0, upper: 20.0, smaller_is_better: true }), Distribution::Linear);
        assert_eq!([5.0, 12.5, 25.0].map(|signal| value(&smaller, signal)), [Some(1.0), Some(0.75), Some(0.0)]);
    }

    #[test]
    fn what_is_no_number_leaves_no_trace() {
        let unbounded = one(None, Distribution::Zipfian);
        assert_eq!(value(&unbounded, -1.0), None);
        assert_eq!(value(&unbounded, -5.0), None);
        assert_eq!(value(&unbounded, f64::NAN), None);
        assert_eq!(value(&unbounded, 0.0), Some(0.0));
        assert_eq!(one(None, Distribution::Linear).score(&Signals::default()), None);
    }

    #[test]
    fn a_score_says_what_it_is_made_of() {
        let signals = Signals::from_iter([("legacy.org_count", 5.0), ("legacy.created_since", 240.0), ("other", 1.0)]);
        let score = Parameters::built_in("pike_depsdev").unwrap().score(&signals).unwrap();
        let fields: Vec<_> =
            score.inputs.iter().map(|input| (input.field.as_str(), input.signal, input.weight)).collect();
        assert_eq!(fields, [("legacy.created_since", 240.0, 1.0), ("legacy.org_count", 5.0, 1.0)]);
        let mean = score.inputs.iter().map(|input| input.worth).sum::<f64>() / 2.0;
        assert!((score.value - mean).abs() < 1e-12);
    }

    #[test]
    fn digits_are_those_of_the_number() {
        assert_eq!(seventeen_digits(0.1), "0.10000000000000001");
        assert_eq!(seventeen_digits(1.0), "1");
        assert_eq!(seventeen_digits(0.0), "0");
        assert_eq!(seventeen_digits(0.095_238_095_238_095_23), "0.095238095238095233");
        assert_eq!(seventeen_digits(1e20), "100000000000000000000");
        assert_eq!(seventeen_digits(-2.5), "-2.5");
    }

    proptest! {
        #[test]
        fn digits_read_back(number in proptest::num::f64::NORMAL) {
            prop_assert_eq!(seventeen_digits(number).parse::<f64>().unwrap().to_bits(), number.to_bits());
        }

        #[test]
        fn a_score_lies_between_0_and_1(values in proptest::collection::vec(proptest::option::of(proptest::num::f64::ANY), 11)) {
            for name in Parameters::BUILT_IN {
                let parameters = Parameters::built_in(name).unwrap();
                let known = parameters.fields().into_iter().zip(&values).filter_map(|(field, value)| Some((field, (*value)?)));
                if let Some(score) = parameters.score_value(&known.collect()) {
                    prop_assert!((0.0..=1.0 + 1e-12).contains(&score), "{score}");
                }
            }
        }
    }
}
