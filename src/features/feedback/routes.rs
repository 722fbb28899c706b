//! Addresses of feedback and of the facts that profiles show.

use super::dto::{FeedbackResponse, GiveFeedbackRequest, ProjectRecordResponse, VolunteerRecordResponse};
use super::service;
use crate::http::{Json, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, Caller};
use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_feedback).service(give_feedback).service(get_volunteer_record).service(get_project_record);
}

/// Feedback on an assignment
///
/// What the two sides said of each other, for these and moderators. Each side reads the other's once it has spoken itself, or 30 days
/// after the end, so that nobody answers in kind.
#[utoipa::path(tag = "feedback", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "moderator"]))),
    responses((status = 200, description = "What was said.", body = FeedbackResponse)))]
#[get("/assignments/{id}/feedback")]
async fn get_feedback(actor: Actor, ctx: web::Data<Ctx>, id: Path<AssignmentId>) -> Response<FeedbackResponse> {
    Ok(Reply::ok(service::read(&ctx, &actor, id.0).await?.into()))
}

/// Give feedback
///
/// Once for each side, within 90 days of the end: whether you would work together again, and something to the other side. A project says
/// which skills it saw at work, too; these are evidence in the volunteer's matches from then on.
#[utoipa::path(tag = "feedback", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead"]))),
    responses((status = 201, description = "Given.", body = FeedbackResponse)))]
#[post("/assignments/{id}/feedback")]
async fn give_feedback(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    body: Json<GiveFeedbackRequest>,
) -> Response<FeedbackResponse> {
    let said = service::give(&ctx, &actor, id.0, body.0.into()).await?;
    Ok(Reply::created(format!("/api/v1/assignments/{}/feedback", id.0), said.into()))
}

/// A volunteer's record
///
/// Facts, no stars: leases kept, answers given, and skills seen at work. Seen by whoever sees the profile.
#[utoipa::path(tag = "feedback", params(("handle" = String, Path, description = "The volunteer's handle.", example = "ada")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The record.", body = VolunteerRecordResponse)))]
#[get("/volunteers/{handle}/record")]
async fn get_volunteer_record(
    caller: Caller,
    ctx: web::Data<Ctx>,
    handle: Path<String>,
) -> Response<VolunteerRecordResponse> {
    Ok(Reply::ok(service::of_volunteer(&ctx, &caller, handle.0).await?.into()))
}

/// A project's record
///
/// Facts, no stars: how soon it answers applications and logged hours. Seen by whoever sees the project.
#[utoipa::path(tag = "feedback", params(("slug" = String, Path, description = "The project's slug.", example = "openssl")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The record.", body = ProjectRecordResponse)))]
#[get("/projects/{slug}/record")]
async fn get_project_record(
    caller: Caller,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
) -> Response<ProjectRecordResponse> {
    Ok(Reply::ok(service::of_project(&ctx, &caller, slug.0).await?.into()))
}
