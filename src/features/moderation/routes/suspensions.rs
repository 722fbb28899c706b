//! Suspending organizations, profiles and accounts, and lifting that. Projects have their own addresses.

use crate::features::moderation::dto::{SuspendRequest, SuspensionResponse};
use crate::features::moderation::model::SubjectKind;
use crate::features::moderation::service;
use crate::http::{Json, OptionalJson, Path, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(suspend_organization)
        .service(unsuspend_organization)
        .service(suspend_volunteer)
        .service(unsuspend_volunteer)
        .service(suspend_account)
        .service(unsuspend_account);
}

/// What all of these have in common.
struct Order<'a> {
    ctx: &'a Ctx,
    actor: &'a Actor,
    kind: SubjectKind,
    name: String,
    if_match: IfMatch,
}

impl Order<'_> {
    async fn suspend(self, reason: String) -> Response<SuspensionResponse> {
        let Self { ctx, actor, kind, name, if_match } = self;
        let card = service::suspend_by_hand(ctx, actor, kind, name, if_match, reason).await?;
        Ok(Reply::ok(SuspensionResponse::from(card)))
    }

    async fn lift(self, body: OptionalJson<TransitionRequest>) -> Response<SuspensionResponse> {
        let Self { ctx, actor, kind, name, if_match } = self;
        let card = service::lift_by_hand(ctx, actor, kind, name, if_match, body.reason()?).await?;
        Ok(Reply::ok(SuspensionResponse::from(card)))
    }
}

/// Suspend an organization
///
/// It is shown to its members alone, invites nobody, and its active pledges are paused. Its owners are told why by mail, and
/// may appeal once.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Suspended.", body = SuspensionResponse)))]
#[post("/organizations/{slug}/suspend")]
async fn suspend_organization(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<SuspendRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Organization, name: slug.0, if_match };
    order.suspend(body.0.reason).await
}

/// Lift an organization's suspension
///
/// Its owners are told by mail; they resume its pledges themselves. Nobody lifts the suspension of their own organization.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Lifted.", body = SuspensionResponse)))]
#[post("/organizations/{slug}/unsuspend")]
async fn unsuspend_organization(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Organization, name: slug.0, if_match };
    order.lift(body).await
}

/// Suspend a volunteer profile
///
/// It is shown to nobody but the person and moderators, and projects do not see it in their matches. The person is told why
/// by mail, and may appeal once.
#[utoipa::path(tag = "volunteers", params(("handle" = String, Path, description = "The person's handle.", example = "ada")),
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Suspended.", body = SuspensionResponse)))]
#[post("/volunteers/{handle}/suspend")]
async fn suspend_volunteer(
    actor: Actor,
    ctx: web::Data<Ctx>,
    handle: Path<String>,
    if_match: IfMatch,
    body: Json<SuspendRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Volunteer, name: handle.0, if_match };
    order.suspend(body.0.reason).await
}

/// Lift a volunteer profile's suspension
///
/// The person is told by mail. Nobody lifts the suspension of their own profile.
#[utoipa::path(tag = "volunteers", params(("handle" = String, Path, description = "The person's handle.", example = "ada")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Lifted.", body = SuspensionResponse)))]
#[post("/volunteers/{handle}/unsuspend")]
async fn unsuspend_volunteer(
    actor: Actor,
    ctx: web::Data<Ctx>,
    handle: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Volunteer, name: handle.0, if_match };
    order.lift(body).await
}

/// Suspend an account
///
/// All its sessions end, nobody can sign in to it, its API tokens are refused, and its profile is hidden. The person is told
/// why by mail, and may appeal once. Accounts with a platform role are for administrators. Wants a fresh second factor of
/// those who have one.
#[utoipa::path(tag = "moderation", params(("handle" = String, Path, description = "The person's handle.", example = "ada")),
    extensions(("x-roles" = json!(["moderator", "admin"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Suspended.", body = SuspensionResponse)))]
#[post("/admin/accounts/{handle}/suspend")]
async fn suspend_account(
    actor: Actor,
    ctx: web::Data<Ctx>,
    handle: Path<String>,
    if_match: IfMatch,
    body: Json<SuspendRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Account, name: handle.0, if_match };
    order.suspend(body.0.reason).await
}

/// Lift an account's suspension
///
/// The person is told by mail, signs in anew, and has the same API tokens as before.
#[utoipa::path(tag = "moderation", params(("handle" = String, Path, description = "The person's handle.", example = "ada")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["moderator", "admin"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Lifted.", body = SuspensionResponse)))]
#[post("/admin/accounts/{handle}/unsuspend")]
async fn unsuspend_account(
    actor: Actor,
    ctx: web::Data<Ctx>,
    handle: Path<String>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<SuspensionResponse> {
    let order = Order { ctx: &ctx, actor: &actor, kind: SubjectKind::Account, name: handle.0, if_match };
    order.lift(body).await
}
