//! Accounts and tokens on the wire.

mod api_token;
mod factor;
mod oidc;
mod passkey;
mod password;
mod personal;
mod session;

pub(super) use api_token::{ApiTokenResponse, CreateApiTokenRequest, NewApiTokenResponse};
pub(super) use factor::{
    ConfirmTotpRequest, MfaRequest, RecoveryCodesResponse, SignInProblem, StepUpRequest, StepUpResponse,
    TotpSetupResponse,
};
pub(super) use oidc::{
    AuthorizationResponse, IdentitiesResponse, LinkIdentityRequest, OidcProvidersResponse, OidcReturnQuery,
};
pub(super) use passkey::{
    AskPasskeyRequest, AskPasskeyResponse, FinishPasskeyRequest, NewPasskeyResponse, PasskeyLoginRequest,
    PasskeyResponse, StartPasskeyResponse, UpdatePasskeyRequest,
};
pub(super) use password::{ChangeEmailRequest, ChangePasswordRequest, ForgotPasswordRequest, ResetPasswordRequest};
pub(super) use personal::{DepartureResponse, ExportResponse};
pub(super) use session::SessionResponse;

use super::model::Account;
use crate::http::patch;
use crate::kernel::{AccountId, PlatformRole, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who wants to join.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery", "handle": "ada", "display_name": "Ada L."}))]
pub(in crate::features::accounts) struct RegisterRequest {
    /// The mail address; a link to verify it is sent there.
    #[schema(max_length = 254)]
    pub email: String,
    /// 12 to 128 characters; common passwords and your own names are refused.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128)]
    pub password: SecretString,
    /// The public name: 2 to 32 of a–z, 0–9 and `-`.
    #[schema(min_length = 2, max_length = 32, pattern = "^[a-z0-9][a-z0-9-]*[a-z0-9]$")]
    pub handle: String,
    /// The name as shown: 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub display_name: String,
}

/// What happens next.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"message": "Look into your mail: a link to verify the address is on its way."}))]
pub(in crate::features::accounts) struct MessageResponse {
    /// A sentence for the person.
    pub message: String,
}

/// The token from a verification mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "mst_verify_3q2-7wAA…"}))]
pub(in crate::features::accounts) struct VerifyEmailRequest {
    /// As it stands in the mail.
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
}

/// Where the verification mail should go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub(in crate::features::accounts) struct ResendRequest {
    /// The mail address.
    #[schema(max_length = 254)]
    pub email: String,
}

/// Credentials.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "volunteer@example.org", "password": "mainstay-demo-2026"}))]
pub(in crate::features::accounts) struct LoginRequest {
    /// The mail address.
    #[schema(max_length = 254)]
    pub email: String,
    /// The password.
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: SecretString,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "mst_refresh_3q2-7wAA…"}))]
pub(in crate::features::accounts) struct RefreshRequest {
    /// The newest one that was given out for this session.
    #[schema(value_type = String, max_length = 200)]
    pub refresh_token: SecretString,
}

/// A pair of tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…", "token_type": "Bearer", "expires_in": 900, "refresh_token": "mst_refresh_3q2-7wAA…"}))]
pub(in crate::features::accounts) struct TokensResponse {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(minimum = 1)]
    pub expires_in: i64,
    /// Good for one new pair at `POST /auth/refresh`.
    pub refresh_token: String,
}

/// The caller's own account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "handle": "ada", "display_name": "Ada L.", "email": "ada@example.org",
    "email_verified": true, "email_undeliverable_since": null, "email_undeliverable_why": null, "mfa_enabled": false, "platform_roles": [], "deletes_at": null, "created_at": "2026-11-22T09:00:00Z", "updated_at": "2026-11-22T09:00:00Z"}))]
pub(in crate::features::accounts) struct MeResponse {
    /// The account.
    pub id: AccountId,
    /// The public name.
    pub handle: String,
    /// The name as shown.
    pub display_name: String,
    /// The mail address.
    pub email: String,
    /// Whether the address was verified.
    pub email_verified: bool,
    /// When a mail server last said that nobody is reached at the address; null when none did, or the address was proven since.
    /// Digests and notices are not mailed for 30 days then.
    #[schema(required = true)]
    pub email_undeliverable_since: Option<Timestamp>,
    /// What that server said.
    #[schema(required = true, max_length = 200)]
    pub email_undeliverable_why: Option<String>,
    /// Whether a second factor is set up.
    pub mfa_enabled: bool,
    /// Platform roles beyond being a member. Where `auth.roles_want_second_factor` is set they rest in
    /// sessions that have not proven a second factor.
    pub platform_roles: Vec<PlatformRole>,
    /// When the account is deleted, if that was asked for at `DELETE /me`.
    #[schema(required = true)]
    pub deletes_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl MeResponse {
    pub(in crate::features::accounts) fn new(account: Account, platform_roles: Vec<PlatformRole>) -> Self {
        Self {
            id: account.id,
            handle: account.handle,
            display_name: account.display_name,
            email: account.email,
            email_verified: account.email_verified_at.is_some(),
            email_undeliverable_since: account.undeliverable_since,
            email_undeliverable_why: account.undeliverable_why,
            mfa_enabled: account.mfa_enabled_at.is_some(),
            platform_roles,
            deletes_at: account.deletes_at,
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

/// Changes to the own account (JSON Merge Patch).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"display_name": "Ada Lovelace"}))]
pub(in crate::features::accounts) struct UpdateMeRequest {
    /// A new public name.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 2, max_length = 32, nullable = false)]
    pub handle: Option<String>,
    /// A new name to show.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 1, max_length = 80, nullable = false)]
    pub display_name: Option<String>,
}
