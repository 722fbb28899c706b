//! Addresses of swarms.

mod circle;
mod outcome;
mod stream;
mod transitions;
mod work;

use super::dto::{CallSwarmRequest, ReachMilestoneRequest, SwarmResponse};
use super::model::SwarmStatus;
use super::service::{self, Card};
use super::store::Filter;
use crate::features::advisories::AdvisoryResponse;
use crate::http::page::Window;
use crate::http::{Json, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, Error, Line, SwarmId};
use actix_web::{HttpRequest, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_swarms)
        .service(call_swarm)
        .service(get_swarm)
        .service(get_swarm_advisory)
        .service(reach_milestone)
        .configure(circle::configure)
        .configure(work::configure)
        .configure(transitions::configure)
        .configure(outcome::configure)
        .configure(stream::configure);
}

fn shown(card: Card) -> Reply<SwarmResponse> {
    let version = card.swarm.version;
    Reply::ok(SwarmResponse::from(card)).versioned(version)
}

/// Which swarms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSwarmsQuery {
    /// In this state; given more than once: in any of them.
    #[serde(default)]
    #[param(inline)]
    status: Vec<SwarmStatus>,
    /// About this advisory: its id or an alias.
    #[param(max_length = 200, example = "CVE-2021-44228")]
    advisory: Option<String>,
    /// Only those in which the caller takes part or is asked to.
    #[serde(default)]
    mine: bool,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Swarms
///
/// Those without an embargo, or whose embargo is over, and those in which the caller takes part or is asked to; newest first.
#[utoipa::path(tag = "swarms", params(ListSwarmsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<SwarmResponse>)))]
#[get("/swarms")]
async fn list_swarms(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListSwarmsQuery>,
) -> Response<PageResponse<SwarmResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    let nobody = query.mine && caller.actor.is_none();
    check.require(!nobody, "?mine", "anonymous", "Sign in to see the swarms in which you take part.");
    let advisory = check.optional("?advisory", query.advisory.as_deref().map(|name| Line::parse(name, 0, 200)));
    check.done()?;
    let window = window?;
    let filter = Filter {
        statuses: query.status,
        advisory: None,
        mine: caller.account_id().filter(|_| query.mine),
        caller: caller.account_id(),
        now: ctx.now(),
        limit: window.limit,
        after: window.after,
    };
    let page = service::list(&ctx, &caller, advisory?.map(Line::into_string), filter).await?;
    Ok(PageResponse::reply(&request, page.map(SwarmResponse::from)))
}

/// Call a swarm
///
/// For an advisory: maintainers of a listed project for one about its packages, coordinators for any. Its caller leads it and has
/// consented to its terms; the project's maintainers are invited; the people of organizations whose pledges are on call, and vetted
/// volunteers who fit, are alerted at once by mail that goes before all other mail. Under embargo nobody outside learns that there is
/// one, platform coordinators included.
#[utoipa::path(tag = "swarms", extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 201, description = "Called.", body = SwarmResponse)))]
#[post("/swarms")]
async fn call_swarm(actor: Actor, ctx: web::Data<Ctx>, body: Json<CallSwarmRequest>) -> Response<SwarmResponse> {
    let nul = body.0.advisory.contains('\0') || body.0.project.as_ref().is_some_and(|slug| slug.contains('\0'));
    if nul {
        return Err(Error::field("/advisory", "control_character", "Holds the character U+0000; remove it."));
    }
    let card = service::call(&ctx, &actor, body.0.into()).await?;
    let (id, version) = (card.swarm.id, card.swarm.version);
    Ok(Reply::created(format!("/api/v1/swarms/{id}"), SwarmResponse::from(card)).versioned(version))
}

/// A swarm
///
/// As far as the caller sees it: everybody sees the call, the advisory, the state and the clocks of one without an embargo; under
/// embargo those who are invited see the call, the terms and the clocks, and those who consented all of it.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The swarm.", body = SwarmResponse)))]
#[get("/swarms/{id}")]
async fn get_swarm(caller: Caller, ctx: web::Data<Ctx>, id: Path<SwarmId>) -> Response<SwarmResponse> {
    service::get(&ctx, &caller, id.0).await.map(shown)
}

/// The advisory of a swarm
///
/// With its record, also while it is under embargo itself. For those who take part.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "The advisory.", body = AdvisoryResponse)))]
#[get("/swarms/{id}/advisory")]
async fn get_swarm_advisory(actor: Actor, ctx: web::Data<Ctx>, id: Path<SwarmId>) -> Response<AdvisoryResponse> {
    let card = service::advisory(&ctx, &actor, id.0).await?;
    Ok(Reply::ok(AdvisoryResponse::from(card)))
}

/// Stop a swarm's clock
///
/// There is a fix, or it is released: said by the swarm's coordinators, or by those whose role it is. Each is reached once.
#[utoipa::path(tag = "swarms", params(("id" = SwarmId, Path, description = "The swarm.")),
    extensions(("x-roles" = json!(["participant", "coordinator"]))),
    responses((status = 200, description = "The swarm.", body = SwarmResponse)))]
#[post("/swarms/{id}/milestones")]
async fn reach_milestone(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<SwarmId>,
    body: Json<ReachMilestoneRequest>,
) -> Response<SwarmResponse> {
    service::reach(&ctx, &actor, id.0, body.0.milestone).await.map(shown)
}
