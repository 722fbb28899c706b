//! Which needs could be among the best for a person, and which people for a need, without looking at all of them.
//!
//! Nobody is eligible for a need that requires a skill (from the blocking level on) which nothing of theirs comes near. So
//! needs are filed under the two rarest such skills ([`needs`]), and people under each skill that they have ([`people`]):
//! whoever asks looks only where everything that is insisted on comes near. For what is found there, a bound says what the
//! score could be at most; nearly all of it is exact, and what depends on the calendar counts as if nothing were promised. The
//! best bounds are worked out first, until no bound is as good as what is there.
//!
//! So the list is that of the plain formula, ties included: what is left out could not be on it.

mod needs;
mod people;

pub(super) use needs::NeedIndex;
pub(super) use people::PersonIndex;

use std::cmp::Ordering;

/// More than the rounding of a score can hide, in points.
const CRUMB: f64 = 1e-6;

/// A row that could be on the list, and the most it could score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hope {
    pub(super) most: f64,
    pub(super) place: usize,
}

impl Eq for Hope {}
impl PartialOrd for Hope {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Hope {
    fn cmp(&self, other: &Self) -> Ordering {
        self.most.total_cmp(&other.most).then(other.place.cmp(&self.place))
    }
}

fn usize_of(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn u32_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "what is lost is put back by a step up")]
fn round_up(number: f64) -> f32 {
    (number as f32).next_up()
}

/// A share in 255ths, never less than it is.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn part_up(share: f64) -> u8 {
    (share * f64::from(u8::MAX)).ceil() as u8
}

#[cfg(test)]
mod tests {
    use super::part_up;

    #[test]
    fn a_part_is_never_less_than_the_share_and_never_a_whole_part_more() {
        for step in 0..=100_000u32 {
            let share = f64::from(step) / 100_000.0;
            let more = f64::from(part_up(share)) / 255.0 - share;
            assert!(more > -1e-15 && more < 1.0 / 255.0 + 1e-15, "{share}: {more}");
        }
    }
}
