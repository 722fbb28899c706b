//! The address of an organization's exposure.

use super::priority::Reason;
use super::{Concern, Exposed, Exposure, export, exposure};
use crate::features::advisories::model::SeverityLevel;
use crate::features::advisories::service::Certainty;
use crate::features::sboms::ExposureFormat;
use crate::http::{Path, Query, Reply};
use crate::infra::Ctx;
use crate::kernel::{Actor, Result, Timestamp};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the address into the router.
pub(in super::super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_exposure);
}

/// How it is written.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExposureQuery {
    /// `json` when left out, `csv` for spreadsheets, `html` for a page to print.
    #[param(inline)]
    format: Option<ExposureFormat>,
}

/// A reason of the priority.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"factor": "fragility", "points": 20.0, "max_points": 20.0, "text": "One person maintains it."}))]
struct PriorityReason {
    /// What it is about: `importance`, `reach`, `distance`, `fragility` or `openings`.
    factor: &'static str,
    /// Its points.
    points: f64,
    /// The most it could give.
    max_points: f64,
    /// A sentence.
    text: String,
}

impl From<&Reason> for PriorityReason {
    fn from(reason: &Reason) -> Self {
        Self { factor: reason.factor, points: reason.points, max_points: reason.most, text: reason.text.clone() }
    }
}

/// Where a pledge would be spent best: the points of the reasons sum to the score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"score": 20.0, "reasons": [{"factor": "fragility", "points": 20.0, "max_points": 20.0, "text": "One person maintains it."}]}))]
struct ExposurePriority {
    /// 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    score: f64,
    /// Its parts.
    reasons: Vec<PriorityReason>,
}

/// An advisory that affects a version in use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "GHSA-jfh8-c2jp-5v3q", "severity": "critical", "certainty": "affected"}))]
struct ExposureAdvisory {
    /// Its id.
    id: String,
    /// How severe it is; null where nobody says so.
    #[schema(required = true)]
    severity: Option<SeverityLevel>,
    /// `affected`, or `unknown` where no version could be compared.
    certainty: Certainty,
}

impl From<&Concern> for ExposureAdvisory {
    fn from(concern: &Concern) -> Self {
        Self { id: concern.id.clone(), severity: concern.severity, certainty: concern.certainty }
    }
}

/// A listed project that the organization's products depend on.
#[derive(Debug, Serialize, ToSchema)]
struct ExposedProject {
    /// Its slug.
    slug: String,
    /// Its name.
    name: String,
    /// Where its listing stands.
    status: String,
    /// By what it was found: `package` or `repository`.
    found_by: &'static str,
    /// Whether a product uses it itself.
    direct: bool,
    /// The shortest way to it from a product: 1 for what a product uses itself; null where the documents don't say.
    #[schema(required = true)]
    depth: Option<i32>,
    /// In how many products it is.
    #[schema(minimum = 1)]
    product_count: usize,
    /// The products.
    products: Vec<String>,
    /// Its versions in use, as written.
    versions: Vec<String>,
    /// Its criticality, 0 to 1.
    #[schema(required = true)]
    criticality: Option<f64>,
    /// Its tier, 1 to 3.
    #[schema(required = true)]
    criticality_tier: Option<i16>,
    /// Its systemic risk, 0 to 1.
    #[schema(required = true)]
    systemic_risk: Option<f64>,
    /// The level of the security baseline that it reaches, 0 to 3; null before its first assessment.
    #[schema(required = true, minimum = 0, maximum = 3)]
    baseline_level: Option<i16>,
    /// How many needs are open to everybody.
    #[schema(minimum = 0)]
    open_needs: i64,
    /// How many people maintain it, as far as its listing says.
    #[schema(minimum = 0)]
    maintainers: usize,
    /// Whether it stands on one person.
    one_maintainer: bool,
    /// The advisories that affect a version in use; null for members who neither own nor manage the organization.
    #[schema(required = true)]
    advisories: Option<Vec<ExposureAdvisory>>,
    /// How well a pledge would be spent on it.
    priority: ExposurePriority,
}

