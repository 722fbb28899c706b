//! Plain message authentication codes, where another specification asks for them.

use aws_lc_rs::hmac;

/// HMAC-SHA-256 (RFC 2104) of the message under this key.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}
