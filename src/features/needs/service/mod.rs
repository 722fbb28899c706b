//! Use cases of needs.

mod news;
mod read;
mod seats;
mod transitions;
mod write;

pub use read::find_visible;
pub use read::helpers_wanted;
pub(super) use read::{NeedCard, events, get, list, list_of_project, search};
pub use seats::{LEFT_THE_MARKET, NEED_REVISED, SEAT_FREED, free_seat, take_seat};
pub(super) use transitions::transition;
pub use transitions::{NEED_FULFILLED, expire_overdue, pause_unlisted, transition_in};
pub use write::create_in;
pub(super) use write::{create, update};
