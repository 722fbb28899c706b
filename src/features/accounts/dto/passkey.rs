//! Passkeys on the wire. What browsers make and read is written as WebAuthn writes it (level 3, section 5.1.8): options are
//! for `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()`, credentials come from
//! `toJSON()`. Members of them that are not named here are not looked at.

use crate::features::accounts::model::{Account, Passkey};
use crate::features::accounts::service::passkey::{Answer, Asked, Made, Making, Sent};
use crate::http::patch;
use crate::infra::crypto::webauthn::{self, ALGORITHMS};
use crate::kernel::{PasskeyId, Result, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Milliseconds that browsers give the person.
const TIMEOUT: u32 = 300_000;
const PUBLIC_KEY: &str = "public-key";

/// The relying party: this installation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::accounts) struct RelyingPartyEntity {
    /// The domain that passkeys are bound to.
    #[schema(example = "mainstay.example.org")]
    pub id: String,
    /// What the authenticator shows.
    #[schema(example = "Mainstay")]
    pub name: &'static str,
}

/// Who the passkey is for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct UserEntity {
    /// The account, base64url.
    #[schema(example = "AZMrfI0-ekGcVS9uihsMPQ")]
    pub id: String,
    /// The mail address.
    #[schema(example = "ada@example.org")]
    pub name: String,
    /// The name as shown.
    #[schema(example = "Ada L.")]
    pub display_name: String,
}

/// A kind of key.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::accounts) struct KeyParameters {
    /// Always `public-key`.
    #[schema(example = "public-key")]
    pub r#type: &'static str,
    /// A COSE algorithm: -8 (`EdDSA`), -7 (`ES256`), -257 (`RS256`).
    #[schema(example = -7)]
    pub alg: i32,
}

/// A passkey, as browsers name it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::accounts) struct CredentialDescriptor {
    /// Always `public-key`.
    #[schema(example = "public-key")]
    pub r#type: &'static str,
    /// The authenticator's id of it, base64url.
    #[schema(example = "rV9v1dU2R0WnWc8t1Jm3hg")]
    pub id: String,
    /// How the authenticator is reached.
    #[schema(example = json!(["internal", "hybrid"]))]
    pub transports: Vec<String>,
}

impl From<Passkey> for CredentialDescriptor {
    fn from(passkey: Passkey) -> Self {
        Self { r#type: PUBLIC_KEY, id: passkey.credential_id, transports: passkey.transports.0 }
    }
}

/// What the authenticator must be able to do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct AuthenticatorSelection {
    /// Always `required`: a passkey says by itself whose it is.
    #[schema(example = "required")]
    pub resident_key: &'static str,
    /// The same, for older browsers.
    pub require_resident_key: bool,
    /// Always `preferred`: only a passkey that verifies its user signs in without a password.
    #[schema(example = "preferred")]
    pub user_verification: &'static str,
}

/// For `navigator.credentials.create()`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct CreationOptions {
    /// This installation.
    pub rp: RelyingPartyEntity,
    /// Who the passkey is for.
    pub user: UserEntity,
    /// What is to be signed, base64url.
    #[schema(example = "NqUO3h0rjVZ2xcoFQbIyz8lBDIeI3ZFc9ch0K1Jc0VU")]
    pub challenge: String,
    /// The kinds of keys that are taken, the best liked first.
    pub pub_key_cred_params: Vec<KeyParameters>,
    /// Milliseconds to answer in.
    #[schema(example = 300_000)]
    pub timeout: u32,
    /// Passkeys of the account, so that an authenticator makes no second one.
    pub exclude_credentials: Vec<CredentialDescriptor>,
    /// What the authenticator must be able to do.
    pub authenticator_selection: AuthenticatorSelection,
    /// Always `none`: nobody asks for the make of the authenticator.
    #[schema(example = "none")]
    pub attestation: &'static str,
}

/// A passkey that is being made.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::accounts) struct StartPasskeyResponse {
    /// For the browser.
    pub options: CreationOptions,
    /// Until then `POST /me/passkeys/finish` takes the answer.
    pub expires_at: Timestamp,
}

