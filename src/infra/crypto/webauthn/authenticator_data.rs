//! What the authenticator says (section 6.1): for whom, who was there, how often, and the credential that it made.

use super::{MOST_AUTHENTICATOR_DATA, MOST_CREDENTIAL_ID, Refusal, item};
use ciborium::Value;

/// What an authenticator says of itself and its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// Somebody was there.
    pub fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The authenticator checked who, by a fingerprint, a face or a PIN.
    pub fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The credential may be copied to other devices of its owner.
    pub fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// It is copied at the moment.
    pub fn backed_up(self) -> bool {
        self.0 & 0x10 != 0
    }

    fn has_credential(self) -> bool {
        self.0 & 0x40 != 0
    }

    fn has_extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// A credential within authenticator data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attested {
    pub(super) aaguid: [u8; 16],
    pub(super) id: Vec<u8>,
    /// The bytes of the COSE key.
    pub(super) public_key: Vec<u8>,
}

/// The parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AuthenticatorData {
    pub(super) rp_id_hash: [u8; 32],
    pub(super) flags: Flags,
    pub(super) sign_count: u32,
    pub(super) attested: Option<Attested>,
}

/// Cuts the first bytes off.
fn cut<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

impl AuthenticatorData {
    /// Reads all of the bytes; anything left over is a fault.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > MOST_AUTHENTICATOR_DATA {
            return Err(Refusal::AuthenticatorData);
        }
        Self::read(bytes).ok_or(Refusal::AuthenticatorData)
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let rp_id_hash = cut::<32>(&mut bytes)?;
        let [flags] = cut::<1>(&mut bytes)?;
        let flags = Flags(flags);
        let sign_count = u32::from_be_bytes(cut::<4>(&mut bytes)?);
        let attested = if flags.has_credential() { Some(attested(&mut bytes)?) } else { None };
        if flags.has_extensions() {
            let (Value::Map(_), rest) = item(bytes)? else { return None };
            bytes = rest;
        }
        bytes.is_empty().then_some(Self { rp_id_hash, flags, sign_count, attested })
    }
}

fn attested(bytes: &mut &[u8]) -> Option<Attested> {
    let aaguid = cut::<16>(bytes)?;
    let length = usize::from(u16::from_be_bytes(cut::<2>(bytes)?));
    if length == 0 || length > MOST_CREDENTIAL_ID {
        return None;
    }
    let (id, rest) = bytes.split_at_checked(length)?;
    let (Value::Map(_), after) = item(rest)? else { return None };
    let public_key = rest.get(..rest.len() - after.len())?.to_vec();
    *bytes = after;
    Some(Attested { aaguid, id: id.to_vec(), public_key })
}
