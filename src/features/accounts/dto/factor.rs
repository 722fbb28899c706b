//! Second factors on the wire.

use super::passkey::UsedCredential;
use crate::features::accounts::model::FactorMethod;
use crate::features::accounts::service::factor::{Evidence, Setup};
use crate::http::problem::ProblemDocument;
use crate::kernel::{Check, Error, Result, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an authenticator app needs, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/Mainstay:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Mainstay&algorithm=SHA1&digits=6&period=30"}))]
pub(in crate::features::accounts) struct TotpSetupResponse {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same for a QR code.
    pub otpauth_uri: String,
}

impl From<Setup> for TotpSetupResponse {
    fn from(setup: Setup) -> Self {
        Self { secret: setup.secret.to_string(), otpauth_uri: setup.uri.to_string() }
    }
}

/// The code that an app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
pub(in crate::features::accounts) struct ConfirmTotpRequest {
    /// Six digits.
    #[schema(value_type = String, max_length = 32)]
    pub code: SecretString,
}

/// Codes for when the app is lost, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["mzxw-6ytb-oi4d-2lp7-ne3g-q5dk", "gezd-gnbv-gy3t-qojq-7kfa-x2mw"]}))]
pub(in crate::features::accounts) struct RecoveryCodesResponse {
    /// Ten codes; each works once.
    pub recovery_codes: Vec<String>,
}

/// What was shown for this method: a code for the first two, a credential for a passkey, never both.
fn evidence(method: FactorMethod, code: Option<SecretString>, credential: Option<&UsedCredential>) -> Result<Evidence> {
    match (method, code, credential) {
        (FactorMethod::Totp, Some(code), None) => Ok(Evidence::Totp(code)),
        (FactorMethod::RecoveryCode, Some(code), None) => Ok(Evidence::RecoveryCode(code)),
        (FactorMethod::Passkey, None, Some(credential)) => Ok(Evidence::Passkey(Box::new(credential.read()?))),
        (method, code, credential) => {
            let (wanted, other) = match method {
                FactorMethod::Passkey => (("/credential", credential.is_none()), ("/code", code.is_some())),
                _ => (("/code", code.is_none()), ("/credential", credential.is_some())),
            };
            let mut check = Check::default();
            check.require(!wanted.1, wanted.0, "missing", format!("The method {method} wants it."));
            check.require(!other.1, other.0, "not_wanted", format!("The method {method} has no use for it."));
            check.done()?;
            Err(Error::internal("a proof that is neither whole nor faulty"))
        }
    }
}

/// A proof of a second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "totp", "code": "287082"}))]
pub(in crate::features::accounts) struct StepUpRequest {
    /// Which one.
    pub method: FactorMethod,
    /// Six digits of the app, or a recovery code; for those methods alone.
    #[schema(value_type = Option<String>, max_length = 64)]
    pub code: Option<SecretString>,
    /// What the browser gave after `POST /auth/passkeys/step-up/start`; for the method `passkey` alone.
    pub credential: Option<UsedCredential>,
}

impl StepUpRequest {
    pub(in crate::features::accounts) fn evidence(self) -> Result<Evidence> {
        evidence(self.method, self.code, self.credential.as_ref())
    }
}

/// How long the proof counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"fresh_until": "2026-11-22T09:15:00Z"}))]
pub(in crate::features::accounts) struct StepUpResponse {
    /// Until then operations that want a fresh proof can be called.
    pub fresh_until: Timestamp,
}

/// The second half of a sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mfa_token": "mst_mfa_3q2-7wAA…", "method": "totp", "code": "287082"}))]
pub(in crate::features::accounts) struct MfaRequest {
    /// As the first half answered it.
    #[schema(value_type = String, max_length = 200)]
    pub mfa_token: SecretString,
    /// Which factor.
    pub method: FactorMethod,
    /// Six digits of the app, or a recovery code; for those methods alone.
    #[schema(value_type = Option<String>, max_length = 64)]
    pub code: Option<SecretString>,
    /// What the browser gave after `POST /auth/passkeys/mfa/start`; for the method `passkey` alone.
    pub credential: Option<UsedCredential>,
}

impl MfaRequest {
    pub(in crate::features::accounts) fn read(self) -> Result<(SecretString, Evidence)> {
        Ok((self.mfa_token, evidence(self.method, self.code, self.credential.as_ref())?))
    }
}

/// Why nobody was signed in: wrong credentials (`auth.wrong_credentials`), or a second factor is wanted
/// (`auth.mfa_required`, with the two members that say what to send next).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"type": "/problems/auth.mfa_required", "title": "This account wants a second factor.", "status": 401,
    "detail": "The password is right; send a proof of your second factor to POST /api/v1/auth/mfa.", "instance": "/api/v1/auth/login",
    "code": "auth.mfa_required", "request_id": "01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d", "mfa_token": "mst_mfa_3q2-7wAA…", "methods": ["passkey", "totp", "recovery_code"]}))]
pub(in crate::features::accounts) struct SignInProblem {
    /// What every problem says.
    #[serde(flatten)]
    pub problem: ProblemDocument,
    /// For `POST /auth/mfa`, within five minutes.
    #[schema(required = false)]
    pub mfa_token: Option<String>,
    /// The factors that would do.
    #[schema(required = false)]
    pub methods: Option<Vec<FactorMethod>>,
}
