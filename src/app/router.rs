//! Every address, one line a feature.

use super::state::State;
use super::{contract, health, pages};
use crate::features::needs::NeedFinder;
use crate::features::projects::ProjectFinder;
use crate::features::{
    accounts, advisories, assignments, audit, baseline, credentials, feedback, funding, impact, jobs, matching,
    moderation, needs, notifications, organizations, pledges, projects, proposals, risk, sboms, skills, statistics,
    swarms, time_entries, volunteers, webhooks,
};
use crate::http::extract::LargeBodies;
use crate::http::problem;
use crate::kernel::Error;
use actix_web::{App, HttpRequest, HttpResponse, ResponseError as _, web};
use std::sync::Arc;
use utoipa::OpenApi as _;
use utoipa_actix_web::AppExt as _;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// The features' addresses, below `/api/v1`.
fn features(config: &mut ServiceConfig<'_>) {
    audit::configure(config);
    accounts::configure(config);
    jobs::configure(config);
    organizations::configure(config);
    skills::configure(config);
    projects::configure(config);
    needs::configure(config);
    baseline::configure(config);
    volunteers::configure(config);
    pledges::configure(config);
    funding::configure(config);
    proposals::configure(config);
    assignments::configure(config);
    time_entries::configure(config);
    credentials::configure(config);
    feedback::configure(config);
    matching::configure(config);
    sboms::configure(config);
    impact::configure(config);
    moderation::configure(config);
    swarms::configure(config);
    webhooks::configure(config);
    notifications::configure(config);
    advisories::configure(config);
    risk::configure(config);
    statistics::configure(config);
}

/// The document as the handlers generate it.
pub fn generate() -> utoipa::openapi::OpenApi {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(contract::Contract::openapi())
        .service(scope::scope("/api/v1").configure(features))
        .configure(health::configure)
        .split_for_parts();
    document
}

/// Puts everything into an actix application.
pub fn configure(state: &State) -> impl FnOnce(&mut web::ServiceConfig) + Clone + use<> {
    let state = state.clone();
    move |config: &mut web::ServiceConfig| {
        config
            .app_data(web::Data::new(state.ctx.clone()))
            .app_data(web::Data::new(LargeBodies(sboms::body_limit)))
            .app_data(web::Data::new(state.authenticator.clone()))
            .app_data(web::Data::new(state.matcher.clone()))
            .app_data(web::Data::new(state.search.clone()))
            .app_data(web::Data::<Arc<dyn NeedFinder>>::new(Arc::new(state.search.clone())))
            .app_data(web::Data::<Arc<dyn ProjectFinder>>::new(Arc::new(state.search.clone())))
            .app_data(web::Data::from(state.limits.clone()))
            .app_data(web::Data::from(state.document.clone()))
            .app_data(web::Data::from(state.metrics.clone()))
            .app_data(web::Data::new(super::personal::PARTS))
            .app_data(web::Data::new(state.hire))
            .app_data(web::Data::new(state.proxies.clone()));
        let mut wrapped = ServiceConfig::new(config);
        wrapped.service(scope::scope("/api/v1").configure(features)).configure(health::configure);
        config.configure(pages::configure).default_service(web::to(nothing_here));
    }
}

/// An address that nobody serves: 405 where other methods are known, else 404.
async fn nothing_here(request: HttpRequest, document: web::Data<crate::http::openapi::Document>) -> HttpResponse {
    let methods = document.methods(request.path());
    if methods.is_empty() {
        let detail = format!("There is nothing at {}.", request.path());
        return Error::new(&problem::NO_ROUTE, detail).error_response();
    }
    let detail = format!("{} knows only {}.", request.path(), methods.join(", "));
    Error::new(&problem::WRONG_METHOD, detail).with_allowed(methods.to_vec()).error_response()
}
