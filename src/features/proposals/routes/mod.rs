//! Addresses of proposals.

mod answers;

use super::Hire;
use super::dto::{ApplyForNeedRequest, InviteVolunteerRequest, ProposalResponse};
use super::model::ProposalStatus;
use super::service;
use super::store::Filter;
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, NeedId, Page, ProposalId, Result};
use actix_web::{HttpRequest, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(apply_for_need)
        .service(invite_volunteer)
        .service(list_my_proposals)
        .service(list_project_proposals)
        .service(list_approvals)
        .service(get_proposal)
        .configure(answers::configure);
}

/// Which proposals.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListProposalsQuery {
    /// In this state; given more than once: in any of them.
    #[serde(default)]
    #[param(inline)]
    status: Vec<ProposalStatus>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl TryFrom<ListProposalsQuery> for Filter {
    type Error = crate::kernel::Error;
    fn try_from(query: ListProposalsQuery) -> Result<Self> {
        let mut check = Check::default();
        let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
        check.done()?;
        let window = window?;
        Ok(Self { statuses: query.status, limit: window.limit, after: window.after })
    }
}

fn page(
    request: &HttpRequest,
    actor: &Actor,
    page: Page<service::ProposalCard>,
) -> Reply<PageResponse<ProposalResponse>> {
    PageResponse::reply(request, page.map(|card| ProposalResponse::of(card, actor.account_id)))
}

/// A new proposal answers 201; the one in which two sides met answers 200.
fn made((card, new): (service::ProposalCard, bool), actor: &Actor) -> Reply<ProposalResponse> {
    let (id, version) = (card.proposal.id, card.proposal.version);
    let body = ProposalResponse::of(card, actor.account_id);
    let reply = if new { Reply::created(format!("/api/v1/proposals/{id}"), body) } else { Reply::ok(body) };
    reply.versioned(version)
}

/// Apply for a need
///
/// The employer is asked first where its hours are offered and its rules say so, then the project. When every seat is taken
/// the application is put on the waitlist. Where the project has invited the caller, the two meet: its invitation is accepted.
#[utoipa::path(tag = "proposals", params(("id" = NeedId, Path, description = "The need.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Applied.", body = ProposalResponse), (status = 200, description = "An invitation was there, and is accepted.", body = ProposalResponse)))]
#[post("/needs/{id}/applications")]
async fn apply_for_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    hire: web::Data<Hire>,
    id: Path<NeedId>,
    body: Json<ApplyForNeedRequest>,
) -> Response<ProposalResponse> {
    Ok(made(service::apply(&ctx, **hire, &actor, id.0, body.0.into()).await?, &actor))
}

/// Invite a volunteer
///
/// Holds a seat until the volunteer answers, a week at most. Where the volunteer has applied, the two meet: the application
/// is accepted.
#[utoipa::path(tag = "proposals", params(("id" = NeedId, Path, description = "The need.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 201, description = "Invited.", body = ProposalResponse), (status = 200, description = "An application was there, and is accepted.", body = ProposalResponse)))]
#[post("/needs/{id}/invitations")]
async fn invite_volunteer(
    actor: Actor,
    ctx: web::Data<Ctx>,
    hire: web::Data<Hire>,
    id: Path<NeedId>,
    body: Json<InviteVolunteerRequest>,
) -> Response<ProposalResponse> {
    Ok(made(service::invite(&ctx, **hire, &actor, id.0, body.0.into()).await?, &actor))
}

/// My proposals
///
/// What the caller applied for, was invited to or was recommended for, newest first.
#[utoipa::path(tag = "proposals", params(ListProposalsQuery),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ProposalResponse>)))]
#[get("/me/proposals")]
async fn list_my_proposals(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListProposalsQuery>,
) -> Response<PageResponse<ProposalResponse>> {
    let found = service::list_mine(&ctx, &actor, query.0.try_into()?).await?;
    Ok(page(&request, &actor, found))
}

/// A project's proposals
///
/// What waits for it and what became of the others, newest first. For its maintainers and coordinators.
#[utoipa::path(tag = "proposals", params(ListProposalsQuery, ("slug" = String, Path, description = "The project's slug.", example = "libarchive")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ProposalResponse>)))]
#[get("/projects/{slug}/proposals")]
async fn list_project_proposals(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListProposalsQuery>,
) -> Response<PageResponse<ProposalResponse>> {
    let found = service::list_of_project(&ctx, &actor, slug.0, query.0.try_into()?).await?;
    Ok(page(&request, &actor, found))
}

/// An organization's approvals
///
/// Proposals in which its hours are offered: those that wait for its approval, or those in the states asked for. For its
/// managers and owners.
#[utoipa::path(tag = "proposals", params(ListProposalsQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ProposalResponse>)))]
#[get("/organizations/{slug}/approvals")]
async fn list_approvals(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListProposalsQuery>,
) -> Response<PageResponse<ProposalResponse>> {
    let found = service::list_approvals(&ctx, &actor, slug.0, query.0.try_into()?).await?;
    Ok(page(&request, &actor, found))
}

/// A proposal
///
/// For its sides: the volunteer, the project's maintainers, and the employer's managers where its hours are offered.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")),
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The proposal.", body = ProposalResponse)))]
#[get("/proposals/{id}")]
async fn get_proposal(actor: Actor, ctx: web::Data<Ctx>, id: Path<ProposalId>) -> Response<ProposalResponse> {
    let card = service::get(&ctx, &actor, id.0).await?;
    let version = card.proposal.version;
    Ok(Reply::ok(ProposalResponse::of(card, actor.account_id)).versioned(version))
}
