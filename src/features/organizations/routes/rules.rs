//! Addresses of policies.

use crate::features::organizations::dto::{PolicyResponse, PutPolicyRequest};
use crate::features::organizations::service;
use crate::http::{Json, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch};
use actix_web::{get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_organization_policy).service(put_organization_policy);
}

/// An organization's policy
///
/// What its people may do in its time. For its members' eyes. Until it is set, a manager agrees each time and nothing is
/// ruled out.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "The policy.", body = PolicyResponse)))]
#[get("/organizations/{slug}/policy")]
async fn get_organization_policy(actor: Actor, ctx: web::Data<Ctx>, slug: Path<String>) -> Response<PolicyResponse> {
    let found = service::get_policy(&ctx, &actor, slug.0).await?;
    let version = found.version;
    Ok(Reply::ok(PolicyResponse::from(found)).versioned(version))
}

/// Set an organization's policy
///
/// As a whole, by an owner or a manager. Its members are matched by it at once: what it rules out is the blocker
/// `employer_policy` or `license_not_allowed`.
#[utoipa::path(tag = "organizations", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Set.", body = PolicyResponse)))]
#[put("/organizations/{slug}/policy")]
async fn put_organization_policy(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    if_match: IfMatch,
    body: Json<PutPolicyRequest>,
) -> Response<PolicyResponse> {
    let set = service::put_policy(&ctx, &actor, slug.0, if_match, body.0.into()).await?;
    let version = set.version;
    Ok(Reply::ok(PolicyResponse::from(set)).versioned(version))
}
