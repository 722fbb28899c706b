//! The ways in which rounds fail.

use crate::kernel::{Kind, Problem};

/// There is one round at a time.
pub(super) static ALREADY_RUNNING: Problem = Problem::new(
    "round.already_running",
    Kind::Conflict,
    "Another round waits or runs.",
    "Wait for it or cancel it: its address is in location.",
);

/// The round's state does not allow this.
pub(super) static TRANSITION_REFUSED: Problem = Problem::new(
    "round.transition_refused",
    Kind::Conflict,
    "The round's state does not allow this.",
    "See allowed for what can be done with it now.",
);

/// Only a round that came to a plan can be repeated.
pub(super) static NOTHING_TO_REPEAT: Problem = Problem::new(
    "round.nothing_to_repeat",
    Kind::Conflict,
    "That round kept no inputs.",
    "Repeat a round that is done or published.",
);

/// The catalogue of rounds.
pub(in crate::features::matching) static PROBLEMS: &[&Problem] =
    &[&ALREADY_RUNNING, &TRANSITION_REFUSED, &NOTHING_TO_REPEAT];
