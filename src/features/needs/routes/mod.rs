//! Addresses of needs.

mod feeds;
mod transitions;

use super::dto::{CreateNeedRequest, NeedResponse, UpdateNeedRequest};
use super::finder::{NeedFilter, NeedFinder};
use super::model::{NeedSize, NeedSort, NeedStatus};
use super::service;
use crate::features::audit::EventResponse;
use crate::features::skills::known_skill;
use crate::http::page::Window;
use crate::http::problem::ProblemDocument;
use crate::http::{FoundResponse, Json, PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Caller, Check, Error, IfMatch, NeedId, NeedKind, Result, Urgency};
use actix_web::{HttpRequest, get, patch, post, web};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_needs)
        .service(list_project_needs)
        .service(create_need)
        .service(get_need)
        .service(update_need)
        .service(list_need_events)
        .configure(transitions::configure)
        .configure(feeds::configure);
}

/// Which needs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListNeedsQuery {
    /// Words from title or description. In the list of all needs also from skills, kind and project; a typo, the beginning of
    /// the last word and a phrase in quotation marks will do; empty: all, with `facets`.
    #[param(max_length = 100)]
    q: Option<String>,
    /// That ask for this skill (slug or alias); given more than once: for all of them.
    #[serde(default)]
    #[param(max_items = 5)]
    skill: Vec<String>,
    /// Of this kind.
    #[param(inline)]
    kind: Option<NeedKind>,
    /// Of projects that publish packages of this type, e.g. `cargo` or `npm`.
    #[param(max_length = 50)]
    ecosystem: Option<String>,
    /// Of this size.
    #[param(inline)]
    size: Option<NeedSize>,
    /// This urgent.
    #[param(inline)]
    urgency: Option<Urgency>,
    /// At most so many hours a week.
    #[param(minimum = 0, maximum = 1000)]
    max_hours_per_week: Option<f64>,
    /// Of this project (slug).
    #[param(max_length = 64)]
    project: Option<String>,
    /// Of projects of this tier, 1 (most critical) to 3.
    #[param(minimum = 1, maximum = 3)]
    criticality_tier: Option<i16>,
    /// In this state; given more than once: in any of them. Those that look for people when left out.
    #[serde(default)]
    #[param(inline)]
    status: Vec<NeedStatus>,
    /// How sorted; newest first when left out, by relevance where that is known. Only the list of all needs knows relevance, and
    /// only with `q`.
    #[param(inline)]
    sort: Option<NeedSort>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ListNeedsQuery {
    /// Reads the filters of a list that is in the order of a column.
    fn filter(self, when_left_out: &[NeedStatus]) -> Result<NeedFilter> {
        let mut check = Check::default();
        check.require(
            self.sort != Some(NeedSort::Relevance),
            "?sort",
            "no_relevance",
            "Relevance is how well a need answers `q`; it is known only in the list of all needs, with `q`.",
        );
        self.read(check, when_left_out)
    }

    fn read(self, mut check: Check, when_left_out: &[NeedStatus]) -> Result<NeedFilter> {
        let window = Window::read(&mut check, self.limit, self.cursor.as_deref());
        let skills = check.each("?skill", &self.skill, 5, |skill| known_skill(skill));
        check.require(
            self.q.as_ref().is_none_or(|q| q.chars().count() <= 100),
            "?q",
            "too_long",
            "At most 100 characters.",
        );
        if let Some(tier) = self.criticality_tier {
            let _ = check.range("?criticality_tier", tier, 1, 3);
        }
        if let Some(hours) = self.max_hours_per_week {
            check.require(
                (0.0..=1000.0).contains(&hours),
                "?max_hours_per_week",
                "out_of_range",
                "Must be a number of hours from 0 to 1000.",
            );
        }
        check.require(
            self.ecosystem.as_ref().is_none_or(|ecosystem| ecosystem.chars().count() <= 50),
            "?ecosystem",
            "too_long",
            "At most 50 characters.",
        );
        check.done()?;
        let window = window?;
        Ok(NeedFilter {
            text: self.q,
            skills: skills?,
            kind: self.kind,
            ecosystem: self.ecosystem,
            size: self.size,
            urgency: self.urgency,
            max_hours: self.max_hours_per_week,
            project: None,
            tier: self.criticality_tier,
            statuses: if self.status.is_empty() { when_left_out.to_vec() } else { self.status },
            signed_in: false,
            own: false,
            sort: self.sort.unwrap_or(NeedSort::Newest),
            limit: window.limit,
            after: window.after,
        })
    }
}

