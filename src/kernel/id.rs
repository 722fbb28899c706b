//! Typed ids over `UUIDv7`: an account's id can't be given where a need's is wanted.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid, example = "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d")]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*
    /// Hands every typed id to a macro, e.g. the one that teaches them to the database.
    macro_rules! for_each_id { ($then:ident) => { $then!($($name),*); } }
    pub(crate) use for_each_id;
    };
}

ids! {
    /// A person who can sign in.
    AccountId,
    /// A signed-in device: one family of refresh tokens.
    SessionId,
    /// A company, foundation, government body, university or community.
    OrganizationId,
    /// An open source project's listing.
    ProjectId,
    /// One stated maintenance need of a project.
    NeedId,
    /// An organization's commitment of engineer time.
    PledgeId,
    /// A movement in a pledge's ledger.
    LedgerEntryId,
    /// A queued job.
    JobId,
    /// An organization's claim to a domain.
    OrganizationDomainId,
    /// An invitation to join an organization.
    InvitationId,
    /// A row of the change feed.
    ChangeId,
    /// A recorded transition.
    EventId,
    /// Any row that has a transition table or stands in the change feed.
    EntityId,
    /// A suggestion for the skills taxonomy.
    SuggestionId,
    /// A single-use token sent by mail.
    TokenId,
    /// A token by which a program acts for an account.
    ApiTokenId,
    /// A token by which a feed reader sees one person's matches.
    FeedTokenId,
    /// An organization's webhook: an address and its secret.
    WebhookId,
    /// One message to one webhook.
    DeliveryId,
    /// A piece of news.
    NewsId,
    /// A piece of news as one person gets it.
    NoticeId,
    /// An account at a provider of OpenID Connect.
    IdentityId,
    /// A credential of an authenticator that its owner signs in with.
    PasskeyId,
    /// A wrong code for a second factor.
    AttemptId,
    /// A pairing that is not agreed yet.
    ProposalId,
    /// An agreed pairing: a lease on somebody's hours.
    AssignmentId,
    /// One check-in on an assignment.
    CheckInId,
    /// Something that a volunteer was let into.
    AccessId,
    /// A colleague who is asked to take over.
    HandOverId,
    /// Work logged on an assignment.
    TimeEntryId,
    /// A signed statement of confirmed work.
    CredentialId,
    /// What one side of an assignment says of the other.
    FeedbackId,
    /// One run of the allocation.
    RoundId,
    /// A dispute over who a project belongs to.
    DisputeId,
    /// A bill of materials.
    SbomId,
    /// A report to moderators, or an appeal.
    ReportId,
    /// A suspension by a moderator.
    SuspensionId,
    /// One answer to one requirement of the baseline.
    AssessmentId,
    /// What one document says of a project.
    StatementId,
    /// Money that an organization promises.
    MoneyPledgeId,
    /// An imported graph of dependencies.
    GraphId,
    /// One time that the risks of all projects were worked out.
    RiskRunId,
    /// One score of a project's criticality, or one decision on it.
    ScoreId,
    /// A project's objection to its criticality.
    ContestId,
    /// A record of a vulnerability.
    AdvisoryId,
    /// The call-out around one vulnerability.
    SwarmId,
    /// Somebody's part in a swarm.
    ParticipantId,
    /// A step of a swarm's plan.
    StepId,
    /// A line of a swarm's log.
    SwarmEntryId,
}

macro_rules! entities {
    ($($name:ident),*) => { $(
        impl From<$name> for EntityId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )* };
}
entities!(
    AccessId,
    AccountId,
    AdvisoryId,
    AssignmentId,
    ContestId,
    CredentialId,
    FeedbackId,
    GraphId,
    HandOverId,
    JobId,
    MoneyPledgeId,
    NeedId,
    OrganizationId,
    ParticipantId,
    PledgeId,
    ProjectId,
    ProposalId,
    ReportId,
    RoundId,
    SbomId,
    SwarmId,
    TimeEntryId,
    WebhookId
);
