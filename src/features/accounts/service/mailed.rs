//! What goes to an account's owner by mail: single-use tokens, and notices of what was done.

use crate::features::accounts::letters::{self, Notice};
use crate::features::accounts::model::{Account, AccountStatus, MailPurpose, MailToken};
use crate::features::accounts::store;
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::Conn;
use crate::infra::queue::{self, NewJob};
use crate::infra::{Ctx, outbox};
use crate::kernel::{Email, Error, Fault, Result, Timestamp};
use chrono::TimeDelta;
use serde_json::Value;

/// At most this many tokens of one kind an hour go to one account's mail.
pub(super) const MAILS_PER_HOUR: i64 = 3;
/// How long a link that sets a new password holds.
const RESET: TimeDelta = TimeDelta::hours(1);
/// What the job's address is sealed for.
const SEALED_FOR: &str = "mail_address";

/// The job that sends a link to whoever has this address, if anybody. It is queued the same for every address, so that
/// neither the answer nor its time tells whether the address is known.
pub const SEND_LINK: &str = "send_account_link";

impl MailPurpose {
    fn token(self) -> Purpose {
        match self {
            Self::VerifyEmail => Purpose::VERIFY_EMAIL,
            Self::ResetPassword => Purpose::RESET_PASSWORD,
            Self::ChangeEmail => Purpose::CHANGE_EMAIL,
        }
    }
}

/// The account's address, to be written to.
pub(super) fn address(account: &Account) -> Result<Email> {
    Email::parse(&account.email).map_err(|fault| unreadable(&fault))
}

fn unreadable(fault: &Fault) -> Error {
    Error::internal(format!("a stored address can't be read: {}", fault.detail))
}

/// Tells the owner what was done, at the address that the row at hand holds.
pub(super) fn tell(conn: &mut Conn, ctx: &Ctx, account: &Account, notice: &Notice) -> Result<()> {
    outbox::post(conn, ctx, &notice.letter(ctx, address(account)?, &account.display_name)?)
}

/// Makes a token that is mailed to `email`; none when the account was sent enough of them within the hour.
pub(super) fn issue(
    conn: &mut Conn,
    ctx: &Ctx,
    account: &Account,
    purpose: MailPurpose,
    email: &str,
) -> Result<Option<Token>> {
    let now = ctx.now();
    if store::count_mail_tokens(conn, account.id, purpose, now - TimeDelta::hours(1))? >= MAILS_PER_HOUR {
        return Ok(None);
    }
    let holds = match purpose {
        MailPurpose::ResetPassword => RESET,
        _ => TimeDelta::hours(i64::from(ctx.settings().auth.verification_hours)),
    };
    let token = Token::new(purpose.token(), ctx.entropy());
    let row = MailToken {
        id: ctx.ids().make(),
        account_id: account.id,
        purpose,
        hash: token.hash_hex(),
        email: email.to_owned(),
        created_at: now,
        expires_at: now + holds,
        used_at: None,
    };
    store::insert_mail_token(conn, &row)?;
    Ok(Some(token))
}

/// The token's row and account, if the token can still be used.
pub(super) fn find(
    conn: &mut Conn,
    purpose: MailPurpose,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(MailToken, Account)>> {
    let Some(row) = store::find_mail_token(conn, purpose, hash)? else { return Ok(None) };
    let account = store::get_account(conn, row.account_id)?;
    // A token proves the address that it went to, so it is worth nothing once the account has another one.
    let fits = purpose == MailPurpose::ChangeEmail || row.email.eq_ignore_ascii_case(&account.email);
    let good = fits && row.used_at.is_none() && row.expires_at > now && account.status != AccountStatus::Deleted;
    Ok(good.then_some((row, account)))
}

/// Uses the token up; none when it can't be used (any more), also because somebody was faster.
pub(super) fn redeem(
    conn: &mut Conn,
    purpose: MailPurpose,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(MailToken, Account)>> {
    let Some((row, account)) = find(conn, purpose, hash, now)? else { return Ok(None) };
    Ok(store::use_mail_token(conn, row.id, now)?.then_some((row, account)))
}

/// Queues [`SEND_LINK`].
pub(super) async fn request(ctx: &Ctx, purpose: MailPurpose, email: &Email) -> Result<()> {
    let sealed = ctx.sealer().seal(SEALED_FOR, email.folded().as_bytes())?;
    let (ctx, now) = (ctx.clone(), ctx.now());
    let payload = serde_json::json!({ "purpose": purpose.as_str(), "email": sealed });
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let job = NewJob { kind: SEND_LINK, payload: payload.clone(), run_at: now, unique_key: None };
            queue::enqueue(conn, ctx.ids(), now, job)?;
            Ok(())
        })
        .await
}

/// Does [`SEND_LINK`].
pub async fn send_link(ctx: Ctx, payload: Value) -> Result<()> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let broken = |why: &str| Error::internal(format!("a {SEND_LINK} job can't be read: {why}"));
    let purpose: MailPurpose = text("purpose").parse().map_err(|fault: Fault| broken(&fault.detail))?;
    let folded = ctx.sealer().open(SEALED_FOR, &text("email"))?.to_vec();
    let folded = String::from_utf8(folded).map_err(|error| broken(&error.to_string()))?;
    let store = ctx.store().clone();
    store
        .write(move |conn| match store::find_account_by_email(conn, &folded)? {
            Some(account) if account.status == AccountStatus::Active => mail_link(conn, &ctx, &account, purpose),
            _ => Ok(()),
        })
        .await
}

/// Mails the link of this purpose to the account's own address, if there is a use for it.
pub(super) fn mail_link(conn: &mut Conn, ctx: &Ctx, account: &Account, purpose: MailPurpose) -> Result<()> {
    if purpose == MailPurpose::VerifyEmail && account.email_verified_at.is_some() {
        return Ok(());
    }
    let Some(token) = issue(conn, ctx, account, purpose, &account.email)? else { return Ok(()) };
    let (to, name) = (address(account)?, &account.display_name);
    let letter = match purpose {
        MailPurpose::ResetPassword => letters::reset_password(ctx, to, name, token.expose())?,
        MailPurpose::ChangeEmail => letters::change_email(ctx, to, name, token.expose())?,
        MailPurpose::VerifyEmail => letters::verify_email(ctx, to, name, token.expose())?,
    };
    outbox::post(conn, ctx, &letter)
}
