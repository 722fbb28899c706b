//! Addresses of the plan and the log.

use crate::features::swarms::dto::{AddEntryRequest, AddStepRequest, EntryResponse, StepResponse, UpdateStepRequest};
use crate::features::swarms::service;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, StepId, SwarmId};
use actix_web::{HttpRequest, get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_plan).service(add_step).service(change_step).service(list_entries).service(add_entry);
}

/// A swarm's containment plan
///
/// Its steps, in the order in which they were added. For those who take part.
#[utoipa::path(tag = "swarms", params(PageQuery, ("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<StepResponse>)))]
#[get("/swarms/{id}/plan")]
async fn get_plan(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<SwarmId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<StepResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::plan(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(StepResponse::from)))
}

/// Add a step to a swarm's plan
///
/// With an owner out of the swarm, and an instant by which it is due. The first step stops the plan's clock. For the swarm's
/// coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 201, description = "Added.", body = StepResponse)))]
#[post("/swarms/{id}/plan")]
async fn add_step(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<AddStepRequest>,
) -> Response<StepResponse> {
    let step = service::add_step(&ctx, &actor, id.0, body.0.into()).await?;
    let place = format!("/api/v1/swarms/{}/plan/{}", id.0, step.what.id);
    Ok(Reply::created(place, StepResponse::from(step)))
}

/// Change a step of a swarm's plan
///
/// What is left out stays. The step's owner says how it stands; all else is for the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm."), ("step" = StepId, Path, description = "The step.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "Changed.", body = StepResponse)))]
#[put("/swarms/{id}/plan/{step}")]
async fn change_step(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(SwarmId, StepId)>,
    body: Json<UpdateStepRequest>,
) -> Response<StepResponse> {
    let (id, step) = path.0;
    let step = service::change_step(&ctx, &actor, id, step, body.0.into()).await?;
    Ok(Reply::ok(StepResponse::from(step)))
}

/// A swarm's log
///
/// What happened in it, oldest first. For those who take part.
#[utoipa::path(tag = "swarms", params(PageQuery, ("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<EntryResponse>)))]
#[get("/swarms/{id}/log")]
async fn list_entries(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<SwarmId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<EntryResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::entries(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(EntryResponse::from)))
}

/// Write into a swarm's log
///
/// One line, which can't be changed any more. For those who agreed to take part.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 201, description = "Written.", body = EntryResponse)))]
#[post("/swarms/{id}/log")]
async fn add_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<AddEntryRequest>,
) -> Response<EntryResponse> {
    let entry = service::note(&ctx, &actor, id.0, body.0.text).await?;
    Ok(Reply::created(format!("/api/v1/swarms/{}/log", id.0), EntryResponse::from(entry)))
}
