//! What a credential says. Pure: facts in, documents out.
//!
//! A credential is an `OpenBadgeCredential` (Open Badges 3.0) in the W3C Verifiable Credentials Data Model 2.0, secured
//! as a JSON Web Token whose payload is the credential itself (VC-JOSE-COSE).

mod document;
pub(in crate::features::credentials) mod status_list;

pub(in crate::features::credentials) use document::key_address;
pub use document::{Achieved, Issued, StatusPlace, Subject};

/// How long a credential holds; then it can be issued anew.
pub(in crate::features::credentials) const VALID_FOR: chrono::TimeDelta = chrono::TimeDelta::days(5 * 365);

/// `typ` of a secured credential.
pub(in crate::features::credentials) const TYPE: &str = "vc+jwt";
/// `cty` of a secured credential: its payload is a credential.
pub(in crate::features::credentials) const CONTENT: &str = "vc";
/// The context that every credential starts with.
pub(in crate::features::credentials) const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The context of Open Badges.
pub(in crate::features::credentials) const BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// The type that says so.
pub(in crate::features::credentials) const BADGE_TYPE: &str = "OpenBadgeCredential";
