//! Use cases of accounts.

mod address;
pub(super) mod api_token;
mod authenticate;
pub(super) mod factor;
mod guard;
pub(super) mod leave;
mod mailed;
mod me;
pub(super) mod mfa;
mod moderate;
pub(super) mod oidc;
pub(super) mod passkey;
pub(super) mod password;
mod register;
mod session;
mod sessions;
mod trail;
mod unreached;

pub(super) use address::{ask_change, resend_verification, verify_email};
pub use authenticate::{SessionAuthenticator, verified_actor};
pub use leave::erase_due;
pub use mailed::{SEND_LINK, send_link};
pub(super) use me::{me, update_me};
pub use moderate::{suspend_in, unsuspend_in};
pub(super) use register::register;
pub use register::{NewPerson, Registrar, grant_role};
pub(super) use session::{Tokens, log_in, log_out, refresh};
pub use sessions::{SignOut, sign_out};
pub(super) use sessions::{end_other_sessions, end_session, list_sessions};
pub use trail::note_failures;
pub use unreached::note_unreached;
