//! Addresses of who takes part and who is exposed.

use super::shown;
use crate::features::swarms::dto::{
    ChangeTermsRequest, ConsentRequest, InviteParticipantRequest, NotifyRequest, ParticipantResponse,
    StateFindingRequest, SwarmOrganizationsResponse, SwarmResponse,
};
use crate::features::swarms::service::{self, Answer};
use crate::http::page::Window;
use crate::http::{Json, OptionalJson, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch, SwarmId};
use actix_web::http::header;
use actix_web::{HttpRequest, get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_participants)
        .service(invite_participant)
        .service(consent_to_swarm)
        .service(change_terms)
        .service(state_finding)
        .service(list_swarm_organizations)
        .service(notify_organizations);
}

/// Who takes part in a swarm
///
/// In the order in which they were asked. For those who take part; contacts of exposed organizations are shown to the swarm's
/// coordinators alone.
#[utoipa::path(tag = "swarms", params(PageQuery, ("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ParticipantResponse>)))]
#[get("/swarms/{id}/participants")]
async fn list_participants(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<SwarmId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<ParticipantResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::participants(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(ParticipantResponse::from)))
}

/// Invite somebody into a swarm
///
/// By handle, with a role; who is in it gets that role, and who declined is asked again. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 201, description = "Invited.", body = ParticipantResponse)))]
#[post("/swarms/{id}/participants")]
async fn invite_participant(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<InviteParticipantRequest>,
) -> Response<ParticipantResponse> {
    let named = service::invite(&ctx, &actor, id.0, body.0.into()).await?;
    Ok(Reply::created(format!("/api/v1/swarms/{}/participants", id.0), ParticipantResponse::from(named)))
}

/// Answer a swarm's call
///
/// Consents to the terms that are in force, named by their version, or declines. Whoever was invited; leaving later is a decline
/// too. What was read under embargo stays under it.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "The swarm.", body = SwarmResponse)))]
#[post("/swarms/{id}/consent")]
async fn consent_to_swarm(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<ConsentRequest>,
) -> Response<SwarmResponse> {
    let answer = Answer { accept: body.0.accept, terms_version: body.0.terms_version };
    service::reply(&ctx, &actor, id.0, answer).await.map(shown)
}

/// Change the terms of a swarm's embargo
///
/// Every consent but the changer's lapses, and is asked for again by mail. Without an instant in the future the embargo is lifted:
/// everybody may see the swarm then. What was public can't be hidden again. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Changed.", body = SwarmResponse)))]
#[put("/swarms/{id}/terms")]
async fn change_terms(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    if_match: IfMatch,
    body: Json<ChangeTermsRequest>,
) -> Response<SwarmResponse> {
    service::change_terms(&ctx, &actor, id.0, if_match, body.0.into()).await.map(shown)
}

/// Say what one found
///
/// Each participant for themselves; those who run an organization that was told it is exposed, for that organization.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "The swarm.", body = SwarmResponse)))]
#[post("/swarms/{id}/status")]
async fn state_finding(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<StateFindingRequest>,
) -> Response<SwarmResponse> {
    let StateFindingRequest { finding, note, organization } = body.0;
    service::state_finding(&ctx, &actor, id.0, organization, finding, note).await.map(shown)
}

/// The organizations that a swarm's vulnerability exposes
///
/// Found by their bills of materials. Those who take part see how many; the swarm's coordinators see which; others see those that
/// they run, once these were told.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "How they stand.", body = SwarmOrganizationsResponse)))]
#[get("/swarms/{id}/organizations")]
async fn list_swarm_organizations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
) -> Response<SwarmOrganizationsResponse> {
    let exposure = service::organizations(&ctx, &actor, id.0).await?;
    Ok(Reply::ok(SwarmOrganizationsResponse::from(exposure)))
}

/// Tell the organizations that are exposed
///
/// Looks at the bills of materials again, and has those told that were not told yet, or those named of them: their owners and
/// managers get a mail and a part in the swarm, as contacts. For the swarm's coordinators.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")), request_body = Option<NotifyRequest>,
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 202, description = "Under way; the organizations' list shows who was told when.", body = SwarmResponse)))]
#[post("/swarms/{id}/notices")]
async fn notify_organizations(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: OptionalJson<NotifyRequest>,
) -> Response<SwarmResponse> {
    let named = body.0.and_then(|body| body.organizations);
    let card = service::ask_to_notify(&ctx, &actor, id.0, named).await?;
    let place = format!("/api/v1/swarms/{}/organizations", id.0);
    Ok(Reply::accepted(SwarmResponse::from(card)).header(header::LOCATION, place))
}
