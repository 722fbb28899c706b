//! When a delivery is tried, and when a webhook is given up.

use crate::kernel::Timestamp;
use chrono::TimeDelta;

/// The pauses between the tries, in seconds, before chance makes each up to a tenth longer: over three days in all.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Nobody makes us wait longer than this.
const LONGEST: i64 = 86_400;
/// A webhook that nothing got through to for so long is disabled.
pub(super) const PATIENCE: TimeDelta = TimeDelta::days(3);

/// When to try again after so many tries, or never; `asked` is what the receiver wants us to wait, in seconds.
pub(super) fn next_try(tries: i32, now: Timestamp, chance: u32, asked: Option<i64>) -> Option<Timestamp> {
    let place = usize::try_from(tries).ok()?.checked_sub(1)?;
    let pause = *PAUSES.get(place)?;
    let pause = pause.max(asked.unwrap_or(0).min(LONGEST));
    let more = (pause * 1_000 / 10 * i64::from(chance)) >> 32;
    Some(now + TimeDelta::milliseconds(pause * 1_000 + more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_go_on_for_three_days_and_then_end() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        for chance in [0, 1 << 31, u32::MAX] {
            let (mut at, mut tries) = (now, 1);
            while let Some(next) = next_try(tries, at, chance, None) {
                let pause = (next - at).num_milliseconds();
                let plain = PAUSES[usize::try_from(tries).unwrap() - 1] * 1_000;
                assert!((plain..=plain + plain / 10).contains(&pause), "{tries} {pause}");
                (at, tries) = (next, tries + 1);
            }
            assert_eq!(tries, 10, "ten tries in all");
            assert!(at - now >= PATIENCE && at - now < TimeDelta::days(4), "{}", at - now);
        }
        assert_eq!(next_try(0, now, 0, None), None);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_ever() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let pause = |tries, asked| (next_try(tries, now, 0, Some(asked)).unwrap() - now).num_seconds();
        assert_eq!((pause(1, 60), pause(1, 1), pause(1, i64::MAX), pause(1, -5)), (60, 5, 86_400, 5));
    }
}
