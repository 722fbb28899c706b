//! The relying party's side of Web Authentication (WebAuthn level 3): pure functions over what browsers send.
//!
//! What was signed is checked in the order of the standard's sections 7.1 and 7.2. Attestation statements are not looked at:
//! which make of authenticator somebody has is nobody's business here, so every format counts as `none`.

mod authenticator_data;
mod client_data;
mod key;

pub use authenticator_data::Flags;
pub use client_data::ClientData;
pub use key::ALGORITHMS;

use authenticator_data::AuthenticatorData;
use ciborium::Value;
use key::PublicKey;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Bytes that an attestation object may have; with certificates of a TPM they have some thousand.
pub const MOST_ATTESTATION: usize = 64 * 1024;
/// Bytes that client data may have.
pub const MOST_CLIENT_DATA: usize = 8 * 1024;
/// Bytes that authenticator data may have.
pub const MOST_AUTHENTICATOR_DATA: usize = 16 * 1024;
/// Bytes that a credential's id may have (section 4, "Credential ID").
pub const MOST_CREDENTIAL_ID: usize = 1023;
/// Bytes that a signature may have: RSA with 8192 bits.
pub const MOST_SIGNATURE: usize = 1024;
/// How deep CBOR may nest; attestation statements need three levels.
const DEPTH: usize = 8;

/// Which of the two ceremonies it is; an answer to one is worth nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// A new credential is made.
    Create,
    /// A credential is used.
    Get,
}

/// Why an answer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The client data can't be read.
    #[error("the client data can't be read")]
    ClientData,
    /// It belongs to the other ceremony, or is no answer of a passkey at all.
    #[error("the answer is of another type")]
    Type,
    /// It answers another challenge.
    #[error("the answer is to another challenge")]
    Challenge,
    /// It comes from a page that is not ours.
    #[error("the answer comes from a page that may not ask for passkeys here; see auth.passkey_origins")]
    Origin,
    /// It comes from a frame within another site's page.
    #[error("the answer comes from a frame in another site's page")]
    CrossOrigin,
    /// The attestation object can't be read.
    #[error("the attestation object can't be read")]
    Attestation,
    /// The authenticator data can't be read.
    #[error("the authenticator data can't be read")]
    AuthenticatorData,
    /// The credential belongs to another relying party.
    #[error("the passkey belongs to another site; see auth.passkey_rp_id")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("the authenticator did not see that somebody is there")]
    UserPresence,
    /// The authenticator did not check who it is.
    #[error("the authenticator did not verify its user, by a fingerprint or a PIN")]
    UserVerification,
    /// The backup flags contradict each other, or what was said when the credential was made.
    #[error("the backup flags contradict each other")]
    BackupFlags,
    /// The credential named is not the one that answers.
    #[error("the passkey named is not the one that answers")]
    Credential,
    /// The key is of a kind that was not asked for, or is no key.
    #[error("the public key is of another kind than was asked for, or broken")]
    Key,
    /// The signature is wrong.
    #[error("the signature does not fit")]
    Signature,
    /// The counter of signatures did not rise: there may be a copy of the authenticator.
    #[error("the authenticator's counter went back; there may be a copy of it")]
    Counter,
}

impl Refusal {
    /// A stable name for input faults.
    pub fn code(self) -> &'static str {
        match self {
            Self::ClientData => "invalid_client_data",
            Self::Type => "wrong_type_of_answer",
            Self::Challenge => "wrong_challenge",
            Self::Origin => "wrong_origin",
            Self::CrossOrigin => "cross_origin",
            Self::Attestation => "invalid_attestation",
            Self::AuthenticatorData => "invalid_authenticator_data",
            Self::RelyingParty => "wrong_relying_party",
            Self::UserPresence => "user_not_present",
            Self::UserVerification => "user_not_verified",
            Self::BackupFlags => "invalid_backup_flags",
            Self::Credential => "wrong_credential",
            Self::Key => "invalid_key",
            Self::Signature => "wrong_signature",
            Self::Counter => "counter_went_back",
        }
    }
}

/// Who asks for passkeys: the name that they are bound to, and the pages that may ask for them.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    /// A domain.
    pub id: String,
    /// Origins, as browsers write them.
    pub origins: Vec<String>,
}

/// A credential that was made for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id, 1 to [`MOST_CREDENTIAL_ID`] bytes.
    pub id: Vec<u8>,
    /// Its public key, as COSE writes keys; good for [`RelyingParty::authenticate`].
    pub public_key: Vec<u8>,
    /// The signatures made so far; 0 also when the authenticator doesn't count.
    pub sign_count: u32,
    /// What the authenticator said of itself.
    pub flags: Flags,
    /// The authenticator's model; all zero when it doesn't say.
    pub aaguid: [u8; 16],
}

/// A credential that we know.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its public key, as [`NewCredential::public_key`] had it.
    pub public_key: &'a [u8],
    /// The counter after its last use.
    pub sign_count: u32,
    /// Whether it may be backed up, as was said when it was made; this never changes.
    pub backup_eligible: bool,
}

