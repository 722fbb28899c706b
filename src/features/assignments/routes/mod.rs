//! Addresses of assignments.

mod access;
mod transitions;

use super::dto::{AssignmentResponse, CheckInResponse};
use super::model::AssignmentStatus;
use super::service;
use super::store::Listing;
use crate::http::page::Window;
use crate::http::{PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, Check, Result};
use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_my_assignments)
        .service(list_project_assignments)
        .service(list_organization_assignments)
        .service(get_assignment)
        .service(list_check_ins)
        .configure(transitions::configure)
        .configure(access::configure);
}

/// Which assignments.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAssignmentsQuery {
    /// In this state; given more than once: in any of them.
    #[serde(default)]
    #[param(inline)]
    status: Vec<AssignmentStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ListAssignmentsQuery {
    fn listing(self) -> Result<Listing> {
        let mut check = Check::default();
        let window = Window::read(&mut check, self.limit, self.cursor.as_deref());
        check.done()?;
        let window = window?;
        Ok(Listing { statuses: self.status, limit: window.limit, after: window.after })
    }
}

/// The caller's assignments
///
/// All that the caller works on or ever did, newest first.
#[utoipa::path(tag = "assignments", params(ListAssignmentsQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AssignmentResponse>)))]
#[get("/me/assignments")]
async fn list_my_assignments(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListAssignmentsQuery>,
) -> Response<PageResponse<AssignmentResponse>> {
    let page = service::list_mine(&ctx, &actor, query.0.listing()?).await?;
    Ok(PageResponse::reply(&request, page.map(AssignmentResponse::from)))
}

/// Who works for a project
///
/// All assignments that the project ever had, newest first. For its maintainers and coordinators.
#[utoipa::path(tag = "assignments", params(ListAssignmentsQuery, ("slug" = String, Path, description = "The project's slug.", example = "openssl")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AssignmentResponse>)))]
#[get("/projects/{slug}/assignments")]
async fn list_project_assignments(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListAssignmentsQuery>,
) -> Response<PageResponse<AssignmentResponse>> {
    let page = service::list_of_project(&ctx, &actor, slug.0, query.0.listing()?).await?;
    Ok(PageResponse::reply(&request, page.map(AssignmentResponse::from)))
}

/// Who works in an organization's time
///
/// All assignments whose hours come out of its pledges, newest first. For its owners and managers.
#[utoipa::path(tag = "assignments", params(ListAssignmentsQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AssignmentResponse>)))]
#[get("/organizations/{slug}/assignments")]
async fn list_organization_assignments(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListAssignmentsQuery>,
) -> Response<PageResponse<AssignmentResponse>> {
    let page = service::list_of_employer(&ctx, &actor, slug.0, query.0.listing()?).await?;
    Ok(PageResponse::reply(&request, page.map(AssignmentResponse::from)))
}

/// An assignment
///
/// For the volunteer, the project's maintainers, the owners and managers of the employer whose time it is, and coordinators.
/// How to reach each other is shown to the two sides alone.
#[utoipa::path(tag = "assignments", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The assignment.", body = AssignmentResponse)))]
#[get("/assignments/{id}")]
async fn get_assignment(actor: Actor, ctx: web::Data<Ctx>, id: Path<AssignmentId>) -> Response<AssignmentResponse> {
    let card = service::get(&ctx, &actor, id.0).await?;
    let version = card.row.version;
    Ok(Reply::ok(AssignmentResponse::from(card)).versioned(version))
}

/// The check-ins of an assignment
///
/// What the volunteer said of how it goes, newest first. For the volunteer, the project's maintainers, and coordinators.
#[utoipa::path(tag = "assignments", params(PageQuery, ("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<CheckInResponse>)))]
#[get("/assignments/{id}/check-ins")]
async fn list_check_ins(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<AssignmentId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<CheckInResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::check_ins(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(CheckInResponse::from)))
}
