//! The address at which lists of projects are imported.

use super::super::import::{ImportFormat, ImportOptions, Importer, Report, RowReport, RowStatus};
use crate::http::extract::read;
use crate::http::problem::UNSUPPORTED_MEDIA;
use crate::http::{Query, Reply, Response};
use crate::infra::Ctx;
use crate::kernel::{Actor, Error, Result, Timestamp};
use actix_web::{HttpMessage as _, HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What kind of file the body is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportProjectsQuery {
    /// `up_for_grabs` (`application/x-ndjson`), `critical_projects` (`text/csv`), `scorecard` (`application/json`, or
    /// `application/x-ndjson` for several) or `security_insights` (`application/yaml`).
    #[param(inline)]
    pub format: ImportFormat,
    /// The column that holds the score, where a criticality file has several.
    #[param(max_length = 100, example = "original_pike")]
    pub score_column: Option<String>,
    /// When the scores' signals were collected, where the file does not say.
    pub as_of: Option<Timestamp>,
}

/// How many rows ended in which way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"rows": 3, "created": 1, "updated": 0, "unchanged": 1, "refused": 1, "tag_uses": 12, "tag_uses_resolved": 9}))]
pub(crate) struct ImportSummary {
    /// All rows.
    pub rows: usize,
    /// Those that made a new listing.
    pub created: usize,
    /// Those that changed a listing.
    pub updated: usize,
    /// Those that said what was known.
    pub unchanged: usize,
    /// Those that could not be used.
    pub refused: usize,
    /// How often a tag was used.
    pub tag_uses: u64,
    /// How often one that means a skill of the taxonomy.
    pub tag_uses_resolved: u64,
}

/// Why something became of a row what did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "no_repository", "detail": "Neither `link` nor `site` leads to a repository such as https://github.com/owner/name."}))]
pub(crate) struct ImportReason {
    /// Stable name.
    pub code: &'static str,
    /// A sentence.
    pub detail: String,
}

/// What became of one row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"line": 1, "status": "created", "slug": "parser", "repository": "github.com/example/parser", "reason": null}))]
pub(crate) struct ImportedRow {
    /// The line, from 1, on which it begins.
    #[schema(minimum = 1)]
    pub line: u64,
    /// What became of it.
    pub status: RowStatus,
    /// The project's slug; null where there is none.
    #[schema(required = true)]
    pub slug: Option<String>,
    /// The repository, in the one spelling by which doubles are found; null where the row names none.
    #[schema(required = true)]
    pub repository: Option<String>,
    /// Why; null where the status says it all.
    #[schema(required = true)]
    pub reason: Option<ImportReason>,
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportReport {
    /// The counts.
    pub summary: ImportSummary,
    /// Every row, in the order of the file.
    pub rows: Vec<ImportedRow>,
}

impl From<RowReport> for ImportedRow {
    fn from(row: RowReport) -> Self {
        Self {
            line: row.line,
            status: row.status,
            slug: row.slug,
            repository: row.repository,
            reason: row.reason.map(|why| ImportReason { code: why.code, detail: why.detail }),
        }
    }
}

impl From<Report> for ImportReport {
    fn from(report: Report) -> Self {
        let summary = ImportSummary {
            rows: report.rows.len(),
            created: report.count(RowStatus::Created),
            updated: report.count(RowStatus::Updated),
            unchanged: report.count(RowStatus::Unchanged),
            refused: report.count(RowStatus::Refused),
            tag_uses: report.tag_uses,
            tag_uses_resolved: report.tag_uses_resolved,
        };
        Self { summary, rows: report.rows.into_iter().map(ImportedRow::from).collect() }
    }
}

fn check_type(request: &HttpRequest, format: ImportFormat) -> Result<()> {
    let wanted: &[&str] = match format {
        ImportFormat::UpForGrabs => &["application/x-ndjson"],
        ImportFormat::CriticalProjects => &["text/csv"],
        ImportFormat::Scorecard => &["application/json", "application/x-ndjson"],
        ImportFormat::SecurityInsights => &["application/yaml", "text/yaml", "text/plain"],
    };
    match request.mime_type() {
        Ok(Some(mime)) if wanted.contains(&mime.essence_str()) => Ok(()),
        _ => {
            let wanted = wanted.join("` or `");
            Err(Error::new(&UNSUPPORTED_MEDIA, format!("A {format} file is sent with `Content-Type: {wanted}`.")))
        }
    }
}

/// Import a list of projects
///
/// A coordinator sends a file of projects, which become unclaimed listings. Repeating it makes no doubles; what people
/// wrote stays; projects that opted out stay out. Every row is answered for, and one that can't be used stops no other. A
/// file of another format is refused whole. Larger files than a body may be are for `mainstay import` at the machine.
#[utoipa::path(tag = "projects", params(ImportProjectsQuery), extensions(("x-roles" = json!(["coordinator"]))),
    request_body(description = "The file: one JSON object a line, CSV, a Scorecard, or a SECURITY-INSIGHTS file.",
        content((String = "application/x-ndjson"), (String = "text/csv"), (super::statements::ScorecardDocument = "application/json"), (String = "application/yaml"), (String = "text/yaml"), (String = "text/plain"))),
    responses((status = 200, description = "What became of each row.", body = ImportReport)))]
#[post("/projects/import")]
pub(super) async fn import_projects(
    actor: Actor,
    ctx: web::Data<Ctx>,
    query: Query<ImportProjectsQuery>,
    request: HttpRequest,
    payload: web::Payload,
) -> Response<ImportReport> {
    let importer = Importer::of(&actor)?;
    let ImportProjectsQuery { format, score_column, as_of } = query.0;
    check_type(&request, format)?;
    let bytes = read(&request, payload.into_inner()).await?;
    let options = ImportOptions { score_column, as_of };
    let report = importer.import(&ctx, format, &options, &bytes, |_, _| {}).await?;
    Ok(Reply::ok(ImportReport::from(report)))
}
