//! Needs for feed readers. All of it is what everybody may see, whoever asks.

use super::ListNeedsQuery;
use crate::features::needs::model::NeedStatus;
use crate::features::needs::service::NeedCard;
use crate::features::needs::{feed, service};
use crate::http::feed::{Feed, Form, JsonFeed};
use crate::http::page::next_address;
use crate::http::problem::ProblemDocument;
use crate::http::{Path, Query, Text};
use crate::infra::Ctx;
use crate::kernel::{Caller, Error, Page, Result};
use actix_web::{HttpRequest, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_needs_feed_atom).service(get_needs_feed_json).service(get_project_feed);
}

/// The states that people look for.
const LIVE: &[NeedStatus] = &[NeedStatus::Open, NeedStatus::InProgress];

/// The same answer for everybody, so that it can be kept for all.
fn nobody(caller: Caller) -> Caller {
    Caller { actor: None, ..caller }
}

fn feed(ctx: &Ctx, request: &HttpRequest, list: &str, title: String, page: &Page<NeedCard>) -> Feed {
    let (site, query) = (ctx.site(), request.query_string());
    let own = if query.is_empty() { request.path().to_owned() } else { format!("{}?{query}", request.path()) };
    let entries = page.items.iter().map(|card| feed::entry(ctx, &card.need, &card.project, &card.skills)).collect();
    Feed {
        id: format!("{site}{own}"),
        title,
        own: Some(format!("{site}{own}")),
        page: format!("{site}{list}"),
        next: page.next.as_ref().map(|next| format!("{site}{}", next_address(request, next))),
        entries,
        public: true,
    }
}

async fn needs_feed(
    caller: Caller,
    ctx: &Ctx,
    request: &HttpRequest,
    query: ListNeedsQuery,
    form: Form,
) -> Result<Text> {
    let project = query.project.clone();
    let page = service::list(ctx, &nobody(caller), query.filter(LIVE)?, project).await?;
    feed(ctx, request, "/api/v1/needs", "Needs at Mainstay".to_owned(), &page).reply(form)
}

/// Needs as an Atom feed
///
/// Public needs, with the filters of the list of needs; those that look for people, newest first, unless the filters say
/// otherwise. The same for everybody; caches may keep it for five minutes. Further pages by `rel="next"`.
#[utoipa::path(tag = "needs", params(ListNeedsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The feed.", body = String, content_type = "application/atom+xml"),
        (status = 404, description = "There is no such project, or nobody may see it.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/feeds/needs.atom")]
async fn get_needs_feed_atom(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListNeedsQuery>,
) -> Result<Text> {
    needs_feed(caller, &ctx, &request, query.0, Form::Atom).await
}

/// Needs as a JSON feed
///
/// The same as the Atom feed, as JSON Feed 1.1.
#[utoipa::path(tag = "needs", params(ListNeedsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The feed.", body = JsonFeed, content_type = "application/feed+json"),
        (status = 404, description = "There is no such project, or nobody may see it.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/feeds/needs.json")]
async fn get_needs_feed_json(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ListNeedsQuery>,
) -> Result<Text> {
    needs_feed(caller, &ctx, &request, query.0, Form::Json).await
}

/// A project's needs as an Atom feed
///
/// Public needs of one project, with the filters of the list of needs; those that look for people unless they say otherwise.
#[utoipa::path(tag = "projects", params(ListNeedsQuery, ("slug" = String, Path, description = "The project's slug.", example = "libarchive")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The feed.", body = String, content_type = "application/atom+xml")))]
#[get("/projects/{slug}/feed.atom")]
async fn get_project_feed(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListNeedsQuery>,
) -> Result<Text> {
    if query.0.project.is_some() {
        let detail = "The project stands in the path here; leave the parameter out.";
        return Err(Error::field("?project", "not_here", detail));
    }
    let page = service::list(&ctx, &nobody(caller), query.0.filter(LIVE)?, Some(slug.0.clone())).await?;
    let (list, title) = (format!("/api/v1/projects/{}/needs", slug.0), format!("Needs of {}", slug.0));
    feed(&ctx, &request, &list, title, &page).reply(Form::Atom)
}
