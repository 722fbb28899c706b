//! Claims to projects, their proofs, and disputes, an address each.

use super::shown;
use crate::features::projects::dto::{
    DecideDisputeRequest, DisputeResponse, ProjectResponse, VerificationCheckResponse, VerificationResponse,
};
use crate::features::projects::service;
use crate::http::{Json, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch};
use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(claim_project)
        .service(ask_for_verification)
        .service(get_verification)
        .service(check_verification)
        .service(get_dispute)
        .service(decide_dispute);
}

/// Claim a project
///
/// Says that a project is the caller's. An unclaimed one becomes `claim_pending`, with the caller as its lead in waiting: prove
/// it (`POST …/verification`), or let a coordinator decide; until then the claim gives no say over the listing. One that
/// somebody else waits for becomes disputed, and a moderator decides. Of one that is listed or dormant the caller has to
/// prove it before anything happens. Wants a verified mail address.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["member"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Claimed.", body = ProjectResponse)))]
#[post("/projects/{slug}/claim")]
async fn claim_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
) -> Response<ProjectResponse> {
    service::claim(&ctx, &actor, slug.0, if_match).await.map(shown)
}

/// Ask for a proof of ownership
///
/// Gives whoever claimed the project, or is with it, a token and the places where it may be put up: a file in the
/// repository's default branch, a file of the project's site, or a text record. The same token is given until it was
/// found; then a new one, by which the verification is renewed. Wants a verified mail address.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "A new token.", body = VerificationResponse),
        (status = 200, description = "The token that waits already.", body = VerificationResponse)))]
#[post("/projects/{slug}/verification")]
async fn ask_for_verification(actor: Actor, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<VerificationResponse> {
    let address = format!("/api/v1/projects/{}/verification", slug.0);
    let (card, fresh) = service::ask_for_proof(&ctx, &actor, slug.0).await?;
    let body = VerificationResponse::from(card);
    Ok(if fresh { Reply::created(address, body) } else { Reply::ok(body) })
}

/// The caller's proof of ownership
///
/// The token, where it is looked for, and until when a proof that was found holds.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Where it stands.", body = VerificationResponse)))]
#[get("/projects/{slug}/verification")]
async fn get_verification(actor: Actor, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<VerificationResponse> {
    service::get_proof(&ctx, &actor, slug.0).await.map(|card| Reply::ok(VerificationResponse::from(card)))
}

/// Look for the proof
///
/// Fetches every place now. If the token is at one of them, the caller leads the project and it is `listed`; if another
/// verified lead is there whom the caller is not with, it is disputed. Else 409 `project.proof_not_found`, whose `attempts` say what was fetched
/// and what was found.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "Found.", body = VerificationCheckResponse)))]
#[post("/projects/{slug}/verification/check")]
async fn check_verification(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
) -> Response<VerificationCheckResponse> {
    service::check_proof(&ctx, &actor, slug.0).await.map(|card| Reply::ok(VerificationCheckResponse::from(card)))
}

/// The dispute over a project
///
/// Who says that the project is theirs, while a moderator has yet to decide; nobody acts for the project until then.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator", "moderator"]))),
    responses((status = 200, description = "The dispute, or that there is none.", body = DisputeResponse)))]
#[get("/projects/{slug}/dispute")]
async fn get_dispute(actor: Actor, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<DisputeResponse> {
    service::get_dispute(&ctx, &actor, slug.0).await.map(|card| Reply::ok(DisputeResponse::from(card)))
}

/// Decide a dispute
///
/// A moderator who is no side of it says whose the project is: that person leads it, and the other sides are out. Nobody can
/// undo it but by proving the ownership anew.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Decided.", body = ProjectResponse)))]
#[post("/projects/{slug}/dispute/decide")]
async fn decide_dispute(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<DecideDisputeRequest>,
) -> Response<ProjectResponse> {
    let DecideDisputeRequest { keep, reason } = body.0;
    service::decide(&ctx, &actor, slug.0, if_match, keep, reason).await.map(shown)
}
