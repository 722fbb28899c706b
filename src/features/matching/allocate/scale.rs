//! Numbers as whole multiples of one unit, so that the solver reckons exactly.
//!
//! A file says `0.1` and means a tenth, which no binary fraction is. So numbers are first read as decimals: the
//! smallest `d` for which every number is the double nearest to `n / 10^d`. Numbers that are no short decimals (results
//! of somebody's arithmetic) are taken as the binary fractions they are. Only when neither fits into the bits at hand are
//! they rounded, and [`Scale::exact`] says so.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "conversions between doubles and integers within bounds checked beside them, and tests for exactness"
)]

/// Whole doubles up to here have all their neighbours: 2^53.
const WHOLE: f64 = 9_007_199_254_740_992.0;
/// Powers of ten up to 10^22 are doubles without rounding.
const DECIMALS: u32 = 15;

/// The unit all numbers of a list are multiples of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    /// `10^-d`.
    Decimal(u32),
    /// `2^e`; numbers that are no multiple of it are rounded when `exact` is false.
    Binary {
        /// The unit's exponent.
        unit: i32,
        /// Whether every number is a multiple of the unit.
        exact: bool,
    },
}

impl Scale {
    /// The coarsest unit that holds all the numbers exactly, none of them more than `2^bits` units; else the finest that
    /// holds them at all. The numbers are finite and at least 0; `bits` is at least 53.
    pub(crate) fn of(numbers: impl Iterator<Item = f64> + Clone, bits: u32) -> Self {
        if let Some(digits) = decimals(numbers.clone()) {
            return Self::Decimal(digits);
        }
        let (mut low, mut high) = (i32::MAX, i32::MIN);
        for (mantissa, exponent) in numbers.filter(|x| *x > 0.0).map(parts) {
            low = low.min(exponent);
            high = high.max(exponent + (64 - mantissa.leading_zeros()).cast_signed());
        }
        let finest = high.saturating_sub(bits.cast_signed());
        Self::Binary { unit: low.max(finest), exact: low >= finest }
    }

    /// Whether every number of the list is a whole multiple of the unit.
    pub(crate) const fn exact(self) -> bool {
        matches!(self, Self::Decimal(_) | Self::Binary { exact: true, .. })
    }

    /// How many units the number is; rounded to the nearest where the scale is not exact.
    pub(crate) fn units(self, x: f64) -> i128 {
        match self {
            // Below 2^53 by the choice of digits, and next to a whole number: adding a half and cutting off rounds it.
            Self::Decimal(digits) => i128::from((x * ten(digits) + 0.5) as i64),
            Self::Binary { unit, .. } => {
                if x <= 0.0 {
                    return 0;
                }
                let (mantissa, exponent) = parts(x);
                let shift = exponent - unit;
                if shift >= 0 {
                    i128::from(mantissa) << shift.min(126)
                } else {
                    let down = (-shift).min(100);
                    (i128::from(mantissa) + (1i128 << (down - 1))) >> down
                }
            }
        }
    }

    /// The same, but never more than the number: for capacities.
    pub(crate) fn units_within(self, x: f64) -> i128 {
        let nearest = self.units(x);
        if self.exact() || self.number(nearest) <= x { nearest } else { nearest - 1 }
    }

    /// So many units as a number.
    pub(crate) fn number(self, units: i128) -> f64 {
        match self {
            Self::Decimal(digits) => units as f64 / ten(digits),
            Self::Binary { unit, .. } => scaled(units as f64, unit),
        }
    }

    /// A count of units of `self` times units of `other`, as a number.
    pub(crate) fn product(self, other: Self, units: i128) -> f64 {
        match (self, other) {
            (Self::Decimal(a), Self::Decimal(b)) => units as f64 / ten(a) / ten(b),
            (Self::Decimal(a), Self::Binary { unit, .. }) | (Self::Binary { unit, .. }, Self::Decimal(a)) => {
                scaled(units as f64, unit) / ten(a)
            }
            (Self::Binary { unit: a, .. }, Self::Binary { unit: b, .. }) => scaled(units as f64, a.saturating_add(b)),
        }
    }
}

