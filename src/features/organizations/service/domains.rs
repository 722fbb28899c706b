//! Domains: claimed, proven, checked again, lapsed, given up.

use super::load_by_slug;
use super::members::lock_with_role;
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::features::organizations::domain::{self, Domain};
use crate::features::organizations::letters::Notice;
use crate::features::organizations::model::{DomainMethod, DomainRow, DomainStatus, Organization};
use crate::features::organizations::problems::{DOMAIN_EXISTS, DOMAIN_TAKEN, DOMAIN_UNPROVEN, TOO_MANY_DOMAINS};
use crate::features::organizations::{policy, store};
use crate::infra::db::{Conn, unique_violation_on};
use crate::infra::{Ctx, outbox};
use crate::kernel::{AccountId, Actor, Cursor, Error, Limit, Page, RequestId, Result, Timestamp, hex};
use chrono::TimeDelta;

/// Most domains of one organization.
const MOST: i64 = 50;
/// How long a proof counts until it is looked for again.
const CHECK_EVERY: TimeDelta = TimeDelta::days(30);
/// How soon a check that failed is repeated.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(1);
/// For how long checks may fail until the domain is the organization's no more.
const GRACE: TimeDelta = TimeDelta::days(7);
/// Domains checked in one round of the chore.
const BATCH: i64 = 20;

/// Who does it: nobody for the clock.
type By<'a> = (Option<AccountId>, &'a RequestId);

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &DomainRow,
    from: Option<DomainStatus>,
    to: DomainStatus,
    (actor, request_id): By<'_>,
) -> Result<()> {
    let change = audit::Change {
        machine: "organization_domain",
        entity: row.organization_id.into(),
        actor,
        from: from.map(DomainStatus::as_str),
        to: to.as_str(),
        reason: Some(&row.domain),
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// Claims a domain; what proves it comes back with it.
pub(in crate::features::organizations) async fn add(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    text: String,
) -> Result<DomainRow> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (organization, role) = lock_with_role(conn, &slug, actor.account_id)?;
            let organization = policy::may_edit(role).prove(organization, "organization")?;
            require_verified(&actor)?;
            let domain = Domain::parse(&text).map_err(|fault| Error::field("/domain", fault.code, fault.detail))?;
            if store::find_domain(conn, organization.id, domain.as_str())?.is_some() {
                return Err(Error::new(&DOMAIN_EXISTS, format!("{domain} is in the organization's list already.")));
            }
            if store::find_holder(conn, domain.as_str())?.is_some() {
                return Err(taken(domain.as_str()));
            }
            if store::count_domains(conn, organization.id)? >= MOST {
                let detail = format!("An organization lists at most {MOST} domains; remove one first.");
                return Err(Error::new(&TOO_MANY_DOMAINS, detail));
            }
            let mut secret = [0u8; 16];
            ctx.entropy().fill(&mut secret);
            let row = DomainRow {
                id: ctx.ids().make(),
                organization_id: organization.id,
                domain: domain.as_str().to_owned(),
                token: hex(&secret),
                status: DomainStatus::Pending,
                method: None,
                verified_at: None,
                checked_at: None,
                check_at: None,
                failing_since: None,
                added_by: actor.account_id,
                created_at: ctx.now(),
                version: 1,
            };
            store::insert_domain(conn, &row)?;
            record(conn, &ctx, &row, None, DomainStatus::Pending, (Some(actor.account_id), &actor.request_id))?;
            Ok(row)
        })
        .await
}

fn taken(domain: &str) -> Error {
    Error::new(&DOMAIN_TAKEN, format!("{domain} is proven to be another organization's."))
}

/// The organization's domains, in the order in which they were added.
pub(in crate::features::organizations) async fn list(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<DomainRow>> {
    let account = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let (organization, role) = load_by_slug(conn, &slug, Some(account))?;
            let organization = policy::may_see_domains(role).prove(organization, "organization")?;
            store::list_domains(conn, &organization, limit, after.as_ref())
        })
        .await
}