/// Needs
///
/// What projects ask for, newest first: those that look for people unless `status` says otherwise. With `q` the best answer
/// first, each with `highlight`, and with `total` and `facets`: how many of all that was found each filter would still find.
#[utoipa::path(tag = "needs", params(ListNeedsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = FoundResponse<NeedResponse>),
        (status = 404, description = "There is no such project, or the caller may not know of it.", body = ProblemDocument, content_type = "application/problem+json")))]
#[get("/needs")]
async fn list_needs(
    caller: Caller,
    ctx: web::Data<Ctx>,
    finder: web::Data<Arc<dyn NeedFinder>>,
    request: HttpRequest,
    query: Query<ListNeedsQuery>,
) -> Response<FoundResponse<NeedResponse>> {
    let (project, live) = (query.0.project.clone(), [NeedStatus::Open, NeedStatus::InProgress]);
    let reply = if query.0.q.is_some() {
        let sort = query.0.sort.unwrap_or(NeedSort::Relevance);
        let filter = NeedFilter { sort, ..query.0.read(Check::default(), &live)? };
        let mut found = service::search(&ctx, &caller, finder.as_ref().as_ref(), filter, project).await?;
        let items = std::mem::take(&mut found.items).into_iter().map(NeedResponse::from).collect();
        FoundResponse::found(&request, found.with(items))
    } else {
        let page = service::list(&ctx, &caller, query.0.filter(&live)?, project).await?;
        FoundResponse::listed(&request, page.map(NeedResponse::from))
    };
    Ok(if caller.actor.is_none() { reply.public() } else { reply })
}

/// A project's needs
///
/// All that the caller may see, in any state, newest first; its own people see drafts as well.
#[utoipa::path(tag = "needs", params(ListNeedsQuery, ("slug" = String, Path, description = "The project's slug.", example = "libarchive")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page.", body = PageResponse<NeedResponse>)))]
#[get("/projects/{slug}/needs")]
async fn list_project_needs(
    caller: Caller,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListNeedsQuery>,
) -> Response<PageResponse<NeedResponse>> {
    if query.0.project.is_some() {
        return Err(Error::field(
            "?project",
            "not_here",
            "The project stands in the path here; leave the parameter out.",
        ));
    }
    let filter = query.0.filter(NeedStatus::ALL)?;
    let page = service::list_of_project(&ctx, &caller, filter, slug.0).await?;
    Ok(PageResponse::reply(&request, page.map(NeedResponse::from)))
}

/// State a need
///
/// A maintainer of the project writes a draft; publishing it is a step of its own.
#[utoipa::path(tag = "needs", params(("slug" = String, Path, description = "The project's slug.", example = "libarchive")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 201, description = "Kept as a draft.", body = NeedResponse)))]
#[post("/projects/{slug}/needs")]
async fn create_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    body: Json<CreateNeedRequest>,
) -> Response<NeedResponse> {
    let card = service::create(&ctx, &actor, slug.0, body.0.into()).await?;
    let (id, version) = (card.need.id, card.need.version);
    Ok(Reply::created(format!("/api/v1/needs/{id}"), NeedResponse::from(card)).versioned(version))
}

/// A need
///
/// What it asks for, and where it stands.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The need.", body = NeedResponse)))]
#[get("/needs/{id}")]
async fn get_need(caller: Caller, ctx: web::Data<Ctx>, id: Path<NeedId>) -> Response<NeedResponse> {
    let card = service::get(&ctx, &caller, id.0).await?;
    let version = card.need.version;
    Ok(Reply::ok(NeedResponse::from(card)).versioned(version))
}

/// Change a need
///
/// A JSON Merge Patch, checked as a whole. Other skills or another access level make a new revision.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"])), ("x-if-match" = json!("required"))),
    responses((status = 200, description = "Changed.", body = NeedResponse)))]
#[patch("/needs/{id}")]
async fn update_need(
    actor: Actor,
    ctx: web::Data<Ctx>,
    id: Path<NeedId>,
    if_match: IfMatch,
    body: Json<UpdateNeedRequest>,
) -> Response<NeedResponse> {
    let card = service::update(&ctx, &actor, id.0, if_match, move |old| body.0.over(old)).await?;
    let version = card.need.version;
    Ok(Reply::ok(NeedResponse::from(card)).versioned(version))
}

/// What happened to a need
///
/// Its transitions, oldest first; for its project's people and coordinators.
#[utoipa::path(tag = "needs", params(PageQuery, ("id" = NeedId, Path, description = "The need.")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page.", body = PageResponse<EventResponse>)))]
#[get("/needs/{id}/events")]
async fn list_need_events(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    id: Path<NeedId>,
    query: Query<PageQuery>,
) -> Response<PageResponse<EventResponse>> {
    let window = Window::try_from(query.0)?;
    let page = service::events(&ctx, &actor, id.0, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(EventResponse::from)))
}
