//! Public keys as COSE writes them (RFC 9052, RFC 9053, RFC 8230), and their signatures.

use super::{Refusal, item};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use ciborium::Value;

/// The algorithms asked for, the best liked first: `EdDSA`, `ES256`, `RS256`.
pub const ALGORITHMS: [i32; 3] = [EDDSA, ES256, RS256];

const EDDSA: i32 = -8;
const ES256: i32 = -7;
const RS256: i32 = -257;

/// A key of one of [`ALGORITHMS`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// Over the curve Ed25519.
    Ed25519([u8; 32]),
    /// Over the curve P-256: an uncompressed point.
    P256(Vec<u8>),
    /// RSA with 2048 to 8192 bits.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

/// A member of the key's map; a key that has one twice is no key.
fn member(entries: &[(Value, Value)], label: i32) -> Option<&Value> {
    let mut found = entries.iter().filter(|(name, _)| name.as_integer() == Some(label.into()));
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}

fn bytes(entries: &[(Value, Value)], label: i32) -> Option<&[u8]> {
    member(entries, label)?.as_bytes().map(Vec::as_slice)
}

impl PublicKey {
    /// Reads the bytes of a COSE key, and sees that it is one that can verify.
    pub(super) fn parse(cose: &[u8]) -> Result<Self, Refusal> {
        Self::read(cose).ok_or(Refusal::Key)
    }

    fn read(cose: &[u8]) -> Option<Self> {
        let (Value::Map(entries), []) = item(cose)? else { return None };
        let number = |label: i32| i32::try_from(member(&entries, label)?.as_integer()?).ok();
        let key = match (number(1)?, number(3)?) {
            (1, EDDSA) if number(-1)? == 6 => Self::Ed25519(bytes(&entries, -2)?.try_into().ok()?),
            (2, ES256) if number(-1)? == 1 => {
                let (x, y) = (bytes(&entries, -2)?, bytes(&entries, -3)?);
                (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4], x, y].concat()))?
            }
            (3, RS256) => Self::Rsa { modulus: bytes(&entries, -1)?.to_vec(), exponent: bytes(&entries, -2)?.to_vec() },
            _ => return None,
        };
        key.is_sound().then_some(key)
    }

    /// Whether the point lies on its curve, and the modulus has a length that is safe.
    fn is_sound(&self) -> bool {
        match self {
            Self::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).parse().is_ok(),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).parse().is_ok(),
            Self::Rsa { modulus, exponent } => {
                // RFC 8230 section 4: no leading zero. The exponents in use are 3 and 65537.
                let odd = exponent.last().is_some_and(|byte| byte & 1 == 1);
                let bits = modulus.first().is_some_and(|byte| *byte != 0);
                bits && odd && (256..=1024).contains(&modulus.len()) && (1..=4).contains(&exponent.len())
            }
        }
    }

    /// Checks a signature over the message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let checked = match self {
            Self::Ed25519(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        checked.map_err(|_wrong| Refusal::Signature)
    }
}
