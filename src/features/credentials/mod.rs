//! Confirmed work as signed statements that can be checked without us.

mod dto;
mod keys;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod statement;
mod store;
mod verify;

pub use keys::{PublishedKey, published};
pub use model::{Credential, CredentialAction, CredentialStatus, CredentialSubject, TRANSITIONS, machine};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::issue_due;
pub use statement::{Achieved, Issued, StatusPlace, Subject};
pub use verify::{Against, Checked, Fault, KeySet, MOST_BYTES, Outcome, Verdict, verify};
