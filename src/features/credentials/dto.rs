//! Credentials on the wire.

use super::keys::PublishedKey;
use super::model::{CredentialStatus, CredentialSubject};
use super::service::CredentialCard;
use super::verify::KEY_PURPOSE;
use crate::infra::crypto::jws::Parts;
use crate::kernel::{AssignmentId, Check, Error, Line, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A credential asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IssueCredential, example = json!({"subject": "volunteer"}))]
pub(super) struct IssueCredentialRequest {
    /// Of whom it is to speak.
    pub subject: CredentialSubject,
}

/// Why a credential is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevokeCredential, example = json!({"reason": "The hours were made up, as the project found out."}))]
pub(super) struct RevokeCredentialRequest {
    /// A sentence that stands in it from then on, for everybody who has its address.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl RevokeCredentialRequest {
    pub(super) fn reason(&self) -> Result<String> {
        let mut check = Check::default();
        let reason = check.value("/reason", Line::parse(&self.reason, 1, 500));
        check.done()?;
        Ok(reason?.into_string())
    }
}

/// A signed statement of confirmed work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credential, example = json!({"id": "https://mainstay.example.org/api/v1/credentials/9Xn2PqR7sT1uVwXyZaBcDe", "name": "9Xn2PqR7sT1uVwXyZaBcDe",
    "assignment": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3e", "project": "parser", "subject": "volunteer", "minutes": 2490, "automatic_minutes": 90,
    "status": "issued", "reason": null, "issued_at": "2026-11-28T12:00:00Z", "valid_until": "2031-11-27T12:00:00Z", "ended_at": null,
    "jwt": "eyJhbGciOiJFZERTQSJ9.e30.c2ln", "credential": {"type": ["VerifiableCredential", "OpenBadgeCredential"]}}))]
pub(super) struct CredentialResponse {
    /// Its address, which anybody may read who has it.
    pub id: String,
    /// The last part of its address.
    pub name: String,
    /// The work.
    pub assignment: AssignmentId,
    /// The project's slug.
    pub project: String,
    /// Of whom it speaks.
    pub subject: CredentialSubject,
    /// Confirmed minutes.
    #[schema(minimum = 1)]
    pub minutes: i64,
    /// Those among them that were confirmed by 14 days without an answer alone.
    #[schema(minimum = 0)]
    pub automatic_minutes: i64,
    /// Where it stands.
    pub status: CredentialStatus,
    /// Why it was taken back or replaced.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
    /// When it was taken back or replaced.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// The signed text: a JSON Web Token of type `vc+jwt`. Null once its person has left.
    #[schema(required = true)]
    pub jwt: Option<String>,
    /// What it says: an Open Badge (3.0) in the Verifiable Credentials Data Model 2.0.
    #[schema(value_type = Object)]
    pub credential: Value,
}

impl CredentialResponse {
    /// The card on the wire, at this installation's address.
    pub(super) fn new(site: &str, CredentialCard { credential, project }: CredentialCard) -> Result<Self> {
        let said = match &credential.jwt {
            Some(jwt) => {
                let parts = Parts::read(jwt).map_err(Error::internal)?;
                serde_json::from_slice(&parts.payload).map_err(Error::internal)?
            }
            None => Value::Object(serde_json::Map::new()),
        };
        Ok(Self {
            id: format!("{site}/api/v1/credentials/{}", credential.name),
            name: credential.name,
            assignment: credential.assignment_id,
            project,
            subject: credential.subject,
            minutes: credential.minutes,
            automatic_minutes: credential.automatic_minutes,
            status: credential.status,
            reason: credential.reason,
            issued_at: credential.issued_at,
            valid_until: credential.valid_until,
            ended_at: credential.ended_at,
            jwt: credential.jwt,
            credential: said,
        })
    }
}

/// A public key by which credentials are checked (RFC 7517, RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CredentialKey, example = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "purpose": "credential",
    "kid": "https://mainstay.example.org/api/v1/credential-keys/NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}))]
pub(super) struct KeyResponse {
    /// Key type.
    pub kty: &'static str,
    /// Curve.
    pub crv: &'static str,
    /// Use.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Algorithm.
    pub alg: &'static str,
    /// What it vouches for.
    pub purpose: &'static str,
    /// Its address, by which credentials name it.
    pub kid: String,
    /// The key.
    pub x: String,
}

impl From<PublishedKey> for KeyResponse {
    fn from(key: PublishedKey) -> Self {
        let PublishedKey { kid, x } = key;
        Self { kty: "OKP", crv: "Ed25519", usage: "sig", alg: "EdDSA", purpose: KEY_PURPOSE, kid, x }
    }
}
