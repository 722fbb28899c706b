//! The transitions of assignments, an address each.

use crate::features::assignments::dto::{
    AssignmentResponse, CheckInRequest, EndAssignmentRequest, PauseAssignmentRequest, TickTaskRequest, line,
};
use crate::features::assignments::service::{self, AssignmentCard, Report, Wish};
use crate::http::{Json, OptionalJson, Path, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, IfMatch};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(tick_onboarding_task)
        .service(start_assignment)
        .service(check_in_assignment)
        .service(pause_assignment)
        .service(resume_assignment)
        .service(complete_assignment)
        .service(end_assignment)
        .service(convert_assignment_to_own_time);
}

type Body = OptionalJson<TransitionRequest>;

fn done(card: AssignmentCard) -> Reply<AssignmentResponse> {
    let version = card.row.version;
    Reply::ok(AssignmentResponse::from(card)).versioned(version)
}

/// Tick a task off
///
/// What has to be done before the work begins: the agreement and the access are the project's word, the access also the
/// volunteer's, and that the two have talked either's.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/onboarding")]
async fn tick_onboarding_task(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Json<TickTaskRequest>,
) -> Response<AssignmentResponse> {
    let TickTaskRequest { task, done: is_done } = body.0;
    Ok(done(service::tick(&ctx, &actor, id.0, if_match, task, is_done).await?))
}

/// Start an assignment
///
/// The work begins once everything of the list is ticked off; the project may start it before, with a reason. From then on
/// the volunteer checks in every two weeks.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/start")]
async fn start_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Body,
) -> Response<AssignmentResponse> {
    Ok(done(service::start(&ctx, &actor, id.0, if_match, body.reason()?).await?))
}

/// Check in
///
/// The volunteer says how it goes, and has two weeks again. One that is overdue is active again by it.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")), request_body = Option<CheckInRequest>,
    extensions(("x-roles" = json!(["volunteer"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/check-in")]
async fn check_in_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: OptionalJson<CheckInRequest>,
) -> Response<AssignmentResponse> {
    let CheckInRequest { note, on_track } = body.0.unwrap_or_default();
    Ok(done(service::check_in(&ctx, &actor, id.0, if_match, Report { note, on_track }).await?))
}

/// Pause an assignment
///
/// It rests for at most four weeks, nobody has to check in meanwhile, and it goes on by itself. Seat and hours stay taken.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/pause")]
async fn pause_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Json<PauseAssignmentRequest>,
) -> Response<AssignmentResponse> {
    let reason = line(&body.0.reason)?;
    Ok(done(service::pause(&ctx, &actor, id.0, if_match, body.0.until, reason).await?))
}

/// Resume an assignment
///
/// It goes on before the pause is over.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/resume")]
async fn resume_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Body,
) -> Response<AssignmentResponse> {
    Ok(done(service::resume(&ctx, &actor, id.0, if_match, body.reason()?).await?))
}

/// Say that the work is done
///
/// When the other side has said so as well, the assignment is completed; else two weeks later, if it keeps silent.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/complete")]
async fn complete_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Body,
) -> Response<AssignmentResponse> {
    Ok(done(service::end(&ctx, &actor, id.0, if_match, Wish::Complete(body.reason()?)).await?))
}

/// End an assignment
///
/// Before its time, by anybody concerned: the volunteer, the project, or the employer whose time it is. The seat is free
/// again, and hours of a pledge that were not worked are given back to it.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "org_manager", "org_owner", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/end")]
async fn end_assignment(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
    body: Json<EndAssignmentRequest>,
) -> Response<AssignmentResponse> {
    let EndAssignmentRequest { reason_code, reason } = body.0;
    let reason = reason.as_deref().map(line).transpose()?;
    Ok(done(service::end(&ctx, &actor, id.0, if_match, Wish::End(reason_code.into(), reason)).await?))
}

/// Go on in one's own time
///
/// What the employer's pledge held for it is given back, and the assignment goes on as it is. Also the way on when the pledge
/// is withdrawn or the volunteer has left the employer: without the volunteer's word the assignment ends with the notice.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = AssignmentResponse)))]
#[post("/assignments/{id}/convert-to-own-time")]
async fn convert_assignment_to_own_time(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    if_match: IfMatch,
) -> Response<AssignmentResponse> {
    Ok(done(service::convert(&ctx, &actor, id.0, if_match).await?))
}
