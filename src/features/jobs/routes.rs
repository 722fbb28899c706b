//! The queue's addresses.

use super::dto::{DeadJobResponse, JobCountsResponse, JobsResponse, ListJobsQuery};
use super::service::{self, JobAction};
use crate::http::page::{Window, next_address};
use crate::http::{Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Cursor, JobId};
use actix_web::http::header;
use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_jobs).service(retry_job).service(discard_job);
}

/// The queue
///
/// How many jobs of each kind wait, run and were given up, and those that were given up, newest first. What they carry is not
/// shown.
#[utoipa::path(tag = "admin", params(ListJobsQuery), extensions(("x-roles" = json!(["admin"]))),
    responses((status = 200, description = "The counts, and a page.", body = JobsResponse)))]
#[get("/admin/jobs")]
async fn list_jobs(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListJobsQuery>,
) -> Response<JobsResponse> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    let fits = query.kind.as_ref().is_none_or(|kind| (1..=100).contains(&kind.chars().count()));
    check.require(fits, "?kind", "wrong_length", "From 1 to 100 characters.");
    check.done()?;
    let window = window?;
    let found = service::overview_for(&ctx, &actor, query.kind, window.limit, window.after).await?;
    let link = found.dead.next.as_ref().map(|next| format!("<{}>; rel=\"next\"", next_address(&request, next)));
    let reply = Reply::ok(JobsResponse {
        counts: found.counts.into_iter().map(JobCountsResponse::from).collect(),
        next_cursor: found.dead.next.as_ref().map(Cursor::encode),
        items: found.dead.items.into_iter().map(DeadJobResponse::from).collect(),
    });
    Ok(match link {
        Some(link) => reply.header(header::LINK, link),
        None => reply,
    })
}

/// Try a dead job again
///
/// From the start, at once. A mail keeps its `Message-ID`, a webhook its `webhook-id`: the receiver can tell a repeat.
#[utoipa::path(tag = "admin", params(("id" = JobId, Path, description = "The job.")), extensions(("x-roles" = json!(["admin"]))),
    responses((status = 204, description = "It is due now.")))]
#[post("/admin/jobs/{id}/retry")]
async fn retry_job(actor: Actor, ctx: web::Data<Ctx>, id: Path<JobId>) -> Response<()> {
    service::act(&ctx, &actor, id.0, JobAction::Retry).await?;
    Ok(Reply::no_content())
}

/// Discard a dead job
///
/// It is removed, and what it was for is never done. The audit log keeps its id and kind.
#[utoipa::path(tag = "admin", params(("id" = JobId, Path, description = "The job.")), extensions(("x-roles" = json!(["admin"]))),
    responses((status = 204, description = "It is gone.")))]
#[post("/admin/jobs/{id}/discard")]
async fn discard_job(actor: Actor, ctx: web::Data<Ctx>, id: Path<JobId>) -> Response<()> {
    service::act(&ctx, &actor, id.0, JobAction::Discard).await?;
    Ok(Reply::no_content())
}
