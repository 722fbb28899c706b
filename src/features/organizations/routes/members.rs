//! Addresses of members.

use crate::features::organizations::dto::{ListMembersQuery, MemberResponse, SetMemberRoleRequest};
use crate::features::organizations::service;
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check};
use actix_web::{HttpRequest, delete, get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_members).service(set_member_role).service(remove_member);
}

/// Members
///
/// Who belongs to the organization now, longest first, or who did once. For its members' eyes.
#[utoipa::path(tag = "organizations", params(ListMembersQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<MemberResponse>)))]
#[get("/organizations/{slug}/members")]
async fn list_members(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListMembersQuery>,
) -> Response<PageResponse<MemberResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let past = query.past.unwrap_or(false);
    let page = service::members(&ctx, &actor, slug.0, past, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(MemberResponse::from)))
}

/// Set a member's role
///
/// Owners give any role; managers make managers and members of each other. The last owner stays one. Wants a fresh second
/// factor of those who have one.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
        ("handle" = String, Path, description = "The member's handle.", example = "ada")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "The member with this role.", body = MemberResponse),
        (status = 409, description = "The last owner stays one.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[put("/organizations/{slug}/members/{handle}")]
async fn set_member_role(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, String)>,
    body: Json<SetMemberRoleRequest>,
) -> Response<MemberResponse> {
    let (slug, handle) = path.0;
    let row = service::set_role(&ctx, &actor, slug, handle, body.0.role).await?;
    Ok(Reply::ok(MemberResponse::from(row)))
}

/// End a membership
///
/// Everybody may leave, with the own handle; owners may end anybody's membership, managers those of managers and members.
/// The last owner stays. What was done as a member stays on record, with its dates.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight"),
        ("handle" = String, Path, description = "The member's handle.", example = "ada")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 204, description = "Ended.")))]
#[delete("/organizations/{slug}/members/{handle}")]
async fn remove_member(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, String)>) -> Response<()> {
    let (slug, handle) = path.0;
    service::remove_member(&ctx, &actor, slug, handle).await?;
    Ok(Reply::no_content())
}
