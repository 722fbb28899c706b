//! Advisories on the wire.

use super::model::{AdvisoryPackage, Exploited, Judgment, Prediction, SeverityLevel};
use super::service::{Affected, Card, Certainty, Exposed, ExposedComponent, Listed};
use super::ssvc::{Automatable, Exploitation, MissionAndWellBeing, SsvcDecision, TechnicalImpact};
use super::weigh::{Answer, Weighed};
use crate::kernel::Timestamp;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// So many components are shown with each advisory; the count is of all.
const MOST_COMPONENTS: usize = 100;

/// Stands in the contract for an OSV record; it is read as the OSV schema says, and fields unknown to it are left out.
pub(super) struct OsvDocument;

impl utoipa::PartialSchema for OsvDocument {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let package = json!({"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"});
        let range = json!({"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"fixed": "2.15.0"}]});
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Object)
            .description(Some("A record as the Open Source Vulnerability schema, version 1.7, has it."))
            .examples([json!({"schema_version": "1.7.0", "id": "GHSA-jfh8-c2jp-5v3q", "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2021-44228"],
                "summary": "Remote code execution in Log4j", "affected": [{"package": package, "ranges": [range]}]})])
            .into()
    }
}

impl ToSchema for OsvDocument {}

/// An advisory in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"], "summary": "Remote code execution in Log4j", "severity": "critical",
    "base_score": 10.0, "published": "2021-12-10T00:40:56Z", "modified": "2026-01-01T00:00:00Z", "withdrawn": null, "embargo_until": null}))]
pub(super) struct AdvisorySummary {
    /// Its id everywhere.
    pub id: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// One line.
    pub summary: String,
    /// How severe it is; null where nobody says so.
    #[schema(required = true)]
    pub severity: Option<SeverityLevel>,
    /// The highest CVSS base score of the record.
    #[schema(required = true, minimum = 0, maximum = 10)]
    pub base_score: Option<f64>,
    /// When it was published.
    #[schema(required = true)]
    pub published: Option<Timestamp>,
    /// When its database last changed it.
    pub modified: Timestamp,
    /// When it was taken back; from then on it affects nothing.
    #[schema(required = true)]
    pub withdrawn: Option<Timestamp>,
    /// Until then it is shown to whoever put it in, and to its swarm alone.
    #[schema(required = true)]
    pub embargo_until: Option<Timestamp>,
}

fn aliases(names: Vec<String>, id: &str) -> Vec<String> {
    names.into_iter().filter(|name| name != id).collect()
}

impl From<Listed> for AdvisorySummary {
    fn from(listed: Listed) -> Self {
        let head = listed.head;
        Self {
            aliases: aliases(listed.names, &head.osv_id),
            id: head.osv_id,
            summary: head.summary,
            severity: head.severity,
            base_score: head.base_score,
            published: head.published,
            modified: head.modified,
            withdrawn: head.withdrawn,
            embargo_until: head.embargo_until,
        }
    }
}

/// Another name of a vulnerability.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "CVE-2021-44228", "is_here": false}))]
pub(super) struct AliasResponse {
    /// The name.
    pub id: String,
    /// Whether there is a record of this id here.
    pub is_here: bool,
}

/// A package that a record is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core", "purl": "pkg:maven/org.apache.logging.log4j/log4j-core"}))]
pub(super) struct AdvisoryPackageResponse {
    /// OSV's name of the ecosystem.
    pub ecosystem: String,
    /// The package's name there.
    pub name: String,
    /// How bills of materials name it; null where its ecosystem has no package URLs.
    #[schema(required = true)]
    pub purl: Option<String>,
}

impl From<AdvisoryPackage> for AdvisoryPackageResponse {
    fn from(row: AdvisoryPackage) -> Self {
        Self { ecosystem: row.ecosystem, name: row.name, purl: row.package }
    }
}

/// The entry in CISA's catalog of vulnerabilities that are exploited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"cve": "CVE-2021-44228", "title": "Apache Log4j2 Remote Code Execution Vulnerability", "vendor": "Apache", "product": "Log4j2",
    "added_on": "2021-12-10", "due_on": "2021-12-24", "required_action": "Apply updates.", "ransomware": true}))]
