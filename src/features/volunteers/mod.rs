//! What people offer: skills with levels, hours, zone, interests and limits.

mod dto;
mod input;
mod model;
mod personal;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use input::{HeldSkill, ProfileInput};
pub use model::{Away, Held, Profile, ProfileSkill, ProfileVisibility};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{find_visible, moderate_in, put_in};
pub use store::{
    find_profile, list_held, list_offers, list_offers_by_id, list_profile_skills, list_profiles, list_profiles_by_id,
    lock_profile,
};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for a volunteer profile that changed; the entity is the account.
pub const VOLUNTEER_CHANGED: ChangeKind = ChangeKind("volunteer");
