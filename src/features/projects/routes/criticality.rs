//! Addresses of how critical projects are, and of their objections to that.

use crate::features::projects::dto::{
    AnswerContestRequest, ContestRequest, ContestResponse, PastCriticalityResponse, ProjectResponse, RatingResponse,
    SetCriticalityRequest,
};
use crate::features::projects::service::{self, CriticalityInput};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, ContestId, IfMatch};
use actix_web::{HttpRequest, delete, get, post, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_project_criticality)
        .service(set_project_criticality)
        .service(lift_project_criticality)
        .service(list_project_criticality)
        .service(list_criticality_contests)
        .service(contest_criticality)
        .service(answer_criticality_contest)
        .service(withdraw_criticality_contest);
}

/// How critical a project is
///
/// Score and tier, what they rest on, and whether the project has objected.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "What counts.", body = RatingResponse)))]
#[get("/projects/{slug}/criticality")]
async fn get_project_criticality(caller: Caller, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<RatingResponse> {
    let card = service::get_rating(&ctx, &caller, slug.0).await?;
    let version = card.project.version;
    Ok(Reply::ok(RatingResponse::from(card)).versioned(version))
}

/// Decide how critical a project is
///
/// A coordinator's decision, with its reason; imports leave it alone from then on.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Decided.", body = ProjectResponse)))]
#[put("/projects/{slug}/criticality")]
async fn set_project_criticality(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<SetCriticalityRequest>,
) -> Response<ProjectResponse> {
    let SetCriticalityRequest { score, tier, algorithm, as_of, reason } = body.0;
    let input = CriticalityInput { score, tier, algorithm, as_of, reason };
    service::set_criticality(&ctx, &actor, slug.0, if_match, input).await.map(super::shown)
}

/// Lift a decision
///
/// What a formula said last counts again, if it ever said anything, and imports may change it.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 204, description = "Lifted.")))]
#[delete("/projects/{slug}/criticality")]
async fn lift_project_criticality(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
) -> Response<()> {
    service::lift_decision(&ctx, &actor, slug.0, if_match).await?;
    Ok(Reply::no_content())
}

/// History of criticality
///
/// Every score and decision of the project, the newest first, with what each rests on.
#[utoipa::path(tag = "projects", params(PageQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<PastCriticalityResponse>)))]
#[get("/projects/{slug}/criticality/history")]
async fn list_project_criticality(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<PastCriticalityResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_scores(&ctx, &caller, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(PastCriticalityResponse::from)))
}

/// Objections to a project's criticality
///
/// All of them, the newest first, for the project's own people and coordinators.
#[utoipa::path(tag = "projects", params(PageQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ContestResponse>)))]
#[get("/projects/{slug}/criticality/contests")]
async fn list_criticality_contests(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<ContestResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_contests(&ctx, &actor, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(ContestResponse::from)))
}

/// Object to a project's criticality
///
/// A maintainer says what is wrong with it; a coordinator who is not with the project answers. One objection at a time.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead"]))),
    responses((status = 201, description = "It waits for an answer.", body = ContestResponse)))]
#[post("/projects/{slug}/criticality/contests")]
async fn contest_criticality(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<ContestRequest>,
) -> Response<ContestResponse> {
    let address = format!("/api/v1/projects/{}/criticality/contests", slug.0);
    let made = service::contest(&ctx, &actor, slug.0, body.0.into()).await?;
    let version = made.0.version;
    Ok(Reply::created(address, ContestResponse::from(made)).versioned(version))
}

/// Answer an objection
///
/// A coordinator upholds it with a new score or tier, which is a decision like any other, or rejects it with a reason.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"), ("id" = ContestId, Path, description = "The objection.")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Answered.", body = ContestResponse)))]
#[post("/projects/{slug}/criticality/contests/{id}/answer")]
async fn answer_criticality_contest(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, ContestId)>,
    if_match: IfMatch,
    body: Json<AnswerContestRequest>,
) -> Response<ContestResponse> {
    let answered = service::answer_contest(&ctx, &actor, path.0, if_match, body.0.into()).await?;
    let version = answered.0.version;
    Ok(Reply::ok(ContestResponse::from(answered)).versioned(version))
}

/// Withdraw an objection
///
/// The project takes it back before it is answered.
#[utoipa::path(tag = "projects", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"), ("id" = ContestId, Path, description = "The objection.")),
    extensions(("x-roles" = json!(["maintainer", "lead"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Withdrawn.", body = ContestResponse)))]
#[post("/projects/{slug}/criticality/contests/{id}/withdraw")]
async fn withdraw_criticality_contest(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, ContestId)>,
    if_match: IfMatch,
) -> Response<ContestResponse> {
    let withdrawn = service::withdraw_contest(&ctx, &actor, path.0, if_match).await?;
    let version = withdrawn.0.version;
    Ok(Reply::ok(ContestResponse::from(withdrawn)).versioned(version))
}
