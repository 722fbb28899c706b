//! Use cases of organizations.

mod affiliations;
mod domains;
mod invitations;
mod members;
mod rules;
mod standing;

pub(super) use affiliations::{Affiliation, accept_affiliation, affiliations};
pub use domains::recheck_domains;
pub(super) use domains::{add as add_domain, list as list_domains, remove as remove_domain, verify as verify_domain};
pub(super) use invitations::{
    OwnInvitation, Which, answer, answer_by_mail, invite, list as list_invitations, own as own_invitations, revoke,
};
pub use members::owners as list_owners;
pub(super) use members::{hand_on, members, remove as remove_member, set_role};
pub(super) use rules::{RulesInput, get as get_policy, put as put_policy};
pub use standing::{suspend_in, unsuspend_in};

use super::model::{Membership, Organization, OrganizationChanges, OrganizationKind, OrganizationRole};
use super::problems::SLUG_TAKEN;
use super::{MEMBERSHIP_CHANGED, policy, store};
use crate::features::accounts::policy::require_verified;
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed, unique_violation_on};
use crate::kernel::{
    AccountId, Actor, Caller, Check, Error, Failed, HttpsUrl, IfMatch, Line, Markdown, OrganizationId, Page,
    PlatformRole, RequestId, Result, Slug, fold,
};

/// An organization to be made, as typed.
#[derive(Debug)]
pub struct NewOrganizationInput {
    /// Its name in addresses; made from the name when left out.
    pub slug: Option<String>,
    /// Its name.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganizationKind,
    /// What it does.
    pub description: String,
    /// Its own site.
    pub homepage_url: Option<String>,
}

struct Checked {
    slug: Slug,
    name: Line,
    kind: OrganizationKind,
    description: Markdown,
    homepage_url: Option<HttpsUrl>,
}

const MOST_DESCRIPTION: usize = 5000;

fn check(input: &NewOrganizationInput) -> Result<Checked> {
    let mut check = Check::default();
    let name = check.value("/name", Line::parse(&input.name, 2, 120));
    let slug = match &input.slug {
        Some(slug) => check.value("/slug", Slug::parse(slug)),
        None if name.is_ok() => check.value("/slug", Slug::derive(&input.name)),
        None => Err(Failed),
    };
    let description = check.value("/description", Markdown::parse(&input.description, MOST_DESCRIPTION));
    let homepage_url = check.optional("/homepage_url", input.homepage_url.as_deref().map(HttpsUrl::parse));
    check.done()?;
    Ok(Checked { slug: slug?, name: name?, kind: input.kind, description: description?, homepage_url: homepage_url? })
}

/// Makes an organization; the caller becomes its owner.
pub(super) async fn create(ctx: &Ctx, actor: &Actor, input: NewOrganizationInput) -> Result<Organization> {
    require_verified(actor)?;
    check(&input)?;
    let (inner, owner, request_id) = (ctx.clone(), actor.account_id, actor.request_id.clone());
    ctx.store().write(move |conn| create_in(conn, &inner, &input, owner, &request_id)).await
}

/// The same within a transaction at hand.
pub fn create_in(
    conn: &mut Conn,
    ctx: &Ctx,
    input: &NewOrganizationInput,
    owner: AccountId,
    request_id: &RequestId,
) -> Result<Organization> {
    let checked = check(input)?;
    let now = ctx.now();
    let organization = Organization {
        id: ctx.ids().make(),
        search: fold(&format!("{} {}", checked.name, checked.description)),
        slug: checked.slug.into_string(),
        name: checked.name.into_string(),
        kind: checked.kind,
        description: checked.description.into_string(),
        homepage_url: checked.homepage_url.map(HttpsUrl::into_string),
        version: 1,
        created_at: now,
        updated_at: now,
        suspended_at: None,
    };
    store::insert_organization(conn, &organization).map_err(|error| {
        if unique_violation_on(&error, "organizations", "slug") {
            Error::new(&SLUG_TAKEN, format!("The slug {:?} belongs to another organization.", organization.slug))
        } else {
            error
        }
    })?;
    let membership = Membership {
        id: ctx.ids().make(),
        organization_id: organization.id,
        account_id: owner,
        role: OrganizationRole::Owner,
        from_at: now,
        until_at: None,
    };
    add_member(conn, ctx, &membership)?;
    let change = audit::Change {
        machine: "organization",
        entity: organization.id.into(),
        actor: Some(owner),
        from: None,
        to: "created",
        reason: None,
        request_id,
    };
    audit::record(conn, ctx, change)?;
    Ok(organization)
}

