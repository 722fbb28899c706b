//! Systemic risk: how much would break with a project, how easily it breaks, and so where help is needed most.

pub mod fragility;
pub mod graph;
