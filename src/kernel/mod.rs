//! The pure words of the domain: no web framework, no database, no I/O and no clock of its own.
//!
//! Values are parsed once at the edge; a function that receives an [`Email`] or a [`Slug`] need not look again.

mod actor;
mod check;
mod clock;
mod decision;
mod error;
mod hours;
mod id;
mod license;
pub mod machine;
mod page;
mod place;
mod precondition;
mod problem;
pub mod purl;
pub mod search;
mod text;
mod topic;
mod words;

pub use actor::{Actor, Caller, PlatformRole, RequestId, Scope};
pub use check::{Check, Failed, Fault};
pub use clock::{Clock, Entropy, Ids, Timestamp};
pub use decision::{Allowed, Decision};
pub use error::{Error, FieldError, Result};
pub use hours::half_hours;
pub(crate) use id::for_each_id;
pub use id::{
    AccessId, AccountId, AdvisoryId, ApiTokenId, AssessmentId, AssignmentId, AttemptId, ChangeId, CheckInId, ContestId,
    CredentialId, DeliveryId, DisputeId, EntityId, EventId, FeedTokenId, FeedbackId, GraphId, HandOverId, IdentityId,
    InvitationId, JobId, LedgerEntryId, MoneyPledgeId, NeedId, NewsId, NoticeId, OrganizationDomainId, OrganizationId,
    ParticipantId, PasskeyId, PledgeId, ProjectId, ProposalId, ReportId, RiskRunId, RoundId, SbomId, ScoreId,
    SessionId, StatementId, StepId, SuggestionId, SuspensionId, SwarmEntryId, SwarmId, TimeEntryId, TokenId, WebhookId,
};
pub use license::License;

/// Catalogue entries that every layer uses.
pub mod problems {
    pub use super::error::{FORBIDDEN, INTERNAL, INVALID, NOT_FOUND, REQUIRED, STALE, UNAVAILABLE};
}

pub use page::{Cursor, Limit, Page};
pub use place::{HttpsUrl, LanguageTag, SpdxId, TimeZone, repository_key};
pub use precondition::IfMatch;
pub use problem::{Kind, Problem};
pub use purl::Purl;
pub use text::{DisplayName, Email, Handle, Line, Markdown, Slug, fold, has_hidden, hex, like_pattern};
pub use topic::Topic;
pub(crate) use words::words;
pub use words::{AccessLevel, AiPolicy, Cla, Level, NeedKind, Urgency};