/// Adds a member within a transaction at hand.
pub fn add_member(conn: &mut Conn, ctx: &Ctx, membership: &Membership) -> Result<()> {
    store::insert_member(conn, membership)?;
    feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, membership.account_id)
}

/// The organization with this slug and the role of the caller in it, or 404.
pub fn load_by_slug(
    conn: &mut Conn,
    slug: &str,
    account: Option<AccountId>,
) -> Result<(Organization, Option<OrganizationRole>)> {
    let found = store::find_organization_by_slug(conn, slug)?.ok_or_else(|| Error::not_found("organization"))?;
    let role = match account {
        Some(account) => store::role_in(conn, found.id, account)?,
        None => None,
    };
    Ok((found, role))
}

/// Changes to an organization, as typed.
#[derive(Debug)]
#[expect(clippy::option_option, reason = "the three cases of a merge patch")]
pub(super) struct Edit {
    pub name: Option<String>,
    pub kind: Option<OrganizationKind>,
    pub description: Option<String>,
    pub homepage_url: Option<Option<String>>,
}

/// Changes an organization.
pub(super) async fn update(ctx: &Ctx, actor: &Actor, slug: String, if_match: IfMatch, edit: Edit) -> Result<Shown> {
    let mut check = Check::default();
    let name = check.optional("/name", edit.name.as_deref().map(|name| Line::parse(name, 2, 120)));
    let description =
        check.optional("/description", edit.description.as_deref().map(|text| Markdown::parse(text, MOST_DESCRIPTION)));
    let homepage =
        edit.homepage_url.as_ref().map(|url| check.optional("/homepage_url", url.as_deref().map(HttpsUrl::parse)));
    let homepage = homepage.transpose();
    // Who may not change it learns that first; who may not know of it, too.
    let account = actor.account_id;
    let (probe, now) = (slug.clone(), ctx.now());
    let (organization, role) = ctx.store().read(move |conn| load_by_slug(conn, &probe, Some(account))).await?;
    policy::may_edit(role).prove(organization, "organization")?;
    check.done()?;
    let changes = OrganizationChanges {
        name: name?.map(Line::into_string),
        search: None,
        kind: edit.kind,
        description: description?.map(Markdown::into_string),
        homepage_url: homepage?.map(|url| url.map(HttpsUrl::into_string)),
    };
    ctx.store()
        .write(move |conn| {
            let organization = store::lock_organization(conn, &slug)?;
            let role = store::role_in(conn, organization.id, account)?;
            let organization = policy::may_edit(role).prove(organization, "organization")?;
            if_match.require(organization.version)?;
            let name = changes.name.as_ref().unwrap_or(&organization.name);
            let description = changes.description.as_ref().unwrap_or(&organization.description);
            let changes =
                OrganizationChanges { search: Some(fold(&format!("{name} {description}"))), ..changes.clone() };
            store::update_organization(conn, &organization, &changes, now)?;
            let now_there = store::get_organization(conn, organization.id)?;
            shown(conn, now_there)
        })
        .await
}

/// The organizations that fit.
pub(super) async fn list(ctx: &Ctx, filter: store::Filter) -> Result<Page<Shown>> {
    ctx.store()
        .read(move |conn| {
            let page = store::list_organizations(conn, &filter)?;
            let ids: Vec<OrganizationId> = page.items.iter().map(|row| row.id).collect();
            let mut domains = store::list_verified_domains(conn, &ids)?;
            Ok(page.map(|row| {
                let theirs = domains.remove(&row.id).unwrap_or_default();
                (row, theirs)
            }))
        })
        .await
}

/// An organization with the domains that are proven to be its own.
pub(super) type Shown = (Organization, Vec<String>);

fn shown(conn: &mut Conn, row: Organization) -> Result<Shown> {
    let domains = store::list_verified_domains(conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    Ok((row, domains))
}

/// One organization, as far as the caller may see it.
pub(super) async fn get(ctx: &Ctx, caller: &Caller, slug: String) -> Result<Shown> {
    let account = caller.account_id();
    let staff = caller.has(PlatformRole::Moderator) || caller.has(PlatformRole::Coordinator);
    ctx.store()
        .read(move |conn| {
            let (found, role) = load_by_slug(conn, &slug, account)?;
            let decision = policy::may_see(found.suspended_at.is_some(), role, staff);
            shown(conn, decision.prove(found, "organization")?.into_inner())
        })
        .await
}
