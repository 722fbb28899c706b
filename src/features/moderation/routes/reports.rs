//! Reports, the moderators' queue, and appeals.

use crate::features::moderation::dto::{
    AppealRequest, AppealResponse, CreateReportRequest, DismissReportRequest, ListReportsQuery, OwnReportResponse,
    ReportResponse, UpholdReportRequest,
};
use crate::features::moderation::model::ReportAction;
use crate::features::moderation::service::{self, ReportCard};
use crate::features::moderation::store::Filter;
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, IfMatch, ReportId};
use actix_web::http::header;
use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_report)
        .service(list_own_reports)
        .service(list_reports)
        .service(get_report)
        .service(dismiss_report)
        .service(uphold_report)
        .service(create_appeal);
}

fn shown(card: ReportCard) -> Reply<ReportResponse> {
    let version = card.report.version;
    Reply::ok(ReportResponse::from(card)).versioned(version)
}

/// Report a listing
///
/// Tells the moderators that something is wrong with a project, a need, an organization or a volunteer profile that the
/// caller can see. The reported never learn who reported. One open report on each thing, ten a day. Wants a verified mail
/// address.
#[utoipa::path(tag = "moderation", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Reported.", body = OwnReportResponse)))]
#[post("/reports")]
async fn create_report(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<CreateReportRequest>,
) -> Response<OwnReportResponse> {
    let made = service::report(&ctx, &actor, body.0.into()).await?;
    Ok(Reply::created("/api/v1/me/reports", OwnReportResponse::from(made)))
}

/// Your reports
///
/// What the caller reported or appealed, newest first, and what became of it.
#[utoipa::path(tag = "me", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<OwnReportResponse>)))]
#[get("/me/reports")]
async fn list_own_reports(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<OwnReportResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::own(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(OwnReportResponse::from)))
}

/// The moderators' queue
///
/// Reports and appeals, the longest waiting first. What concerns the caller (the own account, projects or organizations) is
/// for other moderators.
#[utoipa::path(tag = "moderation", params(ListReportsQuery), extensions(("x-roles" = json!(["moderator", "admin"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ReportResponse>)))]
#[get("/admin/reports")]
async fn list_reports(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListReportsQuery>,
) -> Response<PageResponse<ReportResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter {
        status: query.status,
        kind: query.kind,
        subject_kind: query.subject_kind,
        code: query.reason,
        limit: window.limit,
        after: window.after,
    };
    let page = service::list(&ctx, &actor, filter).await?;
    Ok(PageResponse::reply(&request, page.map(ReportResponse::from)))
}

/// A report or an appeal
///
/// For moderators whom it does not concern.
#[utoipa::path(tag = "moderation", params(("report_id" = ReportId, Path, description = "The report or appeal.")),
    extensions(("x-roles" = json!(["moderator", "admin"]))),
    responses((status = 200, description = "It.", body = ReportResponse)))]
#[get("/admin/reports/{report_id}")]
async fn get_report(actor: Actor, ctx: web::Data<Ctx>, id: Path<ReportId>) -> Response<ReportResponse> {
    service::get(&ctx, &actor, id.0).await.map(shown)
}

/// Dismiss a report or an appeal
///
/// Nothing comes of a report; the suspension that an appeal is against stays. Who reported is told by mail, and so are those
/// whose appeal it is, with the reason. Nobody decides what they wrote, nor an appeal against what they suspended themselves.
#[utoipa::path(tag = "moderation", params(("report_id" = ReportId, Path, description = "The report or appeal.")),
    extensions(("x-roles" = json!(["moderator", "admin"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Dismissed.", body = ReportResponse)))]
#[post("/admin/reports/{report_id}/dismiss")]
async fn dismiss_report(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<ReportId>,
    if_match: IfMatch,
    body: Json<DismissReportRequest>,
) -> Response<ReportResponse> {
    let reason = body.0.reason;
    service::decide(&ctx, &actor, id.0, if_match, ReportAction::Dismiss, reason, false).await.map(shown)
}

/// Uphold a report or an appeal
///
/// A report that is right may suspend what it is about in the same step (`suspend`); an appeal that is right lifts the
/// suspension. Who reported is told by mail, and so are those concerned, with the reason. Nobody decides what they wrote, nor
/// an appeal against what they suspended themselves.
#[utoipa::path(tag = "moderation", params(("report_id" = ReportId, Path, description = "The report or appeal.")),
    extensions(("x-roles" = json!(["moderator", "admin"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Upheld.", body = ReportResponse)))]
#[post("/admin/reports/{report_id}/uphold")]
async fn uphold_report(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<ReportId>,
    if_match: IfMatch,
    body: Json<UpholdReportRequest>,
) -> Response<ReportResponse> {
    let UpholdReportRequest { reason, suspend } = body.0;
    service::decide(&ctx, &actor, id.0, if_match, ReportAction::Uphold, reason, suspend).await.map(shown)
}

/// Appeal a suspension
///
/// By the token from the mail that told of it, once, while it lasts; whoever is locked out need not sign in. Another
/// moderator than who suspended decides, and those concerned are told by mail.
#[utoipa::path(tag = "moderation", extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 202, description = "Taken.", body = AppealResponse)))]
#[post("/appeals")]
async fn create_appeal(caller: Caller, ctx: web::Data<Ctx>, body: Json<AppealRequest>) -> Response<AppealResponse> {
    let AppealRequest { token, text } = body.0;
    service::appeal(&ctx, &caller, token, text).await?;
    let message = "Another moderator will look at it; you are told by mail.".to_owned();
    Ok(Reply::accepted(AppealResponse { message }).header(header::LOCATION, "/api/v1/me/reports"))
}
