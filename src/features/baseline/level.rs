//! The level that a project reaches by what is said of the requirements. Pure.

use super::catalog::{self, Requirement};
use super::model::AssessmentStatus;

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The highest level of which, and of all below it, every requirement is met or does not apply: 0 to 3.
    pub level: i16,
    /// Requirements that are met.
    pub met: i32,
    /// Requirements in force that apply, whether they are met, unmet or unknown.
    pub applicable: i32,
}

/// How far a project has come of which this is said; a requirement that nothing is said of is unknown.
pub fn reached(said: impl Fn(&str) -> AssessmentStatus) -> Reached {
    use AssessmentStatus::{Met, NotApplicable};
    let (mut met, mut applicable) = (0, 0);
    for requirement in catalog::requirements() {
        let status = said(requirement.id);
        met += i32::from(status == Met);
        applicable += i32::from(status != NotApplicable);
    }
    let whole = |level: &&i16| of_level(**level).all(|one| matches!(said(one.id), Met | NotApplicable));
    let level = catalog::LEVELS.iter().take_while(whole).copied().max().unwrap_or(0);
    Reached { level, met, applicable }
}

/// The requirements in force of one level.
pub(super) fn of_level(level: i16) -> impl Iterator<Item = &'static Requirement> {
    catalog::requirements().filter(move |requirement| requirement.levels.contains(&level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use AssessmentStatus::{Met, NotApplicable, Unknown, Unmet};

    fn with(status: AssessmentStatus, of: impl Fn(&Requirement) -> bool) -> Reached {
        reached(|id| if catalog::find(id).is_some_and(&of) { status } else { Met })
    }

    #[test]
    fn nothing_said_is_no_level() {
        assert_eq!(reached(|_| Unknown), Reached { level: 0, met: 0, applicable: 64 });
        assert_eq!(reached(|_| Met), Reached { level: 3, met: 64, applicable: 64 });
        assert_eq!(reached(|_| NotApplicable), Reached { level: 3, met: 0, applicable: 0 });
    }

    #[test]
    fn one_gap_ends_the_climb_below_its_level() {
        for gap in [Unmet, Unknown] {
            assert_eq!(with(gap, |one| one.id == "OSPS-AC-01.01").level, 0, "{gap}: asked for at every level");
            assert_eq!(with(gap, |one| one.id == "OSPS-BR-07.01").level, 0, "{gap}: of the first level alone");
            assert_eq!(with(gap, |one| one.id == "OSPS-BR-06.01").level, 1, "{gap}");
            assert_eq!(with(gap, |one| one.id == "OSPS-QA-07.01").level, 2, "{gap}");
        }
        let aside = with(NotApplicable, |one| one.id == "OSPS-BR-06.01");
        assert_eq!(aside, Reached { level: 3, met: 63, applicable: 63 });
    }

    #[test]
    fn the_level_never_falls_when_more_is_met() {
        let ids: Vec<&str> = catalog::requirements().map(|one| one.id).collect();
        let mut last = 0;
        for done in 0..=ids.len() {
            let now = reached(|id| if ids[..done].contains(&id) { Met } else { Unknown });
            assert!(now.level >= last && now.met == i32::try_from(done).unwrap());
            last = now.level;
        }
        assert_eq!(last, 3);
    }
}
