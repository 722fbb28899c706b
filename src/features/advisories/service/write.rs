//! Bringing records in, and judging them.

use super::read::{Card, card_of, visible};
use crate::features::accounts::policy::require_verified;
use crate::features::advisories::model::{Advisory, AdvisoryPackage, Judgment};
use crate::features::advisories::osv::OsvRecord;
use crate::features::advisories::prepare::{Prepared, Wrong, prepare};
use crate::features::advisories::problems::ID_TAKEN;
use crate::features::advisories::store::Known;
use crate::features::advisories::{policy, store};
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::db::sql::Json;
use crate::kernel::{
    AccountId, Actor, AdvisoryId, Allowed, Check, Decision, Error, FieldError, IfMatch, Line, PlatformRole, RequestId,
    Result, Timestamp, words,
};

words! {
    /// What became of a record.
    Outcome {
        /// It is new here.
        Created = "created",
        /// It replaced an older one.
        Updated = "updated",
        /// The same was there.
        Unchanged = "unchanged",
        /// A newer one was there, and stays.
        Older = "older",
        /// The record that is there is under embargo, and stays.
        Kept = "kept",
    }
}

/// Somebody who may bring records in, in one request.
#[derive(Debug, Clone)]
pub struct Keeper {
    account: Option<AccountId>,
    request_id: RequestId,
    allowed: Allowed<()>,
}

impl Keeper {
    /// A coordinator; 403 for anybody else.
    pub fn of(actor: &Actor) -> Result<Self> {
        let allowed = policy::may_write(actor.has(PlatformRole::Coordinator)).prove((), "advisory")?;
        require_verified(actor)?;
        Ok(Self { account: Some(actor.account_id), request_id: actor.request_id.clone(), allowed })
    }

    /// Whoever runs the program on its own machine.
    pub fn operator(request_id: RequestId) -> Result<Self> {
        Ok(Self { account: None, request_id, allowed: Decision::Allow.prove((), "advisory")? })
    }

    /// Keeps a record beside what is known of its id: the one that changed later counts.
    pub(in crate::features::advisories) fn keep(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        known: Option<&Known>,
        prepared: &Prepared,
        embargo_until: Option<Timestamp>,
    ) -> Result<Outcome> {
        if let Some(known) = known {
            if policy::is_embargoed(known.embargo_until, ctx.now()) && self.account.is_none() {
                return Ok(Outcome::Kept);
            }
            if known.digest == prepared.digest {
                return Ok(Outcome::Unchanged);
            }
            if known.modified > prepared.modified {
                return Ok(Outcome::Older);
            }
        }
        let outcome = if known.is_some() { Outcome::Updated } else { Outcome::Created };
        let id = known.map_or_else(|| ctx.ids().make(), |known| known.id);
        let (row, packages, names) = self.rows(ctx, id, prepared, embargo_until);
        match known {
            None => store::insert_advisory(conn, &self.allowed, &row)?,
            Some(_) => store::replace_advisory(conn, &self.allowed, &row)?,
        }
        store::replace_parts(conn, id, &packages, &names)?;
        self.record(conn, ctx, id, known.is_some(), outcome.as_str(), None)?;
        Ok(outcome)
    }

    fn record(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        id: AdvisoryId,
        known: bool,
        to: &'static str,
        reason: Option<&str>,
    ) -> Result<()> {
        let change = audit::Change {
            machine: "advisory",
            entity: id.into(),
            actor: self.account,
            from: known.then_some("kept"),
            to,
            reason,
            request_id: &self.request_id,
        };
        audit::record(conn, ctx, change)
    }

