//! Vulnerabilities: records in OSV's format, which versions they affect, how severe they are, what a coordinator decides.

pub mod cvss;
pub mod osv;
pub mod range;
pub mod ssvc;
pub mod versions;
