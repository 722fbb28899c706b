//! Points as whole billionths, so that sums are exact and ties are real ties on every machine.

use crate::kernel::words;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// Billionths in one point.
const BILLION: f64 = 1e9;

/// An amount of points, kept in billionths of a point.
///
/// Floating-point sums depend on their order; these do not, so a score is the exact sum of its reasons, and a list is the
/// same wherever it is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// None.
    pub const ZERO: Self = Self(0);

    /// The nearest billionth; anything that is not a finite number counts as none.
    pub fn new(points: f64) -> Self {
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "`as` saturates and turns NaN into 0, which is what is wanted here"
        )]
        let billionths = (points * BILLION).round() as i64;
        Self(billionths)
    }

    /// Points as people read them.
    pub fn get(self) -> f64 {
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            reason = "a hundred points are 1e11 billionths, far below 2^53"
        )]
        let billionths = self.0 as f64;
        billionths / BILLION
    }

    /// The billionths, for cursors.
    pub fn billionths(self) -> i64 {
        self.0
    }
}

impl From<i64> for Points {
    /// From billionths.
    fn from(billionths: i64) -> Self {
        Self(billionths)
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

words! {
    /// One part of the score, in the order in which reasons are shown.
    Factor {
        /// How well the required skills are met, the rare ones weighing more.
        SkillsRequired = "skills_required",
        /// The same for the skills that would be welcome.
        SkillsOptional = "skills_optional",
        /// How much of the match rests on confirmed work or endorsement.
        Evidence = "evidence",
        /// How much the project, and all who depend on it, need the help.
        Priority = "priority",
        /// Free hours against wanted hours.
        Availability = "availability",
        /// Overlap of the working days.
        TimeZone = "time_zone",
        /// Whether it is the kind of work and the field the person likes.
        Interests = "interests",
        /// Sends people past the crowded need to the one that waits.
        Balance = "balance",
        /// Whether the person's employer depends on the project.
        Dependency = "dependency",
    }
}

/// The points of one pair, factor by factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// [`Factor::SkillsRequired`].
    pub skills_required: Points,
    /// [`Factor::SkillsOptional`].
    pub skills_optional: Points,
    /// [`Factor::Evidence`].
    pub evidence: Points,
    /// [`Factor::Priority`].
    pub priority: Points,
    /// [`Factor::Availability`].
    pub availability: Points,
    /// [`Factor::TimeZone`].
    pub time_zone: Points,
    /// [`Factor::Interests`].
    pub interests: Points,
    /// [`Factor::Balance`].
    pub balance: Points,
    /// [`Factor::Dependency`].
    pub dependency: Points,
}

impl Tally {
    /// The points of one factor.
    pub fn of(&self, factor: Factor) -> Points {
        match factor {
            Factor::SkillsRequired => self.skills_required,
            Factor::SkillsOptional => self.skills_optional,
            Factor::Evidence => self.evidence,
            Factor::Priority => self.priority,
            Factor::Availability => self.availability,
            Factor::TimeZone => self.time_zone,
            Factor::Interests => self.interests,
            Factor::Balance => self.balance,
            Factor::Dependency => self.dependency,
        }
    }

    /// The score: the sum of all factors.
    pub fn total(&self) -> Points {
        Factor::ALL.iter().map(|factor| self.of(*factor)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_billionths_and_never_nonsense() {
        assert_eq!(Points::new(1.5).billionths(), 1_500_000_000);
        assert_eq!(Points::new(0.1) + Points::new(0.2), Points::new(0.3), "no floating-point crumbs");
        assert_eq!(Points::new(f64::NAN), Points::ZERO);
        assert!((Points::new(100.0).get() - 100.0).abs() < f64::EPSILON);
    }

    #[test]
    fn the_total_holds_every_factor_once() {
        let one = Points::from(1);
        let all = Tally {
            skills_required: one,
            skills_optional: Points::from(2),
            evidence: Points::from(4),
            priority: Points::from(8),
            availability: Points::from(16),
            time_zone: Points::from(32),
            interests: Points::from(64),
            balance: Points::from(128),
            dependency: Points::from(256),
        };
        assert_eq!(all.total().billionths(), 511);
    }
}