impl StartPasskeyResponse {
    pub(in crate::features::accounts) fn new(account: Account, asked: Asked) -> Self {
        let options = CreationOptions {
            rp: RelyingPartyEntity { id: asked.rp_id, name: "Mainstay" },
            user: UserEntity {
                id: webauthn::encode(account.id.0.as_bytes()),
                name: account.email,
                display_name: account.display_name,
            },
            challenge: webauthn::encode(&asked.challenge),
            pub_key_cred_params: ALGORITHMS.map(|alg| KeyParameters { r#type: PUBLIC_KEY, alg }).into(),
            timeout: TIMEOUT,
            exclude_credentials: asked.passkeys.into_iter().map(CredentialDescriptor::from).collect(),
            authenticator_selection: AuthenticatorSelection {
                resident_key: "required",
                require_resident_key: true,
                user_verification: "preferred",
            },
            attestation: "none",
        };
        Self { options, expires_at: asked.expires_at }
    }
}

/// For `navigator.credentials.get()`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct RequestOptions {
    /// What is to be signed, base64url.
    #[schema(example = "NqUO3h0rjVZ2xcoFQbIyz8lBDIeI3ZFc9ch0K1Jc0VU")]
    pub challenge: String,
    /// Milliseconds to answer in.
    #[schema(example = 300_000)]
    pub timeout: u32,
    /// The domain that passkeys are bound to.
    #[schema(example = "mainstay.example.org")]
    pub rp_id: String,
    /// The passkeys that may answer; empty: any.
    pub allow_credentials: Vec<CredentialDescriptor>,
    /// Whether the authenticator must verify its user: `required` to sign in without a password, else `preferred`.
    #[schema(example = "required")]
    pub user_verification: &'static str,
}

/// A passkey that is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::features::accounts) struct AskPasskeyResponse {
    /// For the browser.
    pub options: RequestOptions,
    /// Until then the answer is taken.
    pub expires_at: Timestamp,
}

impl AskPasskeyResponse {
    pub(in crate::features::accounts) fn new(asked: Asked, user_verification: &'static str) -> Self {
        let options = RequestOptions {
            challenge: webauthn::encode(&asked.challenge),
            timeout: TIMEOUT,
            rp_id: asked.rp_id,
            allow_credentials: asked.passkeys.into_iter().map(CredentialDescriptor::from).collect(),
            user_verification,
        };
        Self { options, expires_at: asked.expires_at }
    }
}

/// The kind of a credential.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(in crate::features::accounts) enum CredentialKind {
    /// The only one there is.
    #[serde(rename = "public-key")]
    PublicKey,
}

/// What the authenticator answered when it made a passkey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct AttestationAnswer {
    /// What the browser says, base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(min_length = 2, max_length = 10_924)]
    pub client_data_json: String,
    /// What the authenticator says, base64url.
    #[schema(min_length = 2, max_length = 87_384)]
    pub attestation_object: String,
    /// How the authenticator is reached.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub transports: Vec<String>,
}

/// A credential that was made, as `toJSON()` writes it.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::features::accounts) struct MadeCredential {
    /// The authenticator's id of it, base64url.
    #[schema(min_length = 2, max_length = 1364)]
    pub id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(inline)]
    pub _kind: CredentialKind,
    /// What the authenticator answered.
    pub response: AttestationAnswer,
}

fn unnamed() -> String {
    "Passkey".to_owned()
}

/// The answer to `POST /me/passkeys/start`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada's telephone", "credential": {"id": "rV9v1dU2R0WnWc8t1Jm3hg", "rawId": "rV9v1dU2R0WnWc8t1Jm3hg", "type": "public-key",
    "response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0", "attestationObject": "o2NmbXRkbm9uZQ", "transports": ["internal", "hybrid"]},
    "clientExtensionResults": {}}}))]
pub(in crate::features::accounts) struct FinishPasskeyRequest {
    /// What its owner calls it: 1 to 80 characters.
    #[serde(default = "unnamed")]
    #[schema(min_length = 1, max_length = 80, default = "Passkey")]
    pub name: String,
    /// What the browser gave.
    pub credential: MadeCredential,
}

impl FinishPasskeyRequest {
    pub(in crate::features::accounts) fn making(&self) -> Making<'_> {
        Making {
            name: &self.name,
            id: &self.credential.id,
            client_data: &self.credential.response.client_data_json,
            attestation: &self.credential.response.attestation_object,
            transports: &self.credential.response.transports,
        }
    }
}

