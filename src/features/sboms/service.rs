//! Use cases of bills of materials: uploading, reading, comparing and deleting them.

use super::document::{Document, Refusal};
use super::model::{Sbom, SbomComponent, SbomDependency, Warning, place};
use super::store::{self, Filter};
use super::{policy, read};
use crate::features::audit;
use crate::features::organizations::{self, MEMBERSHIP_CHANGED, Organization};
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::kernel::{
    Actor, Check, Error, FieldError, Line, OrganizationId, Page, RequestId, Result, SbomId, fold, hex, repository_key,
};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use tokio::sync::Semaphore;

/// So many documents are read at a time: each may take some 250 MiB.
static READERS: Semaphore = Semaphore::const_new(2);

/// So many components are written in one transaction: others wait for it no longer than some ten milliseconds.
const PIECE: usize = 4000;

/// What is said beside the document.
#[derive(Debug)]
pub(super) struct Upload {
    pub product: Option<String>,
    pub product_version: Option<String>,
    pub strict: bool,
}

/// The organization, when the caller may upload to it.
pub(super) async fn managed(ctx: &Ctx, actor: &Actor, slug: String) -> Result<Organization> {
    let account = actor.account_id;
    ctx.store().read(move |conn| manage(conn, &slug, account)).await
}

fn manage(conn: &mut Conn, slug: &str, account: crate::kernel::AccountId) -> Result<Organization> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(account))?;
    Ok(policy::may_manage(role).prove(organization, "organization")?.into_inner())
}

/// The organization, when the caller may see what its products are made of.
pub fn seen(conn: &mut Conn, slug: &str, actor: &Actor) -> Result<Organization> {
    let (organization, role) = organizations::load_by_slug(conn, slug, Some(actor.account_id))?;
    Ok(policy::may_see(role).prove(organization, "organization")?.into_inner())
}

