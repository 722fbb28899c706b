//! Addresses of matching.

use super::Matcher;
use super::board::{NeedFilter, RankCursor, Show, VolunteerFilter};
use super::dto::{MatchExplanation, NeedMatch, SkillShortage, VolunteerMatch};
use super::score::SkillKey;
use super::service;
use crate::features::skills::known_skill;
use crate::http::page::Window;
use crate::http::{PageQuery, PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Failed, Fault, Handle, Limit, NeedId, NeedKind, Result};
use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_my_matches)
        .service(list_need_matches)
        .service(explain_match)
        .service(list_shortages)
        .configure(super::feeds::routes::configure)
        .configure(super::plan::configure)
        .configure(super::rounds::configure);
}

/// The most values of one filter.
const MOST_VALUES: usize = 10;

/// Checks what all ranked lists share.
struct Ranking {
    limit: Limit,
    after: Option<RankCursor>,
    skills: Vec<SkillKey>,
    show: Show,
}

impl Ranking {
    fn read(
        check: &mut Check,
        page: (Option<u32>, Option<&str>),
        skills: &[String],
        least_score: Option<f64>,
        include_blocked: bool,
    ) -> Result<Self, Failed> {
        let window = Window::read(check, page.0, page.1);
        let skills = check.each("?skill", skills, MOST_VALUES, |text| skill(text));
        if let Some(least) = least_score {
            check.range("?min_score", least, 0.0, 100.0)?;
        }
        let window = window?;
        let after = check.optional("?cursor", window.after.as_ref().map(RankCursor::try_from))?;
        let show = if include_blocked { Show::All } else { Show::Eligible };
        Ok(Self { limit: window.limit, after, skills: skills?, show })
    }
}

fn skill(text: &str) -> Result<SkillKey, Fault> {
    let slug = known_skill(text)?;
    SkillKey::parse(&slug).map_err(|wrong| Fault::new("unknown_skill", wrong.to_string()))
}

/// Which needs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyMatchesQuery {
    /// Of this kind; given more than once: of any of them.
    #[serde(default)]
    #[param(inline, max_items = 10)]
    kind: Vec<NeedKind>,
    /// That ask for this skill (slug or alias); given more than once: for any of them.
    #[serde(default)]
    #[param(max_items = 10)]
    skill: Vec<String>,
    /// Of projects that publish packages of this type, e.g. `cargo` or `npm`; given more than once: of any of them.
    #[serde(default)]
    #[param(max_items = 10)]
    ecosystem: Vec<String>,
    /// At most so many hours a week.
    #[param(minimum = 0, maximum = 1000)]
    max_hours_per_week: Option<f64>,
    /// At least this score.
    #[param(minimum = 0, maximum = 100)]
    min_score: Option<f64>,
    /// Also needs that something excludes, with what it is and what to do about it.
    #[serde(default)]
    include_blocked: bool,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl MyMatchesQuery {
    fn read(self) -> Result<(NeedFilter, Limit, Option<RankCursor>)> {
        let mut check = Check::default();
        let page = (self.limit, self.cursor.as_deref());
        let ranking = Ranking::read(&mut check, page, &self.skill, self.min_score, self.include_blocked);
        let kinds = check.each("?kind", &self.kind, MOST_VALUES, |kind| Ok(*kind));
        let ecosystems = check.each("?ecosystem", &self.ecosystem, MOST_VALUES, |text| Ok(text.to_lowercase()));
        if let Some(hours) = self.max_hours_per_week {
            let _ = check.range("?max_hours_per_week", hours, 0.0, 1000.0);
        }
        check.done()?;
        let ranking = ranking?;
        let filter = NeedFilter {
            kinds: kinds?,
            skills: ranking.skills,
            ecosystems: ecosystems?,
            max_hours_per_week: self.max_hours_per_week,
            least_score: self.min_score,
            show: ranking.show,
            ..NeedFilter::default()
        };
        Ok((filter, ranking.limit, ranking.after))
    }
}

/// The needs that fit me
///
/// Open needs, the best match first, each with the reasons whose points add up to its score. Ties: higher priority, then
/// the older need. The list is that of this moment: when needs come and go between two pages, scores shift a little.
#[utoipa::path(tag = "me", params(MyMatchesQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "A page of matches.", body = PageResponse<NeedMatch>),
        (status = 409, description = "The caller has not said yet what they offer.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/me/matches")]
