//! Ed25519 keys (RFC 8032) and their published form (RFC 8037).

use super::ALGORITHM;
use crate::kernel::{Entropy, Error, Result};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// The public half of a signing key.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Public>);

struct Public {
    kid: String,
    x: String,
    key: ParsedPublicKey,
}

impl VerifyingKey {
    /// Reads the 32 bytes of an Ed25519 public key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_e| Error::internal("an Ed25519 public key has 32 bytes"))?;
        let key = ParsedPublicKey::new(&ED25519, bytes).map_err(|e| Error::internal(format!("public key: {e}")))?;
        let x = URL_SAFE_NO_PAD.encode(bytes);
        // The thumbprint of RFC 7638 over the members that RFC 8037 section 2 requires, in their order.
        let print = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        Ok(Self(Arc::new(Public { kid: URL_SAFE_NO_PAD.encode(print), x, key })))
    }

    /// Names the key: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// Whether the signature over these bytes was made by this key.
    pub(in crate::infra::crypto) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.0.key.verify_sig(signed, signature).is_ok()
    }

    /// The key as it is published.
    pub fn to_jwk(&self) -> Jwk {
        let (kid, x) = (self.0.kid.clone(), self.0.x.clone());
        Jwk { kty: "OKP", crv: "Ed25519", usage: "sig", alg: ALGORITHM, kid, x }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.0.kid)
    }
}

/// A key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: VerifyingKey,
}

impl SigningKey {
    /// Makes a new key.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self> {
        let mut seed = Zeroizing::new([0u8; 32]);
        entropy.fill(&mut *seed);
        Self::from_pair(Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|e| Error::internal(e.to_string()))?)
    }

    /// Reads a key from its PKCS#8 form (DER), once opened by the sealer.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        Self::from_pair(
            Ed25519KeyPair::from_pkcs8(der).map_err(|e| Error::internal(format!("this is no Ed25519 key: {e}")))?,
        )
    }

    fn from_pair(pair: Ed25519KeyPair) -> Result<Self> {
        let public = VerifyingKey::from_bytes(pair.public_key().as_ref())?;
        Ok(Self { pair, public })
    }

    /// The key as PKCS#8 (RFC 8410, version 1, DER), to be sealed and stored.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let document = self.pair.to_pkcs8v1().map_err(|_e| Error::internal("the key could not be written"))?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// Names the key: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// Signs these bytes: 64 bytes (RFC 8032 section 5.1.6).
    pub(in crate::infra::crypto) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }

    pub(super) fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.public.clone()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid())
    }
}

/// One key of the published set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// Key type, always `OKP`.
    #[schema(example = "OKP")]
    pub kty: &'static str,
    /// Curve, always `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// Use, always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    /// Algorithm, always `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    /// The key's thumbprint (RFC 7638), as in the `kid` of the tokens it signed.
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
}

/// The published keys (RFC 7517): the one that signs first, then those whose tokens may still be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}
