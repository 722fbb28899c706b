//! The score of a pair, 0 to 100: a sum of nine factors, each with its points, its most and a sentence; and what excludes it.
//!
//! Pure: facts go in ([`NeedFacts`], [`VolunteerFacts`], [`Market`]), a [`Match`] comes out. The same facts always give the
//! same numbers, to the billionth of a point ([`Points`]), on every machine and in whatever order skills are listed.
//!
//! Where the documented table leaves room, it is read so:
//!
//! - *Skills.* A skill that a person is learning counts as level 1 of that very skill, with its own similarity. When no
//!   skill is required, nothing is missing: full points. Fits are compared by similarity × level fit.
//! - *Evidence.* A skill is proven as far as the person's best *proven* skill meets it (similarity × level fit × decay), over
//!   required and optional skills. It is a share of what matches: a new, unproven skill can thin it out, though what the
//!   skill gains elsewhere is nearly always more. A month is a twelfth of 365.2425 days.
//! - *Priority.* Waiting counts whole UTC days since the need opened or since the last application, whichever is later.
//! - *Availability.* The window starts today or at the need's later start and lasts the need's weeks. Hours promised on any
//!   day of it count as promised; days away lower the average.
//! - *Time zone.* Offsets from UTC as they are at noon UTC of today; of several zones the nearest one counts; who has not
//!   said their zone overlaps with none.
//! - *Interests.* A domain that implies one of the person's (TLS implies cryptography) is among them. Who named any
//!   interest at all has named some.
//! - *Dependency.* Readers who may not know what an employer depends on get a score without this factor ([`Reader`]): a
//!   point more or less would tell them.
//!
//! Ties: see [`super::board`].

mod blockers;
mod card;
mod constants;
mod days;
mod explain;
mod factors;
mod facts;
mod fit;
mod market;
mod points;
mod reasons;
mod remedies;
mod skill;
mod suggest;
mod voice;

#[cfg(test)]
mod tests;

pub use blockers::Obstacle;
pub use constants::{Constants, MostPoints};
pub use explain::{Explanation, Match, Reason, explain, score};
pub use facts::{
    Commitment, CoolDown, Dependency, EmployerFacts, EmployerPolicy, Evidence, HeldSkill, NeedFacts, Period,
    ProjectFacts, VolunteerFacts, WantedSkill,
};
pub use market::{Demand, Market};
pub use points::{Factor, Points, Tally};
pub use remedies::Blocker;
pub use skill::SkillKey;
pub use suggest::{Change, Suggestion};
pub use voice::Reader;

pub(super) use blockers::{excludes_everybody, excludes_from_everything, obstacles};
pub(super) use card::{Held, Need, NeedCard, Person, PersonCard};
pub(super) use explain::{Verdict, tell};
pub(super) use factors::{depends_points, tally, zone_share};
pub(super) use fit::{Grade, NeedTable, PersonTable};
pub(super) use market::Weights;
pub(super) use skill::Term;
