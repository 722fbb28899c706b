//! Addresses of moderation.

mod link;
mod reports;
mod suspensions;

pub use link::configure_pages;

use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.configure(reports::configure).configure(suspensions::configure);
}