fn invalid(refusal: Refusal) -> Error {
    let field = |fault: super::Fault| FieldError { pointer: place(&fault), code: fault.code, detail: fault.detail };
    Error::invalid(refusal.faults.into_iter().map(field).collect())
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Reads a document and keeps it as the newest of its product.
pub(super) async fn upload(
    ctx: &Ctx,
    actor: &Actor,
    organization: Organization,
    input: Upload,
    bytes: Vec<u8>,
) -> Result<Sbom> {
    let strict = input.strict;
    let permit = READERS.acquire().await.map_err(Error::internal)?;
    let reading = move || {
        let digest = hex(&Sha256::digest(&bytes));
        read(&bytes, strict).map(|document| (document, digest))
    };
    let done = tokio::task::spawn_blocking(reading).await.map_err(Error::internal)?;
    drop(permit);
    let (document, digest) = done.map_err(invalid)?;
    let sbom = describe(ctx, actor, &organization, &input, &document, digest)?;
    let id = sbom.id;
    let (organization_id, before) = (organization.id, ctx.now() - TimeDelta::hours(1));
    let first = sbom.clone();
    ctx.store()
        .write(move |conn| {
            // What broke off in the middle is cleared away by the next one to come.
            for broken in store::list_broken(conn, organization_id, before)? {
                store::delete_sbom(conn, broken)?;
            }
            store::insert_sbom(conn, &first)
        })
        .await?;
    let written = fill(ctx, actor, id, document, &sbom).await;
    if written.is_err() {
        // Nothing half-imported stays; if even this fails, the next upload clears it away.
        let _ = ctx.store().write(move |conn| store::delete_sbom(conn, id)).await;
    }
    written
}

fn describe(
    ctx: &Ctx,
    actor: &Actor,
    organization: &Organization,
    input: &Upload,
    document: &Document,
    digest: String,
) -> Result<Sbom> {
    let subject = document.subject.as_ref();
    let mut check = Check::default();
    let named = input.product.clone().or_else(|| subject.map(|subject| subject.name.clone()));
    let product = check.value("?product", Line::parse(named.as_deref().unwrap_or_default(), 1, 200));
    let version = match &input.product_version {
        Some(version) => check.value("?version", Line::parse(version, 1, 200)).map(|line| Some(line.into_string())),
        None => Ok(subject.and_then(|subject| subject.version.clone())),
    };
    check.done()?;
    let product = product?.into_string();
    Ok(Sbom {
        id: ctx.ids().make(),
        organization_id: organization.id,
        product_folded: fold(&product),
        product,
        product_version: version?,
        format: document.format.to_owned(),
        format_version: document.version.clone(),
        serial: document.serial.clone(),
        digest,
        components: count(document.components.len()),
        dependencies: count(document.dependencies()),
        warnings: Json(document.warnings.iter().map(Warning::from).collect()),
        uploaded_by: actor.account_id,
        replaces: None,
        is_ready: false,
        is_current: false,
        created_at: ctx.now(),
    })
}

fn repository_key_of(address: &str) -> Option<String> {
    repository_key(address).ok()
}

fn rows(id: SbomId, document: Document) -> (Vec<SbomComponent>, Vec<SbomDependency>) {
    let depths = document.depths();
    let edge = |needing, needed| SbomDependency { sbom_id: id, needing, needed: count(needed) };
    let own = document.direct.iter().map(|needed| edge(-1, *needed));
    let dependencies = own.chain(document.edges.iter().map(|(needing, needed)| edge(count(*needing), *needed)));
    let dependencies = dependencies.collect();
    let components = document.components.into_iter().zip(depths).enumerate().map(|(at, (component, depth))| {
        let key = component.repository.as_deref().and_then(repository_key_of);
        SbomComponent {
            sbom_id: id,
            position: count(at),
            reference: component.reference,
            name: component.name,
            version: component.version,
            package: component.purl.as_ref().map(|purl| purl.package().to_owned()),
            purl: component.purl.map(|purl| purl.as_str().to_owned()),
            repository_key: key,
            license: component.license,
            depth: depth.map(count),
        }
    });
    (components.collect(), dependencies)
}

/// Writes the components in pieces, so that no transaction is long, and shows the whole at the end.
async fn fill(ctx: &Ctx, actor: &Actor, id: SbomId, document: Document, sbom: &Sbom) -> Result<Sbom> {
    let made = tokio::task::spawn_blocking(move || rows(id, document)).await.map_err(Error::internal)?;
    let (components, dependencies) = made;
    let mut components = components.into_iter();
    loop {
        let some: Vec<_> = components.by_ref().take(PIECE).collect();
        if some.is_empty() {
            break;
        }
        ctx.store().write(move |conn| store::insert_components(conn, id, &some)).await?;
    }
    for some in dependencies.chunks(4 * PIECE) {
        let some = some.to_vec();
        ctx.store().write(move |conn| store::insert_dependencies(conn, id, &some)).await?;
    }
    let (inner, sbom, actor) = (ctx.clone(), sbom.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let (organization, product) = (sbom.organization_id, sbom.product_folded.as_str());
            let before = store::find_newest(conn, organization, product, sbom.id)?;
            store::make_ready(conn, sbom.id, before)?;
            store::set_current(conn, organization, product, Some(sbom.id))?;
            trace(conn, &inner, &actor, &sbom, "uploaded")?;
            store::get_sbom(conn, organization, sbom.id)
        })
        .await
}

/// Notes who did what, and that matching must look again at what the organization's people depend on.
fn trace(conn: &mut Conn, ctx: &Ctx, actor: &Actor, sbom: &Sbom, to: &'static str) -> Result<()> {
    let request_id: &RequestId = &actor.request_id;
    let change = audit::Change {
        machine: "sbom",
        entity: sbom.id.into(),
        actor: Some(actor.account_id),
        from: None,
        to,
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    for account in organizations::list_member_ids(conn, sbom.organization_id)? {
        feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account)?;
    }
    Ok(())
}

/// An organization's bills of materials.
pub(super) async fn list(ctx: &Ctx, actor: &Actor, slug: String, mut filter: Filter) -> Result<Page<Sbom>> {
    let actor = actor.clone();
    filter.product = filter.product.map(|product| fold(&product));
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &slug, &actor)?;
            store::list_sboms(conn, organization.id, &filter)
        })
        .await
}

/// One bill of materials.
pub(super) async fn get(ctx: &Ctx, actor: &Actor, slug: String, id: SbomId) -> Result<Sbom> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &slug, &actor)?;
            store::get_sbom(conn, organization.id, id)
        })
        .await
}

