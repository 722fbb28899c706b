//! Signed statements that leave the house: compact JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037).
//!
//! As with access tokens there is one algorithm and one form of header, so nothing is negotiated. What a statement is good
//! for is its `typ`; its `kid` is the address of the key.

use super::jwt::{SigningKey, VerifyingKey};
use crate::kernel::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

const ALGORITHM: &str = "EdDSA";

/// The header, whole: any further field, such as a key brought along, is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    alg: String,
    /// What the whole is, e.g. `vc+jwt`.
    pub typ: String,
    /// What the payload is, e.g. `vc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cty: Option<String>,
    /// Which key signed it.
    pub kid: String,
}

/// Why a text is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misshapen {
    /// Not three parts in base64url with a JSON header of the expected fields.
    #[error("it is not three parts in base64url with the header that is written here")]
    Form,
    /// The header asks for something other than `EdDSA`.
    #[error("its header asks for another algorithm than EdDSA, which is the only one that is accepted")]
    Algorithm,
}

/// A statement taken apart; nothing in it is to be believed before [`Parts::is_by`] said yes.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What its header says.
    pub header: Header,
    /// The payload as it was signed.
    pub payload: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// Takes a compact statement apart.
    pub fn read(text: &'a str) -> Result<Self, Misshapen> {
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_e| Misshapen::Form);
        let (signed, signature) = text.rsplit_once('.').ok_or(Misshapen::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(Misshapen::Form)?;
        let header = read_header(&bytes(header)?)?;
        Ok(Self { header, payload: bytes(payload)?, signed, signature: bytes(signature)? })
    }

    /// Whether this key signed exactly this.
    pub fn is_by(&self, key: &VerifyingKey) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, Misshapen> {
    let header: Header = serde_json::from_slice(bytes).map_err(|_e| {
        // A look at a foreign header only names the refusal; nothing in it is followed.
        let foreign: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
        let alg = foreign.as_ref().and_then(|value| value.get("alg")).and_then(serde_json::Value::as_str);
        if alg.is_some_and(|alg| alg != ALGORITHM) { Misshapen::Algorithm } else { Misshapen::Form }
    })?;
    if header.alg == ALGORITHM { Ok(header) } else { Err(Misshapen::Algorithm) }
}

/// Signs a payload; `kid` is where the key's public half is found.
pub fn sign(key: &SigningKey, kid: &str, (typ, cty): (&str, &str), payload: &[u8]) -> Result<String> {
    let header =
        Header { alg: ALGORITHM.to_owned(), typ: typ.to_owned(), cty: Some(cty.to_owned()), kid: kid.to_owned() };
    let mut text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(Error::internal)?);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::crypto::testing::Counting;

    fn key(from: u8) -> SigningKey {
        SigningKey::generate(&Counting::from(from)).unwrap()
    }

    #[test]
    fn what_is_signed_is_read_and_belongs_to_its_key_alone() {
        let text = sign(&key(1), "https://a.example/k", ("vc+jwt", "vc"), b"{\"a\":1}").unwrap();
        let parts = Parts::read(&text).unwrap();
        assert_eq!((parts.header.typ.as_str(), parts.header.cty.as_deref()), ("vc+jwt", Some("vc")));
        assert_eq!((parts.header.kid.as_str(), parts.payload.as_slice()), ("https://a.example/k", &b"{\"a\":1}"[..]));
        assert!(parts.is_by(&key(1).verifying_key()) && !parts.is_by(&key(2).verifying_key()));
        let swapped = text.replacen(&URL_SAFE_NO_PAD.encode("{\"a\":1}"), &URL_SAFE_NO_PAD.encode("{\"a\":2}"), 1);
        assert!(swapped != text && !Parts::read(&swapped).unwrap().is_by(&key(1).verifying_key()));
    }

    #[test]
    fn no_other_header_is_looked_at() {
        let with = |header: &str| format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
        for header in [
            r#"{"alg":"none","typ":"vc+jwt","kid":"k"}"#,
            r#"{"alg":"HS256","typ":"vc+jwt","kid":"k"}"#,
            r#"{"alg":"ES256","jwk":{}}"#,
            r#"{"alg":"EdDSA","alg":"none","typ":"vc+jwt","kid":"k"}"#,
        ] {
            assert_eq!(Parts::read(&with(header)).unwrap_err(), Misshapen::Algorithm, "{header}");
        }
        for header in [
            r#"{"alg":"EdDSA","typ":"vc+jwt","kid":"k","jwk":{}}"#,
            r#"{"alg":"EdDSA","typ":"vc+jwt","kid":"k","crit":["x"]}"#,
            r#"{"alg":"EdDSA","kid":"k"}"#,
            r#"{"alg":"EdDSA","typ":"vc+jwt"}"#,
            "[]",
            "",
        ] {
            assert_eq!(Parts::read(&with(header)).unwrap_err(), Misshapen::Form, "{header}");
        }
        for text in ["", "..", "a.b", "e30.e30.e30=", "e30.e3 0.e30"] {
            assert!(Parts::read(text).is_err(), "{text:?}");
        }
    }
}
