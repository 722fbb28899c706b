//! Access tokens: JSON Web Tokens (RFC 7519, profile RFC 9068) signed with Ed25519 (RFC 8037), for our own API only.
//!
//! There is one algorithm, so none is negotiated: the header must be exactly what we write, and its `kid` must name a key
//! that we hold. A token that asks for anything else (`none`, `HS256`, an embedded key, `crit`) fails before any check.

mod key;

pub use key::{Jwk, Jwks, SigningKey, VerifyingKey};

use crate::kernel::{AccountId, Clock, Error, Ids, Result, SessionId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use uuid::Uuid;

/// Seconds by which the clocks of two nodes may differ.
pub const LEEWAY_SECONDS: i64 = 30;
/// The least time between two looks for keys that are not known here.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(5);
/// No token of ours is longer; a longer one is not even decoded.
const MOST_BYTES: usize = 4096;
const TYPE: &str = "at+jwt";
const ALGORITHM: &str = "EdDSA";

/// The header, whole: any further field is refused.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it: `auth.issuer`.
    pub iss: String,
    /// For whom: the same installation.
    pub aud: String,
    /// The account.
    pub sub: AccountId,
    /// The session, so that ending it ends its access tokens too.
    pub sid: SessionId,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// From when it holds, in Unix seconds.
    pub nbf: i64,
    /// Until when it holds, in Unix seconds.
    pub exp: i64,
    /// Its own id, for logs.
    pub jti: Uuid,
}

/// A signed token and how long it holds.
pub struct AccessToken {
    /// The text for the `Authorization` header; keep it out of logs.
    pub text: String,
    /// Seconds until it ends.
    pub expires_in_seconds: i64,
    /// What it says.
    pub claims: Claims,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("claims", &self.claims).finish_non_exhaustive()
    }
}

/// Why a token was refused: for the log; the caller learns only that it is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not three base64url parts with JSON objects of the expected fields.
    #[error("it is no token of ours")]
    Malformed,
    /// The header asks for something other than `EdDSA`.
    #[error("its algorithm is not EdDSA")]
    Algorithm,
    /// The header's `typ` is not `at+jwt`.
    #[error("it is not an access token")]
    Type,
    /// No key of this `kid`.
    #[error("its key is not known here")]
    Key,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// Issued by somebody else.
    #[error("it was issued by somebody else")]
    Issuer,
    /// Meant for somebody else.
    #[error("it is meant for somebody else")]
    Audience,
    /// It has ended.
    #[error("it has expired")]
    Expired,
    /// It does not hold yet.
    #[error("it is not valid yet")]
    NotYet,
}

/// The keys in force at one time.
#[derive(Debug)]
pub struct Keys {
    /// Signs new tokens.
    pub current: SigningKey,
    /// Further keys whose tokens are accepted: retired ones until their last token has ended, and ones about to be used.
    pub others: Vec<VerifyingKey>,
}

impl Keys {
    fn known(&self) -> impl Iterator<Item = &VerifyingKey> {
        std::iter::once(self.current.public()).chain(&self.others)
    }
}

/// Signs and verifies access tokens. Clones share the keys, which the accounts feature replaces while the server runs.
#[derive(Clone)]
pub struct Keyring {
    issuer: Arc<str>,
    audience: Arc<str>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    keys: Arc<RwLock<Option<Arc<Keys>>>>,
    /// When somebody last looked for keys that are not known here.
    looked_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Keyring {
    /// A keyring without keys: it signs and accepts nothing until [`Keyring::replace`] gave it some.
    pub fn new(issuer: &str, audience: &str, clock: Arc<dyn Clock>, ids: Ids) -> Self {
        let (keys, looked_at) = (Arc::default(), Arc::default());
        Self { issuer: issuer.into(), audience: audience.into(), clock, ids, keys, looked_at }
    }

    /// Puts these keys in force at once; tokens of keys that are not among them are refused from now on.
    pub fn replace(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(keys));
    }

