//! A new passkey.

use super::{Asked, bytes, party};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Account, Passkey, PasskeyPurpose};
use crate::features::accounts::problems::{PASSKEY_EXISTS, TOO_MANY_PASSKEYS};
use crate::features::accounts::service::{factor, mailed, trail};
use crate::features::accounts::{policy, store};
use crate::infra::Ctx;
use crate::infra::crypto::webauthn::{
    self, ClientData, MOST_ATTESTATION, MOST_CLIENT_DATA, MOST_CREDENTIAL_ID, NewCredential, Refusal,
};
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, unique_violation_on};
use crate::kernel::{Actor, Check, Error, Line, Result};

/// Passkeys that an account may have.
const MOST_PASSKEYS: usize = 20;

/// Begins to make a passkey: who for, and what the authenticator is asked.
pub(in crate::features::accounts) async fn start(ctx: &Ctx, actor: &Actor) -> Result<(Account, Asked)> {
    policy::require_fresh_sign_in(actor, ctx.now())?;
    let (id, now, asked) = (actor.account_id, ctx.now(), Asked::new(ctx));
    ctx.store()
        .write(move |conn| {
            let account = store::lock_account(conn, id)?;
            let passkeys = store::list_all_passkeys(conn, id)?;
            require_room(&passkeys)?;
            asked.keep(conn, PasskeyPurpose::Register, Some(id), now)?;
            Ok((account, Asked { passkeys, ..asked.clone() }))
        })
        .await
}

fn require_room(passkeys: &[Passkey]) -> Result<()> {
    if passkeys.len() < MOST_PASSKEYS {
        return Ok(());
    }
    let detail = format!("An account has at most {MOST_PASSKEYS} passkeys; remove one first.");
    Err(Error::new(&TOO_MANY_PASSKEYS, detail))
}

/// What the browser sent, as text.
pub(in crate::features::accounts) struct Making<'a> {
    pub(in crate::features::accounts) name: &'a str,
    pub(in crate::features::accounts) id: &'a str,
    pub(in crate::features::accounts) client_data: &'a str,
    pub(in crate::features::accounts) attestation: &'a str,
    pub(in crate::features::accounts) transports: &'a [String],
}

/// A passkey that was made, with recovery codes when it is the account's first second factor.
pub(in crate::features::accounts) struct Made {
    pub(in crate::features::accounts) passkey: Passkey,
    pub(in crate::features::accounts) recovery_codes: Option<Vec<String>>,
}

/// The authenticator's answer, decoded.
struct Answer {
    name: String,
    id: Vec<u8>,
    client: Result<ClientData, Refusal>,
    attestation: Vec<u8>,
    transports: Vec<String>,
}

fn read(sent: &Making<'_>) -> Result<Answer> {
    let mut check = Check::default();
    let name = check.value("/name", Line::parse(sent.name, 1, 80));
    let id = check.value("/credential/id", bytes(sent.id, MOST_CREDENTIAL_ID));
    let within = |name: &str| format!("/credential/response/{name}");
    let client = check.value(within("clientDataJSON"), bytes(sent.client_data, MOST_CLIENT_DATA));
    let attestation = check.value(within("attestationObject"), bytes(sent.attestation, MOST_ATTESTATION));
    let transports =
        check.each(&within("transports"), sent.transports, 8, |name| Line::parse(name, 1, 32).map(Line::into_string));
    check.done()?;
    Ok(Answer {
        name: name?.into_string(),
        id: id?,
        client: ClientData::parse(&client?),
        attestation: attestation?,
        transports: transports?,
    })
}

/// Finishes making a passkey. The session counts as having proven it.
pub(in crate::features::accounts) async fn finish(ctx: &Ctx, actor: &Actor, sent: &Making<'_>) -> Result<Made> {
    policy::require_fresh_sign_in(actor, ctx.now())?;
    let answer = read(sent)?;
    let codes = factor::recovery_codes(ctx);
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    let made = store
        .write(move |conn| match verified(conn, &ctx, &actor, &answer)? {
            Ok(credential) => keep(conn, &ctx, &actor, &answer, &credential, &codes).map(Ok),
            // The challenge is used up also then.
            Err(refusal) => Ok(Err(refusal)),
        })
        .await?;
    made.map_err(|refusal| {
        let detail = format!("No passkey was made: {refusal}. Begin again at POST /api/v1/me/passkeys/start.");
        Error::field("/credential", refusal.code(), detail)
    })
}

fn verified(conn: &mut Conn, ctx: &Ctx, actor: &Actor, answer: &Answer) -> Result<Result<NewCredential, Refusal>> {
    let client = match &answer.client {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(*refusal)),
    };
    let hash = webauthn::challenge_hash(client.challenge());
    let challenge = store::take_passkey_challenge(conn, &hash, PasskeyPurpose::Register, ctx.now())?;
    let Some(challenge) = challenge.filter(|challenge| challenge.account_id == Some(actor.account_id)) else {
        return Ok(Err(Refusal::Challenge));
    };
    let credential = party(ctx).register(client, &challenge.hash, &answer.attestation);
    Ok(credential.and_then(|made| if made.id == answer.id { Ok(made) } else { Err(Refusal::Credential) }))
}

fn keep(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    answer: &Answer,
    credential: &NewCredential,
    codes: &[String],
) -> Result<Made> {
    let (id, now) = (actor.account_id, ctx.now());
    let account = store::lock_account(conn, id)?;
    require_room(&store::list_all_passkeys(conn, id)?)?;
    let aaguid = uuid::Uuid::from_bytes(credential.aaguid);
    let passkey = Passkey {
        id: ctx.ids().make(),
        account_id: id,
        name: answer.name.clone(),
        credential_id: webauthn::encode(&credential.id),
        public_key: webauthn::encode(&credential.public_key),
        sign_count: credential.sign_count.into(),
        user_verified: credential.flags.user_verified(),
        backup_eligible: credential.flags.backup_eligible(),
        backed_up: credential.flags.backed_up(),
        aaguid: (!aaguid.is_nil()).then(|| aaguid.to_string()),
        transports: Json(answer.transports.clone()),
        version: 1,
        created_at: now,
        last_used_at: None,
    };
    store::insert_passkey(conn, &passkey).map_err(|error| {
        if unique_violation_on(&error, "passkeys", "credential_id") {
            return Error::new(&PASSKEY_EXISTS, "An account has this passkey already; make a new one.");
        }
        error
    })?;
    let first = account.mfa_enabled_at.is_none();
    if first {
        factor::set_since(conn, ctx, id, Some(now))?;
        factor::replace_codes(conn, id, codes, now)?;
    }
    store::set_second_factor(conn, actor.session_id, now)?;
    mailed::tell(conn, ctx, &account, &Notice::PasskeyAdded(passkey.name.clone()))?;
    trail::note(conn, ctx, id, Some(id), "passkey_added", &actor.request_id)?;
    Ok(Made { passkey, recovery_codes: first.then(|| codes.to_vec()) })
}
