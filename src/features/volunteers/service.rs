//! Use cases of volunteer profiles.

use super::input::{CheckedProfile, ProfileInput};
use super::model::{Profile, ProfileSkill};
use super::problems::{HOURS_PROMISED, SUSPENSION_REFUSED};
use super::{VOLUNTEER_CHANGED, policy, store};
use crate::features::accounts::{self, Account, AccountStatus};
use crate::features::audit;
use crate::infra::Ctx;
use crate::infra::db::sql::Json;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, Actor, Allowed, Caller, Error, IfMatch, PlatformRole, Result, Timestamp};

/// A profile with its skills and whose it is.
#[derive(Debug)]
pub(super) struct ProfileCard {
    pub profile: Profile,
    pub skills: Vec<ProfileSkill>,
    pub handle: String,
    pub display_name: String,
}

fn card(conn: &mut Conn, profile: Profile) -> Result<ProfileCard> {
    let skills =
        store::list_profile_skills(conn, &[profile.account_id])?.remove(&profile.account_id).unwrap_or_default();
    let account = accounts::get_account(conn, profile.account_id)?;
    Ok(ProfileCard { profile, skills, handle: account.handle, display_name: account.display_name })
}

/// The caller's own profile; 404 while there is none.
pub(super) async fn own(ctx: &Ctx, actor: &Actor) -> Result<ProfileCard> {
    let id = actor.account_id;
    ctx.store()
        .read(move |conn| {
            let profile = store::find_profile(conn, id)?.ok_or_else(|| Error::not_found("profile"))?;
            card(conn, profile)
        })
        .await
}

/// Somebody's profile, as far as the caller may see it; 404 when there is none that they may.
pub fn find_visible(conn: &mut Conn, caller: &Caller, handle: &str) -> Result<(Account, Profile)> {
    let hidden = || Error::not_found("profile");
    let account = accounts::find_account_by_handle(conn, handle)?.ok_or_else(hidden)?;
    let profile = store::find_profile(conn, account.id)?.ok_or_else(hidden)?;
    let hides = profile.suspended_at.is_some() || account.status != AccountStatus::Active;
    let (id, moderator) = (caller.account_id(), caller.has(PlatformRole::Moderator));
    let profile = policy::may_look_behind(hides, account.id, id, moderator).prove(profile, "profile")?;
    let decision = policy::may_see(profile.visibility, account.id, id);
    Ok((account, decision.prove(profile.into_inner(), "profile")?.into_inner()))
}

/// The same with what is shown beside it.
pub(super) async fn of(ctx: &Ctx, caller: &Caller, handle: String) -> Result<ProfileCard> {
    let caller = caller.clone();
    ctx.store()
        .read(move |conn| {
            let (_, profile) = find_visible(conn, &caller, &handle)?;
            card(conn, profile)
        })
        .await
}

/// Makes the own profile or replaces it; says whether it is new.
pub(super) async fn put(
    ctx: &Ctx,
    actor: &Actor,
    if_match: IfMatch,
    input: ProfileInput,
) -> Result<(ProfileCard, bool)> {
    input.check(ctx.now().date_naive())?;
    let (inner, id) = (ctx.clone(), actor.account_id);
    ctx.store()
        .write(move |conn| {
            let old = store::lock_profile(conn, id)?;
            if_match.check(old.as_ref().map_or(0, |old| old.version))?;
            let profile = put_over(conn, &inner, id, &input, old.as_ref())?;
            Ok((card(conn, profile)?, old.is_none()))
        })
        .await
}

/// The same within a transaction at hand.
pub fn put_in(conn: &mut Conn, ctx: &Ctx, id: AccountId, input: &ProfileInput) -> Result<Profile> {
    let old = store::lock_profile(conn, id)?;
    put_over(conn, ctx, id, input, old.as_ref())
}

fn put_over(conn: &mut Conn, ctx: &Ctx, id: AccountId, input: &ProfileInput, old: Option<&Profile>) -> Result<Profile> {
    let now = ctx.now();
    let checked = input.check(now.date_naive())?;
    if old.is_some_and(|old| checked.hours_per_week < old.hours_per_week) {
        require_room(conn, id, checked.hours_per_week)?;
    }
    let skills = skill_rows(id, &checked);
    let profile = row(id, input, checked, old, now);
    match old {
        Some(_) => store::replace_profile(conn, &profile, &skills)?,
        None => store::insert_profile(conn, &profile, &skills)?,
    }
    feed::note(conn, ctx.ids(), VOLUNTEER_CHANGED, id)?;
    Ok(profile)
}

fn require_room(conn: &mut Conn, id: AccountId, offered: f64) -> Result<()> {
    let promised = store::promised_hours(conn, id)?;
    if promised <= offered {
        return Ok(());
    }
    let detail = format!("Assignments take {promised} hours a week; {offered} would be offered.");
    Err(Error::new(&HOURS_PROMISED, detail).with_extra("hours_promised", promised))
}

fn row(id: AccountId, input: &ProfileInput, checked: CheckedProfile, old: Option<&Profile>, now: Timestamp) -> Profile {
    Profile {
        account_id: id,
        hours_per_week: checked.hours_per_week,
        time_zone: checked.time_zone,
        languages: Json(checked.languages),
        interests: Json(checked.interests),
        domains: Json(checked.domains),
        learning: Json(checked.learning),
        max_access_level: checked.max_access_level,
        available_from: input.available_from,
        unavailable: Json(input.unavailable.clone()),
        visibility: input.visibility,
        version: old.map_or(1, |old| old.version + 1),
        created_at: old.map_or(now, |old| old.created_at),
        updated_at: now,
        suspended_at: old.and_then(|old| old.suspended_at),
    }
}

/// Hides a profile, or shows it again, within a moderator's transaction at hand. It must be locked, and a policy must have
/// allowed it.
///
/// # Errors
/// 409 when it is so already.
pub fn moderate_in(
    conn: &mut Conn,
    ctx: &Ctx,
    actor: &Actor,
    profile: &Allowed<Profile>,
    hide: bool,
    reason: Option<&str>,
) -> Result<()> {
    let (from, to, other) =
        if hide { ("active", "suspended", "unsuspend") } else { ("suspended", "active", "suspend") };
    if profile.suspended_at.is_some() == hide {
        let detail = format!("The profile is {to} already.");
        return Err(Error::new(&SUSPENSION_REFUSED, detail).with_allowed(vec![other]));
    }
    store::set_suspended(conn, profile, hide.then(|| ctx.now()), ctx.now())?;
    let change = audit::Change {
        machine: "volunteer_profile",
        entity: profile.account_id.into(),
        actor: Some(actor.account_id),
        from: Some(from),
        to,
        reason,
        request_id: &actor.request_id,
    };
    audit::record(conn, ctx, change)?;
    feed::note(conn, ctx.ids(), VOLUNTEER_CHANGED, profile.account_id)
}

fn skill_rows(account_id: AccountId, checked: &CheckedProfile) -> Vec<ProfileSkill> {
    let rows = checked.skills.iter().zip(0i16..).map(|(skill, position)| ProfileSkill {
        account_id,
        skill: skill.slug.clone(),
        position,
        level: skill.level,
        years: skill.years,
        evidence_url: skill.evidence_url.clone(),
    });
    rows.collect()
}
