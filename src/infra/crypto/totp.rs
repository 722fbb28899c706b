//! Time-based one-time codes (RFC 6238 over RFC 4226): HMAC-SHA-1, six digits, steps of 30 seconds, which is what every
//! authenticator app knows. HMAC does not rest on SHA-1's resistance to collisions (RFC 4226 appendix B).

use crate::kernel::{Entropy, Timestamp};
use aws_lc_rs::hmac;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Seconds of a step (RFC 6238 section 4.1).
const STEP_SECONDS: i64 = 30;
/// Steps by which the clocks may differ, either way (RFC 6238 section 5.2).
const DRIFT: i64 = 1;
/// Bytes of a secret (RFC 4226 section 4, R6).
const SECRET: usize = 20;

/// A shared secret.
pub struct Totp(Zeroizing<Vec<u8>>);

impl Totp {
    /// A new secret of 160 bits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new(vec![0u8; SECRET]);
        entropy.fill(&mut secret);
        Self(secret)
    }

    /// The secret of these bytes, as [`Totp::bytes`] gave them.
    pub fn from_bytes(secret: &[u8]) -> Self {
        Self(Zeroizing::new(secret.to_vec()))
    }

    /// The secret, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as people type it: base32 (RFC 4648 section 6) without padding.
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(base32(&self.0))
    }

    /// What an authenticator app reads from a QR code (`otpauth://totp/…`).
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (percent(issuer), percent(account));
        let secret = self.base32();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
            secret.as_str()
        ))
    }

    /// The number of the step that this instant lies in.
    pub fn step(now: Timestamp) -> i64 {
        now.timestamp().div_euclid(STEP_SECONDS)
    }

    /// The code of a step: six digits.
    pub fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let digest = tag.as_ref();
        let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0F);
        let word = digest.get(offset..).and_then(|tail| tail.first_chunk::<4>()).copied().unwrap_or_default();
        format!("{:06}", (u32::from_be_bytes(word) & 0x7FFF_FFFF) % 1_000_000)
    }

    /// The step whose code this is, if it lies around now and after `last_step`, the last one whose code was used: no code
    /// works twice. Spaces are put up with. All codes are compared, in time that does not tell how much of one was right.
    pub fn accept(&self, code: &str, now: Timestamp, last_step: i64) -> Option<i64> {
        let code: String = code.chars().take(32).filter(|c| !c.is_whitespace()).collect();
        let at = Self::step(now);
        let mut found = None;
        for step in (at - DRIFT)..=(at + DRIFT) {
            let same: bool = self.code(step).as_bytes().ct_eq(code.as_bytes()).into();
            if same && step > last_step {
                found = Some(step);
            }
        }
        found
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Totp(…)")
    }
}

/// Base32 in capital letters, without padding.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut word = [0u8; 8];
        for (to, from) in word.iter_mut().skip(3).zip(chunk) {
            *to = *from;
        }
        let word = u64::from_be_bytes(word);
        for letter in 0..(chunk.len() * 8).div_ceil(5) {
            let five = usize::try_from((word >> (35 - 5 * letter)) & 31).unwrap_or(0);
            text.extend(LETTERS.get(five).map(|letter| char::from(*letter)));
        }
    }
    text
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap().into()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, SHA-1, its eight digits cut to the last six, which is what six digits of the same value are.
        let totp = Totp::from_bytes(b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.code(Totp::step(at(seconds))), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_works_one_step_around_now_and_once() {
        let totp = Totp::from_bytes(b"12345678901234567890");
        let now = at(1_111_111_111);
        let step = Totp::step(now);
        for (away, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            assert_eq!(totp.accept(&totp.code(step + away), now, 0).is_some(), good, "{away}");
        }
        assert_eq!(totp.accept(&totp.code(step), now, step), None, "used");
        assert_eq!(totp.accept(&totp.code(step - 1), now, step), None, "older than the last used");
        assert_eq!(totp.accept(&totp.code(step + 1), now, step), Some(step + 1));
        assert_eq!(totp.accept("050 471", now, 0), Some(step));
        for code in ["", "05047", "0504711", "-50471", "05047a", "\u{0660}50471", &"0".repeat(100_000)] {
            assert_eq!(totp.accept(code, now, 0), None, "{code:.9}");
        }
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        // RFC 4648 section 10, without its padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let totp = Totp::from_bytes(b"12345678901234567890");
        assert_eq!(
            totp.uri("Mainstay", "ada l@example.org").as_str(),
            "otpauth://totp/Mainstay:ada%20l%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Mainstay&algorithm=SHA1&digits=6&period=30"
        );
        assert!(!format!("{totp:?}").contains("1234"));
    }
}
