//! Whether a credential is to be believed, from files alone: no clock, no database, no net. Pure.

use super::statement::status_list::Bits;
use super::statement::{BADGE_TYPE, CONTENT, CONTEXT, TYPE};
use crate::infra::crypto::VerifyingKey;
use crate::infra::crypto::jws::{Misshapen, Parts};
use crate::kernel::{Timestamp, words};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// No credential and no status list is longer; a longer one is not even decoded.
pub const MOST_BYTES: usize = 8 << 20;
/// What a key must say of itself to vouch for credentials.
pub(super) const KEY_PURPOSE: &str = "credential";
/// By how much the clock of whoever checks may be behind.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

/// Keys by which credentials are checked: those of a JSON Web Key Set that are made for it.
#[derive(Debug, Default)]
pub struct KeySet {
    keys: Vec<(String, VerifyingKey)>,
    /// Names of keys that the set holds for something else.
    others: Vec<String>,
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<RawKey>,
}

#[derive(Deserialize)]
struct RawKey {
    #[serde(default)]
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    purpose: String,
}

impl KeySet {
    /// Reads a JSON Web Key Set (RFC 7517) as `/.well-known/jwks.json` gives it; a sentence where it is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw: RawSet = serde_json::from_str(text).map_err(|cause| format!("it is no JSON Web Key Set: {cause}"))?;
        let mut set = Self::default();
        for key in raw.keys {
            if key.purpose != KEY_PURPOSE || key.kty != "OKP" || key.crv != "Ed25519" {
                set.others.push(key.kid);
                continue;
            }
            let bytes =
                URL_SAFE_NO_PAD.decode(&key.x).map_err(|_e| format!("the key {:?} is no base64url", key.kid))?;
            let read = VerifyingKey::from_bytes(&bytes);
            let read = read.map_err(|_e| format!("the key {:?} is no Ed25519 key of 32 bytes", key.kid))?;
            set.keys.push((key.kid, read));
        }
        Ok(set)
    }

    fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|(name, _)| name == kid).map(|(_, key)| key)
    }
}

words! {
    /// How a check ended.
    Outcome {
        /// All is well.
        Passed = "passed",
        /// The credential is not to be believed.
        Failed = "failed",
        /// What it takes was not given.
        NotChecked = "not_checked",
    }
}

