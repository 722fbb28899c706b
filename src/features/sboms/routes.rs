//! Addresses of bills of materials.

use super::document::MAX_BYTES;
use super::dto::{ComponentResponse, SbomDiffResponse, SbomResponse};
use super::service::{self, Upload};
use super::store::Filter;
use crate::http::extract::read;
use crate::http::page::Window;
use crate::http::problem::UNSUPPORTED_MEDIA;
use crate::http::{PageResponse, Path, Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Cursor, Error, Page, Result, SbomId};
use actix_web::{HttpMessage as _, HttpRequest, delete, get, post, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// Stands in the contract for a bill of materials in JSON; the document is read as it comes, not into this.
struct SbomDocument;

impl utoipa::PartialSchema for SbomDocument {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let component =
            json!({"type": "library", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0"});
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Object)
            .description(Some("A bill of materials in JSON: CycloneDX or SPDX, as their specifications say."))
            .examples([
                json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [component]}),
            ])
            .into()
    }
}

impl utoipa::ToSchema for SbomDocument {}

/// Puts the addresses of this feature into the router.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_sboms)
        .service(upload_sbom)
        .service(get_sbom)
        .service(delete_sbom)
        .service(list_sbom_components)
        .service(diff_sbom);
}

/// How large a body may be at this path, where that is more than elsewhere.
pub fn body_limit(path: &str) -> Option<usize> {
    let slug = path.strip_prefix("/api/v1/organizations/")?.strip_suffix("/sboms")?;
    (!slug.contains('/')).then_some(MAX_BYTES)
}

/// What the document is about, and how it is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UploadSbomQuery {
    /// The product; what the document says it describes when left out.
    #[param(min_length = 1, max_length = 200, example = "Route planner")]
    product: Option<String>,
    /// The product's version; what the document says when left out.
    #[param(min_length = 1, max_length = 200, example = "4.2.0")]
    version: Option<String>,
    /// Refuse whatever breaks a rule of the format, instead of warning.
    #[serde(default)]
    #[param(default = false)]
    strict: bool,
}

const MEDIA_TYPES: &[&str] = &[
    "application/json",
    "application/vnd.cyclonedx+json",
    "application/vnd.cyclonedx+xml",
    "application/xml",
    "text/xml",
    "application/spdx+json",
    "application/ld+json",
    "text/spdx",
    "text/plain",
    "application/octet-stream",
];

fn check_type(request: &HttpRequest) -> Result<()> {
    match request.mime_type() {
        Ok(Some(mime)) if MEDIA_TYPES.contains(&mime.essence_str()) => Ok(()),
        _ => {
            let detail = format!("A bill of materials is sent as one of {}.", MEDIA_TYPES.join(", "));
            Err(Error::new(&UNSUPPORTED_MEDIA, detail))
        }
    }
}

/// Upload a bill of materials
///
/// `CycloneDX` 1.2 to 1.7 in JSON or XML, SPDX 2.2 or 2.3 in JSON or tag-value, SPDX 3.0 in JSON-LD; at most 32 MiB. The format is found out
/// from the document itself. What is not understood is left out with a warning, unless `strict` is set; what can't be read at all is
/// refused whole, each fault with its place. It becomes the newest of its product; those before stay to be compared with.
#[utoipa::path(tag = "sboms", params(UploadSbomQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    request_body(description = "The document.", content((SbomDocument = "application/json"), (SbomDocument = "application/vnd.cyclonedx+json"), (String = "application/vnd.cyclonedx+xml"),
        (String = "application/xml"), (String = "text/xml"), (SbomDocument = "application/spdx+json"), (SbomDocument = "application/ld+json"), (String = "text/spdx"), (String = "text/plain"),
        (String = "application/octet-stream"))),
    responses((status = 201, description = "Kept.", body = SbomResponse)))]
