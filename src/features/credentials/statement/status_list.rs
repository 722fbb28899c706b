//! Which credentials were taken back: a list of bits (W3C Bitstring Status List 1.0), itself a signed credential.

use super::CONTEXT;
use super::document::status_list_address;
use crate::kernel::{Error, Result, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};

/// Bits of a list: the fewest that the standard allows, so that one entry hides among many.
pub(in crate::features::credentials) const BITS: i64 = 131_072;
/// How long a list may be relied on: after that, ask again.
pub(in crate::features::credentials) const HOLDS: TimeDelta = TimeDelta::days(7);
/// How long a copy may be kept before it is asked for again.
pub(in crate::features::credentials) const CACHE_SECONDS: u32 = 300;
/// No list that is read is longer, so that a small file can't fill the memory.
const MOST_BYTES: u64 = 4 << 20;

/// A list of bits, the first of them leftmost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features::credentials) struct Bits(Vec<u8>);

impl Bits {
    /// The list in which these bits are set.
    pub(in crate::features::credentials) fn with(set: &[i64]) -> Self {
        let mut bytes = vec![0u8; usize::try_from(BITS / 8).unwrap_or_default()];
        for index in set {
            let place = usize::try_from(index / 8).ok().and_then(|byte| bytes.get_mut(byte));
            if let Some(byte) = place {
                *byte |= mask(*index);
            }
        }
        Self(bytes)
    }

    /// The bit at this place; none beyond the end.
    pub(in crate::features::credentials) fn get(&self, index: i64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(index).ok()? / 8)?;
        Some(byte & mask(index) != 0)
    }

    /// Compressed, in multibase base64url.
    fn encode(&self) -> Result<String> {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(&self.0).map_err(Error::internal)?;
        Ok(format!("u{}", URL_SAFE_NO_PAD.encode(writer.finish().map_err(Error::internal)?)))
    }

    /// Reads a list; a sentence where it can't be.
    pub(in crate::features::credentials) fn decode(text: &str) -> Result<Self, &'static str> {
        let text = text.strip_prefix('u').ok_or("its list is not in base64url with a leading u")?;
        let packed = URL_SAFE_NO_PAD.decode(text).map_err(|_e| "its list is not in base64url")?;
        let mut bytes = Vec::new();
        let read = GzDecoder::new(packed.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut bytes);
        let read = read.map_err(|_e| "its list is not compressed by gzip")?;
        if u64::try_from(read).is_ok_and(|read| read > MOST_BYTES) {
            return Err("its list is too long");
        }
        if i64::try_from(read).is_ok_and(|read| read * 8 < BITS) {
            return Err("its list is shorter than the standard allows");
        }
        Ok(Self(bytes))
    }
}

fn mask(index: i64) -> u8 {
    0x80 >> (index & 7)
}

/// The list as a credential, for so long from now on.
pub(in crate::features::credentials) fn document(site: &str, list: i64, bits: &Bits, from: Timestamp) -> Result<Value> {
    let address = status_list_address(site, list);
    let until = from + HOLDS;
    Ok(json!({
        "@context": [CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": site,
        "validFrom": from,
        "validUntil": until,
        "credentialSubject": {
            "id": format!("{address}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits.encode()?,
            "ttl": i64::from(CACHE_SECONDS) * 1000,
        },
        "iss": site,
        "jti": address,
        "iat": from.timestamp(),
        "nbf": from.timestamp(),
        "exp": until.timestamp(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_bit_is_the_leftmost() {
        let bits = Bits::with(&[0, 9, BITS - 1]);
        assert_eq!((bits.0[0], bits.0[1], bits.0[bits.0.len() - 1]), (0x80, 0x40, 0x01));
        assert_eq!((bits.get(0), bits.get(1), bits.get(BITS - 1)), (Some(true), Some(false), Some(true)));
        assert_eq!((bits.get(BITS), bits.get(-1)), (None, None));
    }

    #[test]
    fn the_list_of_the_standard_is_read() {
        // Example 6 of the recommendation: 131,072 bits, none of them set.
        let text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        assert_eq!(Bits::decode(text).unwrap(), Bits::with(&[]));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let packed = |bytes: &[u8]| {
            let mut writer = GzEncoder::new(Vec::new(), Compression::best());
            writer.write_all(bytes).unwrap();
            format!("u{}", URL_SAFE_NO_PAD.encode(writer.finish().unwrap()))
        };
        for (text, words) in [
            ("H4sI", "leading u"),
            ("u!", "base64url"),
            ("uAAAA", "gzip"),
            (packed(&[0; 16_383]).as_str(), "shorter"),
            (packed(&vec![0; (4 << 20) + 1]).as_str(), "too long"),
        ] {
            let refusal = Bits::decode(text).unwrap_err();
            assert!(refusal.contains(words), "{refusal}");
        }
    }

    proptest! {
        #[test]
        fn a_list_survives_its_text(set in proptest::collection::vec(0..BITS, 0..40), asked in 0..BITS) {
            let bits = Bits::decode(&Bits::with(&set).encode().unwrap()).unwrap();
            prop_assert_eq!(bits.get(asked), Some(set.contains(&asked)));
            prop_assert!(set.iter().all(|index| bits.get(*index) == Some(true)));
        }
    }
}
