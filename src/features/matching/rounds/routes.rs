//! Addresses of rounds.

use super::dto::{CreateRoundRequest, RoundPairResponse, RoundResponse};
use super::inputs::Aim;
use super::model::RoundPolicy;
use super::publish::publish;
use super::service::{self, Wanted};
use crate::http::page::Window;
use crate::http::{Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, IfMatch, Result, RoundId};
use actix_web::http::header;
use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(in crate::features::matching) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_rounds)
        .service(create_round)
        .service(get_round)
        .service(list_round_pairs)
        .service(cancel_round)
        .service(publish_round);
}

/// The most hours a week there are.
const WEEK: f64 = 168.0;

impl CreateRoundRequest {
    fn read(self) -> Result<Wanted> {
        let mut check = Check::default();
        let policy = self.policy.unwrap_or(RoundPolicy::Total);
        if let Some(id) = self.repeats {
            if self.policy.is_some() || self.floor_hours.is_some() {
                check.fault("/repeats", "excludes_others", "A repetition has the policy of the round that it repeats.");
            }
            check.done()?;
            return Ok(Wanted::Again(id));
        }
        match (policy, self.floor_hours) {
            (RoundPolicy::Floor, None) => {
                check.fault("/floor_hours", "required", "The policy floor wants hours a week for each tier-1 need.");
            }
            (RoundPolicy::Floor, Some(hours)) => {
                if check.range("/floor_hours", hours, 0.0, WEEK).is_ok() && hours <= 0.0 {
                    check.fault("/floor_hours", "out_of_range", "A floor of no hours is no floor.");
                }
            }
            (_, Some(_)) => check.fault("/floor_hours", "not_used", "Only the policy floor has hours."),
            (_, None) => {}
        }
        check.done()?;
        Ok(Wanted::Fresh(Aim { policy, floor_hours: self.floor_hours }))
    }
}

/// The rounds
///
/// All that were asked for, newest first, the nightly dry runs among them.
#[utoipa::path(tag = "matching", params(PageQuery), extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 200, description = "A page of rounds.", body = PageResponse<RoundResponse>)))]
#[get("/rounds")]
async fn list_rounds(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<RoundResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::list(&ctx, &actor, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(RoundResponse::from)))
}

/// Run a round
///
/// Plans the best use of everybody's free hours over all open needs, with a bound that no plan can pass. It becomes a job:
/// look at the address in `Location` for its progress. Nothing goes out to anybody before the round is published. One round
/// at a time; while one waits or runs the answer is 409 with its address.
#[utoipa::path(tag = "matching", request_body = CreateRoundRequest, extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 202, description = "Taken.", body = RoundResponse,
        headers(("Location" = String, description = "Where its progress and its outcome are."))),
        (status = 404, description = "There is no round to be repeated.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Another round waits or runs: its address is in `location`.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[post("/rounds")]
async fn create_round(actor: Actor, ctx: web::Data<Ctx>, body: Json<CreateRoundRequest>) -> Response<RoundResponse> {
    let round = service::ask(&ctx, &actor, body.0.read()?).await?;
    let location = service::address(round.id);
    Ok(Reply::accepted(RoundResponse::from(round)).header(header::LOCATION, location))
}

/// A round
///
/// Its state and progress, and when it is done: its value, the bound and the gap between them, who got how much, which
/// critical needs went empty and why, and what is scarce.
#[utoipa::path(tag = "matching", params(("id" = RoundId, Path, description = "The round.")),
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 200, description = "The round.", body = RoundResponse)))]
#[get("/rounds/{id}")]
async fn get_round(actor: Actor, ctx: web::Data<Ctx>, id: Path<RoundId>) -> Response<RoundResponse> {
    let round = service::get(&ctx, &actor, id.0).await?;
    let version = round.version;
    Ok(Reply::ok(RoundResponse::from(round)).versioned(version))
}

/// The pairs of a round
///
/// Who would work on what, the best score first, each with its reasons.
#[utoipa::path(tag = "matching", params(("id" = RoundId, Path, description = "The round."), PageQuery),
    extensions(("x-roles" = json!(["coordinator"]))),
    responses((status = 200, description = "A page of pairs.", body = PageResponse<RoundPairResponse>)))]
#[get("/rounds/{id}/pairs")]
async fn list_round_pairs(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<RoundId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<RoundPairResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::pairs(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(RoundPairResponse::from)))
}

/// Cancel a round
///
/// One that waits is dropped; one that runs stops within a second.
#[utoipa::path(tag = "matching", params(("id" = RoundId, Path, description = "The round.")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = RoundResponse)))]
#[post("/rounds/{id}/cancel")]
async fn cancel_round(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<RoundId>,
    if_match: IfMatch,
) -> Response<RoundResponse> {
    let round = service::cancel(&ctx, &actor, id.0, if_match).await?;
    let version = round.version;
    Ok(Reply::ok(RoundResponse::from(round)).versioned(version))
}

/// Publish a round
///
/// Its pairs go out as recommendations: both sides are told, and accept or decline like any other proposal. Who has a proposal
/// with the need already, or was declined there lately, is left out; an unanswered recommendation of an earlier round is
/// superseded.
#[utoipa::path(tag = "matching", params(("id" = RoundId, Path, description = "The round.")),
    extensions(("x-roles" = json!(["coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = RoundResponse)))]
#[post("/rounds/{id}/publish")]
async fn publish_round(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<RoundId>,
    if_match: IfMatch,
) -> Response<RoundResponse> {
    let round = publish(&ctx, &actor, id.0, if_match).await?;
    let version = round.version;
    Ok(Reply::ok(RoundResponse::from(round)).versioned(version))
}
