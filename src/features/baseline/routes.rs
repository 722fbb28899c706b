//! Addresses of assessments.

use super::dto::{
    AssessAllRequest, AssessRequest, AssessmentResponse, BaselineCatalogResponse, BaselineNeedResponse,
    PastAssessmentResponse, ProjectBaselineResponse,
};
use super::service::{self, Card, HistoryInput};
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, Error, IfMatch};
use actix_web::{HttpRequest, get, post, put, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_baseline)
        .service(get_project_baseline)
        .service(assess_project)
        .service(list_project_assessments)
        .service(get_project_requirement)
        .service(assess_requirement)
        .service(state_requirement_need);
}

fn shown(card: Card) -> Reply<ProjectBaselineResponse> {
    let version = card.standing.as_ref().map_or(0, |row| row.version);
    Reply::ok(ProjectBaselineResponse::from(card)).versioned(version)
}

/// What the baseline asks for
///
/// The controls and requirements of the OpenSSF's Open Source Project Security Baseline, told in our words, with their ids,
/// levels and links, and the work by which a project would come to meet each.
#[utoipa::path(tag = "baseline", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The catalog.", body = BaselineCatalogResponse)))]
#[get("/baseline")]
async fn get_baseline() -> Response<BaselineCatalogResponse> {
    Ok(Reply::ok(BaselineCatalogResponse::whole()).public())
}

/// How far a project meets the baseline
///
/// What is said of each requirement in force, the level that the project reaches by it, and what is missing for the next one.
#[utoipa::path(tag = "baseline", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "Its standing.", body = ProjectBaselineResponse)))]
#[get("/projects/{slug}/baseline")]
async fn get_project_baseline(
    caller: Caller,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
) -> Response<ProjectBaselineResponse> {
    service::get(&ctx, &caller, slug.0).await.map(shown)
}

/// Assess all requirements
///
/// All answers at once, in place of those that are there: a requirement that is left out is unknown from then on. What says
/// nothing new leaves no trace in the history.
#[utoipa::path(tag = "baseline", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Its standing by them.", body = ProjectBaselineResponse)))]
#[put("/projects/{slug}/baseline")]
async fn assess_project(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<AssessAllRequest>,
) -> Response<ProjectBaselineResponse> {
    service::assess_all(&ctx, &actor, slug.0, if_match, body.0.into_inputs()).await.map(shown)
}

/// Which answers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAssessmentsQuery {
    /// Only those to this requirement.
    #[param(max_length = 40, example = "OSPS-VM-02.01")]
    requirement: Option<String>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100, example = 25)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// History of assessments
///
/// Every answer that was ever given for this project, the newest first.
#[utoipa::path(tag = "baseline", params(ListAssessmentsQuery, ("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<PastAssessmentResponse>)))]
#[get("/projects/{slug}/baseline/history")]
async fn list_project_assessments(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListAssessmentsQuery>,
) -> Response<PageResponse<PastAssessmentResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.require(
        query.requirement.as_ref().is_none_or(|id| id.chars().count() <= 40),
        "?requirement",
        "too_long",
        "At most 40 characters.",
    );
    check.done()?;
    let window = window.map_err(Error::from)?;
    let input = HistoryInput { requirement: query.requirement, limit: window.limit, after: window.after };
    let page = service::history(&ctx, &caller, slug.0, input).await?;
    Ok(PageResponse::reply(&request, page.map(PastAssessmentResponse::from)))
}

/// One requirement of a project
///
/// What the requirement asks for, and what is said of it.
#[utoipa::path(tag = "baseline", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"),
        ("requirement" = String, Path, description = "The requirement's id.", example = "OSPS-VM-02.01")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The answer that counts.", body = AssessmentResponse)))]
#[get("/projects/{slug}/baseline/{requirement}")]
async fn get_project_requirement(
    caller: Caller,
    ctx: web::Data<Ctx>,
    path: Path<(String, String)>,
) -> Response<AssessmentResponse> {
    let (card, version) = service::get_requirement(&ctx, &caller, path.0).await?;
    Ok(Reply::ok(AssessmentResponse::from(card)).versioned(version))
}

/// Assess a requirement
///
/// A maintainer says whether the project meets it: `met` with evidence or a note, `not_applicable` with a reason. Answers of
/// before stay in the history.
#[utoipa::path(tag = "baseline", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"),
        ("requirement" = String, Path, description = "The requirement's id.", example = "OSPS-VM-02.01")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Kept.", body = AssessmentResponse)))]
#[put("/projects/{slug}/baseline/{requirement}")]
async fn assess_requirement(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, String)>,
    if_match: IfMatch,
    body: Json<AssessRequest>,
) -> Response<AssessmentResponse> {
    let (card, version) = service::assess(&ctx, &actor, path.0, if_match, body.0.into()).await?;
    Ok(Reply::ok(AssessmentResponse::from(card)).versioned(version))
}

/// Make a need of an unmet requirement
///
/// A draft with kind, skills, size and text that fit the requirement; publishing it is a step of its own, and it may be
/// changed before. When the need is fulfilled, the assessment is asked for again (`asked_again_at`).
#[utoipa::path(tag = "baseline", params(("slug" = String, Path, description = "The project's slug.", example = "parser-of-everything"),
        ("requirement" = String, Path, description = "The requirement's id.", example = "OSPS-BR-06.01")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 201, description = "Kept as a draft.", body = BaselineNeedResponse)))]
#[post("/projects/{slug}/baseline/{requirement}/need")]
async fn state_requirement_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, String)>,
) -> Response<BaselineNeedResponse> {
    let made = service::state_need(&ctx, &actor, path.0).await?;
    Ok(Reply::created(format!("/api/v1/needs/{}", made.0.id), BaselineNeedResponse::from(made)))
}
