//! Personal data: what each feature holds of a person, what ties the person to others, and how the feature lets go.
//!
//! Features stand in an order, so this one can't ask the later ones. Each gives a [`Part`] instead, and `app` lists them.

use super::{model, store};
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, RequestId, Result, Timestamp};
use serde_json::{Value, json};

/// Named parts of an export.
pub type Sections = Vec<(&'static str, Value)>;

/// Something of others that rests on the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// What it is, such as `organization`.
    pub kind: &'static str,
    /// Its name in addresses.
    pub slug: String,
    /// Whether it must be handed over before the person can leave.
    pub blocks: bool,
    /// What must be done first, or what will come of it.
    pub detail: String,
}

/// One feature's share.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Everything that the feature holds of the person, without secrets.
    pub export: fn(&mut Conn, AccountId) -> Result<Sections>,
    /// What others lose when the person leaves.
    pub ties: fn(&mut Conn, AccountId) -> Result<Vec<Tie>>,
    /// Removes or anonymises it; what others count on stays. Runs in the transaction that anonymises the account.
    pub erase: fn(&mut Conn, &Ctx, AccountId, &RequestId) -> Result<()>,
}

/// All features' shares, in the order in which they let go.
#[derive(Debug, Clone, Copy)]
pub struct Parts(pub &'static [Part]);

/// For features that tie nobody to anything.
pub fn no_ties(_: &mut Conn, _: AccountId) -> Result<Vec<Tie>> {
    Ok(Vec::new())
}

/// For features whose rows name nobody but by the account's id.
pub fn nothing_to_erase(_: &mut Conn, _: &Ctx, _: AccountId, _: &RequestId) -> Result<()> {
    Ok(())
}

/// The share of accounts themselves, and of the events that the person caused. The row itself is anonymised at the end.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, id: AccountId) -> Result<Sections> {
    let account = store::get_account(conn, id)?;
    let roles: Vec<Value> = store::list_granted_roles(conn, id)?
        .into_iter()
        .map(|(role, granted_at)| json!({"role": role, "granted_at": granted_at}))
        .collect();
    let totp = store::find_totp(conn, id)?
        .map(|factor| json!({"created_at": factor.created_at, "confirmed_at": factor.confirmed_at}));
    let passkeys: Vec<Value> = store::list_all_passkeys(conn, id)?.iter().map(passkey).collect();
    let factors = json!({
        "totp": totp,
        "passkeys": passkeys,
        "recovery_codes_left": store::count_recovery_codes(conn, id)?,
        "wrong_codes_at": store::list_failures(conn, id)?,
    });
    Ok(vec![
        ("account", described(&account, &roles)),
        (
            "consent",
            json!([{"to": "terms", "version": account.consented_terms, "given_at": account.consented_at, "given_by": "registering"}]),
        ),
        ("sessions", store::list_all_sessions(conn, id)?.iter().map(session).collect()),
        ("api_tokens", store::list_all_api_tokens(conn, id)?.iter().map(api_token).collect()),
        ("factors", factors),
        ("identities", store::list_identities(conn, id)?.iter().map(identity).collect()),
        ("mailed_links", store::list_mail_tokens(conn, id)?.iter().map(mailed_link).collect()),
        ("events", audit::list_by_actor(conn, id)?.iter().map(event).collect()),
    ])
}

fn described(account: &model::Account, platform_roles: &[Value]) -> Value {
    json!({
        "id": account.id,
        "email": account.email,
        "email_verified_at": account.email_verified_at,
        "handle": account.handle,
        "display_name": account.display_name,
        "status": account.status,
        "has_password": account.password_hash.is_some(),
        "mfa_enabled_at": account.mfa_enabled_at,
        "platform_roles": platform_roles,
        "deletes_at": account.deletes_at,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "undeliverable_since": account.undeliverable_since,
        "undeliverable_why": account.undeliverable_why,
    })
}

fn session(session: &model::Session) -> Value {
    json!({
        "id": session.id,
        "user_agent": session.user_agent,
        "address": session.address,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
        "ended_reason": session.ended_reason,
        "second_factor_at": session.second_factor_at,
    })
}

fn api_token(token: &model::ApiToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes.0,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    })
}

fn identity(identity: &model::Identity) -> Value {
    json!({
        "id": identity.id,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "created_at": identity.created_at,
        "last_used_at": identity.last_used_at,
    })
}

/// The public key is the person's, too; whoever holds it can only check signatures.
fn passkey(passkey: &model::Passkey) -> Value {
    json!({
        "id": passkey.id,
        "name": passkey.name,
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "sign_count": passkey.sign_count,
        "backed_up": passkey.backed_up,
        "aaguid": passkey.aaguid,
        "transports": passkey.transports.0,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    })
}

fn mailed_link(token: &model::MailToken) -> Value {
    json!({
        "purpose": token.purpose,
        "email": token.email,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
    })
}

fn event(event: &audit::Event) -> Value {
    json!({
        "id": event.id,
        "machine": event.machine,
        "entity": event.entity,
        "from": event.from_state,
        "to": event.to_state,
        "reason": event.reason,
        "request_id": event.request_id,
        "at": event.at,
    })
}

fn erase(conn: &mut Conn, ctx: &Ctx, id: AccountId, _: &RequestId) -> Result<()> {
    store::delete_credentials(conn, id)?;
    store::delete_identities(conn, id)?;
    feed::note(conn, ctx.ids(), super::ACCOUNT_CHANGED, id)
}

/// What stands in the place of the names of an account whose owner left.
#[derive(Debug)]
pub(super) struct Nobody {
    pub email: String,
    pub handle: String,
    pub display_name: &'static str,
    pub at: Timestamp,
}

impl Nobody {
    /// Names made of the id alone, which says nothing about the person; nobody can be written to at `.invalid` (RFC 2606).
    pub(super) fn instead_of(id: AccountId, at: Timestamp) -> Self {
        let id = id.0.simple().to_string();
        let tail = id.get(12..).unwrap_or(&id);
        Self {
            email: format!("deleted-{id}@deleted.invalid"),
            handle: format!("deleted-{tail}"),
            display_name: "Deleted account",
            at,
        }
    }
}