    fn rows(
        &self,
        ctx: &Ctx,
        id: AdvisoryId,
        prepared: &Prepared,
        embargo_until: Option<Timestamp>,
    ) -> (Advisory, Vec<AdvisoryPackage>, Vec<String>) {
        let now = ctx.now();
        let package = |(at, (ecosystem, name, package)): (usize, (String, String, Option<String>))| AdvisoryPackage {
            advisory_id: id,
            position: i32::try_from(at).unwrap_or(i32::MAX),
            ecosystem,
            name,
            package,
        };
        let packages = prepared.packages.iter().cloned().enumerate().map(package).collect();
        let row = Advisory {
            id,
            osv_id: prepared.record.id.clone(),
            modified: prepared.modified,
            published: prepared.published,
            withdrawn: prepared.withdrawn,
            summary: prepared.summary.clone(),
            search: prepared.search.clone(),
            severity: prepared.severity,
            base_score: prepared.base_score,
            vector: prepared.vector.clone(),
            record: Json(prepared.record.clone()),
            digest: prepared.digest.clone(),
            judgment: None,
            embargo_until,
            created_by: self.account,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        (row, packages, prepared.names.iter().cloned().collect())
    }
}

fn invalid(wrong: Vec<Wrong>) -> Error {
    let field = |(pointer, fault): Wrong| FieldError { pointer, code: fault.code, detail: fault.detail };
    Error::invalid(wrong.into_iter().map(field).collect())
}

/// A coordinator brings in one record, under embargo where an instant is given.
pub(in crate::features::advisories) async fn create(
    ctx: &Ctx,
    actor: &Actor,
    record: OsvRecord,
    embargo_until: Option<Timestamp>,
) -> Result<(Outcome, Card)> {
    let keeper = Keeper::of(actor)?;
    if embargo_until.is_some_and(|until| until <= ctx.now()) {
        let detail = "An embargo ends in the future; leave it out for a record that everybody may see.";
        return Err(Error::field("?embargo_until", "in_the_past", detail));
    }
    let osv_id = record.id.clone();
    let prepared = prepare(record).map_err(invalid)?;
    let (inner, caller) = (ctx.clone(), actor.account_id);
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let there = store::lock_by_osv_id(conn, &osv_id)?;
            if let Some(there) = &there {
                let hidden = policy::is_embargoed(there.embargo_until, now) && there.created_by != Some(caller);
                if hidden {
                    return Err(Error::new(&ID_TAKEN, format!("{osv_id:?} names another record here.")));
                }
                if embargo_until.is_some() && !policy::is_embargoed(there.embargo_until, now) {
                    let detail = "Everybody may see this record already, so that no embargo can be put on it.";
                    return Err(Error::field("?embargo_until", "public_already", detail));
                }
            }
            let known = store::list_known(conn, std::slice::from_ref(&osv_id))?.remove(&osv_id);
            let outcome = keeper.keep(conn, &inner, known.as_ref(), &prepared, embargo_until)?;
            let row = store::lock_by_osv_id(conn, &osv_id)?.ok_or_else(|| Error::not_found("advisory"))?;
            Ok((outcome, card_of(conn, row, now)?))
        })
        .await
}

/// What a coordinator answers of the decision's questions; nothing at all takes the answers back.
pub(in crate::features::advisories) async fn judge(
    ctx: &Ctx,
    actor: &Actor,
    name: String,
    if_match: IfMatch,
    judgment: Judgment,
) -> Result<Card> {
    let keeper = Keeper::of(actor)?;
    let mut check = Check::default();
    let reason = check.optional("/reason", judgment.reason.as_deref().map(|text| Line::parse(text, 1, 500)));
    check.done()?;
    let reason = reason?.map(Line::into_string);
    let (inner, caller) = (ctx.clone(), actor.account_id);
    ctx.store()
        .write(move |conn| {
            let now = inner.now();
            let seen = visible(conn, &name, Some(caller), now)?.into_inner();
            let row = store::lock_by_osv_id(conn, &seen.osv_id)?.ok_or_else(|| Error::not_found("advisory"))?;
            if_match.check(row.version)?;
            let row = policy::may_write(true).prove(row, "advisory")?;
            let empty = judgment == Judgment::default();
            let kept = Judgment { reason: reason.clone(), at: Some(now), ..judgment.clone() };
            store::set_judgment(conn, &row, (!empty).then_some(kept), now)?;
            keeper.record(
                conn,
                &inner,
                row.id,
                true,
                if empty { "judgment_dropped" } else { "judged" },
                reason.as_deref(),
            )?;
            let row = store::get_advisory(conn, row.id)?;
            card_of(conn, row, now)
        })
        .await
}
