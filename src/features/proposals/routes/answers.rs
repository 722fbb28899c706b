//! Answers to proposals, an address each.

use crate::features::proposals::Hire;
use crate::features::proposals::dto::{AgreeRequest, DeclineRequest, ProposalResponse};
use crate::features::proposals::model::ProposalAction;
use crate::features::proposals::service::{self, AnswerInput};
use crate::http::{OptionalJson, Path, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, IfMatch, ProposalId};
use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(accept_proposal)
        .service(decline_proposal)
        .service(withdraw_proposal)
        .service(confirm_proposal)
        .service(approve_proposal)
        .service(refuse_proposal);
}

/// What every answer is made with; who asks comes first, so that whoever is not signed in is told before all else.
type Asked = (Actor, web::Data<Ctx>, web::Data<Hire>, Path<ProposalId>, IfMatch);

async fn go(asked: Asked, action: ProposalAction, input: AnswerInput) -> Response<ProposalResponse> {
    let (actor, ctx, hire, id, if_match) = asked;
    let card = service::answer(&ctx, **hire, &actor, (id.0, if_match), action, input).await?;
    let version = card.proposal.version;
    Ok(Reply::ok(ProposalResponse::of(card, actor.account_id)).versioned(version))
}

/// Accept a proposal
///
/// The project accepts an application, which then waits 72 hours for the volunteer's final word; an invited volunteer accepts an
/// invitation, which makes the assignment once the employer, where it is asked, has agreed. A recommendation wants both. When
/// the last seat is gone meanwhile, the answer is `waitlisted`.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<AgreeRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/accept")]
async fn accept_proposal(asked: Asked, body: OptionalJson<AgreeRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Accept, body.into()).await
}

/// Decline a proposal
///
/// The project or the volunteer says no; the other side reads why.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<DeclineRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/decline")]
async fn decline_proposal(asked: Asked, body: OptionalJson<DeclineRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Decline, body.input()?).await
}

/// Withdraw a proposal
///
/// Whoever made it takes it back.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<DeclineRequest>,
    extensions(("x-roles" = json!(["volunteer", "maintainer", "lead", "coordinator"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/withdraw")]
async fn withdraw_proposal(asked: Asked, body: OptionalJson<DeclineRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Withdraw, body.input()?).await
}

/// Confirm a proposal
///
/// The volunteer's final word, which makes the assignment; also their yes to a seat that came free, to changed terms, and, as
/// long as a seat is left, after the time.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<AgreeRequest>,
    extensions(("x-roles" = json!(["volunteer"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/confirm")]
async fn confirm_proposal(asked: Asked, body: OptionalJson<AgreeRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Confirm, body.into()).await
}

/// Approve the use of hours
///
/// A manager of the employer agrees, but not to what they asked for themselves.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<AgreeRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/approve")]
async fn approve_proposal(asked: Asked, body: OptionalJson<AgreeRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Approve, body.into()).await
}

/// Refuse the use of hours
///
/// A manager of the employer does not agree; the volunteer is told.
#[utoipa::path(tag = "proposals", params(("id" = ProposalId, Path, description = "The proposal.")), request_body = Option<DeclineRequest>,
    extensions(("x-roles" = json!(["org_manager", "org_owner"])), ("x-if-match" = json!("optional"))),
    responses((status = 200, description = "Done.", body = ProposalResponse)))]
#[post("/proposals/{id}/refuse")]
async fn refuse_proposal(asked: Asked, body: OptionalJson<DeclineRequest>) -> Response<ProposalResponse> {
    go(asked, ProposalAction::Refuse, body.input()?).await
}