/// What the authenticator answered when it was asked for a proof.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::features::accounts) struct AssertionAnswer {
    /// What the browser says, base64url.
    #[serde(rename = "clientDataJSON")]
    #[schema(min_length = 2, max_length = 10_924)]
    pub client_data_json: String,
    /// What the authenticator says, base64url.
    #[schema(min_length = 2, max_length = 21_848)]
    pub authenticator_data: String,
    /// Its signature, base64url.
    #[schema(min_length = 2, max_length = 1368)]
    pub signature: String,
    /// Whose passkey it is, base64url.
    #[schema(min_length = 2, max_length = 88)]
    pub user_handle: Option<String>,
}

/// A credential that was used, as `toJSON()` writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"id": "rV9v1dU2R0WnWc8t1Jm3hg", "rawId": "rV9v1dU2R0WnWc8t1Jm3hg", "type": "public-key",
    "response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0", "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ",
        "signature": "MEUCIQDx", "userHandle": "AZMrfI0-ekGcVS9uihsMPQ"}, "clientExtensionResults": {}}))]
pub(in crate::features::accounts) struct UsedCredential {
    /// The authenticator's id of it, base64url.
    #[schema(min_length = 2, max_length = 1364)]
    pub id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(inline)]
    pub _kind: CredentialKind,
    /// What the authenticator answered.
    pub response: AssertionAnswer,
}

impl UsedCredential {
    pub(in crate::features::accounts) fn read(&self) -> Result<Answer> {
        Answer::read(&Sent {
            id: &self.id,
            client_data: &self.response.client_data_json,
            authenticator_data: &self.response.authenticator_data,
            signature: &self.response.signature,
            user_handle: self.response.user_handle.as_deref(),
        })
    }
}

/// The answer to `POST /auth/passkeys/login/start`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::features::accounts) struct PasskeyLoginRequest {
    /// What the browser gave.
    pub credential: UsedCredential,
}

/// A sign-in that waits for its second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mfa_token": "mst_mfa_3q2-7wAA…"}))]
pub(in crate::features::accounts) struct AskPasskeyRequest {
    /// As the first half answered it.
    #[schema(value_type = String, max_length = 200)]
    pub mfa_token: SecretString,
}

/// A passkey of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "Ada's telephone", "signs_in_alone": true, "backup_eligible": true,
    "backed_up": true, "aaguid": "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "transports": ["internal", "hybrid"], "created_at": "2026-11-22T09:00:00Z", "last_used_at": null}))]
pub(in crate::features::accounts) struct PasskeyResponse {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Whether it signs in without a password, because it has verified its user.
    pub signs_in_alone: bool,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it was, at the last use.
    pub backed_up: bool,
    /// The authenticator's model, as it says; null when it doesn't.
    #[schema(required = true)]
    pub aaguid: Option<String>,
    /// How the authenticator is reached.
    pub transports: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used; null before the first time.
    #[schema(required = true)]
    pub last_used_at: Option<Timestamp>,
}

impl From<Passkey> for PasskeyResponse {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name,
            signs_in_alone: passkey.user_verified,
            backup_eligible: passkey.backup_eligible,
            backed_up: passkey.backed_up,
            aaguid: passkey.aaguid,
            transports: passkey.transports.0,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// A passkey that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "name": "Ada's telephone", "signs_in_alone": true, "backup_eligible": true,
    "backed_up": true, "aaguid": null, "transports": ["internal"], "created_at": "2026-11-22T09:00:00Z", "last_used_at": null,
    "recovery_codes": ["mzxw-6ytb-oi4d-2lp7", "gezd-gnbv-gy3t-qojq"]}))]
pub(in crate::features::accounts) struct NewPasskeyResponse {
    /// What it is.
    #[serde(flatten)]
    pub described: PasskeyResponse,
    /// With the first second factor of an account: ten codes for when it is lost, shown this once. Else null.
    #[schema(required = true)]
    pub recovery_codes: Option<Vec<String>>,
}

impl From<Made> for NewPasskeyResponse {
    fn from(made: Made) -> Self {
        Self { described: made.passkey.into(), recovery_codes: made.recovery_codes }
    }
}

/// Changes to a passkey (JSON Merge Patch).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "The blue key"}))]
pub(in crate::features::accounts) struct UpdatePasskeyRequest {
    /// What its owner calls it: 1 to 80 characters.
    #[serde(default, deserialize_with = "patch::present")]
    #[schema(min_length = 1, max_length = 80, nullable = false)]
    pub name: Option<String>,
}