pub(super) struct KevResponse {
    /// The CVE.
    pub cve: String,
    /// Its title there.
    pub title: String,
    /// Whose product.
    pub vendor: String,
    /// Which product.
    pub product: String,
    /// Since when it is in the catalog.
    pub added_on: NaiveDate,
    /// By when federal agencies of the United States had to act.
    #[schema(required = true)]
    pub due_on: Option<NaiveDate>,
    /// What they had to do.
    pub required_action: String,
    /// Whether it is used for ransomware.
    pub ransomware: bool,
}

impl From<Exploited> for KevResponse {
    fn from(row: Exploited) -> Self {
        Self {
            cve: row.cve,
            title: row.title,
            vendor: row.vendor,
            product: row.product,
            added_on: row.added_on,
            due_on: row.due_on,
            required_action: row.required_action,
            ransomware: row.ransomware,
        }
    }
}

/// How probable it is that it is exploited within 30 days, by FIRST's EPSS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"cve": "CVE-2021-44228", "probability": 0.975, "percentile": 1.0, "as_of": "2026-11-21"}))]
pub(super) struct EpssResponse {
    /// The CVE.
    pub cve: String,
    /// 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// The share of vulnerabilities that are no more probable.
    #[schema(minimum = 0, maximum = 1)]
    pub percentile: f64,
    /// The day of the scores.
    pub as_of: NaiveDate,
}

impl From<Prediction> for EpssResponse {
    fn from(row: Prediction) -> Self {
        Self { cve: row.cve, probability: row.probability, percentile: row.percentile, as_of: row.as_of }
    }
}

/// One of the decision's four answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"question": "exploitation", "answer": "active", "source": "kev", "text": "In CISA's catalog of what is exploited since 2021-12-10."}))]
pub(super) struct SsvcAnswer {
    /// `exploitation`, `automatable`, `technical_impact` or `mission_and_well_being`.
    pub question: &'static str,
    /// The answer.
    #[schema(value_type = String)]
    pub answer: Value,
    /// Where it comes from: `coordinator`, `kev`, `record`, `cvss`, `criticality` or `default`.
    pub source: &'static str,
    /// A sentence.
    pub text: String,
}

impl From<Answer> for SsvcAnswer {
    fn from(answer: Answer) -> Self {
        Self { question: answer.question, answer: answer.answer, source: answer.source, text: answer.text }
    }
}

/// What a coordinator should do, by CISA's decision table, and the answers that it comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"decision": "act", "answers": [{"question": "exploitation", "answer": "active", "source": "kev",
    "text": "In CISA's catalog of what is exploited since 2021-12-10."}]}))]
pub(super) struct SsvcResponse {
    /// `track`, `track_star`, `attend` or `act`.
    #[schema(value_type = String)]
    pub decision: SsvcDecision,
    /// The four answers.
    pub answers: Vec<SsvcAnswer>,
}

impl From<Weighed> for SsvcResponse {
    fn from(weighed: Weighed) -> Self {
        Self { decision: weighed.decision, answers: weighed.answers.into_iter().map(SsvcAnswer::from).collect() }
    }
}

