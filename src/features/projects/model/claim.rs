//! Rows and words of claims, their proofs, and disputes over them.

use crate::infra::db::schema::{project_claims, project_disputes};
use crate::infra::db::text_column;
use crate::kernel::{AccountId, DisputeId, ProjectId, Timestamp, words};
use diesel::prelude::*;

words! {
    /// Where the proof that somebody speaks for a project stands.
    ProofMethod {
        /// In a file of the repository's default branch.
        RepositoryFile = "repository_file",
        /// In a file of the project's own site.
        SiteFile = "site_file",
        /// In a text record of the site's name.
        Dns = "dns",
    }
}

words! {
    /// Where a proof of ownership stands.
    ProofStatus {
        /// The caller has not asked for one.
        None = "none",
        /// A token waits to be put up.
        Pending = "pending",
        /// The token was found.
        Proven = "proven",
    }
}

words! {
    /// What a look at one place gave.
    AttemptOutcome {
        /// The wanted line is there.
        Found = "found",
        /// There is no such file or record.
        Missing = "missing",
        /// There is something, but not the wanted line.
        OtherContent = "other_content",
        /// It could not be read.
        Unreachable = "unreachable",
    }
}

text_column!(ProofMethod);

/// A person's claim to a project, with what they put up to prove it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = project_claims, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(primary_key(project_id, account_id))]
pub(in crate::features::projects) struct Claim {
    pub project_id: ProjectId,
    pub account_id: AccountId,
    /// Random, but no secret: it is put up in public, and it is good for this person and project alone.
    pub token: String,
    pub claimed_at: Timestamp,
    pub checked_at: Option<Timestamp>,
    /// Since when the token was found; it is spent then.
    pub proven_at: Option<Timestamp>,
    pub method: Option<ProofMethod>,
    /// The address where it was found.
    pub evidence: Option<String>,
    /// Whether it is one side of the open dispute.
    pub disputing: bool,
}

/// A dispute over who a project belongs to; open until a moderator decides.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_disputes, treat_none_as_default_value = false)]
pub(in crate::features::projects) struct Dispute {
    pub id: DisputeId,
    pub project_id: ProjectId,
    pub opened_by: AccountId,
    pub opened_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<AccountId>,
    pub kept: Option<AccountId>,
    pub reason: Option<String>,
}