fn ten(digits: u32) -> f64 {
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    POWERS.get(digits as usize).copied().unwrap_or(1e15)
}

/// `x · 2^e` in two steps, so that neither overflows where the result does not.
fn scaled(x: f64, e: i32) -> f64 {
    let half = e / 2;
    x * 2f64.powi(half) * 2f64.powi(e - half)
}

/// Sums without the drift that millions of terms would bring (A. Neumaier, 1974): right to two roundings when no term is
/// negative.
pub(crate) fn total(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0f64, 0f64);
    for x in terms {
        let next = sum + x;
        lost += if sum >= x { (sum - next) + x } else { (x - next) + sum };
        sum = next;
    }
    sum + lost
}

/// The fewest decimal digits after the point that write every number; `None` when some number needs too many.
fn decimals(numbers: impl Iterator<Item = f64>) -> Option<u32> {
    let (mut digits, mut largest) = (0, 0f64);
    for x in numbers {
        largest = largest.max(x);
        if digits == 0 && (x as i64) as f64 == x {
            continue;
        }
        // Correct rounding of the division makes this test exact: x is the double nearest to that decimal.
        while (x * ten(digits)).round() / ten(digits) != x {
            digits += 1;
            if digits > DECIMALS {
                return None;
            }
        }
        if largest * ten(digits) >= WHOLE {
            return None;
        }
    }
    Some(digits)
}

/// A positive double as an odd mantissa times a power of two.
fn parts(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let field = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if field == 0 { (fraction, -1074) } else { (fraction | (1 << 52), field - 1075) };
    let zeros = mantissa.trailing_zeros();
    (mantissa >> zeros, exponent + zeros.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[f64], bits: u32) -> Scale {
        Scale::of(numbers.iter().copied(), bits)
    }

    #[test]
    fn decimals_mean_what_they_say() {
        assert_eq!(of(&[], 60), Scale::Decimal(0));
        assert_eq!(of(&[0.0, 4.0, 80.0], 60), Scale::Decimal(0));
        let scale = of(&[0.1, 2.25, 7.0], 60);
        assert_eq!(scale, Scale::Decimal(2));
        assert_eq!(scale.units(0.1), 10);
        assert_eq!(scale.product(scale, 1), 0.0001);
        for n in 0..2_000 {
            let x = f64::from(n) / 1000.0;
            assert_eq!(of(&[x, 0.001], 60).units(x), i128::from(n));
        }
    }

    #[test]
    fn other_doubles_are_binary_and_exact_while_the_bits_last() {
        let x = std::f64::consts::PI;
        let scale = of(&[x, 1e-3 * x], 100);
        assert!(scale.exact());
        assert_eq!(scale.number(scale.units(x)), x);
        let coarse = of(&[x, 1e-30 * x], 60);
        assert!(!coarse.exact());
        assert_eq!(coarse.number(coarse.units(x)), x);
        assert_eq!(coarse.units(1e-30 * x), 0);
        let wide = of(&[f64::MAX, f64::MIN_POSITIVE], 100);
        assert!(!wide.exact());
        assert_eq!(wide.number(wide.units(f64::MAX)), f64::MAX);
        let tiny = of(&[5e-324, 1e-320], 60);
        assert!(tiny.exact());
        assert_eq!(tiny.number(tiny.units(1e-320)), 1e-320);
    }

    #[test]
    fn capacities_are_never_rounded_up() {
        let big = 1e10;
        for n in 1..200 {
            let x = f64::from(n) * std::f64::consts::E * 1e-9;
            let scale = of(&[big * std::f64::consts::PI, x], 53);
            assert!(scale.number(scale.units_within(x)) <= x);
        }
    }
}
