//! Opaque tokens: 256 random bits that mean something only to whoever holds their hash.
//!
//! In text a token reads `mst_<purpose>_<43 characters><6 characters>`: the secret and a checksum, both base64url. The
//! fixed head and the checksum let secret scanners recognize a leaked one without asking us, and let us refuse a mistyped
//! one without asking the database.

use crate::kernel::{Entropy, Fault};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Characters of the secret in text.
const BODY: usize = 43;
/// Characters of the checksum in text.
const CHECKSUM: usize = 6;

/// What a token is good for; it stands in its text and in its hash, so that one kind never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Renews a session.
    pub const REFRESH: Self = Self::new("refresh");
    /// Proves that a mail address is read by its owner.
    pub const VERIFY_EMAIL: Self = Self::new("verify");
    /// Proves that a new mail address, asked for by its account, is read by the account's owner.
    pub const CHANGE_EMAIL: Self = Self::new("email");
    /// Lets the reader of a mail set a new password.
    pub const RESET_PASSWORD: Self = Self::new("reset");
    /// Stands for a password that was right, until the second factor is proven, too.
    pub const MFA: Self = Self::new("mfa");
    /// Lets a program act for an account within the token's scopes.
    pub const API: Self = Self::new("api");

    /// A purpose named by 2 to 16 letters a to z.
    ///
    /// # Panics
    ///
    /// On any other name: in a constant, which is what it is for, that is a compile error.
    pub const fn new(name: &'static str) -> Self {
        let mut rest = name.as_bytes();
        assert!(rest.len() >= 2 && rest.len() <= 16, "a purpose has 2 to 16 letters");
        while let [first, tail @ ..] = rest {
            assert!(first.is_ascii_lowercase(), "a purpose is made of the letters a to z");
            rest = tail;
        }
        Self(name)
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    fn head(self) -> String {
        format!("mst_{}_", self.0)
    }
}

/// A token in clear: shown to its holder once, never stored.
#[derive(Clone)]
pub struct Token {
    purpose: Purpose,
    text: SecretString,
}

impl Token {
    /// A new token for this purpose.
    pub fn new(purpose: Purpose, entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0u8; 32]);
        entropy.fill(&mut *secret);
        let mut text = Zeroizing::new(purpose.head());
        URL_SAFE_NO_PAD.encode_string(secret.as_slice(), &mut text);
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self { purpose, text: SecretString::from(text.as_str()) }
    }

    /// Reads a token of this purpose as its holder sent it. Says what is wrong without repeating any of it.
    pub fn parse(purpose: Purpose, text: &str) -> Result<Self, Fault> {
        let wrong = |why: &str| Fault::new("invalid_token", format!("This is no valid {} token: {why}.", purpose.0));
        let head = purpose.head();
        let Some(rest) = text.strip_prefix(&head) else {
            return Err(wrong(if text.starts_with("mst_") {
                "it was made for another purpose"
            } else {
                "it does not start as ours do; copy it whole"
            }));
        };
        if rest.len() != BODY + CHECKSUM {
            return Err(wrong("its length is wrong; copy it whole"));
        }
        let sum_at = head.len() + BODY;
        let (Some(summed), Some(sum)) = (text.get(..sum_at), text.get(sum_at..)) else {
            return Err(wrong("it holds characters that ours never hold"));
        };
        if checksum(summed) != sum {
            return Err(wrong("its checksum does not fit; a character was changed"));
        }
        Ok(Self { purpose, text: SecretString::from(text) })
    }

    /// What it is good for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The text for its holder; keep it out of logs and databases.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The text, still wrapped.
    pub fn secret(&self) -> &SecretString {
        &self.text
    }

    /// SHA-256 over the whole text: what is stored and looked up. The secret has full entropy, so no slow hash is needed.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.expose().as_bytes()).into()
    }

    /// [`Token::hash`] as 64 hexadecimal digits, for text columns.
    pub fn hash_hex(&self) -> String {
        hex(&self.hash())
    }

    /// Whether a stored hash is this token's, in time that does not depend on where they differ.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(stored).into()
    }

    /// The same for a stored [`Token::hash_hex`].
    pub fn matches_hex(&self, stored: &str) -> bool {
        self.hash_hex().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.purpose.head())
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first 32 bits of the SHA-256 over head and secret, base64url.
fn checksum(text: &str) -> String {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(text.as_bytes()));
    URL_SAFE_NO_PAD.encode([a, b, c, d])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "the texts are ASCII")]

    use super::*;
    use crate::infra::crypto::testing::Counting;

    const API: Purpose = Purpose::API;

    #[test]
    fn the_text_form_stays_as_scanners_know_it() {
        // Computed apart: base64url of the bytes 0 to 31, then of the first four bytes of the SHA-256 over what stands before.
        let token = Token::new(Purpose::REFRESH, &Counting::from(0));
        assert_eq!(token.expose(), "mst_refresh_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8k2aOCA");
        assert_eq!(token.hash_hex(), "23d44c4cc962889c6919b1f56be410530b44640fb0aa48f8acb2230b1e0c4c2b");
    }

    #[test]
    fn a_token_survives_the_round_trip_and_differs_from_the_next() {
        let chance = Counting::from(7);
        let (one, two) = (Token::new(API, &chance), Token::new(API, &chance));
        let read = Token::parse(API, one.expose()).unwrap();
        assert!(read.matches(&one.hash()) && read.matches_hex(&one.hash_hex()));
        assert!(!read.matches(&two.hash()) && !read.matches_hex(&two.hash_hex()));
        assert!(!read.matches(&one.hash()[..31]) && !read.matches(&[]));
        assert_eq!(read.purpose().as_str(), "api");
    }

    #[test]
    fn any_changed_character_is_refused() {
        let token = Token::new(API, &Counting::from(1));
        let text = token.expose();
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Token::parse(API, &changed).unwrap_err().code, "invalid_token", "{changed}");
        }
        for text in [
            "",
            "mst_api_",
            "mst_api_ü",
            &text[1..],
            &text[..text.len() - 1],
            &format!("{text}A"),
            &format!(" {text}"),
            &format!("mst_api_{}", "é".repeat(24)),
            &format!("mst_api_{}é", "A".repeat(47)),
            &format!("mst_api_{}é{}", "A".repeat(42), "A".repeat(5)),
        ] {
            assert!(Token::parse(API, text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_token_of_another_purpose_is_refused_and_hashes_apart() {
        let token = Token::new(Purpose::REFRESH, &Counting::from(0));
        let fault = Token::parse(Purpose::VERIFY_EMAIL, token.expose()).unwrap_err();
        assert!(fault.detail.contains("another purpose"), "{}", fault.detail);
        assert_ne!(token.hash(), Token::new(Purpose::VERIFY_EMAIL, &Counting::from(0)).hash());
    }

    #[test]
    fn neither_debug_output_nor_faults_repeat_the_secret() {
        let token = Token::new(API, &Counting::from(3));
        let body = &token.expose()[8..51];
        assert!(!format!("{token:?} {:?}", token.secret()).contains(&body[..8]));
        let fault = Token::parse(API, &token.expose()[..50]).unwrap_err();
        assert!(!fault.detail.contains(&body[..8]), "{}", fault.detail);
    }
}
