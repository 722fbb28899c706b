//! Money beside time: what organizations promise projects, for their reports. No payment is handled here.

mod currency;
mod dto;
mod model;
mod personal;
mod problems;
mod routes;
mod service;
mod store;

pub use model::{MoneyAction, MoneyPeriod, MoneyStatus, machine};
pub use personal::PERSONAL;
pub use problems::PROBLEMS;
pub use routes::configure;