/// The claim, for an owner.
fn own(conn: &mut Conn, slug: &str, account: AccountId, text: &str) -> Result<(Organization, DomainRow)> {
    let (organization, role) = load_by_slug(conn, slug, Some(account))?;
    let organization = policy::may_edit(role).prove(organization, "organization")?;
    let domain = text.to_lowercase();
    let row = store::find_domain(conn, organization.id, &domain)?.ok_or_else(|| Error::not_found("domain"))?;
    Ok((organization.into_inner(), row))
}

/// Gives a domain up.
pub(in crate::features::organizations) async fn remove(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    text: String,
) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (_, old) = own(conn, &slug, actor.account_id, &text)?;
            let row = DomainRow { status: DomainStatus::Removed, check_at: None, ..old.clone() };
            if !store::update_domain(conn, old.version, &row)? {
                return Err(Error::not_found("domain"));
            }
            let by = (Some(actor.account_id), &actor.request_id);
            record(conn, &ctx, &row, Some(old.status), DomainStatus::Removed, by)
        })
        .await
}

/// Looks for the proof outside, and says what was found where.
async fn prove(ctx: &Ctx, row: &DomainRow) -> Result<DomainMethod, String> {
    let name = domain::record_name(&row.domain);
    let dns = match ctx.dns().text_records(&name).await {
        Ok(records) if domain::states(records.iter().map(String::as_str), &row.token) => {
            return Ok(DomainMethod::DnsTxt);
        }
        Ok(records) => format!("{} text records at {name}, none of them the wanted one", records.len()),
        Err(error) => format!("{name}: {error}"),
    };
    let schemes: &[&str] = if ctx.settings().fetch.allow_http { &["https", "http"] } else { &["https"] };
    let mut found = String::new();
    for scheme in schemes {
        let address = domain::file_address(scheme, &row.domain);
        found = match ctx.fetcher().get(&address).await {
            Ok(page) if page.is_success() => {
                let own = page.url.host_str().is_some_and(|host| domain::speaks_for(host, &row.domain));
                if own && domain::states(page.text().lines(), &row.token) {
                    return Ok(DomainMethod::WellKnownFile);
                }
                let elsewhere = if own { "" } else { " (it leads to another host)" };
                format!("{address} does not hold the line{elsewhere}")
            }
            Ok(page) => format!("{address} answers {}", page.status),
            Err(error) => error.to_string(),
        };
    }
    Err(format!("{dns}; {found}"))
}

/// The row after a check at this instant.
fn after_check(row: &DomainRow, found: Option<DomainMethod>, now: Timestamp) -> DomainRow {
    let checked = DomainRow { checked_at: Some(now), ..row.clone() };
    if found.is_some() {
        return DomainRow {
            status: DomainStatus::Verified,
            method: found,
            verified_at: if row.status.is_held() { row.verified_at } else { Some(now) },
            check_at: Some(now + CHECK_EVERY),
            failing_since: None,
            ..checked
        };
    }
    if !row.status.is_held() {
        return checked;
    }
    let since = row.failing_since.unwrap_or(now);
    if now - since >= GRACE {
        return DomainRow { status: DomainStatus::Lapsed, check_at: None, failing_since: Some(since), ..checked };
    }
    let next = (now + AGAIN_AFTER).min(since + GRACE);
    DomainRow { status: DomainStatus::Failing, check_at: Some(next), failing_since: Some(since), ..checked }
}

/// Writes what a check found, if nobody was faster, and tells the owners when that is bad news.
fn settle(
    conn: &mut Conn,
    ctx: &Ctx,
    old: &DomainRow,
    found: Option<DomainMethod>,
    by: By<'_>,
) -> Result<Option<DomainRow>> {
    let row = after_check(old, found, ctx.now());
    if row.status == DomainStatus::Verified
        && store::find_holder(conn, &row.domain)?.is_some_and(|holder| holder != row.organization_id)
    {
        return Err(taken(&row.domain));
    }
    let written = store::update_domain(conn, old.version, &row).map_err(|error| {
        if unique_violation_on(&error, "organization_domains", "domain") { taken(&row.domain) } else { error }
    })?;
    if !written {
        return Ok(None);
    }
    if row.status != old.status {
        record(conn, ctx, &row, Some(old.status), row.status, by)?;
        let notice = match row.status {
            DomainStatus::Failing => Some(Notice::DomainFailing(&row.domain)),
            DomainStatus::Lapsed => Some(Notice::DomainLapsed(&row.domain)),
            _ => None,
        };
        if let Some(notice) = notice {
            let organization = store::get_organization(conn, row.organization_id)?;
            for owner in super::members::owners(conn, organization.id)? {
                outbox::post(conn, ctx, &notice.letter(ctx, &organization, &owner)?)?;
            }
        }
    }
    Ok(Some(DomainRow { version: old.version + 1, ..row }))
}

