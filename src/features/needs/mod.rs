//! What projects ask for: a need, its state machine, and who may see and change it.

mod dto;
mod feed;
mod finder;
mod input;
mod model;
pub mod policy;
mod problems;
mod routes;
mod service;
mod store;

pub use feed::entry;
pub use finder::{NO_END, NO_SCORE, NeedFilter, NeedFinder};
pub use input::{NeedInput, WantedSkill};
pub use model::{
    Need, NeedAction, NeedGist, NeedSize, NeedSkill, NeedSort, NeedStatus, NeedVisibility, Wanted, machine,
};
pub use problems::PROBLEMS;
pub use routes::configure;
pub use service::{
    LEFT_THE_MARKET, NEED_FULFILLED, NEED_REVISED, SEAT_FREED, create_in, expire_overdue, find_visible, free_seat,
    helpers_wanted, pause_unlisted, take_seat, transition_in,
};
pub use store::{
    get_need, list_gists, list_need_ids, list_need_skills, list_needs_by_id, list_open_need_ids, list_open_needs,
    list_stated_needs, list_wanted, lock_need, open_hours,
};

use crate::infra::db::feed::ChangeKind;

/// Stands in the change feed for a need whose row or skills changed.
pub const NEED_CHANGED: ChangeKind = ChangeKind("need");
