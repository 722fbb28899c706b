//! Who belongs to an organization, and as what.

use super::load_by_slug;
use crate::features::accounts::policy::require_fresh_factor;
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::audit;
use crate::features::organizations::letters::Notice;
use crate::features::organizations::model::{Membership, Organization, OrganizationRole};
use crate::features::organizations::problems::LAST_OWNER;
use crate::features::organizations::{MEMBERSHIP_CHANGED, policy, store};
use crate::infra::db::{Conn, feed};
use crate::infra::{Ctx, outbox};
use crate::kernel::{
    AccountId, Actor, Allowed, Cursor, Decision, Error, Limit, OrganizationId, Page, RequestId, Result,
};

/// Who belongs to it, or did.
pub(in crate::features::organizations) async fn members(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    past: bool,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<store::MemberRow>> {
    let account = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let (organization, role) = load_by_slug(conn, &slug, Some(account))?;
            let organization = policy::may_see_members(role).prove(organization, "organization")?;
            store::list_members(conn, &organization, past, limit, after.as_ref())
        })
        .await
}

/// The organization, kept from others' changes to its members, and the caller's role in it.
pub(super) fn lock_with_role(
    conn: &mut Conn,
    slug: &str,
    account: AccountId,
) -> Result<(Organization, Option<OrganizationRole>)> {
    let organization = store::lock_organization(conn, slug)?;
    let role = store::role_in(conn, organization.id, account)?;
    Ok((organization, role))
}

/// The member with this handle; to be told only to whoever may see the members.
fn member(conn: &mut Conn, organization: &Organization, handle: &str) -> Result<(Membership, Account)> {
    let nobody = || Error::not_found("member");
    let account = accounts::find_account_by_handle(conn, handle)?.ok_or_else(nobody)?;
    let membership = store::find_member(conn, organization.id, account.id)?.ok_or_else(nobody)?;
    Ok((membership, account))
}

/// The accounts of its owners, to be written to.
pub fn owners(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<Account>> {
    let ids = store::list_owner_ids(conn, organization)?;
    let mut accounts = accounts::list_accounts(conn, &ids)?;
    accounts.retain(|account| account.status == AccountStatus::Active);
    Ok(accounts)
}

fn require_another_owner(conn: &mut Conn, organization: &Organization, theirs: &Membership) -> Result<()> {
    if theirs.role != OrganizationRole::Owner {
        return Ok(());
    }
    // Owners who asked for their accounts to be deleted won't be there for long.
    if !store::list_other_roles(conn, organization.id, theirs.account_id)?.contains(&OrganizationRole::Owner) {
        let detail = format!("Without its last owner who stays nobody could run {} any more.", organization.name);
        return Err(Error::new(&LAST_OWNER, detail));
    }
    Ok(())
}

/// Makes sure that an organization has an owner when this one's account ends: the manager, or else the member, who belongs
/// to it for longest becomes one. Nobody asked for that, so it is told.
pub(in crate::features::organizations) fn hand_on(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: OrganizationId,
    from: AccountId,
    request_id: &RequestId,
) -> Result<()> {
    let organization = store::lock_organization_by_id(conn, organization)?;
    let staying = store::list_staying(conn, organization.id, from)?;
    if staying.iter().any(|row| row.role == OrganizationRole::Owner) {
        return Ok(());
    }
    let manager = staying.iter().find(|row| row.role == OrganizationRole::Manager);
    let Some(heir) = manager.or_else(|| staying.first()).cloned() else { return Ok(()) };
    let (was, to) = (heir.role, OrganizationRole::Owner);
    // The rule that an organization has an owner is the permission.
    let heir = Decision::Allow.prove(heir, "member")?;
    store::set_role(conn, &heir, to)?;
    let account = accounts::get_account(conn, heir.account_id)?;
    let change = audit::Change {
        machine: "organization_member",
        entity: organization.id.into(),
        actor: None,
        from: Some(was.as_str()),
        to: to.as_str(),
        reason: Some("the last owner's account ended"),
        request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account.id)?;
    outbox::post(conn, ctx, &Notice::RoleChanged(to).letter(ctx, &organization, &account)?)
}

/// Writes down what became of somebody's place; the person's handle stands as the reason, the organization as the entity.
pub(super) fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: &Organization,
    (from, to): (Option<&'static str>, &'static str),
    about: &str,
    (actor, request_id): (AccountId, &RequestId),
) -> Result<()> {
    let change = audit::Change {
        machine: "organization_member",
        entity: organization.id.into(),
        actor: Some(actor),
        from,
        to,
        reason: Some(about),
        request_id,
    };
    audit::record(conn, ctx, change)
}

/// Gives a member another role; the same one changes nothing.
pub(in crate::features::organizations) async fn set_role(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    handle: String,
    to: OrganizationRole,
) -> Result<store::MemberRow> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (organization, role) = lock_with_role(conn, &slug, actor.account_id)?;
            let organization = policy::may_manage(role).prove(organization, "organization")?;
            let (membership, account) = member(conn, &organization, &handle)?;
            let from = membership.role;
            let membership = policy::may_set_role(role, from, to).prove(membership, "member")?;
            require_fresh_factor(&actor, ctx.now())?;
            if from != to {
                require_another_owner(conn, &organization, &membership)?;
                store::set_role(conn, &membership, to)?;
                let by = (actor.account_id, &actor.request_id);
                record(conn, &ctx, &organization, (Some(from.as_str()), to.as_str()), &account.handle, by)?;
                feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account.id)?;
                if account.id != actor.account_id {
                    outbox::post(conn, &ctx, &Notice::RoleChanged(to).letter(&ctx, &organization, &account)?)?;
                }
            }
            let row = Membership { role: to, ..membership.into_inner() };
            Ok((row, account.handle, account.display_name))
        })
        .await
}

/// Ends somebody's membership, or lets the caller leave. The row stays, with its dates.
pub(in crate::features::organizations) async fn remove(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    handle: String,
) -> Result<()> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (organization, role) = lock_with_role(conn, &slug, actor.account_id)?;
            policy::may_see_members(role).prove((), "organization")?;
            let (membership, account) = member(conn, &organization, &handle)?;
            let oneself = account.id == actor.account_id;
            let theirs = membership.role;
            let membership = policy::may_remove(role, theirs, oneself).prove(membership, "member")?;
            if !oneself {
                require_fresh_factor(&actor, ctx.now())?;
            }
            require_another_owner(conn, &organization, &membership)?;
            store::end_membership(conn, &membership, ctx.now())?;
            let to = if oneself { "left" } else { "removed" };
            let by = (actor.account_id, &actor.request_id);
            record(conn, &ctx, &organization, (Some(theirs.as_str()), to), &account.handle, by)?;
            feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, account.id)?;
            if oneself {
                return Ok(());
            }
            outbox::post(conn, &ctx, &Notice::Removed.letter(&ctx, &organization, &account)?)
        })
        .await
}

/// Puts a person in, who wants it and is nobody there yet, as the locked organization at hand says.
pub(super) fn join(
    conn: &mut Conn,
    ctx: &Ctx,
    organization: &Allowed<Organization>,
    account: &Account,
    role: OrganizationRole,
    request_id: &RequestId,
) -> Result<Membership> {
    let membership = Membership {
        id: ctx.ids().make(),
        organization_id: organization.id,
        account_id: account.id,
        role,
        from_at: ctx.now(),
        until_at: None,
    };
    super::add_member(conn, ctx, &membership)?;
    record(conn, ctx, organization, (None, role.as_str()), &account.handle, (account.id, request_id))?;
    Ok(membership)
}
