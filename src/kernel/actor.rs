//! Who is asking.

use super::{AccountId, SessionId, Timestamp};
use std::fmt;
use std::net::IpAddr;

super::words! {
    /// What an account may do on the platform beyond being a member.
    PlatformRole {
        /// Curates criticality, lists projects, runs rounds, opens swarms.
        Coordinator = "coordinator",
        /// Decides on listings and reports.
        Moderator = "moderator",
        /// Runs the installation.
        Admin = "admin",
    }
}

super::words! {
    /// What an API token may be used for; one without a scope that fits gets 403.
    Scope {
        /// Reading whatever its owner may read.
        Read = "read",
        /// Every change that its owner may make as a member, but not to sign-in, factors or tokens.
        Write = "write",
        /// Changes to projects, needs, proposals, assignments and time entries alone.
        Needs = "needs",
        /// Changes to organizations and their pledges alone.
        Pledges = "pledges",
        /// Use of the owner's platform roles, together with one of the others.
        Admin = "admin",
    }
}

/// Names one request in logs, events and problem documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes over an id that came with the request when it is sane: 8 to 64 letters, digits, `-`, `_` or `.`.
    pub fn accept(text: &str) -> Option<Self> {
        let sane = (8..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        sane.then(|| Self(text.to_owned()))
    }

    /// An id of our own making.
    pub fn new(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A signed-in caller.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account.
    pub account_id: AccountId,
    /// The session that the access token belongs to; nil for callers without one, such as API tokens.
    pub session_id: SessionId,
    /// Platform roles, as they are now (not as they were when the token was issued).
    pub roles: Vec<PlatformRole>,
    /// Whether the account's mail address has been verified.
    pub email_verified: bool,
    /// Whether the account has a second factor.
    pub mfa_enabled: bool,
    /// When a second factor was last proven in this session.
    pub second_factor_at: Option<Timestamp>,
    /// When this session was opened; none for callers without one.
    pub signed_in_at: Option<Timestamp>,
    /// What the API token at hand may be used for; none for sessions, which may do all that the account may.
    pub scopes: Option<Vec<Scope>>,
    /// The request at hand.
    pub request_id: RequestId,
}

impl Actor {
    /// Whether the caller holds this role; an admin holds all of them.
    pub fn has(&self, role: PlatformRole) -> bool {
        self.roles.iter().any(|held| *held == role || *held == PlatformRole::Admin)
    }
}

/// Whoever is asking, signed in or not.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The signed-in account, if any.
    pub actor: Option<Actor>,
    /// The request at hand.
    pub request_id: RequestId,
    /// The peer's address (behind a trusted proxy: the client's).
    pub address: Option<IpAddr>,
    /// What the client calls itself, cut to 200 characters.
    pub user_agent: Option<String>,
}

impl Caller {
    /// The account id, if signed in.
    pub fn account_id(&self) -> Option<AccountId> {
        self.actor.as_ref().map(|actor| actor.account_id)
    }

    /// Whether the caller is signed in with this role.
    pub fn has(&self, role: PlatformRole) -> bool {
        self.actor.as_ref().is_some_and(|actor| actor.has(role))
    }
}
