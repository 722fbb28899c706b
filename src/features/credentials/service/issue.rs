//! Stating confirmed work.

use super::read::{CredentialCard, card};
use super::revoke::end;
use crate::features::accounts::{self, policy::require_verified};
use crate::features::assignments::{self, Assignment};
use crate::features::audit;
use crate::features::credentials::keys::{self, Signer};
use crate::features::credentials::model::{Credential, CredentialAction, CredentialStatus, CredentialSubject};
use crate::features::credentials::problems::{HOURS_PENDING, NO_CONFIRMED_WORK, NOT_ENDED, WAS_REVOKED};
use crate::features::credentials::statement::status_list::BITS;
use crate::features::credentials::statement::{Achieved, CONTENT, Issued, StatusPlace, Subject, TYPE, VALID_FOR};
use crate::features::credentials::{policy, store};
use crate::features::time_entries::{self, Worked};
use crate::features::{needs, organizations, projects};
use crate::infra::Ctx;
use crate::infra::crypto::jws;
use crate::infra::db::Conn;
use crate::kernel::{AccountId, Actor, AssignmentId, CredentialId, Error, Kind, OrganizationId, RequestId, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// So many are issued in one sweep.
const BATCH: i64 = 100;
/// Of a list's bits no more are given away, so that a random one is found at once.
const MOST_IN_A_LIST: i64 = BITS / 2;

/// Issues what somebody asks for. The second value says whether it was issued now: what states the work as it is counted
/// already is given again.
pub(in crate::features::credentials) async fn issue(
    ctx: &Ctx,
    actor: &Actor,
    id: AssignmentId,
    subject: CredentialSubject,
) -> Result<(CredentialCard, bool)> {
    require_verified(actor)?;
    let signer = keys::signer(ctx).await?;
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (seen, _, standing) = assignments::find_visible(conn, &actor, id)?;
            policy::may_issue(&standing, subject).prove((), "assignment")?;
            let row = assignments::lock_assignment(conn, seen.id)?;
            let by = Some(actor.account_id);
            let stating = Stating { signer: &signer, row: &row, by, request_id: &actor.request_id };
            let (credential, new) = stating.issue(conn, &inner, subject)?;
            Ok((card(conn, credential)?, new))
        })
        .await
}

/// Issues credentials of completed work to those who have none, and ends those whose work does not count any more; returns how
/// many. Safe to repeat, and for several nodes at once.
pub async fn issue_due(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let unfounded = ctx.store().read(|conn| store::list_unfounded(conn, BATCH)).await?;
    for id in &unfounded {
        withdraw(ctx, *id, request_id.clone()).await?;
    }
    let due = ctx.store().read(|conn| store::list_unstated(conn, BATCH)).await?;
    if due.is_empty() {
        return Ok(unfounded.len());
    }
    let signer = keys::signer(ctx).await?;
    let mut issued = unfounded.len();
    for id in due {
        match state(ctx, id, signer.clone(), request_id.clone()).await {
            Ok(()) => issued += 1,
            // Somebody was quicker, or took hours back: it comes up again if it must.
            Err(error) if error.kind() == Kind::Conflict => {}
            Err(error) => {
                tracing::warn!(%error, assignment = %id, "a credential could not be issued; trying again later");
            }
        }
    }
    Ok(issued)
}

async fn withdraw(ctx: &Ctx, id: CredentialId, request_id: RequestId) -> Result<()> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let credential = store::lock_credential(conn, id)?;
            if credential.status != CredentialStatus::Issued {
                return Ok(());
            }
            let why = (CredentialAction::Supersede, Some("hours_taken_back"));
            end(conn, &inner, &credential, why, None, &request_id).map(|_| ())
        })
        .await
}

async fn state(ctx: &Ctx, id: AssignmentId, signer: Signer, request_id: RequestId) -> Result<()> {
    let inner = ctx.clone();
    ctx.store()
        .write(move |conn| {
            let row = assignments::lock_assignment(conn, id)?;
            let stating = Stating { signer: &signer, row: &row, by: None, request_id: &request_id };
            stating.issue(conn, &inner, CredentialSubject::Volunteer)?;
            match stating.issue(conn, &inner, CredentialSubject::Organization) {
                Err(error) if error.kind() == Kind::Conflict => Ok(()),
                other => other.map(|_| ()),
            }
        })
        .await
}

/// Stating the work of a locked assignment.
struct Stating<'a> {
    signer: &'a Signer,
    row: &'a Assignment,
    by: Option<AccountId>,
    request_id: &'a RequestId,
}

/// What is stated of whom.
struct Statement {
    about: Subject,
    organization: Option<OrganizationId>,
    work: Achieved,
}