/// An advisory with all that is known of it here.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdvisoryResponse {
    /// Its id everywhere.
    #[schema(example = "GHSA-jfh8-c2jp-5v3q")]
    id: String,
    /// One line.
    #[schema(example = "Remote code execution in Log4j")]
    summary: String,
    /// How severe it is; null where nobody says so.
    #[schema(required = true)]
    severity: Option<SeverityLevel>,
    /// The highest CVSS base score of the record.
    #[schema(required = true, minimum = 0, maximum = 10, example = 10.0)]
    base_score: Option<f64>,
    /// The vector of that score.
    #[schema(required = true, example = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H")]
    vector: Option<String>,
    /// When it was published.
    #[schema(required = true)]
    published: Option<Timestamp>,
    /// When its database last changed it.
    modified: Timestamp,
    /// When it was taken back; from then on it affects nothing.
    #[schema(required = true)]
    withdrawn: Option<Timestamp>,
    /// The records that take its place, where it was taken back for them.
    #[schema(example = json!(["GHSA-7rjr-3q55-vv33"]))]
    superseded_by: Vec<String>,
    /// Its other names, of this record and of others that share one with it.
    aliases: Vec<AliasResponse>,
    /// What it is about.
    packages: Vec<AdvisoryPackageResponse>,
    /// Slugs of listed projects that publish those packages.
    #[schema(example = json!(["log4j"]))]
    projects: Vec<String>,
    /// The entry in the catalog of what is exploited, if there is one.
    #[schema(required = true)]
    kev: Option<KevResponse>,
    /// How probable exploitation is, where it was predicted.
    #[schema(required = true)]
    epss: Option<EpssResponse>,
    /// What to do about it.
    ssvc: SsvcResponse,
    /// Until then it is shown to whoever put it in, and to its swarm alone.
    #[schema(required = true)]
    embargo_until: Option<Timestamp>,
    /// The record.
    #[schema(value_type = OsvDocument)]
    record: Value,
}

impl From<Card> for AdvisoryResponse {
    fn from(card: Card) -> Self {
        let advisory = card.advisory;
        let here = |name: &String| card.kin.iter().any(|other| other.osv_id == *name);
        let mut names = card.names;
        names.extend(card.kin.iter().map(|other| other.osv_id.clone()));
        names.sort();
        names.dedup();
        let aliases = names.iter().filter(|name| **name != advisory.osv_id);
        let aliases = aliases.map(|name| AliasResponse { id: name.clone(), is_here: here(name) }).collect();
        let superseded_by = superseded_by(&advisory.record.0, advisory.withdrawn, &card.kin);
        Self {
            aliases,
            superseded_by,
            record: serde_json::to_value(&advisory.record.0).unwrap_or_default(),
            id: advisory.osv_id,
            summary: advisory.summary,
            severity: advisory.severity,
            base_score: advisory.base_score,
            vector: advisory.vector,
            published: advisory.published,
            modified: advisory.modified,
            withdrawn: advisory.withdrawn,
            packages: card.packages.into_iter().map(AdvisoryPackageResponse::from).collect(),
            projects: card.projects,
            kev: card.exploited.map(KevResponse::from),
            epss: card.prediction.map(EpssResponse::from),
            ssvc: card.weighed.into(),
            embargo_until: advisory.embargo_until,
        }
    }
}

/// What its database names, and else, of one that was taken back, the records in force that share a name with it.
fn superseded_by(
    record: &super::osv::OsvRecord,
    withdrawn: Option<Timestamp>,
    kin: &[super::model::Head],
) -> Vec<String> {
    let named = record.database_specific.as_ref().and_then(|own| own.get("superseded_by")?.as_str());
    if let Some(named) = named {
        return vec![named.to_owned()];
    }
    let in_force = kin.iter().filter(|other| withdrawn.is_some() && other.withdrawn.is_none());
    in_force.map(|other| other.osv_id.clone()).collect()
}

