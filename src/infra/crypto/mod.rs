//! Passwords, tokens, signatures and sealed secrets, all over one provider (aws-lc-rs) and the injected clock and chance.

pub mod jws;
pub mod jwt;
mod mac;
pub mod password;
pub mod seal;
pub mod token;
pub mod totp;
pub mod webauthn;

pub use jwt::{AccessToken, Claims, Jwk, Jwks, Keyring, Keys, Refusal, SigningKey, VerifyingKey};
pub use mac::hmac_sha256;
pub use password::{Hasher, Verdict};
pub use seal::{MasterKey, Sealer, Stamped};
pub use token::{Purpose, Token};
pub use totp::Totp;

#[cfg(test)]
pub(crate) mod testing;