/// Looks for the proof now.
pub(in crate::features::organizations) async fn verify(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    text: String,
) -> Result<DomainRow> {
    let (account, request_id) = (actor.account_id, actor.request_id.clone());
    let (_, row) = ctx.store().read(move |conn| own(conn, &slug, account, &text)).await?;
    let found = prove(ctx, &row).await;
    let (inner, method) = (ctx.clone(), found.as_ref().ok().copied());
    let settled =
        ctx.store().write(move |conn| settle(conn, &inner, &row, method, (Some(account), &request_id))).await?;
    match (found, settled) {
        (Ok(_), Some(row)) => Ok(row),
        (Ok(_), None) => Err(Error::new(&DOMAIN_UNPROVEN, "Somebody else changed or checked it meanwhile; try again.")),
        (Err(why), _) => Err(Error::new(&DOMAIN_UNPROVEN, format!("The proof was not found: {why}."))),
    }
}

/// Checks again what is due; says how many.
pub async fn recheck_domains(ctx: &Ctx, request_id: RequestId) -> Result<usize> {
    let now = ctx.now();
    let due = ctx.store().read(move |conn| store::list_due_domains(conn, now, BATCH)).await?;
    let checked = due.len();
    for row in due {
        let found = prove(ctx, &row).await.ok();
        let (inner, request_id) = (ctx.clone(), request_id.clone());
        ctx.store().write(move |conn| settle(conn, &inner, &row, found, (None, &request_id))).await?;
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{OrganizationDomainId, OrganizationId};
    use uuid::Uuid;

    #[test]
    fn a_domain_lapses_after_a_week_of_failing_and_recovers_before() {
        let start: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let mut row = DomainRow {
            id: OrganizationDomainId(Uuid::nil()),
            organization_id: OrganizationId(Uuid::nil()),
            domain: "example.org".to_owned(),
            token: "abc".to_owned(),
            status: DomainStatus::Pending,
            method: None,
            verified_at: None,
            checked_at: None,
            check_at: None,
            failing_since: None,
            added_by: AccountId(Uuid::nil()),
            created_at: start,
            version: 1,
        };
        row = after_check(&row, None, start);
        assert_eq!((row.status, row.check_at), (DomainStatus::Pending, None), "what was never proven can't lapse");
        row = after_check(&row, Some(DomainMethod::DnsTxt), start);
        assert_eq!((row.status, row.check_at), (DomainStatus::Verified, Some(start + TimeDelta::days(30))));
        let day = |days| start + TimeDelta::days(days);
        row = after_check(&row, None, day(30));
        assert_eq!((row.status, row.check_at), (DomainStatus::Failing, Some(day(31))));
        let saved = after_check(&row, Some(DomainMethod::WellKnownFile), day(36));
        assert_eq!((saved.status, saved.verified_at, saved.failing_since), (DomainStatus::Verified, Some(start), None));
        for at in 31..37 {
            row = after_check(&row, None, day(at));
            assert_eq!((row.status, row.check_at), (DomainStatus::Failing, Some(day(at + 1))), "{at}");
        }
        row = after_check(&row, None, day(37));
        assert_eq!((row.status, row.check_at), (DomainStatus::Lapsed, None));
        row = after_check(&row, Some(DomainMethod::DnsTxt), day(50));
        assert_eq!((row.status, row.verified_at), (DomainStatus::Verified, Some(day(50))));
    }
}
