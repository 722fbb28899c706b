//! What comes to an assignment by time alone. Pure.

use super::{Assignment, AssignmentStatus};
use crate::kernel::Timestamp;
use chrono::{NaiveTime, TimeDelta};

/// From one check-in to the next.
const CHECK_IN_EVERY: TimeDelta = TimeDelta::days(14);
/// So long before a check-in the volunteer is reminded.
const REMIND_BEFORE: TimeDelta = TimeDelta::days(2);
/// So long after a missed check-in it is overdue.
const OVERDUE_AFTER: TimeDelta = TimeDelta::days(3);
/// So long after a missed check-in it is released.
const RELEASED_AFTER: TimeDelta = TimeDelta::days(7);
/// So long an agreed assignment may wait for its start.
pub(in crate::features::assignments) const START_WITHIN: TimeDelta = TimeDelta::days(28);
/// So long a side may keep silent after the other said that the work is done, and both after its last day.
const SILENCE: TimeDelta = TimeDelta::days(14);
/// The longest pause.
pub(in crate::features::assignments) const LONGEST_PAUSE: TimeDelta = TimeDelta::weeks(4);

/// What is due to an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::features::assignments) enum Due {
    /// The notice is over.
    NoticeOver,
    /// Nobody objected to its being done.
    Completed,
    /// It was not started in time.
    NeverStarted,
    /// No check-in came at all; the seat goes on to somebody else.
    Released,
    /// The pause is over.
    Resumed,
    /// A check-in was missed.
    Overdue,
    /// A check-in is due soon.
    Reminded,
}

impl Assignment {
    /// From now on the volunteer has two weeks again.
    pub(in crate::features::assignments) fn expect_check_in(&mut self, now: Timestamp) {
        let next = now + CHECK_IN_EVERY;
        self.next_check_in_at = Some(next);
        self.remind_at = Some(next - REMIND_BEFORE);
    }

    /// Nobody has to check in.
    pub(in crate::features::assignments) fn expect_nothing(&mut self) {
        self.next_check_in_at = None;
        self.remind_at = None;
    }

    /// When it counts as done unless a side ends it otherwise: two weeks after the first side said so, or after its last day.
    pub(in crate::features::assignments) fn completes_at(&self) -> Option<Timestamp> {
        use AssignmentStatus::{Active, Overdue, Paused};
        if !matches!(self.status, Active | Overdue | Paused) {
            return None;
        }
        let said = [self.volunteer_done_at, self.project_done_at].into_iter().flatten().min();
        let over = Timestamp::from(self.ends_on.and_time(NaiveTime::MIN).and_utc()) + TimeDelta::days(1);
        Some(said.map_or(over, |said| said.min(over)) + SILENCE)
    }

    /// The earliest of its clocks, and what is due then.
    pub(in crate::features::assignments) fn next_due(&self) -> Option<(Timestamp, Due)> {
        if !self.status.is_live() {
            return None;
        }
        let completes = self.completes_at().map(|at| (at, Due::Completed));
        let notice = self.notice_ends_at.map(|at| (at, Due::NoticeOver));
        // Nobody has to check in any more once the work is said to be done.
        let closing = completes.map(|(at, _)| at - SILENCE);
        let checked = self.next_check_in_at.filter(|at| closing.is_none_or(|closing| *at < closing));
        let reminder = self.remind_at.filter(|_| checked.is_some()).map(|at| (at, Due::Reminded));
        let own = match self.status {
            AssignmentStatus::Onboarding => self.next_check_in_at.map(|at| (at, Due::NeverStarted)),
            AssignmentStatus::Active => reminder.or(checked.map(|at| (at + OVERDUE_AFTER, Due::Overdue))),
            AssignmentStatus::Overdue => checked.map(|at| (at + RELEASED_AFTER, Due::Released)),
            AssignmentStatus::Paused => self.paused_until.map(|at| (at, Due::Resumed)),
            _ => None,
        };
        [notice, completes, own].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assignment;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn each_state_has_its_clock() {
        use AssignmentStatus::{Active, Completed, Onboarding, Overdue, Paused, Suspended};
        let due = |status| Assignment { status, ..assignment() }.next_due().map(|(at, due)| (at.to_string(), due));
        let fine = |instant: &str, due| Some((instant.to_owned(), due));
        assert_eq!(due(Onboarding), fine("2026-12-06T09:00:00Z", Due::NeverStarted));
        assert_eq!(due(Active), fine("2026-12-09T09:00:00Z", Due::Overdue));
        assert_eq!(due(Overdue), fine("2026-12-13T09:00:00Z", Due::Released));
        assert_eq!(due(Paused), fine("2026-12-20T09:00:00Z", Due::Resumed));
        assert_eq!((due(Suspended), due(Completed)), (None, None));
    }

    #[test]
    fn a_reminder_comes_before_the_check_in() {
        let mut row = Assignment { paused_until: None, ..assignment() };
        row.expect_check_in(at("2026-11-22T09:00:00Z"));
        assert_eq!(row.next_due(), Some((at("2026-12-04T09:00:00Z"), Due::Reminded)));
        row.remind_at = None;
        assert_eq!(row.next_due(), Some((at("2026-12-09T09:00:00Z"), Due::Overdue)));
    }

    #[test]
    fn silence_completes_and_nobody_checks_in_meanwhile() {
        let said = Assignment { project_done_at: Some(at("2026-12-05T09:00:00Z")), ..assignment() };
        assert_eq!(said.next_due(), Some((at("2026-12-19T09:00:00Z"), Due::Completed)));
        let over = Assignment { ends_on: "2026-12-01".parse().unwrap(), ..assignment() };
        assert_eq!(over.next_due(), Some((at("2026-12-16T00:00:00Z"), Due::Completed)));
        let later = Assignment { project_done_at: Some(at("2026-12-07T09:00:00Z")), ..assignment() };
        assert_eq!(later.next_due().unwrap().1, Due::Overdue, "the check-in was due before anybody said so");
    }

    #[test]
    fn a_notice_ends_whatever_it_is() {
        let noticed = |status| Assignment { status, notice_ends_at: Some(at("2026-12-02T00:00:00Z")), ..assignment() };
        for status in super::super::LIVE {
            assert_eq!(noticed(status).next_due(), Some((at("2026-12-02T00:00:00Z"), Due::NoticeOver)), "{status}");
        }
    }
}
