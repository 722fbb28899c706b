//! Addresses of reports and of badges.

use super::dto::{OrganizationImpactResponse, WorkImpactResponse};
use super::export::{self, Columns};
use super::service::{self, Report};
use super::store::Days;
use crate::features::needs;
use crate::http::{Path, Query, Reply, Text, badge};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Result};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

/// Caches keep a badge of hours for so many seconds.
const HOURS_SECONDS: u32 = 3_600;
/// Caches keep a badge of open seats for so many seconds.
const HELPERS_SECONDS: u32 = 300;

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_organization_impact)
        .service(get_project_impact)
        .service(get_my_impact)
        .service(get_organization_badge)
        .service(get_project_badge);
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ImpactFormat {
    /// One document.
    Json,
    /// A table for spreadsheets.
    Csv,
}

/// Of which days, and how it is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImpactQuery {
    /// The first day; from the beginning when left out.
    from: Option<NaiveDate>,
    /// The last day; until today when left out.
    to: Option<NaiveDate>,
    /// `json` or `csv`; when left out, what `Accept` prefers.
    #[param(inline)]
    format: Option<ImpactFormat>,
}

impl ImpactQuery {
    fn days(&self) -> Result<Days> {
        let mut check = Check::default();
        let in_order = self.from.zip(self.to).is_none_or(|(from, to)| from <= to);
        check.require(in_order, "?to", "out_of_order", "The last day can't come before the first.");
        check.done()?;
        Ok(Days { from: self.from, to: self.to })
    }

    fn is_csv(&self, request: &HttpRequest) -> bool {
        match self.format {
            Some(format) => format == ImpactFormat::Csv,
            None => prefers_csv(request),
        }
    }
}

/// Whether the first type of `Accept` that can be given is CSV.
fn prefers_csv(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let types = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    types.into_iter().find(|one| matches!(*one, "text/csv" | "application/json" | "*/*")) == Some("text/csv")
}

fn table(report: &Report, columns: Columns) -> Result<HttpResponse> {
    let body = export::csv(report, columns)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization, Accept"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"impact.csv\""));
    Ok(response.content_type("text/csv; charset=utf-8").body(body))
}

fn work(ctx: &Ctx, request: &HttpRequest, query: &ImpactQuery, report: &Report) -> Result<HttpResponse> {
    if query.is_csv(request) {
        return table(report, Columns::Work);
    }
    let response = WorkImpactResponse::new((query.from, query.to), ctx.now(), report);
    Ok(Reply::ok(response).header(header::VARY, "Authorization, Accept").respond_to(request))
}

/// An organization's impact
///
/// What became of its pledges, in minutes: pledged, reserved, delivered, confirmed and, apart, confirmed for lack of an answer; by project,
/// month, kind of work and, for owners and managers, person. Sums are what the ledgers hold. What was pledged and reserved counts by the
/// day it was (UTC), work by the day it was done. With bills of materials it says, too, what was done for what the organization uses
/// itself. For its members and coordinators. As CSV: a row for each month, project, person and kind.
#[utoipa::path(tag = "reports", params(ImpactQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner", "coordinator"]))),
    responses((status = 200, description = "The report.", content((OrganizationImpactResponse = "application/json"), (String = "text/csv")))))]
#[get("/organizations/{slug}/impact")]
async fn get_organization_impact(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ImpactQuery>,
) -> Result<HttpResponse> {
    let query = query.0;
    let report = service::of_organization(&ctx, &actor, slug.0.clone(), query.days()?).await?;
    if query.is_csv(&request) {
        return table(&report, Columns::Pledges);
    }
    let response = OrganizationImpactResponse::new(slug.0, (query.from, query.to), ctx.now(), &report);
    Ok(Reply::ok(response).header(header::VARY, "Authorization, Accept").respond_to(&request))
}

