//! Who may do what with accounts.

use super::problems::UNVERIFIED;
use crate::kernel::{Actor, Error, Result};

/// Whatever others will see or rely on wants a verified address.
pub fn require_verified(actor: &Actor) -> Result<()> {
    if actor.email_verified {
        return Ok(());
    }
    Err(Error::new(&UNVERIFIED, "Verify your mail address first: follow the link that was sent to it."))
}