words! {
    /// Why a check failed.
    Fault {
        /// It is no signed credential at all.
        Malformed = "malformed",
        /// It asks for another way of signing.
        AlgorithmRefused = "algorithm_refused",
        /// It is something else that is signed, such as an access token.
        WrongType = "wrong_type",
        /// The key that it names is not in the set.
        UnknownKey = "unknown_key",
        /// The key that it names is not made for credentials.
        WrongKeyPurpose = "wrong_key_purpose",
        /// The signature does not fit: it was changed, or another key signed it.
        SignatureMismatch = "signature_mismatch",
        /// What is signed is no credential of confirmed work.
        NotACredential = "not_a_credential",
        /// It says two different things about itself.
        ClaimsDisagree = "claims_disagree",
        /// Its key is not its issuer's.
        WrongIssuer = "wrong_issuer",
        /// It holds only later.
        NotYetValid = "not_yet_valid",
        /// It does not hold any more.
        Expired = "expired",
        /// Its issuer took it back.
        Revoked = "revoked",
        /// The status list is not to be believed, or is another one.
        StatusListRefused = "status_list_refused",
        /// The status list is out of date.
        StatusListExpired = "status_list_expired",
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What was looked at: `form`, `signature`, `content`, `period` or `status`.
    pub check: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Fault>,
    /// A sentence.
    pub detail: String,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Everything that was looked at, up to the first failure.
    pub checks: Vec<Checked>,
    /// What the credential says; none where nothing in it is to be believed.
    pub credential: Option<Value>,
}

impl Verdict {
    /// Whether it is to be believed: signed, current, and as far as a list was given, not taken back.
    pub fn is_valid(&self) -> bool {
        let well = |check: &Checked| match check.outcome {
            Outcome::Passed => true,
            Outcome::Failed => false,
            Outcome::NotChecked => check.check == "status",
        };
        self.checks.iter().all(well)
    }

    /// Why not, if it failed.
    pub fn fault(&self) -> Option<Fault> {
        self.checks.iter().find_map(|check| check.code)
    }
}

/// What of a credential matters for checking it; the rest is for its reader.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    #[serde(rename = "@context")]
    context: Vec<Value>,
    id: String,
    #[serde(rename = "type")]
    types: Vec<String>,
    issuer: Issuer,
    valid_from: Timestamp,
    valid_until: Timestamp,
    credential_status: Option<Entry>,
    iss: Option<String>,
    jti: Option<String>,
    nbf: Option<i64>,
    exp: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Issuer {
    Id(String),
    Profile { id: String },
}

impl Issuer {
    fn id(&self) -> &str {
        match self {
            Self::Id(id) | Self::Profile { id } => id,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    status_purpose: String,
    status_list_index: String,
    status_list_credential: String,
}

type Refusal = (Fault, String);

fn refuse<T>(fault: Fault, detail: impl Into<String>) -> Result<T, Refusal> {
    Err((fault, detail.into()))
}

/// Takes a signed text apart and asks for its type.
fn form(text: &str) -> Result<Parts<'_>, Refusal> {
    if text.len() > MOST_BYTES {
        return refuse(Fault::Malformed, format!("It is longer than {MOST_BYTES} bytes."));
    }
    let parts = Parts::read(text).map_err(|why| {
        let fault = match why {
            Misshapen::Form => Fault::Malformed,
            Misshapen::Algorithm => Fault::AlgorithmRefused,
        };
        (fault, format!("It can't be a credential from here: {why}."))
    })?;
    if parts.header.typ != TYPE || parts.header.cty.as_deref() != Some(CONTENT) {
        let detail =
            format!("It is signed as {:?}, which is something else than a credential ({TYPE}).", parts.header.typ);
        return refuse(Fault::WrongType, detail);
    }
    Ok(parts)
}

/// Asks the key that the header names.
fn signature(parts: &Parts<'_>, keys: &KeySet) -> Result<(), Refusal> {
    let kid = &parts.header.kid;
    let Some(key) = keys.find(kid) else {
        return if keys.others.contains(kid) {
            refuse(Fault::WrongKeyPurpose, format!("The key {kid:?} is in the set, but is not made for credentials."))
        } else {
            refuse(Fault::UnknownKey, format!("The key {kid:?} that it names is not in the key set."))
        };
    };
    if parts.is_by(key) {
        return Ok(());
    }
    let detail = format!(
        "The signature is not that of the key {kid:?} over this text: it was changed, or somebody else signed it."
    );
    refuse(Fault::SignatureMismatch, detail)
}

/// Reads what was signed, and asks whether it agrees with itself and with its key.
fn content(parts: &Parts<'_>, wanted: &str) -> Result<Claims, Refusal> {
    let claims: Claims = serde_json::from_slice(&parts.payload)
        .map_err(|cause| (Fault::NotACredential, format!("What is signed is no credential: {cause}.")))?;
    let typed = |name: &str| claims.types.iter().any(|one| one == name);
    if claims.context.first().and_then(Value::as_str) != Some(CONTEXT)
        || !typed("VerifiableCredential")
        || !typed(wanted)
    {
        return refuse(Fault::NotACredential, format!("What is signed is a credential of another kind than {wanted}."));
    }
    let issuer = claims.issuer.id();
    let agree = claims.iss.as_deref().is_none_or(|iss| iss == issuer)
        && claims.jti.as_deref().is_none_or(|jti| jti == claims.id)
        && claims.nbf.is_none_or(|nbf| nbf == claims.valid_from.timestamp())
        && claims.exp.is_none_or(|exp| exp == claims.valid_until.timestamp());
    if !agree {
        return refuse(
            Fault::ClaimsDisagree,
            "Its token and its credential say different things about issuer, id or times.",
        );
    }
    if !parts.header.kid.strip_prefix(issuer).is_some_and(|rest| rest.starts_with('/')) {
        return refuse(
            Fault::WrongIssuer,
            format!("The key {:?} is not one of its issuer {issuer:?}.", parts.header.kid),
        );
    }
    Ok(claims)
}

fn period(claims: &Claims, at: Timestamp) -> Result<(), Refusal> {
    let (from, until) = (claims.valid_from, claims.valid_until);
    if at >= until {
        return refuse(Fault::Expired, format!("It held until {until}, and it is {at}."));
    }
    if at + LEEWAY < from {
        return refuse(Fault::NotYetValid, format!("It holds only from {from} on, and it is {at}."));
    }
    Ok(())
}

/// Asks the list; says what was asked.
fn status(claims: &Claims, list: &str, keys: &KeySet, at: Timestamp) -> Result<String, Refusal> {
    let odd = |detail: &str| (Fault::StatusListRefused, format!("The status list can't be used: {detail}."));
    let entry = claims.credential_status.as_ref().ok_or_else(|| odd("the credential names none"))?;
    if entry.kind != "BitstringStatusListEntry" || entry.status_purpose != "revocation" {
        return Err(odd("the credential's status is of a kind that is not known here"));
    }
    let parts = form(list.trim()).map_err(|(_, why)| odd(&why))?;
    signature(&parts, keys).map_err(|(_, why)| odd(&why))?;
    let said = content(&parts, "BitstringStatusListCredential").map_err(|(_, why)| odd(&why))?;
    if said.id != entry.status_list_credential || said.issuer.id() != claims.issuer.id() {
        return Err(odd(&format!("it is {}, and the credential names {}", said.id, entry.status_list_credential)));
    }
    period(&said, at).map_err(|(fault, why)| match fault {
        Fault::Expired => (Fault::StatusListExpired, format!("The status list is out of date, get a new one: {why}")),
        _ => odd(&why),
    })?;
    let subject: Value = serde_json::from_slice(&parts.payload).map_err(|cause| odd(&cause.to_string()))?;
    let text = |name: &str| subject.pointer(&format!("/credentialSubject/{name}")).and_then(Value::as_str);
    if text("statusPurpose") != Some("revocation") {
        return Err(odd("it is not about revocation"));
    }
    let bits = Bits::decode(text("encodedList").unwrap_or_default()).map_err(odd)?;
    let index = entry.status_list_index.parse().map_err(|_e| odd("the credential's place in it is no number"))?;
    match bits.get(index) {
        None => Err(odd("the credential's place is beyond its end")),
        Some(true) => refuse(Fault::Revoked, format!("Its issuer took it back, by the list of {}.", said.valid_from)),
        Some(false) => Ok(format!("It was not taken back, by the list of {}.", said.valid_from)),
    }
}

/// What a credential is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// Keys of its issuer; without them nothing of it is proven.
    pub keys: Option<&'a KeySet>,
    /// The status list that it names, as it was fetched; without it a revocation stays unknown.
    pub status_list: Option<&'a str>,
    /// As of when.
    pub at: Timestamp,
}

/// Checks a credential in the compact form; stops at the first check that fails.
pub fn verify(text: &str, against: Against<'_>) -> Verdict {
    let mut checks = Vec::new();
    let credential = run(text.trim(), against, &mut checks);
    Verdict { checks, credential: credential.ok() }
}

struct Stopped;

fn run(text: &str, against: Against<'_>, checks: &mut Vec<Checked>) -> Result<Value, Stopped> {
    let parts = note(checks, "form", form(text), "It is a signed credential.")?;
    match against.keys {
        Some(keys) => {
            let detail = format!("The key {:?} signed it.", parts.header.kid);
            note(checks, "signature", signature(&parts, keys), &detail)?;
        }
        None => skip(checks, "signature", "Give the issuer's key set: without it anybody could have written this."),
    }
    let claims = note(checks, "content", content(&parts, BADGE_TYPE), "It agrees with itself and with its key.")?;
    let detail = format!("It holds from {} until {}.", claims.valid_from, claims.valid_until);
    note(checks, "period", period(&claims, against.at), &detail)?;
    if let (Some(keys), Some(list)) = (against.keys, against.status_list) {
        match status(&claims, list, keys, against.at) {
            Ok(detail) => note(checks, "status", Ok(()), &detail)?,
            Err(refusal) => note(checks, "status", Err(refusal), "")?,
        }
    } else {
        let place = claims.credential_status.as_ref().map_or("", |entry| &entry.status_list_credential);
        let detail = format!("Whether it was taken back is not known; fetch {place} and give it.");
        skip(checks, "status", &detail);
    }
    // It was read as claims before, so it is JSON.
    serde_json::from_slice(&parts.payload).map_err(|_e| Stopped)
}

fn note<T>(
    checks: &mut Vec<Checked>,
    check: &'static str,
    result: Result<T, Refusal>,
    well: &str,
) -> Result<T, Stopped> {
    let (outcome, code, detail) = match &result {
        Ok(_) => (Outcome::Passed, None, well.to_owned()),
        Err((fault, detail)) => (Outcome::Failed, Some(*fault), detail.clone()),
    };
    checks.push(Checked { check, outcome, code, detail });
    result.map_err(|_e| Stopped)
}

fn skip(checks: &mut Vec<Checked>, check: &'static str, detail: &str) {
    checks.push(Checked { check, outcome: Outcome::NotChecked, code: None, detail: detail.to_owned() });
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
