//! An organization's policy: what its people may do in its time. Matching and approvals go by it.

use super::load_by_slug;
use super::members::lock_with_role;
use crate::features::audit;
use crate::features::organizations::model::{Approval, Organization, OrganizationPolicy};
use crate::features::organizations::{MEMBERSHIP_CHANGED, policy, store};
use crate::infra::Ctx;
use crate::infra::db::feed;
use crate::infra::db::sql::Json;
use crate::kernel::{Actor, Check, Cla, Failed, Fault, IfMatch, NeedKind, Result, Slug, SpdxId, Timestamp, half_hours};
use std::fmt::Display;

/// A policy as typed.
#[derive(Debug)]
pub(in crate::features::organizations) struct RulesInput {
    pub approval: Approval,
    pub projects: Vec<String>,
    pub licenses: Vec<String>,
    pub kinds: Vec<NeedKind>,
    pub cla_kinds: Vec<Cla>,
    pub max_hours_per_person: Option<f64>,
}

/// Most hours a week of one person.
const MOST_HOURS: f64 = 60.0;

/// What holds until somebody sets a policy: a manager agrees each time, and nothing is ruled out.
fn unset(organization: &Organization) -> OrganizationPolicy {
    OrganizationPolicy {
        organization_id: organization.id,
        approval: Approval::Manager,
        projects: Json(Vec::new()),
        licenses: Json(Vec::new()),
        kinds: Json(Vec::new()),
        cla_kinds: Json(Vec::new()),
        max_hours_per_person: None,
        version: 0,
        updated_at: organization.created_at,
    }
}

impl RulesInput {
    fn check(&self, organization: &Organization, version: i64, now: Timestamp) -> Result<OrganizationPolicy> {
        let mut check = Check::default();
        let projects =
            once(&mut check, "/projects", &self.projects, 200, |slug| Slug::parse(slug).map(Slug::into_string));
        match (self.approval, self.projects.is_empty()) {
            (Approval::List, true) => {
                check.fault("/projects", "missing", "Approval by list wants the projects: name at least one.");
            }
            (Approval::Auto | Approval::Manager, false) => {
                check.fault("/projects", "not_by_list", "Only approval `list` goes by these projects; leave them out.");
            }
            _ => {}
        }
        let licenses = once(&mut check, "/licenses", &self.licenses, 100, |text| license(text));
        let kinds = once(&mut check, "/kinds", &self.kinds, NeedKind::ALL.len(), |kind| Ok(*kind));
        let cla_kinds = once(&mut check, "/cla_kinds", &self.cla_kinds, Cla::ALL.len(), |cla| Ok(*cla));
        let hours = self.max_hours_per_person.map(|hours| half_hours(hours, 0.5, MOST_HOURS));
        let hours = check.optional("/max_hours_per_person", hours);
        check.done()?;
        Ok(OrganizationPolicy {
            organization_id: organization.id,
            approval: self.approval,
            projects: Json(projects?),
            licenses: Json(licenses?),
            kinds: Json(kinds?),
            cla_kinds: Json(cla_kinds?),
            max_hours_per_person: hours?,
            version,
            updated_at: now,
        })
    }
}

/// Parses each item, and refuses what was named before.
fn once<I: Display, T: PartialEq>(
    check: &mut Check,
    pointer: &str,
    items: &[I],
    most: usize,
    parse: impl Fn(&I) -> Result<T, Fault>,
) -> Result<Vec<T>, Failed> {
    let parsed = check.each(pointer, items, most, parse)?;
    for (at, value) in parsed.iter().enumerate() {
        if parsed.iter().take(at).any(|earlier| earlier == value) {
            check.fault(format!("{pointer}/{at}"), "repeated", "This is in the list already; name it once.");
        }
    }
    Ok(parsed)
}

/// One license by itself: a list of them says already that any of them will do.
fn license(text: &str) -> Result<String, Fault> {
    let license = SpdxId::parse(text)?;
    let joined = license.as_str().split_whitespace().any(|word| matches!(word, "AND" | "OR"));
    if joined || license.as_str().contains(['(', ')']) {
        let detail =
            format!("Name each license by itself, such as Apache-2.0; {:?} is an expression.", license.as_str());
        return Err(Fault::new("invalid_license", detail));
    }
    Ok(license.into_string())
}

/// The policy in force.
pub(in crate::features::organizations) async fn get(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
) -> Result<OrganizationPolicy> {
    let account = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let (organization, role) = load_by_slug(conn, &slug, Some(account))?;
            let organization = policy::may_see_policy(role).prove(organization, "organization")?;
            Ok(store::find_policy(conn, organization.id)?.unwrap_or_else(|| unset(&organization)))
        })
        .await
}

/// Sets the policy as a whole. Whoever belongs to the organization is matched by it from now on.
pub(in crate::features::organizations) async fn put(
    ctx: &Ctx,
    actor: &Actor,
    slug: String,
    if_match: IfMatch,
    input: RulesInput,
) -> Result<OrganizationPolicy> {
    let (ctx, actor) = (ctx.clone(), actor.clone());
    let store = ctx.store().clone();
    store
        .write(move |conn| {
            let (organization, role) = lock_with_role(conn, &slug, actor.account_id)?;
            let organization = policy::may_manage(role).prove(organization, "organization")?;
            let old = store::find_policy(conn, organization.id)?;
            let version = old.as_ref().map_or(0, |old| old.version);
            let new = input.check(&organization, version + 1, ctx.now())?;
            if_match.require(version)?;
            store::put_policy(conn, &organization, &new)?;
            let change = audit::Change {
                machine: "organization_policy",
                entity: organization.id.into(),
                actor: Some(actor.account_id),
                from: old.map(|old| old.approval.as_str()),
                to: new.approval.as_str(),
                reason: None,
                request_id: &actor.request_id,
            };
            audit::record(conn, &ctx, change)?;
            for member in store::list_member_ids(conn, organization.id)? {
                feed::note(conn, ctx.ids(), MEMBERSHIP_CHANGED, member)?;
            }
            Ok(new)
        })
        .await
}
