//! An authenticator's proof that it holds a passkey's key.

use super::{bytes, party};
use crate::features::accounts::letters::Notice;
use crate::features::accounts::model::{Passkey, PasskeyPurpose};
use crate::features::accounts::service::factor::Proof;
use crate::features::accounts::service::{mailed, trail};
use crate::features::accounts::store;
use crate::infra::Ctx;
use crate::infra::crypto::webauthn::{
    self, ClientData, Known, MOST_AUTHENTICATOR_DATA, MOST_CLIENT_DATA, MOST_CREDENTIAL_ID, MOST_SIGNATURE, Refusal,
    Signed,
};
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Check, Error, RequestId, Result};

/// What the browser sent of it, as text.
pub(in crate::features::accounts) struct Sent<'a> {
    pub(in crate::features::accounts) id: &'a str,
    pub(in crate::features::accounts) client_data: &'a str,
    pub(in crate::features::accounts) authenticator_data: &'a str,
    pub(in crate::features::accounts) signature: &'a str,
    pub(in crate::features::accounts) user_handle: Option<&'a str>,
}

/// The answer, read but not checked yet.
pub(in crate::features::accounts) struct Answer {
    /// As it stands in the database: base64url.
    credential_id: String,
    client: Result<ClientData, Refusal>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<Vec<u8>>,
}

impl Answer {
    /// Decodes what was sent; what is in it is looked at once the challenge is used up.
    pub(in crate::features::accounts) fn read(sent: &Sent<'_>) -> Result<Self> {
        let mut check = Check::default();
        let id = check.value("/credential/id", bytes(sent.id, MOST_CREDENTIAL_ID));
        let within = |name: &str| format!("/credential/response/{name}");
        let client = check.value(within("clientDataJSON"), bytes(sent.client_data, MOST_CLIENT_DATA));
        let data = check.value(within("authenticatorData"), bytes(sent.authenticator_data, MOST_AUTHENTICATOR_DATA));
        let signature = check.value(within("signature"), bytes(sent.signature, MOST_SIGNATURE));
        let handle = check.optional(within("userHandle"), sent.user_handle.map(|handle| bytes(handle, 64)));
        check.done()?;
        Ok(Self {
            credential_id: webauthn::encode(&id?),
            client: ClientData::parse(&client?),
            authenticator_data: data?,
            signature: signature?,
            user_handle: handle?,
        })
    }
}

/// Why nobody was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::features::accounts::service) enum Refused {
    /// The challenge is unknown, used up or too old, or was made for something or somebody else.
    Challenge,
    /// The passkey is unknown, or somebody else's.
    Unknown,
    /// What was signed does not fit.
    Answer(Refusal),
}

impl Refused {
    /// For the log: with wrong settings nobody's passkey works, and only the operator can tell why.
    pub(in crate::features::accounts::service) fn log(self) {
        match self {
            Self::Challenge => tracing::info!("a passkey was refused: its challenge is not waited for (any more)"),
            Self::Unknown => tracing::info!("a passkey was refused: it is nobody's here"),
            Self::Answer(refusal) => tracing::info!(reason = refusal.code(), "a passkey was refused: {refusal}"),
        }
    }
}

/// Whose passkey is wanted, and for what.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::accounts::service) enum Wanted {
    /// Anybody's, as the only factor: the authenticator must have verified its user, and say who it is.
    Anybody,
    /// This account's, beside another factor.
    Of(AccountId),
}

/// Checks the answer and notes the use. The challenge is used up by it in any case, so what this writes must be committed
/// also when nobody is proven.
pub(in crate::features::accounts::service) fn check(
    conn: &mut Conn,
    ctx: &Ctx,
    answer: &Answer,
    wanted: Wanted,
    request_id: &RequestId,
) -> Result<Result<Passkey, Refused>> {
    let now = ctx.now();
    let client = match &answer.client {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(Refused::Answer(*refusal))),
    };
    let (purpose, owner) = match wanted {
        Wanted::Anybody => (PasskeyPurpose::SignIn, None),
        Wanted::Of(account) => (PasskeyPurpose::SecondFactor, Some(account)),
    };
    let hash = webauthn::challenge_hash(client.challenge());
    let challenge = store::take_passkey_challenge(conn, &hash, purpose, now)?;
    let Some(challenge) = challenge.filter(|challenge| challenge.account_id == owner) else {
        return Ok(Err(Refused::Challenge));
    };
    let found = store::lock_passkey_by_credential(conn, &answer.credential_id)?;
    let Some(passkey) = found.filter(|passkey| owner.is_none_or(|owner| owner == passkey.account_id)) else {
        return Ok(Err(Refused::Unknown));
    };
    let handle = passkey.account_id.0.as_bytes().as_slice();
    let named = match &answer.user_handle {
        Some(said) => said == handle,
        None => owner.is_some(),
    };
    let key = webauthn::decode(&passkey.public_key).ok_or_else(|| Error::internal("a stored key can't be read"))?;
    let known = Known {
        public_key: &key,
        sign_count: u32::try_from(passkey.sign_count).map_err(Error::internal)?,
        backup_eligible: passkey.backup_eligible,
    };
    let signed = Signed { authenticator_data: &answer.authenticator_data, signature: &answer.signature };
    let checked = match party(ctx).authenticate(client, &challenge.hash, signed, known, owner.is_none()) {
        Ok(_) if !named => Err(Refusal::Credential),
        checked => checked,
    };
    match checked {
        Ok(proof) => {
            store::note_passkey_use(conn, &passkey, proof, now)?;
            Ok(Ok(passkey))
        }
        Err(refusal) => {
            if refusal == Refusal::Counter {
                let account = store::get_account(conn, passkey.account_id)?;
                mailed::tell(conn, ctx, &account, &Notice::PasskeyCopied(passkey.name.clone()))?;
                trail::note(conn, ctx, account.id, None, "passkey_counter_went_back", request_id)?;
            }
            Ok(Err(Refused::Answer(refusal)))
        }
    }
}

/// Checks the answer as this account's second factor.
pub(in crate::features::accounts::service) fn prove(
    conn: &mut Conn,
    ctx: &Ctx,
    answer: &Answer,
    account: AccountId,
    request_id: &RequestId,
) -> Result<Proof> {
    match check(conn, ctx, answer, Wanted::Of(account), request_id)? {
        Ok(_) => Ok(Proof::Good),
        Err(refused) => {
            refused.log();
            Ok(Proof::Wrong)
        }
    }
}
