//! One store over two databases: SQLite embedded by default, PostgreSQL for production. Each query is written once.
//!
//! Only this module may know which database it talks to. Features get a [`Conn`] in the closures that they give to
//! [`Store::read`] and [`Store::write`], and reach for [`BothExt::both`] and `each!` where the multi connection refuses.
//! Why and what it costs: `docs/adr/0001-two-databases.md`.

mod among;
mod conn;
mod error;
pub mod feed;
pub mod idempotency;
mod migrations;
mod packed;
mod place;
mod pool;
pub mod schema;
pub mod sql;
mod store;
mod tx;
mod writer;

pub use among::Among;
pub(crate) use among::among;
pub use conn::{Both, BothExt, Conn, MultiBackend, columns};
pub(crate) use conn::{apart, each, lock_row};
pub use error::{Violation, ViolationKind, unique_violation_on, violation};
pub use packed::unpacked;
pub use place::{Backend, DATABASE_URL};
pub(crate) use pool::panic_text;
pub(crate) use sql::text_column;
pub use store::Store;
