//! Use cases of accounts.

mod me;
mod register;
mod session;

pub(super) use me::{me, update_me};
pub use register::{NewPerson, Registrar, grant_role};
pub(super) use register::{register, resend_verification, verify_email};
pub use session::{SessionAuthenticator, verified_actor};
pub(super) use session::{Tokens, log_in, log_out, refresh};
