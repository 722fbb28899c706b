//! How facts about the past fade. Pure.

use chrono::TimeDelta;

/// After so many days a fact counts half.
pub(super) const HALF_LIFE_DAYS: i64 = 365;
/// Facts this old count for nothing: a thousandth is left of them.
pub(super) const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(10 * HALF_LIFE_DAYS);

/// What something of this age still counts for, 1 to 0.
pub(super) fn weight(age: TimeDelta) -> f64 {
    let days = i32::try_from(age.num_days().max(0)).unwrap_or(i32::MAX);
    let half_life = i32::try_from(HALF_LIFE_DAYS).unwrap_or(i32::MAX);
    0.5f64.powf(f64::from(days) / f64::from(half_life))
}

/// The share of what went well, by weight; none where nothing is remembered.
pub(super) fn share(facts: &[(TimeDelta, bool)]) -> Option<f64> {
    let all: f64 = facts.iter().map(|(age, _)| weight(*age)).sum();
    let good: f64 = facts.iter().filter(|(_, good)| *good).map(|(age, _)| weight(*age)).sum();
    (all > 0.0).then(|| good / all)
}

/// The value below and above which half of the weight lies; none where nothing is remembered.
pub(super) fn median(mut facts: Vec<(TimeDelta, f64)>) -> Option<f64> {
    facts.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let half = facts.iter().map(|(age, _)| weight(*age)).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (age, value) in facts {
        below += weight(age);
        if below >= half {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn days(days: i64) -> TimeDelta {
        TimeDelta::days(days)
    }

    #[test]
    fn after_a_year_half_is_left() {
        assert!((weight(days(0)) - 1.0).abs() < 1e-12 && (weight(days(365)) - 0.5).abs() < 1e-12);
        assert!((weight(days(730)) - 0.25).abs() < 1e-12 && weight(days(-3)) <= 1.0);
        assert!(weight(FORGOTTEN_AFTER) < 0.001);
    }

    #[test]
    fn what_is_recent_outweighs_what_is_old() {
        assert_eq!((share(&[]), median(Vec::new())), (None, None));
        assert_eq!(share(&[(days(0), true)]), Some(1.0));
        let mixed = share(&[(days(0), true), (days(365), false)]).unwrap();
        assert!((mixed - 2.0 / 3.0).abs() < 1e-12, "{mixed}");
        assert_eq!(median(vec![(days(0), 5.0), (days(0), 1.0), (days(0), 9.0)]), Some(5.0));
        assert_eq!(median(vec![(days(0), 1.0), (days(800), 40.0), (days(800), 50.0)]), Some(1.0));
    }

    proptest! {
        #[test]
        fn shares_and_medians_stay_within_what_there_is(facts in proptest::collection::vec((0i64..4000, 0u32..1000), 1..40)) {
            let values: Vec<_> = facts.iter().map(|(age, value)| (days(*age), f64::from(*value))).collect();
            let median = median(values.clone()).unwrap();
            prop_assert!(values.iter().any(|(_, value)| (value - median).abs() < f64::EPSILON));
            let share = share(&facts.iter().map(|(age, value)| (days(*age), value % 2 == 0)).collect::<Vec<_>>()).unwrap();
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }
}