impl From<&Exposed> for ExposedProject {
    fn from(exposed: &Exposed) -> Self {
        let reasons = exposed.priority.reasons.iter().map(PriorityReason::from).collect();
        Self {
            slug: exposed.project.slug.clone(),
            name: exposed.project.name.clone(),
            status: exposed.project.status.to_string(),
            found_by: if exposed.by_package { "package" } else { "repository" },
            direct: exposed.depth == Some(1),
            depth: exposed.depth,
            product_count: exposed.products.len(),
            products: exposed.products.iter().cloned().collect(),
            versions: exposed.versions.iter().cloned().collect(),
            criticality: exposed.project.criticality_score,
            criticality_tier: exposed.project.criticality_tier,
            systemic_risk: exposed.project.systemic_risk,
            baseline_level: exposed.baseline_level,
            open_needs: exposed.open_needs,
            maintainers: exposed.maintainers,
            one_maintainer: exposed.maintainers == 1,
            advisories: exposed.advisories.as_ref().map(|all| all.iter().map(ExposureAdvisory::from).collect()),
            priority: ExposurePriority { score: exposed.priority.score(), reasons },
        }
    }
}

/// What an organization's products depend on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"organization": "Example Freight", "as_of": "2026-11-22T09:00:00Z", "products": 1, "components": 42, "traced_components": 1,
    "projects": [{"slug": "xz", "name": "XZ Utils", "status": "listed", "found_by": "package", "direct": true, "depth": 1, "product_count": 1,
        "products": ["router"], "versions": ["5.6.2"], "criticality": 0.62, "criticality_tier": 1, "systemic_risk": null, "baseline_level": 1, "open_needs": 2,
        "maintainers": 1, "one_maintainer": true, "advisories": [{"id": "CVE-2024-3094", "severity": "critical", "certainty": "affected"}], "priority": {"score": 20.0, "reasons": [{"factor": "fragility", "points": 20.0,
            "max_points": 20.0, "text": "One person maintains it."}]}}]}))]
struct ExposureResponse {
    /// The organization's name.
    organization: String,
    /// When this was put together.
    as_of: Timestamp,
    /// How many products have a bill of materials.
    products: usize,
    /// How many components they have.
    components: usize,
    /// How many of those belong to listed projects.
    traced_components: usize,
    /// The listed projects, those first on which a pledge would be spent best.
    projects: Vec<ExposedProject>,
}

impl From<&Exposure> for ExposureResponse {
    fn from(exposure: &Exposure) -> Self {
        Self {
            organization: exposure.organization.clone(),
            as_of: exposure.as_of,
            products: exposure.products,
            components: exposure.components,
            traced_components: exposure.traced,
            projects: exposure.projects.iter().map(ExposedProject::from).collect(),
        }
    }
}

/// What an organization depends on
///
/// The components of each product's newest bill of materials, traced to listed projects by package, then by repository; with what is
/// known of each, which advisories affect a version in use, and where a pledge would be spent best. For the organization's own people.
#[utoipa::path(tag = "sboms", params(ExposureQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "The exposure.", content((ExposureResponse = "application/json"), (String = "text/csv"), (String = "text/html")))))]
#[get("/organizations/{slug}/exposure")]
async fn get_exposure(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ExposureQuery>,
) -> Result<HttpResponse> {
    let found = exposure(&ctx, &actor, slug.0).await?;
    let (kind, body) = match query.0.format.unwrap_or(ExposureFormat::Json) {
        ExposureFormat::Json => return Ok(Reply::ok(ExposureResponse::from(&found)).respond_to(&request)),
        ExposureFormat::Csv => ("text/csv; charset=utf-8", export::csv(&found)?),
        ExposureFormat::Html => ("text/html; charset=utf-8", export::page(&found)?.into_bytes()),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Authorization"));
    Ok(response.content_type(kind).body(body))
}
