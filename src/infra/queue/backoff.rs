//! How long to wait before a failed job is tried again.

use chrono::TimeDelta;

/// The first pause, in milliseconds.
const FIRST: u64 = 5_000;
/// The longest pause, in milliseconds: six hours.
const LONGEST: u64 = 6 * 60 * 60 * 1000;

/// The pause after the n-th failed attempt: it doubles from 5 seconds up to 6 hours, and `chance`, any random number,
/// takes up to half of it away, so that jobs which failed together don't come back together.
pub fn backoff(attempts: u32, chance: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(32);
    let full = (FIRST << doublings).min(LONGEST);
    let half = full / 2;
    let pause = half + ((half * u64::from(chance)) >> 32);
    TimeDelta::milliseconds(i64::try_from(pause).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours_and_spread_over_their_upper_half() {
        let seconds = |attempts, chance| backoff(attempts, chance).num_milliseconds();
        assert_eq!([seconds(1, 0), seconds(2, 0), seconds(3, 0)], [2_500, 5_000, 10_000]);
        assert_eq!([seconds(1, u32::MAX), seconds(2, u32::MAX)], [4_999, 9_999]);
        assert_eq!((seconds(0, 0), seconds(40, 0), seconds(u32::MAX, 0)), (2_500, 10_800_000, 10_800_000));
        for attempts in 0..50 {
            for chance in [0, 1, 1 << 31, u32::MAX] {
                let (least, most) = (seconds(attempts, 0), seconds(attempts, 0) * 2);
                assert!((least..most).contains(&seconds(attempts, chance)));
            }
        }
    }
}
