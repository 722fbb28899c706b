//! The log's address.

use super::dto::{AuditRecordResponse, ListAuditQuery};
use super::{service, store::Filter};
use crate::http::page::Window;
use crate::http::{PageResponse, Query, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check};
use actix_web::{HttpRequest, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_audit);
}

/// The audit log
///
/// Every transition and every deed that bears on security, newest first. A record's `stamp` authenticates its fields, its
/// `link` its place in the chain; `mainstay audit verify` checks both.
#[utoipa::path(tag = "admin", params(ListAuditQuery), extensions(("x-roles" = json!(["admin"]))),
    responses((status = 200, description = "A page.", body = PageResponse<AuditRecordResponse>)))]
#[get("/admin/audit")]
async fn list_audit(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListAuditQuery>,
) -> Response<PageResponse<AuditRecordResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    for (place, word) in [("?kind", &query.kind), ("?action", &query.action)] {
        let fits = word.as_ref().is_none_or(|word| (1..=100).contains(&word.chars().count()));
        check.require(fits, place, "wrong_length", "From 1 to 100 characters.");
    }
    if let (Some(from), Some(until)) = (query.from, query.until) {
        check.require(from < until, "?until", "not_after", "Must be after `from`.");
    }
    check.done()?;
    let window = window?;
    let filter = Filter {
        actor: query.actor,
        kind: query.kind,
        entity: query.entity,
        action: query.action,
        from: query.from,
        until: query.until,
        limit: window.limit,
        after: window.after,
    };
    let page = service::search(&ctx, &actor, filter).await?;
    Ok(PageResponse::reply(&request, page.map(AuditRecordResponse::from)))
}