async fn list_my_matches(
    actor: Actor,
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    request: HttpRequest,
    query: Query<MyMatchesQuery>,
) -> Response<PageResponse<NeedMatch>> {
    let (filter, limit, after) = query.0.read()?;
    let page = service::mine(&ctx, &matcher, actor.account_id, filter, limit, after).await?;
    Ok(PageResponse::reply(&request, page.map(NeedMatch::from)))
}

/// Which people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NeedMatchesQuery {
    /// Who have this skill (slug or alias); given more than once: any of them.
    #[serde(default)]
    #[param(max_items = 10)]
    skill: Vec<String>,
    /// At least this score.
    #[param(minimum = 0, maximum = 100)]
    min_score: Option<f64>,
    /// Also people whom something excludes.
    #[serde(default)]
    include_blocked: bool,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl NeedMatchesQuery {
    fn read(self) -> Result<(VolunteerFilter, Limit, Option<RankCursor>)> {
        let mut check = Check::default();
        let page = (self.limit, self.cursor.as_deref());
        let ranking = Ranking::read(&mut check, page, &self.skill, self.min_score, self.include_blocked);
        check.done()?;
        let Ranking { limit, after, skills, show } = ranking?;
        Ok((VolunteerFilter { skills, least_score: self.min_score, show, ..VolunteerFilter::default() }, limit, after))
    }
}

/// The people who fit a need
///
/// For the need's maintainers and for coordinators: the best match first, each with its reasons. People who keep their
/// profile hidden are never among them. Ties: better at the required skills, then more free hours, then the older account.
#[utoipa::path(tag = "needs", params(("id" = NeedId, Path, description = "The need."), NeedMatchesQuery),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "A page of matches.", body = PageResponse<VolunteerMatch>)))]
#[get("/needs/{id}/matches")]
async fn list_need_matches(
    actor: Actor,
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    request: HttpRequest,
    id: Path<NeedId>,
    query: Query<NeedMatchesQuery>,
) -> Response<PageResponse<VolunteerMatch>> {
    let (filter, limit, after) = query.0.read()?;
    let page = service::of_need(&ctx, &matcher, &actor, id.0, filter, limit, after).await?;
    Ok(PageResponse::reply(&request, page.map(VolunteerMatch::from)))
}

/// Which pair.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExplainQuery {
    /// The need.
    #[param(value_type = uuid::Uuid)]
    need: NeedId,
    /// The person's handle; the caller when left out.
    #[param(max_length = 32)]
    volunteer: Option<String>,
}

/// Why, or why not
///
/// Explains one pair: the score it has or would have with each factor's points, what excludes it and what to do about
/// that, and what would help most. Others than oneself only for the maintainers of that need and coordinators; what is
/// private to the person or an employer stays out.
#[utoipa::path(tag = "matching", params(ExplainQuery), extensions(("x-roles" = json!(["member", "maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "The pair explained.", body = MatchExplanation),
        (status = 404, description = "There is no such need or person, or the caller may not know of them.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The caller has not said yet what they offer.", body = crate::http::problem::ProblemDocument, content_type = "application/problem+json")))]
#[get("/matching/explain")]
async fn explain_match(
    actor: Actor,
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    query: Query<ExplainQuery>,
) -> Response<MatchExplanation> {
    let ExplainQuery { need, volunteer } = query.0;
    let mut check = Check::default();
    let volunteer = check.optional("?volunteer", volunteer.as_deref().map(Handle::parse));
    check.done()?;
    let explained = service::explain(&ctx, &matcher, &actor, need, volunteer?).await?;
    Ok(Reply::ok(MatchExplanation::from(explained)))
}

/// Which skills are scarce
///
/// For each skill that public open needs require: the hours they want, and the hours that people with the skill offer. The
/// scarcest first; what fewer than five people offer is not told.
#[utoipa::path(tag = "matching", params(PageQuery), extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "A page of skills.", body = PageResponse<SkillShortage>)))]
#[get("/matching/shortages")]
async fn list_shortages(
    ctx: web::Data<Ctx>,
    matcher: web::Data<Matcher>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Response<PageResponse<SkillShortage>> {
    let window = Window::try_from(query.0)?;
    let page = service::list_shortages(&ctx, &matcher, window.limit, window.after).await?;
    Ok(PageResponse::reply(&request, page.map(SkillShortage::from)).public())
}
