//! One-click unsubscription (RFC 8058): an address that needs no sign-in, works at any time and does one thing.

use super::model::USUAL;
use crate::infra::Ctx;
use crate::infra::crypto::Stamped;
use crate::kernel::{AccountId, Error, HttpsUrl, Result};

/// What stamps of these addresses are made for.
const PURPOSE: &str = "unsubscribe";
/// Stands for all that comes in digests.
pub(super) const DIGESTS: &str = "digests";

/// What an address ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsubscription {
    pub account_id: AccountId,
    /// A thing such as `pledge`, or [`DIGESTS`].
    pub what: String,
}

fn stamped(account: AccountId, what: &str) -> String {
    format!("{account} {what}")
}

/// The token that ends mails about this for this person.
pub(super) fn token(ctx: &Ctx, account: AccountId, what: &str) -> Result<String> {
    let stamp = ctx.sealer().stamp(PURPOSE, stamped(account, what).as_bytes())?;
    Ok(format!("{account}~{what}~{stamp}"))
}

/// Reads a token; nothing is told of why one is wrong.
pub(super) fn read(ctx: &Ctx, token: &str) -> Result<Unsubscription> {
    let wrong = || Error::field("?token", "invalid_token", "This address is not whole; copy it again from the mail.");
    let mut parts = token.splitn(3, '~');
    let (Some(account), Some(what), Some(stamp)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    let account_id: AccountId = account.parse().map_err(|_e| wrong())?;
    let known = what == DIGESTS || USUAL.iter().any(|(thing, _)| *thing == what);
    let genuine = ctx.sealer().check_stamp(PURPOSE, stamped(account_id, what).as_bytes(), stamp) == Stamped::Genuine;
    if known && genuine { Ok(Unsubscription { account_id, what: what.to_owned() }) } else { Err(wrong()) }
}

/// The page that ends mails about this. Clients that do it in one click want https; elsewhere the page's button is left.
pub(super) fn address(ctx: &Ctx, account: AccountId, what: &str) -> Result<(String, Option<HttpsUrl>)> {
    let link = format!("{}/unsubscribe?token={}", ctx.site(), token(ctx, account, what)?);
    let header = HttpsUrl::parse(&link).ok();
    Ok((link, header))
}
