//! Joining. Known and unknown addresses get the same answer after the same work.

use super::{mailed, password};
use crate::features::accounts::model::{Account, AccountStatus, MailPurpose, NewRole};
use crate::features::accounts::problems::HANDLE_TAKEN;
use crate::features::accounts::{letters, store};
use crate::features::audit;
use crate::infra::db::{Conn, unique_violation_on};
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    AccountId, Caller, Check, DisplayName, Email, Error, Failed, Handle, PlatformRole, RequestId, Result,
};
use secrecy::SecretString;

/// A person to be registered, as typed.
#[derive(Debug)]
pub struct NewPerson {
    /// The mail address.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// The wished handle.
    pub handle: String,
    /// The name to show.
    pub display_name: String,
}

struct Checked {
    email: Email,
    handle: Handle,
    display_name: DisplayName,
}

fn check(ctx: &Ctx, person: &NewPerson) -> Result<Checked> {
    let mut check = Check::default();
    let email = check.value("/email", Email::parse(&person.email));
    let handle = check.value("/handle", Handle::parse(&person.handle));
    let display_name = check.value("/display_name", DisplayName::parse(&person.display_name));
    let own: Vec<&str> = [person.email.as_str(), &person.handle, &person.display_name].into_iter().collect();
    let password = check.value("/password", password::check(ctx, false, &person.password, &own));
    check.done()?;
    let _: Result<(), Failed> = password;
    Ok(Checked { email: email?, handle: handle?, display_name: display_name? })
}

/// Registers a person and mails the link that verifies the address. An address that is known already gets a mail instead
/// that says so; the answer to the caller is the same.
pub(in crate::features::accounts) async fn register(ctx: &Ctx, caller: &Caller, person: NewPerson) -> Result<()> {
    let checked = check(ctx, &person)?;
    let hash = ctx.hasher().hash(person.password).await?;
    let (ctx, request_id) = (ctx.clone(), caller.request_id.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            // Also when it is the same person's: else a known handle would tell whose address this is.
            if store::find_account_by_handle(conn, checked.handle.as_str())?.is_some() {
                return Err(handle_taken(checked.handle.as_str()));
            }
            if let Some(known) = store::find_account_by_email(conn, &checked.email.folded())? {
                remind(conn, &ctx, &known)
            } else {
                let account = insert(conn, &ctx, &checked, Some(&hash), &request_id)?;
                mailed::mail_link(conn, &ctx, &account, MailPurpose::VerifyEmail)
            }
        })
        .await
}

fn handle_taken(handle: &str) -> Error {
    Error::new(&HANDLE_TAKEN, format!("The handle {handle:?} belongs to somebody else; choose another."))
}

fn insert(conn: &mut Conn, ctx: &Ctx, person: &Checked, hash: Option<&str>, request_id: &RequestId) -> Result<Account> {
    let now = ctx.now();
    let account = Account {
        id: ctx.ids().make(),
        email: person.email.as_str().to_owned(),
        email_folded: person.email.folded(),
        email_verified_at: None,
        handle: person.handle.as_str().to_owned(),
        display_name: person.display_name.as_str().to_owned(),
        password_hash: hash.map(str::to_owned),
        status: AccountStatus::Active,
        consented_at: now,
        consented_terms: Some(ctx.settings().auth.terms_version.clone()),
        mfa_enabled_at: None,
        deletes_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        undeliverable_since: None,
        undeliverable_why: None,
    };
    store::insert_account(conn, &account).map_err(|error| {
        if unique_violation_on(&error, "accounts", "handle") { handle_taken(&account.handle) } else { error }
    })?;
    let change = audit::Change {
        machine: "account",
        entity: account.id.into(),
        actor: Some(account.id),
        from: None,
        to: AccountStatus::Active.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(account)
}

fn remind(conn: &mut Conn, ctx: &Ctx, known: &Account) -> Result<()> {
    if known.email_verified_at.is_none() {
        return mailed::mail_link(conn, ctx, known, MailPurpose::VerifyEmail);
    }
    outbox::post(conn, ctx, &letters::already_registered(ctx, mailed::address(known)?, &known.display_name)?)
}

/// Makes an account without a password, for somebody whom a provider vouches for.
pub(super) fn join(
    conn: &mut Conn,
    ctx: &Ctx,
    email: &Email,
    handle: &Handle,
    display_name: &DisplayName,
    request_id: &RequestId,
) -> Result<Account> {
    let person = Checked { email: email.clone(), handle: handle.clone(), display_name: display_name.clone() };
    insert(conn, ctx, &person, None, request_id)
}

/// Makes verified accounts without a mail, for the demo and for operators.
pub struct Registrar<'a>(pub &'a Ctx);

impl Registrar<'_> {
    /// Inserts a person whose address counts as verified; `hash` is of [`crate::infra::crypto::Hasher`].
    pub fn insert(&self, conn: &mut Conn, person: &NewPerson, hash: &str, request_id: &RequestId) -> Result<Account> {
        let account = insert(conn, self.0, &check(self.0, person)?, Some(hash), request_id)?;
        store::mark_verified(conn, account.id, self.0.now())?;
        store::get_account(conn, account.id)
    }
}

/// Gives an account a platform role; giving it twice changes nothing. Whether the account did not have it before.
pub fn grant_role(
    conn: &mut Conn,
    ctx: &Ctx,
    account_id: AccountId,
    role: PlatformRole,
    by: Option<AccountId>,
    request_id: &RequestId,
) -> Result<bool> {
    if !store::insert_role(conn, &NewRole { account_id, role, granted_at: ctx.now(), granted_by: by })? {
        return Ok(false);
    }
    let change = audit::Change {
        machine: "platform_role",
        entity: account_id.into(),
        actor: by,
        from: None,
        to: role.as_str(),
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(true)
}
