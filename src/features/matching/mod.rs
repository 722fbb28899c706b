//! Who fits what, and why: the score with its reasons, the board in memory that ranks, and the allocation of everybody's
//! hours.

pub mod allocate;
pub mod board;
pub mod round;
pub mod score;
