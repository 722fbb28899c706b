//! What an API token's scopes let it call: the one place that decides, before any handler runs. What an operation wants
//! follows from its method and path and stands in the OpenAPI document as `x-scopes`.

use crate::kernel::{Actor, Error, Kind, Problem, Result, Scope};
use serde_json::Value;

/// The token's scopes don't reach this far.
pub static INSUFFICIENT: Problem = Problem::new(
    "auth.insufficient_scope",
    Kind::Forbidden,
    "This API token may not be used for this.",
    "Make a token with one of the scopes in `scopes` at POST /api/v1/me/api-tokens; where there are none, sign in.",
);

/// Below `/me`, what decides over the account itself: for signed-in people only.
const OWN: &[&str] = &[
    "sessions",
    "api-tokens",
    "feed-tokens",
    "totp",
    "recovery-codes",
    "passkeys",
    "password",
    "email",
    "export",
    "restore",
    "identities",
];
/// Changes that `needs` covers.
const NEEDS: &[&str] = &["projects", "needs", "proposals", "assignments", "hand-overs", "time-entries"];
/// Changes that `pledges` covers.
const PLEDGES: &[&str] = &["organizations", "pledges"];

/// The scopes of which an API token must have one to call this; `None` when no token may. The method is in capitals, the
/// path decoded, as the router reads it.
pub fn wanted(method: &str, path: &str) -> Option<&'static [Scope]> {
    let reads = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let Some(rest) = path.strip_prefix("/api/v1/") else { return Some(&[Scope::Read]) };
    let mut parts = rest.split('/');
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("auth", _) => None,
        ("me", Some(part)) if OWN.contains(&part) => None,
        ("me", None) if method == "DELETE" => None,
        ("admin", _) => Some(&[Scope::Admin]),
        _ if reads => Some(&[Scope::Read]),
        (area, _) if NEEDS.contains(&area) => Some(&[Scope::Write, Scope::Needs]),
        (area, _) if PLEDGES.contains(&area) => Some(&[Scope::Write, Scope::Pledges]),
        _ => Some(&[Scope::Write]),
    }
}

/// Fails with [`INSUFFICIENT`] when the caller is an API token whose scopes don't reach this far.
pub fn require(actor: &Actor, method: &str, path: &str) -> Result<()> {
    let Some(held) = &actor.scopes else { return Ok(()) };
    let wanted = wanted(method, path).unwrap_or_default();
    if wanted.iter().any(|scope| held.contains(scope)) {
        return Ok(());
    }
    let detail = match wanted {
        [] => {
            "Signing in, sessions, factors, tokens and the account itself are for signed-in people, not for API tokens."
                .to_owned()
        }
        some => format!(
            "This wants the scope {}.",
            some.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" or ")
        ),
    };
    let names: Vec<Value> = wanted.iter().map(|scope| scope.as_str().into()).collect();
    Err(Error::new(&INSUFFICIENT, detail).with_extra("scopes", names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_over_the_account_is_for_no_token() {
        for (method, path) in [
            ("POST", "/api/v1/auth/login"),
            ("POST", "/api/v1/auth/step-up"),
            ("GET", "/api/v1/me/sessions"),
            ("DELETE", "/api/v1/me/sessions/01932b7c-8d3e-7a41-9c55-2f6e8a1b0c3d"),
            ("GET", "/api/v1/me/api-tokens"),
            ("POST", "/api/v1/me/totp/confirm"),
            ("POST", "/api/v1/me/password"),
            ("POST", "/api/v1/me/email"),
            ("GET", "/api/v1/me/export"),
            ("POST", "/api/v1/me/restore"),
            ("DELETE", "/api/v1/me"),
        ] {
            assert_eq!(wanted(method, path), None, "{method} {path}");
        }
    }

    #[test]
    fn reading_and_changing_are_apart() {
        for (method, path, scopes) in [
            ("GET", "/api/v1/me", &[Scope::Read][..]),
            ("GET", "/api/v1/needs", &[Scope::Read]),
            ("PATCH", "/api/v1/me", &[Scope::Write]),
            ("POST", "/api/v1/needs/x/publish", &[Scope::Write, Scope::Needs]),
            ("POST", "/api/v1/organizations/x/pledges", &[Scope::Write, Scope::Pledges]),
            ("PUT", "/api/v1/me/profile", &[Scope::Write]),
            ("POST", "/api/v1/rounds", &[Scope::Write]),
            ("GET", "/api/v1/admin/audit", &[Scope::Admin]),
            ("GET", "/health/live", &[Scope::Read]),
        ] {
            assert_eq!(wanted(method, path), Some(scopes), "{method} {path}");
        }
    }
}
