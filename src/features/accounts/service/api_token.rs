//! Tokens by which programs act for the caller.

use super::{mailed, trail};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::ApiToken;
use crate::features::accounts::problems::TOO_MANY_TOKENS;
use crate::features::accounts::{policy, store};
use crate::http::page::Window;
use crate::infra::Ctx;
use crate::infra::crypto::{Purpose, Token};
use crate::infra::db::sql::Json;
use crate::kernel::{Actor, ApiTokenId, Check, Error, Line, Page, Result, Scope};
use chrono::TimeDelta;

/// Tokens that an account may have at once.
const MOST_TOKENS: i64 = 50;
/// The longest that a token may hold, in days.
const LONGEST_DAYS: u32 = 366;

/// A token as wished.
pub(in crate::features::accounts) struct Wish {
    pub(in crate::features::accounts) name: String,
    pub(in crate::features::accounts) scopes: Vec<Scope>,
    pub(in crate::features::accounts) days: u32,
}

/// Makes a token; its text is shown this once.
pub(in crate::features::accounts) async fn make(ctx: &Ctx, actor: &Actor, wish: Wish) -> Result<(ApiToken, Token)> {
    policy::require_verified(actor)?;
    policy::require_fresh_factor(actor, ctx.now())?;
    let mut check = Check::default();
    let name = check.value("/name", Line::parse(&wish.name, 1, 80));
    let mut scopes = wish.scopes;
    check.require(!scopes.is_empty(), "/scopes", "empty", "Name at least one scope.");
    check.require(scopes.len() <= Scope::ALL.len(), "/scopes", "too_many", "Name each scope once.");
    let privileged = !scopes.contains(&Scope::Admin) || !actor.roles.is_empty();
    check.require(privileged, "/scopes", "no_role", "`admin` is for those who hold a platform role.");
    let days = check.range("/expires_in_days", wish.days, 1, LONGEST_DAYS);
    check.done()?;
    scopes.sort_unstable();
    scopes.dedup();
    let token = Token::new(Purpose::API, ctx.entropy());
    let now = ctx.now();
    let row = ApiToken {
        id: ctx.ids().make(),
        account_id: actor.account_id,
        name: name?.into_string(),
        hash: token.hash_hex(),
        scopes: Json(scopes),
        created_at: now,
        expires_at: now + TimeDelta::days(i64::from(days?)),
        last_used_at: None,
        revoked_at: None,
    };
    let (ctx, actor, made) = (ctx.clone(), actor.clone(), row.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = store::lock_account(conn, actor.account_id)?;
            if store::count_api_tokens(conn, account.id, now)? >= MOST_TOKENS {
                let detail = format!("An account has at most {MOST_TOKENS} API tokens; revoke one first.");
                return Err(Error::new(&TOO_MANY_TOKENS, detail));
            }
            store::insert_api_token(conn, &row)?;
            mailed::tell(conn, &ctx, &account, &Notice::TokenMade(row.name.clone()))?;
            trail::note(conn, &ctx, account.id, Some(account.id), "api_token_made", &actor.request_id)
        })
        .await?;
    Ok((made, token))
}

/// The caller's tokens, newest first.
pub(in crate::features::accounts) async fn list(ctx: &Ctx, actor: &Actor, window: Window) -> Result<Page<ApiToken>> {
    let account = actor.account_id;
    ctx.store().read(move |conn| store::list_api_tokens(conn, account, window.limit, window.after.as_ref())).await
}

/// One of the caller's tokens.
pub(in crate::features::accounts) async fn get(ctx: &Ctx, actor: &Actor, id: ApiTokenId) -> Result<ApiToken> {
    let account = actor.account_id;
    let found = ctx.store().read(move |conn| store::find_own_api_token(conn, account, id)).await?;
    found.ok_or_else(|| Error::not_found("API token"))
}

/// Revokes one of the caller's tokens at once.
pub(in crate::features::accounts) async fn revoke(ctx: &Ctx, actor: &Actor, id: ApiTokenId) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let account = actor.account_id;
            let token = store::find_own_api_token(conn, account, id)?.ok_or_else(|| Error::not_found("API token"))?;
            if store::revoke_api_token(conn, token.id, ctx.now())? {
                trail::note(conn, &ctx, account, Some(account), "api_token_revoked", &actor.request_id)?;
            }
            Ok(())
        })
        .await
}