impl Stating<'_> {
    fn issue(&self, conn: &mut Conn, ctx: &Ctx, subject: CredentialSubject) -> Result<(Credential, bool)> {
        let statement = self.statement(conn, subject)?;
        let (minutes, automatic) = (statement.work.minutes, statement.work.automatic_minutes);
        for known in store::list_of_work(conn, self.row.id, subject)? {
            match known.status {
                CredentialStatus::Issued => {
                    let same = (known.minutes, known.automatic_minutes) == (minutes, automatic);
                    if same && known.valid_until > ctx.now() {
                        return Ok((known, false));
                    }
                    let known = store::lock_credential(conn, known.id)?;
                    let why = (CredentialAction::Supersede, Some("counted_anew"));
                    end(conn, ctx, &known, why, self.by, self.request_id)?;
                }
                CredentialStatus::Revoked => {
                    let reason = known.reason.unwrap_or_default();
                    return Err(Error::new(&WAS_REVOKED, format!("It was taken back: {reason}")));
                }
                CredentialStatus::Superseded => {}
            }
        }
        let credential = self.sign(conn, ctx, subject, &statement)?;
        store::insert_credential(conn, &credential)?;
        store::count_issued(conn, credential.status_list)?;
        let change = audit::Change {
            machine: "credential",
            entity: credential.id.into(),
            actor: self.by,
            from: None,
            to: credential.status.as_str(),
            reason: None,
            request_id: self.request_id,
        };
        audit::record(conn, ctx, change)?;
        Ok((credential, true))
    }

    /// What there is to state; 409 while there is nothing.
    fn statement(&self, conn: &mut Conn, subject: CredentialSubject) -> Result<Statement> {
        let row = self.row;
        if row.status.is_live() {
            return Err(Error::new(&NOT_ENDED, format!("The assignment is {}.", row.status)));
        }
        if time_entries::has_pending(conn, row.id)? {
            return Err(Error::new(&HOURS_PENDING, "Some hours of the assignment wait for an answer of the project."));
        }
        let nothing = |detail: &'static str| Error::new(&NO_CONFIRMED_WORK, detail);
        let worked = time_entries::work_of_assignment(conn, row.id)?
            .ok_or_else(|| nothing("No hours of the assignment are confirmed."))?;
        match subject {
            CredentialSubject::Volunteer => {
                let account = accounts::get_account(conn, row.account_id)?;
                let about = Subject::Volunteer { handle: account.handle, name: account.display_name };
                let work = self.work(conn, &worked, (worked.minutes, worked.automatic_minutes))?;
                Ok(Statement { about, organization: None, work })
            }
            CredentialSubject::Organization => {
                let given = worked.pledged_minutes > 0;
                let employer = row.employer_id.filter(|_| given);
                let employer = employer.ok_or_else(|| nothing("No pledge paid for hours of this assignment."))?;
                let employer = organizations::get_organization(conn, employer)?;
                let work = self.work(conn, &worked, (worked.pledged_minutes, worked.automatic_pledged_minutes))?;
                let about = Subject::Organization { slug: employer.slug, name: employer.name };
                Ok(Statement { about, organization: Some(employer.id), work })
            }
        }
    }

    fn work(&self, conn: &mut Conn, worked: &Worked, (minutes, automatic): (i64, i64)) -> Result<Achieved> {
        let need = needs::get_need(conn, self.row.need_id)?;
        let project = projects::get_project(conn, self.row.project_id)?;
        let skills = needs::list_need_skills(conn, &[need.id])?.remove(&need.id).unwrap_or_default();
        Ok(Achieved {
            project: project.slug,
            project_name: project.name,
            need: need.title,
            kind: need.kind,
            skills: skills.into_iter().map(|skill| skill.skill).collect(),
            minutes,
            automatic_minutes: automatic,
            first_day: worked.first_day,
            last_day: worked.last_day,
        })
    }

    fn sign(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        subject: CredentialSubject,
        statement: &Statement,
    ) -> Result<Credential> {
        let status = place(conn, ctx)?;
        let issued = Issued {
            site: ctx.site().to_owned(),
            name: name(ctx),
            valid_from: ctx.now(),
            valid_until: ctx.now() + VALID_FOR,
            status,
        };
        let document = serde_json::to_vec(&issued.document(&statement.about, &statement.work));
        let document = document.map_err(Error::internal)?;
        let jwt = jws::sign(&self.signer.key, &self.signer.kid, (TYPE, CONTENT), &document)?;
        Ok(Credential {
            id: ctx.ids().make(),
            name: issued.name,
            assignment_id: self.row.id,
            subject,
            account_id: self.row.account_id,
            organization_id: statement.organization,
            project_id: self.row.project_id,
            minutes: statement.work.minutes,
            automatic_minutes: statement.work.automatic_minutes,
            jwt: Some(jwt),
            status_list: status.list,
            status_index: status.index,
            status: CredentialStatus::Issued,
            reason: None,
            issued_at: issued.valid_from,
            valid_until: issued.valid_until,
            ended_at: None,
            ended_by: None,
            version: 1,
        })
    }
}

/// 128 random bits: whoever was not given the address does not find it.
fn name(ctx: &Ctx) -> String {
    let mut bytes = [0u8; 16];
    ctx.entropy().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A random free bit of the newest list, so that neighbors in it have nothing to do with each other.
fn place(conn: &mut Conn, ctx: &Ctx) -> Result<StatusPlace> {
    let mut list = store::lock_newest_list(conn)?;
    if list.issued >= MOST_IN_A_LIST {
        store::begin_list(conn, list.number + 1)?;
        list = store::lock_newest_list(conn)?;
    }
    // At least every second bit is free: 64 misses in a row don't happen.
    for _ in 0..64 {
        let mut bytes = [0u8; 4];
        ctx.entropy().fill(&mut bytes);
        let index = i64::from(u32::from_be_bytes(bytes)) % BITS;
        if !store::is_taken(conn, list.number, index)? {
            return Ok(StatusPlace { list: list.number, index });
        }
    }
    Err(Error::internal("no free bit in the status list"))
}
