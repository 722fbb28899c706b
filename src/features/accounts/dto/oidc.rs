//! OpenID Connect on the wire.

use crate::features::accounts::model::Identity;
use crate::infra::config::OidcProvider;
use crate::kernel::{IdentityId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Somebody by whom one can sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "example", "label": "Example ID", "start_url": "/api/v1/auth/oidc/example/start"}))]
pub(in crate::features::accounts) struct OidcProviderResponse {
    /// Its name in addresses.
    pub name: String,
    /// Its name as shown.
    pub label: String,
    /// Where the browser is to go.
    pub start_url: String,
}

impl From<&OidcProvider> for OidcProviderResponse {
    fn from(provider: &OidcProvider) -> Self {
        let start_url = format!("/api/v1/auth/oidc/{}/start", provider.name);
        Self { name: provider.name.clone(), label: provider.label.clone(), start_url }
    }
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"name": "example", "label": "Example ID", "start_url": "/api/v1/auth/oidc/example/start"}]}))]
pub(in crate::features::accounts) struct OidcProvidersResponse {
    /// In the order of the settings.
    pub items: Vec<OidcProviderResponse>,
}

/// What the provider sends back by the browser; what else it sends is not looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::features::accounts) struct OidcReturnQuery {
    /// As it was sent.
    #[param(max_length = 200)]
    pub state: Option<String>,
    /// To be traded for an ID token.
    #[param(max_length = 4096)]
    pub code: Option<String>,
    /// Why there is no code.
    #[param(max_length = 200)]
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    #[param(max_length = 2000)]
    pub iss: Option<String>,
}

/// To whom to link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"provider": "example"}))]
pub(in crate::features::accounts) struct LinkIdentityRequest {
    /// The provider's name.
    #[schema(max_length = 100)]
    pub provider: String,
}

/// Where the browser is to go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"authorization_url": "https://id.example.org/authorize?response_type=code&client_id=mainstay"}))]
pub(in crate::features::accounts) struct AuthorizationResponse {
    /// The provider's page; the cookie of this answer must go with the same browser.
    pub authorization_url: String,
}

/// An account at a provider that opens this one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "issuer": "https://id.example.org", "subject": "248289761001",
    "email": "ada@example.org", "created_at": "2026-11-22T09:00:00Z", "last_used_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::accounts) struct IdentityResponse {
    /// Its id.
    pub id: IdentityId,
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// The address there when it was linked.
    #[schema(required = true, example = "ada@example.org")]
    pub email: Option<String>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it last opened the account.
    pub last_used_at: Timestamp,
}

impl From<Identity> for IdentityResponse {
    fn from(identity: Identity) -> Self {
        Self {
            id: identity.id,
            issuer: identity.issuer,
            subject: identity.subject,
            email: identity.email,
            created_at: identity.created_at,
            last_used_at: identity.last_used_at,
        }
    }
}

/// The own identities.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": []}))]
pub(in crate::features::accounts) struct IdentitiesResponse {
    /// The first one first.
    pub items: Vec<IdentityResponse>,
}
