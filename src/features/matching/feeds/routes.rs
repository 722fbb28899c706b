//! Addresses of feed tokens and of the feeds behind them.

use super::dto::{CreateFeedTokenRequest, FeedTokenList, FeedTokenResponse, NewFeedTokenResponse};
use super::service;
use crate::features::matching::board::NeedFilter;
use crate::features::matching::{Matcher, service as matching};
use crate::http::feed::{Form, JsonFeed};
use crate::http::problem::ProblemDocument;
use crate::http::{Json, Path, Query, Reply, Response, Text};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, FeedTokenId, Limit, Result};
use actix_web::{delete, get, post, web};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(in crate::features::matching) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_feed_tokens)
        .service(create_feed_token)
        .service(get_feed_token)
        .service(revoke_feed_token)
        .service(get_matches_feed_atom)
        .service(get_matches_feed_json)
        .service(get_assignments_calendar);
}

/// The own feed tokens
///
/// By what feed readers and calendars see the own matches and assignments, newest first, without the tokens' texts. For signed-in people only.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "All of them.", body = FeedTokenList)))]
#[get("/me/feed-tokens")]
async fn list_feed_tokens(actor: Actor, ctx: web::Data<Ctx>) -> Response<FeedTokenList> {
    let items = service::list(&ctx, &actor).await?;
    Ok(Reply::ok(FeedTokenList { items: items.into_iter().map(FeedTokenResponse::from).collect() }))
}

/// Make a feed token
///
/// Gives the addresses at which a feed reader finds the own matches, and a calendar the own assignments, without signing in.
/// They are shown this once; whoever has one sees the two and nothing else, until the token is revoked. Ten at most.
#[utoipa::path(tag = "me", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Made.", body = NewFeedTokenResponse)))]
#[post("/me/feed-tokens")]
async fn create_feed_token(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<CreateFeedTokenRequest>,
) -> Response<NewFeedTokenResponse> {
    let (row, token) = service::make(&ctx, &actor, &body.0.name).await?;
    let location = format!("/api/v1/me/feed-tokens/{}", row.id);
    Ok(Reply::created(location, NewFeedTokenResponse::new(ctx.site(), row, &token)))
}

/// An own feed token
///
/// What it is for, and when it was last used; never its text.
#[utoipa::path(tag = "me", params(("token_id" = FeedTokenId, Path, description = "The token.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The token.", body = FeedTokenResponse)))]
#[get("/me/feed-tokens/{token_id}")]
async fn get_feed_token(actor: Actor, ctx: web::Data<Ctx>, token_id: Path<FeedTokenId>) -> Response<FeedTokenResponse> {
    Ok(Reply::ok(service::get(&ctx, &actor, token_id.0).await?.into()))
}

/// Revoke an own feed token
///
/// Its addresses show nothing from now on.
#[utoipa::path(tag = "me", params(("token_id" = FeedTokenId, Path, description = "The token.")),
    extensions(("x-roles" = json!(["member"]))),
    responses((status = 204, description = "Revoked.")))]
#[delete("/me/feed-tokens/{token_id}")]
async fn revoke_feed_token(actor: Actor, ctx: web::Data<Ctx>, token_id: Path<FeedTokenId>) -> Response<()> {
    service::revoke(&ctx, &actor, token_id.0).await?;
    Ok(Reply::no_content())
}

/// Whose matches.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MatchesFeedQuery {
    /// A feed token.
    #[param(value_type = String, max_length = 100)]
    token: SecretString,
    /// Only needs of at least this score.
    #[param(minimum = 0, maximum = 100)]
    min_score: Option<f64>,
    /// How many entries, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

async fn matches(ctx: &Ctx, matcher: &Matcher, query: MatchesFeedQuery, form: Form) -> Result<Text> {
    let mut check = Check::default();
    let limit = check.value("?limit", Limit::parse(query.limit));
    if let Some(least) = query.min_score {
        let _ = check.range("?min_score", least, 0.0, 100.0);
    }
    check.done()?;
    let account = service::reader(ctx, &query.token).await?;
    let filter = NeedFilter { least_score: query.min_score, ..NeedFilter::default() };
    let page = matching::mine(ctx, matcher, account, filter, limit?, None).await?;
    service::feed(ctx, account, &page).reply(form)
}

/// One person's matches as an Atom feed
///
/// The open needs that fit best whoever made the token, the best first, each with its reasons.
#[utoipa::path(tag = "me", params(MatchesFeedQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The feed.", body = String, content_type = "application/atom+xml"),
        (status = 404, description = "The token is not valid (any more).", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Its owner has not said yet what they offer.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/feeds/matches.atom")]
async fn get_matches_feed_atom(
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    query: Query<MatchesFeedQuery>,
) -> Result<Text> {
    matches(&ctx, &matcher, query.0, Form::Atom).await
}

/// One person's matches as a JSON feed
///
/// The same as the Atom feed, as JSON Feed 1.1.
#[utoipa::path(tag = "me", params(MatchesFeedQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The feed.", body = JsonFeed, content_type = "application/feed+json"),
        (status = 404, description = "The token is not valid (any more).", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Its owner has not said yet what they offer.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/feeds/matches.json")]
async fn get_matches_feed_json(
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    query: Query<MatchesFeedQuery>,
) -> Result<Text> {
    matches(&ctx, &matcher, query.0, Form::Json).await
}

/// Whose assignments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CalendarQuery {
    /// A feed token.
    #[param(value_type = String, max_length = 100)]
    token: SecretString,
}

/// One person's assignments as a calendar
///
/// For programs that subscribe to calendars (iCalendar, RFC 5545): the days of each assignment of whoever made the token, and
/// by when the next check-in is due, or the work has to begin, or a pause is over. The names of events stay the same, so that
/// what moves is moved and not doubled.
#[utoipa::path(tag = "me", params(CalendarQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The calendar.", body = String, content_type = "text/calendar"),
        (status = 404, description = "The token is not valid (any more).", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/feeds/assignments.ics")]
async fn get_assignments_calendar(ctx: web::Data<Ctx>, query: Query<CalendarQuery>) -> Result<Text> {
    let account = service::reader(&ctx, &query.0.token).await?;
    Ok(service::calendar(&ctx, account).await?.reply())
}
