//! The queue, for administrators: how full it is, what was given up, and what becomes of that. What a job carries is never
//! shown: it may be sealed, and it may be private.

mod dto;
mod policy;
mod routes;
mod service;

pub use routes::configure;
pub use service::{JobAction, Overview, act_on_all, act_on_one, mask, overview};