#[post("/organizations/{slug}/sboms")]
async fn upload_sbom(
    actor: Actor,
    ctx: web::Data<Ctx>,
    slug: Path<String>,
    query: Query<UploadSbomQuery>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<SbomResponse> {
    let organization = service::managed(&ctx, &actor, slug.0).await?;
    check_type(&request)?;
    let bytes = read(&request, payload.into_inner()).await?;
    let UploadSbomQuery { product, version, strict } = query.0;
    let place = format!("/api/v1/organizations/{}/sboms", organization.slug);
    let upload = Upload { product, product_version: version, strict };
    let sbom = service::upload(&ctx, &actor, organization, upload, bytes).await?;
    Ok(Reply::created(format!("{place}/{}", sbom.id), SbomResponse::from(sbom)))
}

/// Which bills of materials.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSbomsQuery {
    /// Of this product.
    #[param(max_length = 200)]
    product: Option<String>,
    /// Only the newest of each product, or only those that are not.
    current: Option<bool>,
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An organization's bills of materials
///
/// Newest first. For the organization's own people; to everybody else there is nothing here.
#[utoipa::path(tag = "sboms", params(ListSbomsQuery, ("slug" = String, Path, description = "The organization's slug.", example = "example-freight")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<SbomResponse>)))]
#[get("/organizations/{slug}/sboms")]
async fn list_sboms(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    slug: Path<String>,
    query: Query<ListSbomsQuery>,
) -> Response<PageResponse<SbomResponse>> {
    let query = query.0;
    let mut check = Check::default();
    let window = Window::read(&mut check, query.limit, query.cursor.as_deref());
    check.done()?;
    let window = window?;
    let filter = Filter { product: query.product, current: query.current, limit: window.limit, after: window.after };
    let page = service::list(&ctx, &actor, slug.0, filter).await?;
    Ok(PageResponse::reply(&request, page.map(SbomResponse::from)))
}

/// A bill of materials
///
/// What it describes and what was read of it. For the organization's own people.
#[utoipa::path(tag = "sboms", params(("slug" = String, Path, description = "The organization's slug."), ("id" = SbomId, Path, description = "The bill of materials.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "The bill of materials.", body = SbomResponse)))]
#[get("/organizations/{slug}/sboms/{id}")]
async fn get_sbom(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, SbomId)>) -> Response<SbomResponse> {
    let (slug, id) = path.0;
    let sbom = service::get(&ctx, &actor, slug, id).await?;
    Ok(Reply::ok(SbomResponse::from(sbom)))
}

/// Delete a bill of materials
///
/// For good, with all its components. The one before, if there is one, is the newest of its product then.
#[utoipa::path(tag = "sboms", params(("slug" = String, Path, description = "The organization's slug."), ("id" = SbomId, Path, description = "The bill of materials.")),
    extensions(("x-roles" = json!(["org_manager", "org_owner"]))),
    responses((status = 204, description = "Deleted.")))]
#[delete("/organizations/{slug}/sboms/{id}")]
async fn delete_sbom(actor: Actor, ctx: web::Data<Ctx>, path: Path<(String, SbomId)>) -> Response<()> {
    let (slug, id) = path.0;
    service::delete(&ctx, &actor, slug, id).await?;
    Ok(Reply::no_content())
}

/// Which part of a list of components.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ComponentsQuery {
    /// How many items, 1 to 100; 25 when not said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The components of a bill of materials
///
/// In the order of the document. For the organization's own people.
#[utoipa::path(tag = "sboms", params(ComponentsQuery, ("slug" = String, Path, description = "The organization's slug."), ("id" = SbomId, Path, description = "The bill of materials.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "A page.", body = PageResponse<ComponentResponse>)))]
#[get("/organizations/{slug}/sboms/{id}/components")]
async fn list_sbom_components(
    actor: Actor,
    ctx: web::Data<Ctx>,
    request: HttpRequest,
    path: Path<(String, SbomId)>,
    query: Query<ComponentsQuery>,
) -> Response<PageResponse<ComponentResponse>> {
    let mut check = Check::default();
    let window = Window::read(&mut check, query.0.limit, query.0.cursor.as_deref());
    check.done()?;
    let window = window?;
    // Components have places, not ids; a cursor holds the place of the last one.
    let after = window.after.map_or(-1, |cursor| i32::try_from(cursor.id.as_u128()).unwrap_or(i32::MAX));
    let (slug, id) = path.0;
    let (items, next) = service::components(&ctx, &actor, slug, id, after, window.limit.rows()).await?;
    let next = next.and_then(|place| u128::try_from(place).ok()).map(|place| Cursor::by_id(Uuid::from_u128(place)));
    Ok(PageResponse::reply(&request, Page { items, next }.map(ComponentResponse::from)))
}

/// With what to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DiffSbomQuery {
    /// The earlier one; the one that this replaced when left out.
    from: Option<SbomId>,
}

/// What changed in a bill of materials
///
/// Which components are new, gone, or there in other versions. For the organization's own people.
#[utoipa::path(tag = "sboms", params(DiffSbomQuery, ("slug" = String, Path, description = "The organization's slug."), ("id" = SbomId, Path, description = "The later one.")),
    extensions(("x-roles" = json!(["org_member", "org_manager", "org_owner"]))),
    responses((status = 200, description = "The difference.", body = SbomDiffResponse)))]
#[get("/organizations/{slug}/sboms/{id}/diff")]
async fn diff_sbom(
    actor: Actor,
    ctx: web::Data<Ctx>,
    path: Path<(String, SbomId)>,
    query: Query<DiffSbomQuery>,
) -> Response<SbomDiffResponse> {
    let (slug, id) = path.0;
    let difference = service::diff(&ctx, &actor, slug, id, query.0.from).await?;
    Ok(Reply::ok(SbomDiffResponse::from(difference)))
}
