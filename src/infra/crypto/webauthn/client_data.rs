//! What the browser says of a ceremony (section 5.8.1): type, challenge, origin.

use super::{Ceremony, MOST_CLIENT_DATA, Refusal, decode};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The members that count; browsers may add others.
#[derive(Deserialize)]
struct Collected {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<String>,
}

/// The browser's word on a ceremony, read but not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData {
    pub(super) ceremony: Ceremony,
    pub(super) challenge: Vec<u8>,
    pub(super) origin: String,
    pub(super) cross_origin: bool,
    hash: [u8; 32],
}

impl ClientData {
    /// Reads the bytes of `clientDataJSON`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > MOST_CLIENT_DATA {
            return Err(Refusal::ClientData);
        }
        let read: Collected = serde_json::from_slice(bytes).map_err(|_json| Refusal::ClientData)?;
        let ceremony = match read.r#type.as_str() {
            "webauthn.create" => Ceremony::Create,
            "webauthn.get" => Ceremony::Get,
            _ => return Err(Refusal::Type),
        };
        Ok(Self {
            ceremony,
            challenge: decode(&read.challenge).ok_or(Refusal::ClientData)?,
            origin: read.origin,
            // Only frames in other sites' pages have an origin above their own.
            cross_origin: read.cross_origin || read.top_origin.is_some(),
            hash: Sha256::digest(bytes).into(),
        })
    }

    /// The challenge that it answers, as it says; what was asked is found by its [`super::challenge_hash`].
    pub fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// SHA-256 of the bytes: what the authenticator signs.
    pub(super) fn hash(&self) -> &[u8] {
        &self.hash
    }
}
