//! The actix-web glue that all routes share; it knows no feature.
//!
//! A request passes, from the outside in: [`trace`] (request id, log, headers), CORS, [`limit`] per address,
//! [`authenticate`], [`limit`] per account, [`idempotency`], [`query`], and then the handler with its [`extract`]ors.

pub mod authenticate;
pub mod badge;
pub mod calendar;
pub mod conditional;
pub mod extract;
pub mod feed;
pub mod found;
pub mod headers;
pub mod idempotency;
pub mod invitation;
pub mod limit;
pub mod openapi;
pub mod page;
pub mod patch;
pub mod problem;
pub mod query;
pub mod reason;
pub mod reply;
pub mod request;
pub mod scope;
pub mod text;
pub mod trace;

pub use authenticate::Authenticator;
pub use extract::{Json, OptionalJson, Path, Query};
pub use found::{FoundResponse, HighlightResponse};
pub use page::{PageQuery, PageResponse};
pub use reason::TransitionRequest;
pub use reply::Reply;
pub use text::Text;

/// What a handler returns.
pub type Response<T> = crate::kernel::Result<Reply<T>>;
