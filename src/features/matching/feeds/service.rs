//! Making, revoking and using feed tokens.

use super::model::FeedToken;
use super::{calendar, store};
use crate::features::accounts::policy::require_verified;
use crate::features::accounts::{self, AccountStatus};
use crate::features::assignments;
use crate::features::matching::problems::TOO_MANY_FEED_TOKENS;
use crate::features::matching::service::NeedRow;
use crate::features::needs;
use crate::http::calendar::Calendar;
use crate::http::feed::{Entry, Feed};
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Token};
use crate::kernel::{AccountId, Actor, Check, Error, FeedTokenId, Line, Page, Result};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

const FEED: Purpose = Purpose::new("feed");
/// Feed tokens that an account may have at once.
pub(super) const MOST_TOKENS: usize = 10;
/// So many assignments a calendar shows.
const MOST_EVENTS: i64 = 200;

/// Makes a token; its text is shown this once.
pub(super) async fn make(ctx: &Ctx, actor: &Actor, name: &str) -> Result<(FeedToken, Token)> {
    require_verified(actor)?;
    let mut check = Check::default();
    let name = check.value("/name", Line::parse(name, 1, 80));
    check.done()?;
    let token = Token::new(FEED, ctx.entropy());
    let row = FeedToken {
        id: ctx.ids().make(),
        account_id: actor.account_id,
        name: name?.into_string(),
        hash: token.hash_hex(),
        created_at: ctx.now(),
        last_used_at: None,
        revoked_at: None,
    };
    let made = row.clone();
    ctx.store()
        .write(move |conn| {
            accounts::lock_account(conn, row.account_id)?;
            if store::list_feed_tokens(conn, row.account_id)?.len() >= MOST_TOKENS {
                let detail = format!("An account has at most {MOST_TOKENS} feed tokens; revoke one first.");
                return Err(Error::new(&TOO_MANY_FEED_TOKENS, detail));
            }
            store::insert_feed_token(conn, &row)
        })
        .await?;
    Ok((made, token))
}

/// The caller's tokens in force, newest first.
pub(super) async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<FeedToken>> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::list_feed_tokens(conn, account)).await
}

/// One of them.
pub(super) async fn get(ctx: &Ctx, actor: &Actor, id: FeedTokenId) -> Result<FeedToken> {
    let found = list(ctx, actor).await?.into_iter().find(|token| token.id == id);
    found.ok_or_else(|| Error::not_found("feed token"))
}

/// Revokes one of the caller's tokens at once.
pub(super) async fn revoke(ctx: &Ctx, actor: &Actor, id: FeedTokenId) -> Result<()> {
    let (account, now) = (actor.account_id, ctx.now());
    let gone = ctx.store().write(move |conn| store::revoke_feed_token(conn, account, id, now)).await?;
    if gone { Ok(()) } else { Err(Error::not_found("feed token")) }
}

/// Whose matches and assignments the token shows; 404 when it is no good, or its account may not be used.
pub(super) async fn reader(ctx: &Ctx, token: &SecretString) -> Result<AccountId> {
    let unknown = || Error::not_found("feed");
    let token = Token::parse(FEED, token.expose_secret()).map_err(|_fault| unknown())?;
    let (hash, now) = (token.hash_hex(), ctx.now());
    let row = ctx
        .store()
        .read(move |conn| {
            let row = store::find_feed_token(conn, &hash)?.ok_or_else(unknown)?;
            let account = accounts::get_account(conn, row.account_id)?;
            if account.status == AccountStatus::Active { Ok(row) } else { Err(unknown()) }
        })
        .await?;
    if row.last_used_at.is_none_or(|last| now - last >= TimeDelta::hours(1)) {
        ctx.store().write(move |conn| store::touch_feed_token(conn, row.id, now)).await?;
    }
    Ok(row.account_id)
}

/// The newest assignments as a calendar. Its own address is a secret and stands nowhere in it.
pub(super) async fn calendar(ctx: &Ctx, account: AccountId) -> Result<Calendar> {
    let rows = ctx.store().read(move |conn| assignments::list_latest(conn, account, MOST_EVENTS)).await?;
    Ok(calendar::calendar(ctx.site(), &rows))
}

/// The matches as a feed. Its own address is a secret and stands nowhere in it.
pub(super) fn feed(ctx: &Ctx, account: AccountId, page: &Page<NeedRow>) -> Feed {
    Feed {
        id: format!("urn:uuid:{account}"),
        title: "My matches at Mainstay".to_owned(),
        own: None,
        page: format!("{}/api/v1/me/matches", ctx.site()),
        next: None,
        entries: page.items.iter().map(|row| entry(ctx, row)).collect(),
        public: false,
    }
}

fn entry(ctx: &Ctx, row: &NeedRow) -> Entry {
    let plain = needs::entry(ctx, &row.need, &row.project, &row.skills);
    let reasons: Vec<String> = row
        .matching
        .reasons
        .iter()
        .map(|reason| format!("{:.1} of {}: {}", reason.points, reason.max_points, reason.text))
        .collect();
    let text = format!("{}\n\nWhy it fits:\n{}", plain.text, reasons.join("\n"));
    Entry { title: format!("{:.0} points: {}", row.matching.score, plain.title), text, ..plain }
}
