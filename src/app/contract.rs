//! The head of the OpenAPI document.

use crate::http::problem::{FieldProblem, ProblemDocument};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Title, description, tags and security of the contract; the operations come from the handlers.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Mainstay",
        version = "1.0.0",
        description = "The marketplace for open source maintenance: volunteers' skills and companies' pledged hours, \
            matched with critical projects' stated needs, with every ranking explained.\n\n\
            Errors are problem documents (RFC 9457) whose `type` is a page that explains them. Lists are paged by `limit` \
            and `cursor`. Changes are guarded by `ETag` and `If-Match`, repeats of POST by `Idempotency-Key`. \
            `x-roles` on each operation says who may call it.",
        contact(name = "Mainstay's maintainers", url = "https://example.org/mainstay"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server.")),
    tags(
        (name = "auth", description = "Registering, signing in and out."),
        (name = "me", description = "The caller's own account, profile and matches."),
        (name = "skills", description = "The taxonomy of skills."),
        (name = "organizations", description = "Companies, foundations and other bodies with members."),
        (name = "projects", description = "Open source projects' listings."),
        (name = "needs", description = "What projects ask for."),
        (name = "baseline", description = "How far projects meet the OpenSSF's security baseline."),
        (name = "volunteers", description = "What people offer."),
        (name = "pledges", description = "Engineer time that organizations commit."),
        (name = "proposals", description = "Applications, invitations and recommendations on their way to an agreement."),
        (name = "assignments", description = "Agreed pairings: leases on somebody's hours."),
        (name = "time entries", description = "Work logged on assignments, confirmed by the project."),
        (name = "reports", description = "What became of the hours, and badges to show it."),
        (name = "credentials", description = "Confirmed work as signed statements that anybody can check."),
        (name = "feedback", description = "What the two sides say of each other, and facts that follow. No stars."),
        (name = "funding", description = "What organizations promise in money; no payment is handled here."),
        (name = "sboms", description = "Bills of materials, and what organizations depend on by them."),
        (name = "webhooks", description = "Organizations' own programs, told what concerns them."),
        (name = "swarms", description = "Call-outs around one vulnerability: who helps, the embargo, the plan, the clocks."),
        (name = "advisories", description = "Vulnerabilities: records, decisions, and who is affected."),
        (name = "matching", description = "Who fits what, and why."),
        (name = "moderation", description = "Reports on listings, the moderators' queue, suspensions and appeals."),
        (name = "risk", description = "How much would break with a project, and where help is needed most."),
        (name = "statistics", description = "Public figures."),
        (name = "admin", description = "Running an installation: the audit log and the queue, for administrators."),
        (name = "operations", description = "Health and metrics, for those who run an installation."),
    ),
    components(schemas(ProblemDocument, FieldProblem)),
    modifiers(&Bearer)
)]
pub struct Contract;

/// Declares the access token.
#[derive(Debug)]
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("JWT".to_owned());
        scheme.description = Some("An access token from `POST /api/v1/auth/login`, or an API token from `POST /api/v1/me/api-tokens` with one of the scopes in `x-scopes`.".to_owned());
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
