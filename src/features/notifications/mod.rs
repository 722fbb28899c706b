//! Notices: what people are told in the application and by mail, how often, and how they end it. Mails about an account's
//! security are not among them: those always arrive.

mod dto;
mod letters;
mod model;
mod personal;
mod routes;
mod service;
mod store;
mod unsubscribe;
mod when;

pub use model::Cadence;
pub use personal::PERSONAL;
pub use routes::{configure, configure_pages};
pub use service::{hear, prune_notices, send_due};
