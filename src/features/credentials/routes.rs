//! Addresses of credentials.

use super::dto::{CredentialResponse, IssueCredentialRequest, KeyResponse, RevokeCredentialRequest};
use super::statement::status_list::CACHE_SECONDS;
use super::{keys, service};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response, Text};
use crate::infra::Ctx;
use crate::kernel::{Actor, AssignmentId, IfMatch, Page, Result};
use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(issue_credential)
        .service(list_my_credentials)
        .service(list_organization_credentials)
        .service(get_status_list)
        .service(get_credential_key)
        .service(get_credential)
        .service(revoke_credential);
}

/// Have work certified
///
/// A signed statement of all confirmed work of an assignment that has ended: for whoever did it, or for the organization whose
/// pledge paid for it, when its owners or managers ask. Completed work is certified by itself within minutes. Once it is counted
/// anew, a new statement takes the place of the old one; the same one is given again as long as it holds.
#[utoipa::path(tag = "credentials", params(("id" = AssignmentId, Path, description = "The assignment.")),
    extensions(("x-roles" = json!(["volunteer", "org_manager", "org_owner"]))),
    responses((status = 201, description = "Issued.", body = CredentialResponse), (status = 200, description = "It was issued before.", body = CredentialResponse)))]
#[post("/assignments/{id}/credential")]
async fn issue_credential(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<AssignmentId>,
    body: Json<IssueCredentialRequest>,
) -> Response<CredentialResponse> {
    let (card, new) = service::issue(&ctx, &actor, id.0, body.0.subject).await?;
    let version = card.credential.version;
    let place = format!("/api/v1/credentials/{}", card.credential.name);
    let response = CredentialResponse::new(ctx.site(), card)?;
    Ok(if new { Reply::created(place, response) } else { Reply::ok(response) }.versioned(version))
}

/// My credentials
///
/// All that state the caller's own work, newest first.
#[utoipa::path(tag = "credentials", params(PageQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<CredentialResponse>)))]
#[get("/me/credentials")]
async fn list_my_credentials(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<CredentialResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_mine(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, shown(&ctx, page)?))
}

/// An organization's credentials
///
/// All that state work in its time, newest first. For its members.
#[utoipa::path(tag = "credentials", params(PageQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<CredentialResponse>)))]
#[get("/organizations/{slug}/credentials")]
async fn list_organization_credentials(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<PageQuery>,
) -> Response<PageResponse<CredentialResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_of_organization(&ctx, &actor, slug.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, shown(&ctx, page)?))
}

fn shown(ctx: &Ctx, page: Page<service::CredentialCard>) -> Result<Page<CredentialResponse>> {
    let Page { items, next } = page;
    let items = items.into_iter().map(|card| CredentialResponse::new(ctx.site(), card)).collect::<Result<_>>()?;
    Ok(Page { items, next })
}

/// A credential
///
/// For anybody who has its address, which can't be guessed: the signed text, what it says, and whether it was taken back.
#[utoipa::path(tag = "credentials", params(("name" = String, Path, description = "The last part of its address.", example = "9Xn2PqR7sT1uVwXyZaBcDe")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The credential.", body = CredentialResponse)))]
#[get("/credentials/{name}")]
async fn get_credential(ctx: web::Data<Ctx>, name: Path<String>) -> Response<CredentialResponse> {
    let card = service::get(&ctx, name.0).await?;
    let version = card.credential.version;
    Ok(Reply::ok(CredentialResponse::new(ctx.site(), card)?).versioned(version).public())
}

/// Take a credential back
///
/// Moderators do, for a reason that everybody reads who has its address. Its bit in the status list is set at once; copies of
/// the list may be five minutes old.
#[utoipa::path(tag = "credentials", params(("name" = String, Path, description = "The last part of its address.", example = "9Xn2PqR7sT1uVwXyZaBcDe")),
    extensions(("x-roles" = json!(["moderator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Taken back.", body = CredentialResponse)))]
#[post("/credentials/{name}/revoke")]
async fn revoke_credential(
    actor: Actor,
    ctx: web::Data<Ctx>,
    name: Path<String>,
    if_match: IfMatch,
    body: Json<RevokeCredentialRequest>,
) -> Response<CredentialResponse> {
    let card = service::revoke(&ctx, &actor, name.0, if_match, body.0.reason()?).await?;
    let version = card.credential.version;
    Ok(Reply::ok(CredentialResponse::new(ctx.site(), card)?).versioned(version))
}

/// A status list
///
/// Which credentials were taken back: a Bitstring Status List (1.0) for the purpose `revocation`, itself a credential secured as a
/// JSON Web Token. It holds for seven days.
#[utoipa::path(tag = "credentials", params(("number" = i64, Path, description = "Its number.", example = 1)),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The list.", body = String, content_type = "application/vc+jwt")))]
#[get("/credential-status-lists/{number}")]
async fn get_status_list(ctx: web::Data<Ctx>, number: Path<i64>) -> Result<Text> {
    let list = service::status_list(&ctx, number.0).await?;
    Ok(Text::public("application/vc+jwt", list, CACHE_SECONDS))
}

/// A key of credentials
///
/// The public key at the address by which credentials name it (their `kid`). The whole set stands at `/.well-known/jwks.json`.
#[utoipa::path(tag = "credentials", params(("thumbprint" = String, Path, description = "Its thumbprint (RFC 7638).", example = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The key.", body = KeyResponse)))]
#[get("/credential-keys/{thumbprint}")]
async fn get_credential_key(ctx: web::Data<Ctx>, thumbprint: Path<String>) -> Response<KeyResponse> {
    Ok(Reply::ok(KeyResponse::from(keys::find(&ctx, &thumbprint.0).await?)).public())
}