/// A project's impact
///
/// What was done for it, in minutes: logged, confirmed and, apart, confirmed for lack of an answer; by person, organization, month and kind of
/// work. For its own people and coordinators.
#[utoipa::path(tag = "reports", params(ImpactQuery, ("slug" = String, Path, description = "The project's slug.", example = "openssl")),
    extensions(("x-roles" = json!(["maintainer", "lead", "coordinator"]))),
    responses((status = 200, description = "The report.", content((WorkImpactResponse = "application/json"), (String = "text/csv")))))]
#[get("/projects/{slug}/impact")]
async fn get_project_impact(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ImpactQuery>,
) -> Result<HttpResponse> {
    let report = service::of_project(&ctx, &actor, slug.0, query.0.days()?).await?;
    work(&ctx, &request, &query.0, &report)
}

/// My impact
///
/// What the caller did, in minutes: by project, organization, month and kind of work.
#[utoipa::path(tag = "reports", params(ImpactQuery), extensions(("x-roles" = json!(["member"]))),
    responses((status = 200, description = "The report.", content((WorkImpactResponse = "application/json"), (String = "text/csv")))))]
#[get("/me/impact")]
async fn get_my_impact(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    query: Query<ImpactQuery>,
) -> Result<HttpResponse> {
    let report = service::of_volunteer(&ctx, &actor, query.0.days()?).await?;
    work(&ctx, &request, &query.0, &report)
}

/// Hours as a badge shows them.
fn shown(hours: i64) -> String {
    match hours {
        0..=9_999 => hours.to_string(),
        hours => format!("{}k", hours / 1_000),
    }
}

/// An organization's badge
///
/// A picture (SVG) for its own page: the whole hours that its pledges gave and that projects confirmed themselves.
#[utoipa::path(tag = "reports", params(("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/svg+xml")))]
#[get("/organizations/{slug}/badge.svg")]
async fn get_organization_badge(ctx: web::Data<Ctx>, slug: Path<String>) -> Result<Text> {
    let hours = service::hours_given(&ctx, slug.0).await?;
    let picture = badge::draw("hours given", &shown(hours), hours > 0)?;
    Ok(Text::public("image/svg+xml", picture, HOURS_SECONDS))
}

/// What a project's badge tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BadgeKind {
    /// How many helpers it looks for.
    #[default]
    Helpers,
    /// How many hours helpers gave it.
    Hours,
}

/// Which badge.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BadgeQuery {
    /// `helpers` when left out: how many it looks for; `hours`: the whole hours that helpers gave and the project confirmed itself.
    #[serde(default)]
    #[param(inline)]
    kind: Option<BadgeKind>,
}

/// A project's badge
///
/// A picture (SVG) for a project's own page, with a link to its needs: how many helpers it looks for, or how many hours they gave.
#[utoipa::path(tag = "reports", params(BadgeQuery, ("slug" = String, Path, description = "The project's slug.", example = "openssl")),
    extensions(("x-roles" = json!(["anonymous", "member"]))),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/svg+xml")))]
#[get("/projects/{slug}/badge.svg")]
async fn get_project_badge(ctx: web::Data<Ctx>, slug: Path<String>, query: Query<BadgeQuery>) -> Result<Text> {
    let (picture, seconds) = match query.0.kind.unwrap_or_default() {
        BadgeKind::Helpers => {
            let seats = needs::helpers_wanted(&ctx, slug.0).await?;
            (badge::draw("helpers wanted", &seats.to_string(), seats > 0)?, HELPERS_SECONDS)
        }
        BadgeKind::Hours => {
            let hours = service::hours_received(&ctx, slug.0).await?;
            (badge::draw("hours given", &shown(hours), hours > 0)?, HOURS_SECONDS)
        }
    };
    Ok(Text::public("image/svg+xml", picture, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn accept_is_read_in_its_order() {
        for (accept, csv) in [
            ("text/csv", true),
            ("text/csv;q=0.9, application/json", true),
            ("application/json, text/csv", false),
            ("*/*", false),
            ("", false),
            ("text/html, text/csv", true),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
            assert_eq!(prefers_csv(&request), csv, "{accept}");
        }
    }

    #[test]
    fn hours_are_short() {
        assert_eq!((shown(0), shown(9_999), shown(12_345)), ("0".into(), "9999".into(), "12k".into()));
    }
}