/// What a coordinator answers of the decision's questions. A question that is left out is answered by the record; a body
/// without any takes earlier answers back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"exploitation": "active", "reason": "Seen in the wild by two of our members."}))]
pub(super) struct JudgeAdvisoryRequest {
    /// `none`, `public_poc` or `active`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub exploitation: Option<Exploitation>,
    /// `no` or `yes`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub automatable: Option<Automatable>,
    /// `partial` or `total`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub technical_impact: Option<TechnicalImpact>,
    /// `low`, `medium` or `high`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub mission_and_well_being: Option<MissionAndWellBeing>,
    /// Why.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

impl From<JudgeAdvisoryRequest> for Judgment {
    fn from(body: JudgeAdvisoryRequest) -> Self {
        Self {
            exploitation: body.exploitation,
            automatable: body.automatable,
            technical_impact: body.technical_impact,
            mission_and_well_being: body.mission_and_well_being,
            reason: body.reason,
            at: None,
        }
    }
}

/// An organization that an advisory affects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"organization": "example-freight", "name": "Example Freight", "products": 2, "certainty": "affected"}))]
pub(super) struct ExposedOrganizationResponse {
    /// Its slug.
    pub organization: String,
    /// Its name.
    pub name: String,
    /// In how many of its products; which ones is its own affair.
    #[schema(minimum = 1)]
    pub products: usize,
    /// `affected`, or `unknown` where no version could be compared.
    pub certainty: Certainty,
}

impl From<Exposed> for ExposedOrganizationResponse {
    fn from(exposed: Exposed) -> Self {
        Self {
            organization: exposed.slug,
            name: exposed.name,
            products: exposed.products,
            certainty: exposed.certainty,
        }
    }
}

/// The organizations that an advisory affects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"count": 1, "organizations": [{"organization": "example-freight", "name": "Example Freight", "products": 2, "certainty": "affected"}]}))]
pub(super) struct ExposedOrganizationsResponse {
    /// How many.
    #[schema(minimum = 0)]
    pub count: usize,
    /// All of them, by slug.
    pub organizations: Vec<ExposedOrganizationResponse>,
}

/// A component that an advisory is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"product": "Route planner", "name": "log4j-core", "version": "2.14.1",
    "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "depth": 2, "certainty": "affected"}))]
pub(super) struct ExposedComponentResponse {
    /// The product.
    pub product: String,
    /// The component's name.
    pub name: String,
    /// Its version, as written.
    #[schema(required = true)]
    pub version: Option<String>,
    /// Its package URL.
    #[schema(required = true)]
    pub purl: Option<String>,
    /// How far from the product; null where the document doesn't say.
    #[schema(required = true, minimum = 0)]
    pub depth: Option<i32>,
    /// `affected`, or `unknown` where its version could not be compared.
    pub certainty: Certainty,
}

impl From<ExposedComponent> for ExposedComponentResponse {
    fn from(component: ExposedComponent) -> Self {
        Self {
            product: component.product,
            name: component.name,
            version: component.version,
            purl: component.purl,
            depth: component.depth,
            certainty: component.certainty,
        }
    }
}

/// An advisory, and which of the organization's components it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"], "summary": "Remote code execution in Log4j", "severity": "critical",
    "base_score": 10.0, "exploited": true, "modified": "2026-01-01T00:00:00Z", "certainty": "affected", "component_count": 1,
    "components": [{"product": "Route planner", "name": "log4j-core", "version": "2.14.1",
        "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "depth": 2, "certainty": "affected"}]}))]
pub(super) struct AffectedByResponse {
    /// The advisory's id.
    pub id: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// One line.
    pub summary: String,
    /// How severe it is; null where nobody says so.
    #[schema(required = true)]
    pub severity: Option<SeverityLevel>,
    /// Its highest CVSS base score.
    #[schema(required = true, minimum = 0, maximum = 10)]
    pub base_score: Option<f64>,
    /// Whether it stands in the catalog of what is exploited.
    pub exploited: bool,
    /// When its database last changed it.
    pub modified: Timestamp,
    /// The surest of its components.
    pub certainty: Certainty,
    /// How many components.
    #[schema(minimum = 1)]
    pub component_count: usize,
    /// At most 100 of them.
    pub components: Vec<ExposedComponentResponse>,
}

impl From<Affected> for AffectedByResponse {
    fn from(affected: Affected) -> Self {
        let certainty = affected.components.iter().map(|component| component.certainty).max();
        let advisory = affected.advisory;
        Self {
            aliases: aliases(affected.names, &advisory.osv_id),
            id: advisory.osv_id,
            summary: advisory.summary,
            severity: advisory.severity,
            base_score: advisory.base_score,
            exploited: affected.exploited,
            modified: advisory.modified,
            certainty: certainty.unwrap_or(Certainty::Unknown),
            component_count: affected.components.len(),
            components: affected.components.into_iter().take(MOST_COMPONENTS).map(Into::into).collect(),
        }
    }
}
