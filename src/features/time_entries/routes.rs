//! Addresses of logged work.

use super::dto::{
    AdjustTimeEntryRequest, DisputeTimeEntryRequest, ImportResponse, LogTimeEntryRequest, TimeEntryResponse,
};
use super::model::{TimeEntryAction, TimeEntryStatus};
use super::service::{self, Wish};
use super::store::Filter;
use crate::http::extract::read;
use crate::http::page::Window;
use crate::http::problem::UNSUPPORTED_MEDIA;
use crate::http::{Json, OptionalJson, PageResponse, Path, Query, Reply, Response, TransitionRequest};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, Check, Error, IfMatch, TimeEntryId};
use actix_web::{HttpMessage as _, HttpRequest, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_time_entries)
        .service(log_time_entry)
        .service(get_time_entry)
        .service(confirm_time_entry)
        .service(dispute_time_entry)
        .service(adjust_time_entry)
        .service(reject_time_entry)
        .service(void_time_entry)
        .service(import_time_entries);
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTimeEntriesQuery {
    /// In this state; given more than once: in any of them.
    #[serde(default)]
    #[param(inline)]
    status: Vec<TimeEntryStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Work logged on an assignment
///
/// Newest first, reversing entries among them. For the volunteer, the project's own people, the employer's owners and
/// managers, and coordinators.
#[utoipa::path(tag = "time entries", params(ListTimeEntriesQuery, ("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<TimeEntryResponse>)))]
#[get("/assignments/{id}/time-entries")]
async fn list_time_entries(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<AssignmentId>,
    query: Query<ListTimeEntriesQuery>,
) -> Response<PageResponse<TimeEntryResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter { statuses: query.status, limit: window.limit, after: window.after };
    let page = service::list(&ctx, &actor, id.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(TimeEntryResponse::from)))
}

/// Log work
///
/// Whole minutes on a day in the volunteer's time zone: not in the future there, not before the assignment, not over 90 days
/// ago, and at most 16 hours a day over all assignments. An hour that daylight saving skips is refused; in one that it
/// repeats, `minutes` must say which is meant. The project has 14 days to answer.
#[utoipa::path(tag = "time entries", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer"]))),
    responses((status = 201, description = "Logged.", body = TimeEntryResponse)))]
#[post("/assignments/{id}/time-entries")]
async fn log_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    body: Json<LogTimeEntryRequest>,
) -> Response<TimeEntryResponse> {
    let card = service::log(&ctx, &actor, id.0, body.0.into()).await?;
    let (id, version) = (card.entry.id, card.entry.version);
    Ok(Reply::created(format!("/api/v1/time-entries/{id}"), TimeEntryResponse::from(card)).versioned(version))
}

/// Logged work
///
/// What was said, and what it counts for. For those who see its assignment.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The entry.", body = TimeEntryResponse)))]
#[get("/time-entries/{id}")]
async fn get_time_entry(actor: Actor, ctx: web::Data<Ctx>, id: Path<TimeEntryId>) -> Response<TimeEntryResponse> {
    let card = service::get(&ctx, &actor, id.0).await?;
    let version = card.entry.version;
    Ok(Reply::ok(TimeEntryResponse::from(card)).versioned(version))
}

async fn go(ctx: &Ctx, actor: &Actor, id: TimeEntryId, if_match: IfMatch, wish: Wish) -> Response<TimeEntryResponse> {
    let card = service::decide(ctx, actor, id, if_match, wish).await?;
    let version = card.entry.version;
    Ok(Reply::ok(TimeEntryResponse::from(card)).versioned(version))
}

/// Confirm work
///
/// The project says that it happened. Minutes of a pledge are spent: those that the assignment has reserved, then what the
/// pledge has free; what it has not counts as the volunteer's own time. Nobody confirms their own hours.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Confirmed.", body = TimeEntryResponse)))]
#[post("/time-entries/{id}/confirm")]
async fn confirm_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<TimeEntryId>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<TimeEntryResponse> {
    let wish = Wish { action: TimeEntryAction::Confirm, minutes: None, reason: body.reason()? };
    go(&ctx, &actor, id.0, if_match, wish).await
}

/// Dispute work
///
/// The project doubts an entry and says why. It is not confirmed by lapse of time any more: the project confirms, adjusts or
/// rejects it, or the volunteer takes it back.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Disputed.", body = TimeEntryResponse)))]
#[post("/time-entries/{id}/dispute")]
async fn dispute_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<TimeEntryId>,
    if_match: IfMatch,
    body: Json<DisputeTimeEntryRequest>,
) -> Response<TimeEntryResponse> {
    go(&ctx, &actor, id.0, if_match, body.0.wish(TimeEntryAction::Dispute)?).await
}

/// Adjust work
///
/// A disputed entry counts for fewer minutes than were logged.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Adjusted.", body = TimeEntryResponse)))]
#[post("/time-entries/{id}/adjust")]
async fn adjust_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<TimeEntryId>,
    if_match: IfMatch,
    body: Json<AdjustTimeEntryRequest>,
) -> Response<TimeEntryResponse> {
    go(&ctx, &actor, id.0, if_match, body.0.wish()?).await
}

/// Reject work
///
/// A disputed entry does not count at all.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Rejected.", body = TimeEntryResponse)))]
#[post("/time-entries/{id}/reject")]
async fn reject_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<TimeEntryId>,
    if_match: IfMatch,
    body: Json<DisputeTimeEntryRequest>,
) -> Response<TimeEntryResponse> {
    go(&ctx, &actor, id.0, if_match, body.0.wish(TimeEntryAction::Reject)?).await
}

/// Take work back
///
/// Writes a reversing entry that undoes all that this one counts for. Whoever logged it may do so at any time, the project
/// once it is confirmed.
#[utoipa::path(tag = "time entries", params(("id" = TimeEntryId, Path, description = "The entry.")), request_body = Option<TransitionRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Undone.", body = TimeEntryResponse)))]
#[post("/time-entries/{id}/void")]
async fn void_time_entry(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<TimeEntryId>,
    if_match: IfMatch,
    body: OptionalJson<TransitionRequest>,
) -> Response<TimeEntryResponse> {
    let wish = Wish { action: TimeEntryAction::Void, minutes: None, reason: body.reason()? };
    go(&ctx, &actor, id.0, if_match, wish).await
}

/// Import logged work
///
/// A table (CSV in UTF-8, with or without a byte order mark, separated by commas, semicolons or tabs) with a heading of
/// `assignment`, `worked_on`, `note` and, as you like, `minutes`, `started_at`, `ended_at`, `links` (separated by spaces) and `key`; at
/// most 2,000 rows. Each row is logged or refused by itself. The same `key` is never logged twice; without one, all that a row
/// says is its key, so that the same file again makes no doubles.
#[utoipa::path(tag = "time entries", extensions(("x-roles" = json!(["member"]))),
    request_body(description = "The table.", content((String = "text/csv"))),
    responses((status = 200, description = "What became of each row.", body = ImportResponse)))]
#[post("/me/time-entries/import")]
async fn import_time_entries(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<ImportResponse> {
    match request.mime_type() {
        Ok(Some(mime)) if mime.essence_str() == "text/csv" => {}
        _ => return Err(Error::new(&UNSUPPORTED_MEDIA, "A table is sent as `text/csv` in UTF-8.")),
    }
    let bytes = read(&request, payload.into_inner()).await?;
    Ok(Reply::ok(service::import(&ctx, &actor, bytes).await?.into()))
}
