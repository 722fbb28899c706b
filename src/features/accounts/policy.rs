//! Who may do what with accounts, and how lately they must have shown who they are.

use super::model::FactorMethod;
use super::problems::{LAST_WAY_IN, SIGN_IN_AGAIN, STEP_UP, UNVERIFIED};
use crate::kernel::{Actor, Error, Result, Timestamp};
use chrono::TimeDelta;

/// How long a proof of who is there counts as fresh.
pub const FRESH: TimeDelta = TimeDelta::minutes(15);

/// Whatever others will see or rely on wants a verified address.
pub fn require_verified(actor: &Actor) -> Result<()> {
    if actor.email_verified {
        return Ok(());
    }
    Err(Error::new(&UNVERIFIED, "Verify your mail address first: follow the link that was sent to it."))
}

fn is_fresh(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_some_and(|at| now - at <= FRESH)
}

/// What can hurt (tokens, factors, roles, pledges, access grants, swarms, moderators' decisions) wants a second factor proven in this session
/// within [`FRESH`], of those who have one; API tokens never prove one.
pub fn require_fresh_factor(actor: &Actor, now: Timestamp) -> Result<()> {
    if !actor.mfa_enabled || is_fresh(actor.second_factor_at, now) {
        return Ok(());
    }
    let detail = "Prove your second factor again at POST /api/v1/auth/step-up; it counts for 15 minutes.";
    Err(Error::new(&STEP_UP, detail).with_extra("methods", FactorMethod::names()))
}

/// A first second factor wants a sign-in within [`FRESH`], so that a stolen access token can't lock its owner out; from then
/// on the factor itself is asked for.
pub fn require_fresh_sign_in(actor: &Actor, now: Timestamp) -> Result<()> {
    if actor.mfa_enabled {
        return require_fresh_factor(actor, now);
    }
    if is_fresh(actor.signed_in_at, now) {
        return Ok(());
    }
    Err(Error::new(&SIGN_IN_AGAIN, "Your sign-in is older than 15 minutes; sign in again for this."))
}

/// An account keeps a way to sign in: a password, or a passkey that verifies its user.
pub fn require_way_in(password: bool, verifying_passkey: bool) -> Result<()> {
    if password || verifying_passkey {
        return Ok(());
    }
    Err(Error::new(&LAST_WAY_IN, "Nobody could sign in to this account any more; add another way first."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AccountId, RequestId, SessionId};

    #[test]
    fn an_account_keeps_a_way_in() {
        assert!(require_way_in(true, false).is_ok() && require_way_in(false, true).is_ok());
        assert_eq!(require_way_in(false, false).unwrap_err().code(), "account.last_way_in");
    }

    #[test]
    fn a_factor_is_asked_for_after_a_quarter_of_an_hour_of_those_who_have_one() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let ago = |seconds| Some(now - TimeDelta::seconds(seconds));
        for (mfa, factor, signed_in, for_factor, for_sign_in) in [
            (false, None, ago(900), true, true),
            (false, None, ago(901), true, false),
            (false, None, None, true, false),
            (true, None, ago(0), false, false),
            (true, ago(900), ago(90_000), true, true),
            (true, ago(901), ago(0), false, false),
        ] {
            let actor = Actor {
                account_id: AccountId(uuid::Uuid::nil()),
                session_id: SessionId(uuid::Uuid::nil()),
                roles: Vec::new(),
                email_verified: true,
                mfa_enabled: mfa,
                second_factor_at: factor,
                signed_in_at: signed_in,
                scopes: None,
                request_id: RequestId::accept("policy-test").unwrap(),
            };
            assert_eq!(require_fresh_factor(&actor, now).is_ok(), for_factor, "{actor:?}");
            assert_eq!(require_fresh_sign_in(&actor, now).is_ok(), for_sign_in, "{actor:?}");
        }
    }
}
