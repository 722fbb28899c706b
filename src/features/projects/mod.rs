//! Open source projects' listings.

pub mod criticality;
