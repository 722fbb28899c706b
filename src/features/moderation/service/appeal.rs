//! Appeals, by the token that was mailed with the suspension: whoever is locked out can't sign in to appeal.

use super::suspend::PURPOSE;
use super::{record, report};
use crate::features::moderation::model::{Report, ReportKind, ReportStatus, SubjectKind};
use crate::features::moderation::problems::{APPEAL_REFUSED, WRONG_APPEAL};
use crate::features::moderation::{store, subject};
use crate::infra::Ctx;
use crate::infra::crypto::Token;
use crate::kernel::{AccountId, Caller, Check, Error, Result};
use secrecy::{ExposeSecret as _, SecretString};

/// Asks that a suspension be lifted; another moderator than who suspended decides.
pub(in crate::features::moderation) async fn appeal(
    ctx: &Ctx,
    caller: &Caller,
    token: SecretString,
    text: String,
) -> Result<()> {
    let mut check = Check::default();
    let text = check.value("/text", report::words(&text));
    check.done()?;
    let wrong = || Error::new(&WRONG_APPEAL, "No suspension has this token.");
    let token = Token::parse(PURPOSE, token.expose_secret()).map_err(|_fault| wrong())?;
    let (hash, text, inner, caller) = (token.hash_hex(), text?, ctx.clone(), caller.clone());
    ctx.store()
        .write(move |conn| {
            let suspension = store::find_suspension_by_hash(conn, &hash)?.ok_or_else(wrong)?;
            if !store::mark_appealed(conn, suspension.id, inner.now())? {
                let why = if suspension.ended_at.is_some() { "was lifted" } else { "was appealed" };
                return Err(
                    Error::new(&APPEAL_REFUSED, format!("The suspension {why} already.")).with_allowed(Vec::new())
                );
            }
            let subject = subject::load(conn, suspension.subject_kind, suspension.subject_id)?;
            let people = subject.people(conn)?;
            let owner = match suspension.subject_kind {
                SubjectKind::Volunteer | SubjectKind::Account => Some(AccountId(suspension.subject_id.0)),
                _ => caller.account_id().filter(|id| people.contains(id)),
            };
            let row = Report {
                id: inner.ids().make(),
                kind: ReportKind::Appeal,
                subject_kind: suspension.subject_kind,
                subject_id: suspension.subject_id,
                code: None,
                text: text.clone(),
                author_id: owner,
                suspension_id: Some(suspension.id),
                status: ReportStatus::Open,
                opened_at: inner.now(),
                decided_at: None,
                decided_by: None,
                decision: None,
                version: 1,
            };
            store::insert_report(conn, &row)?;
            record(conn, &inner, &row, (None, row.status.as_str()), None, (owner, &caller.request_id))
        })
        .await
}