/// Deletes it for good; the product's one before is the newest then.
pub(super) async fn delete(ctx: &Ctx, actor: &Actor, slug: String, id: SbomId) -> Result<()> {
    let (inner, actor) = (ctx.clone(), actor.clone());
    ctx.store()
        .write(move |conn| {
            let organization = manage(conn, &slug, actor.account_id)?;
            let sbom = store::get_sbom(conn, organization.id, id)?;
            if sbom.is_current {
                let before = store::find_newest(conn, organization.id, &sbom.product_folded, id)?;
                store::set_current(conn, organization.id, &sbom.product_folded, before)?;
            }
            store::delete_sbom(conn, id)?;
            trace(conn, &inner, &actor, &sbom, "deleted")
        })
        .await
}

/// A page of components, and the place of the last one when there are more.
pub(super) async fn components(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: SbomId,
    after: i32,
    limit: usize,
) -> Result<(Vec<SbomComponent>, Option<i32>)> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &slug, &actor)?;
            store::get_sbom(conn, organization.id, id)?;
            let wanted = i64::try_from(limit).unwrap_or(100) + 1;
            let mut found = store::list_components(conn, id, after, wanted)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|last| last.position);
            Ok((found, next))
        })
        .await
}

/// A component as two bills of materials have it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub name: String,
    pub package: Option<String>,
    pub from: Vec<String>,
    pub to: Vec<String>,
}

/// What is different in `to`.
#[derive(Debug)]
pub(super) struct Difference {
    pub from: Sbom,
    pub to: Sbom,
    pub added: Vec<Changed>,
    pub removed: Vec<Changed>,
    pub changed: Vec<Changed>,
    pub unchanged: usize,
}

/// Compares with an earlier one of the organization: the one it replaced, when none is named.
pub(super) async fn diff(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    id: SbomId,
    from: Option<SbomId>,
) -> Result<Difference> {
    let actor = actor.clone();
    ctx.store()
        .read(move |conn| {
            let organization = seen(conn, &slug, &actor)?;
            let to = store::get_sbom(conn, organization.id, id)?;
            let from = from.or(to.replaces).ok_or_else(|| {
                let detail = "This is the product's first bill of materials; name another one to compare it with.";
                Error::field("?from", "missing", detail)
            })?;
            let from = other(conn, organization.id, from)?;
            let old = store::list_components(conn, from.id, -1, i64::MAX)?;
            let new = store::list_components(conn, to.id, -1, i64::MAX)?;
            Ok(compare(from, to, &old, &new))
        })
        .await
}

fn other(conn: &mut Conn, organization: OrganizationId, id: SbomId) -> Result<Sbom> {
    store::get_sbom(conn, organization, id)
        .map_err(|_error| Error::field("?from", "unknown", "The organization has no bill of materials with this id."))
}

type Versions<'c> = HashMap<&'c str, (&'c SbomComponent, Vec<String>)>;

fn versions(components: &[SbomComponent]) -> Versions<'_> {
    let mut found: Versions<'_> = HashMap::new();
    for component in components {
        let key = component.package.as_deref().unwrap_or(&component.name);
        let (_, versions) = found.entry(key).or_insert_with(|| (component, Vec::new()));
        versions.push(component.version.clone().unwrap_or_default());
    }
    for (_, versions) in found.values_mut() {
        versions.sort();
        versions.dedup();
    }
    found
}

fn compare(from: Sbom, to: Sbom, old: &[SbomComponent], new: &[SbomComponent]) -> Difference {
    let (mut old, new) = (versions(old), versions(new));
    let mut difference = Difference { from, to, added: vec![], removed: vec![], changed: vec![], unchanged: 0 };
    let row = |component: &SbomComponent, from: Vec<String>, to: Vec<String>| Changed {
        name: component.name.clone(),
        package: component.package.clone(),
        from,
        to,
    };
    for (key, (component, now)) in new {
        match old.remove(key) {
            None => difference.added.push(row(component, vec![], now)),
            Some((_, before)) if before == now => difference.unchanged += 1,
            Some((_, before)) => difference.changed.push(row(component, before, now)),
        }
    }
    difference.removed = old.into_values().map(|(component, before)| row(component, before, vec![])).collect();
    for list in [&mut difference.added, &mut difference.removed, &mut difference.changed] {
        list.sort_by(|one, other| (&one.name, &one.package).cmp(&(&other.name, &other.package)));
    }
    difference
}
