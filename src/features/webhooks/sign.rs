//! Secrets and signatures by the Standard Webhooks specification: HMAC-SHA256 over `<id>.<timestamp>.<body>`.

use crate::infra::Ctx;
use crate::infra::crypto::hmac_sha256;
use crate::kernel::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What secrets are sealed for.
const PURPOSE: &str = "webhook_secret";
/// How a secret begins when it is shown.
const PREFIX: &str = "whsec_";

/// A new secret: as it is shown this once, and as it is kept.
pub(super) fn new_secret(ctx: &Ctx) -> Result<(String, String)> {
    let mut bytes = [0u8; 32];
    ctx.entropy().fill(&mut bytes);
    Ok((format!("{PREFIX}{}", STANDARD.encode(bytes)), ctx.sealer().seal(PURPOSE, &bytes)?))
}

/// One signature by this sealed secret.
pub(super) fn signature(ctx: &Ctx, sealed: &str, id: &str, timestamp: i64, body: &str) -> Result<String> {
    let key = ctx.sealer().open(PURPOSE, sealed)?;
    sign(&key, id, timestamp, body)
}

fn sign(key: &[u8], id: &str, timestamp: i64, body: &str) -> Result<String> {
    // A dot in the id would let its end pass for the timestamp.
    if id.contains('.') {
        return Err(Error::internal("a message id with a dot"));
    }
    let tag = hmac_sha256(key, format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specifications_example() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let made = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(sign(&key, "msg.1", 1, "").is_err());
    }
}
