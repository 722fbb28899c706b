//! How critical a project is: the OpenSSF criticality score, as pure functions.
//!
//! The formula is Rob Pike's ("Quantifying Criticality", 2020) as the OpenSSF's `criticality_score` applies it: a weighted
//! arithmetic mean of signals, each brought between bounds and through a distribution. [`Parameters`] say which signals,
//! and how; [`Signals`] are what is known of one project; [`Parameters::score`] makes a number of them, or nothing where
//! nothing is known. Scores equal upstream's own to 1e-9.

mod built_in;
mod csv_reader;
mod parameters;
mod score;
mod signals;
mod tier;
#[cfg(test)]
mod vectors;
mod yaml;

pub use csv_reader::{SignalsError, SignalsReader, SignalsRow};
pub use parameters::{Bounds, Condition, Distribution, Input, Parameters};
pub use score::{Score, ScoredInput, seventeen_digits};
pub use signals::Signals;
pub use tier::{TIER_1_FROM, TIER_2_FROM, tier};
pub use yaml::ParametersError;
