//! Whose account an identity opens.
//!
//! An address links an identity to an account only when the provider says that it verified the address and we did so, too:
//! else whoever registers with somebody's address, here or there, would get into the other's account.

use super::provider::IdToken;
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, AccountStatus, Identity};
use crate::features::accounts::problems::{OIDC_ADDRESS, OIDC_LINKED, SUSPENDED};
use crate::features::accounts::service::session::{Opening, Tokens};
use crate::features::accounts::service::{mailed, mfa, register, trail};
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::config::OidcProvider;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Caller, DisplayName, Email, Error, Handle, Result};

/// Opens a session of the account behind the identity, which is found, linked or made.
pub(super) async fn sign_in(
    ctx: &Ctx,
    caller: &Caller,
    provider: &OidcProvider,
    token: IdToken,
    link_to: Option<AccountId>,
) -> Result<Tokens> {
    let (own, caller_inside, provider) = (ctx.clone(), caller.clone(), provider.clone());
    let account = ctx
        .store()
        .write(move |conn| {
            let arrival = Arrival { ctx: &own, caller: &caller_inside, provider: &provider, token: &token };
            arrival.account(conn, link_to)
        })
        .await?;
    match account.status {
        AccountStatus::Active => {}
        AccountStatus::Suspended | AccountStatus::Deleted => {
            let detail = "This account is suspended; write to the people who run this installation.";
            return Err(Error::new(&SUSPENDED, detail));
        }
    }
    if account.mfa_enabled_at.is_some() {
        return Err(mfa::challenge(ctx, &account, "The provider vouches for you").await?);
    }
    let opening = Opening::new(ctx, caller, account.id, None);
    let rows = opening.rows();
    let (own, request_id) = (ctx.clone(), caller.request_id.clone());
    ctx.store().write(move |conn| rows.insert(conn, &own, &request_id)).await?;
    opening.tokens(ctx)
}

struct Arrival<'a> {
    ctx: &'a Ctx,
    caller: &'a Caller,
    provider: &'a OidcProvider,
    token: &'a IdToken,
}

impl Arrival<'_> {
    fn account(&self, conn: &mut Conn, link_to: Option<AccountId>) -> Result<Account> {
        let known = store::find_identity(conn, &self.provider.issuer, &self.token.sub)?;
        if let Some(identity) = known {
            if link_to.is_some_and(|account| account != identity.account_id) {
                return Err(Error::new(&OIDC_LINKED, "This identity opens another account already."));
            }
            store::touch_identity(conn, identity.id, self.ctx.now())?;
            return store::get_account(conn, identity.account_id);
        }
        if let Some(id) = link_to {
            let account = store::lock_account(conn, id)?;
            return self.link(conn, account);
        }
        let unproven = |detail| Error::new(&OIDC_ADDRESS, detail);
        let email = self
            .token
            .verified_email()
            .and_then(|email| Email::parse(email).ok())
            .ok_or_else(|| unproven("The provider does not say that it verified your mail address."))?;
        match store::find_account_by_email(conn, &email.folded())? {
            Some(account) if account.email_verified_at.is_some() => self.link(conn, account),
            Some(_) => Err(unproven("An account with this address waits for its verification; finish that first.")),
            None => {
                let account = self.join(conn, &email)?;
                self.link(conn, account)
            }
        }
    }

    fn link(&self, conn: &mut Conn, account: Account) -> Result<Account> {
        let now = self.ctx.now();
        let identity = Identity {
            id: self.ctx.ids().make(),
            account_id: account.id,
            issuer: self.provider.issuer.clone(),
            subject: self.token.sub.clone(),
            email: self.token.email.clone(),
            created_at: now,
            last_used_at: now,
        };
        store::insert_identity(conn, &identity)?;
        mailed::tell(conn, self.ctx, &account, &Notice::IdentityLinked(self.provider.label.clone()))?;
        let request_id = &self.caller.request_id;
        trail::note(conn, self.ctx, account.id, Some(account.id), "identity_linked", request_id)?;
        Ok(account)
    }

    /// A new account with the address that the provider verified, and no password.
    fn join(&self, conn: &mut Conn, email: &Email) -> Result<Account> {
        let local = email.as_str().split('@').next().unwrap_or_default();
        let wished = self.token.preferred_username.as_deref().unwrap_or(local);
        let handle = self.free_handle(conn, wished)?;
        let name = self.token.name.as_deref().and_then(|name| DisplayName::parse(name).ok());
        let name = match name {
            Some(name) => name,
            None => DisplayName::parse(handle.as_str()).map_err(|fault| Error::internal(fault.detail))?,
        };
        let account = register::join(conn, self.ctx, email, &handle, &name, &self.caller.request_id)?;
        store::mark_verified(conn, account.id, self.ctx.now())?;
        store::get_account(conn, account.id)
    }

    /// The wished handle as far as it may be one, with a number when it is taken.
    fn free_handle(&self, conn: &mut Conn, wished: &str) -> Result<Handle> {
        let wished = wished.to_lowercase();
        let letters = wished.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        let stem: String = letters.take(24).collect();
        let stem = stem.trim_matches('-');
        let chance = self.ctx.ids().make::<AccountId>().0.simple().to_string();
        let tail = chance.get(24..).unwrap_or_default();
        for wish in [stem.to_owned(), format!("{stem}-2"), format!("{stem}-3"), format!("member-{tail}")] {
            let Ok(handle) = Handle::parse(&wish) else { continue };
            if store::find_account_by_handle(conn, handle.as_str())?.is_none() {
                return Ok(handle);
            }
        }
        Err(Error::internal("no handle is free"))
    }
}