/// What an authenticator signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The authenticator data.
    pub authenticator_data: &'a [u8],
    /// The signature over it and the client data's hash.
    pub signature: &'a [u8],
}

/// What a proof of possession says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// The counter, to be kept.
    pub sign_count: u32,
    /// What the authenticator said of itself.
    pub flags: Flags,
}

/// The hash under which a challenge is kept: 64 hexadecimal digits.
pub fn challenge_hash(challenge: &[u8]) -> String {
    super::token::hex(&Sha256::digest(challenge))
}

/// The bytes of base64url without padding, as WebAuthn's JSON writes them; none when it is something else.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

/// The bytes as base64url without padding.
pub fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

impl RelyingParty {
    /// Checks the answer to the wish for a new credential (section 7.1). `challenge` is the [`challenge_hash`] of what was
    /// asked; user verification is kept but not insisted on.
    pub fn register(&self, client: &ClientData, challenge: &str, attestation: &[u8]) -> Result<NewCredential, Refusal> {
        self.check_client(client, Ceremony::Create, challenge)?;
        let bytes = authenticator_data_of(attestation)?;
        let data = AuthenticatorData::parse(&bytes)?;
        self.check_authenticator(&data)?;
        let made = data.attested.ok_or(Refusal::AuthenticatorData)?;
        PublicKey::parse(&made.public_key)?;
        Ok(NewCredential {
            id: made.id,
            public_key: made.public_key,
            sign_count: data.sign_count,
            flags: data.flags,
            aaguid: made.aaguid,
        })
    }

    /// Checks the answer to the wish for a proof (section 7.2); with `verified`, the authenticator must have checked who
    /// its user is.
    pub fn authenticate(
        &self,
        client: &ClientData,
        challenge: &str,
        signed: Signed<'_>,
        known: Known<'_>,
        verified: bool,
    ) -> Result<Proof, Refusal> {
        self.check_client(client, Ceremony::Get, challenge)?;
        let data = AuthenticatorData::parse(signed.authenticator_data)?;
        self.check_authenticator(&data)?;
        if verified && !data.flags.user_verified() {
            return Err(Refusal::UserVerification);
        }
        if data.flags.backup_eligible() != known.backup_eligible {
            return Err(Refusal::BackupFlags);
        }
        let mut message = signed.authenticator_data.to_vec();
        message.extend_from_slice(client.hash());
        PublicKey::parse(known.public_key)?.verify(&message, signed.signature)?;
        // Last, so that only the holder of the key can say that the counter went back.
        let counts = data.sign_count != 0 || known.sign_count != 0;
        if counts && data.sign_count <= known.sign_count {
            return Err(Refusal::Counter);
        }
        Ok(Proof { sign_count: data.sign_count, flags: data.flags })
    }

    fn check_client(&self, client: &ClientData, ceremony: Ceremony, challenge: &str) -> Result<(), Refusal> {
        if client.ceremony != ceremony {
            return Err(Refusal::Type);
        }
        if !bool::from(challenge_hash(&client.challenge).as_bytes().ct_eq(challenge.as_bytes())) {
            return Err(Refusal::Challenge);
        }
        if !self.origins.contains(&client.origin) {
            return Err(Refusal::Origin);
        }
        if client.cross_origin {
            return Err(Refusal::CrossOrigin);
        }
        Ok(())
    }

    fn check_authenticator(&self, data: &AuthenticatorData) -> Result<(), Refusal> {
        let own: [u8; 32] = Sha256::digest(self.id.as_bytes()).into();
        if data.rp_id_hash != own {
            return Err(Refusal::RelyingParty);
        }
        if !data.flags.user_present() {
            return Err(Refusal::UserPresence);
        }
        if data.flags.backed_up() && !data.flags.backup_eligible() {
            return Err(Refusal::BackupFlags);
        }
        Ok(())
    }
}

/// One CBOR item at the start of the bytes, and what follows it.
fn item(mut bytes: &[u8]) -> Option<(Value, &[u8])> {
    let value = ciborium::de::from_reader_with_recursion_limit(&mut bytes, DEPTH).ok()?;
    Some((value, bytes))
}

/// The authenticator data within an attestation object; format and statement must be there, and are ignored.
fn authenticator_data_of(attestation: &[u8]) -> Result<Vec<u8>, Refusal> {
    if attestation.len() > MOST_ATTESTATION {
        return Err(Refusal::Attestation);
    }
    let (Value::Map(entries), []) = item(attestation).ok_or(Refusal::Attestation)? else {
        return Err(Refusal::Attestation);
    };
    let (mut data, mut format, mut statement) = (None, false, false);
    for (name, value) in entries {
        match (name.as_text(), value) {
            (Some("authData"), Value::Bytes(bytes)) if data.is_none() => data = Some(bytes),
            (Some("fmt"), Value::Text(_)) if !format => format = true,
            (Some("attStmt"), Value::Map(_)) if !statement => statement = true,
            (Some("authData" | "fmt" | "attStmt"), _) => return Err(Refusal::Attestation),
            _ => {}
        }
    }
    match data {
        Some(data) if format && statement => Ok(data),
        _ => Err(Refusal::Attestation),
    }
}

#[cfg(test)]
mod tests;
