//! Addresses of skills.

use super::dto::{ListSkillsQuery, SkillResponse, SkillsResponse, SuggestSkillRequest, SuggestionResponse};
use super::service;
use crate::http::{Json, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Limit};
use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_skills).service(suggest_skill).service(get_skill);
}

/// Skills
///
/// Autocomplete over names, aliases and the words in them: exact names first, then prefixes.
#[utoipa::path(tag = "skills", params(ListSkillsQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The skills that fit, best first.", body = SkillsResponse)))]
#[get("/skills")]
async fn list_skills(query: Query<ListSkillsQuery>) -> Response<SkillsResponse> {
    let query = query.0;
    let mut check = Check::default();
    let limit = check.value("?limit", Limit::parse(query.limit));
    let text = query.q.unwrap_or_default();
    check.require(text.chars().count() <= 100, "?q", "too_long", "At most 100 characters.");
    check.done()?;
    let found = service::search(&text, query.kind.map(Into::into), limit?.rows());
    Ok(Reply::ok(SkillsResponse { items: found.into_iter().map(SkillResponse::from).collect() }).public())
}

/// A skill
///
/// By its slug or any of its other names.
#[utoipa::path(tag = "skills", params(("slug" = String, Path, description = "The skill's slug or an alias.", example = "rust")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The skill.", body = SkillResponse)))]
#[get("/skills/{slug}")]
async fn get_skill(slug: Path<String>) -> Response<SkillResponse> {
    Ok(Reply::ok(SkillResponse::from(service::get(&slug.0)?)).public())
}

/// Suggest a skill
///
/// Notes a skill that the taxonomy lacks; its curators read the suggestions.
#[utoipa::path(tag = "skills", extensions(("x-roles" = json!(["member"]))),
    responses((status = 201, description = "Noted.", body = SuggestionResponse)))]
#[post("/skills/suggestions")]
async fn suggest_skill(
    actor: Actor,
    ctx: web::Data<Ctx>,
    body: Json<SuggestSkillRequest>,
) -> Response<SuggestionResponse> {
    let id = service::suggest(&ctx, &actor, &body.0.name, body.0.note.as_deref()).await?;
    Ok(Reply::created("/api/v1/skills", SuggestionResponse { id }))
}