    fn keys(&self) -> Option<Arc<Keys>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it is time to look for keys that other nodes made, since a token names one that is not known here. Anybody can
    /// name one that there isn't, so it is said once in a while only.
    pub fn may_look(&self) -> bool {
        let now = self.clock.now();
        let mut last = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|at| now < at || now - at >= LOOK_AGAIN);
        if may {
            *last = Some(now);
        }
        may
    }

    /// The `kid` that signs now.
    pub fn current_kid(&self) -> Option<String> {
        self.keys().map(|keys| keys.current.kid().to_owned())
    }

    /// Issues a token for this account and session that holds for so long from now.
    pub fn issue(&self, account: AccountId, session: SessionId, lifetime: TimeDelta) -> Result<AccessToken> {
        let now = self.clock.now().timestamp();
        let claims = Claims {
            iss: self.issuer.to_string(),
            aud: self.audience.to_string(),
            sub: account,
            sid: session,
            iat: now,
            nbf: now,
            exp: now.saturating_add(lifetime.num_seconds()),
            jti: self.ids.make(),
        };
        Ok(AccessToken { text: self.sign(&claims)?, expires_in_seconds: lifetime.num_seconds(), claims })
    }

    /// Signs these claims as they are.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let keys = self.keys().ok_or_else(|| Error::unavailable("the keyring holds no keys yet"))?;
        let header = Header { alg: ALGORITHM.into(), typ: TYPE.into(), kid: keys.current.kid().to_owned() };
        let mut text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(Error::internal)?);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).map_err(Error::internal)?, &mut text);
        let signature = keys.current.sign(text.as_bytes());
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Ok(text)
    }

    /// Checks form, header, signature, issuer, audience and times, in this order, and says what the token says.
    pub fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        let malformed = |_e| Refusal::Malformed;
        if token.len() > MOST_BYTES {
            return Err(Refusal::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        let key = self.key_for(&URL_SAFE_NO_PAD.decode(header).map_err(malformed)?)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(malformed)?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(malformed)?;
        if !key.verifies(signed.as_bytes(), &signature) {
            return Err(Refusal::Signature);
        }
        // Unknown claims pass (RFC 7519 section 4): while nodes are being upgraded, newer ones may write more.
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_e| Refusal::Malformed)?;
        if *claims.iss != *self.issuer {
            return Err(Refusal::Issuer);
        }
        if *claims.aud != *self.audience {
            return Err(Refusal::Audience);
        }
        let now = self.clock.now().timestamp();
        if now >= claims.exp.saturating_add(LEEWAY_SECONDS) {
            return Err(Refusal::Expired);
        }
        if now < claims.nbf.max(claims.iat).saturating_sub(LEEWAY_SECONDS) {
            return Err(Refusal::NotYet);
        }
        Ok(claims)
    }

    fn key_for(&self, header: &[u8]) -> Result<VerifyingKey, Refusal> {
        let header: Header = serde_json::from_slice(header).map_err(|_e| {
            // A look at a foreign header only names the refusal; nothing in it is followed.
            let foreign: Option<serde_json::Value> = serde_json::from_slice(header).ok();
            let alg = foreign.as_ref().and_then(|value| value.get("alg")).and_then(serde_json::Value::as_str);
            if alg.is_some_and(|alg| alg != ALGORITHM) { Refusal::Algorithm } else { Refusal::Malformed }
        })?;
        if header.alg != ALGORITHM {
            return Err(Refusal::Algorithm);
        }
        if header.typ != TYPE {
            return Err(Refusal::Type);
        }
        let keys = self.keys().ok_or(Refusal::Key)?;
        keys.known().find(|key| key.kid() == header.kid).cloned().ok_or(Refusal::Key)
    }

    /// The public keys, for `/.well-known/jwks.json`.
    pub fn jwks(&self) -> Jwks {
        let keys = self.keys();
        Jwks { keys: keys.iter().flat_map(|keys| keys.known()).map(VerifyingKey::to_jwk).collect() }
    }

    /// When the last token issued before `retired_at` has ended everywhere: until then its key must stay among the others.
    pub fn last_use(retired_at: Timestamp, lifetime: TimeDelta) -> Timestamp {
        retired_at + lifetime + TimeDelta::seconds(2 * LEEWAY_SECONDS)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("issuer", &self.issuer).field("keys", &self.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
