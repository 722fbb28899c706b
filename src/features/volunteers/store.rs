//! All queries on volunteer profiles.

use super::model::{Held, Profile, ProfileSkill, ProfileVisibility};
use crate::features::accounts::AccountGist;
use crate::infra::db::schema::{accounts, assignments, profile_skills, volunteer_profiles};
use crate::infra::db::{Among, Conn, among, each, lock_row};
use crate::kernel::{AccountId, Allowed, Result, Timestamp};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::HashMap;

/// The profile of this person, if there is one.
pub fn find_profile(conn: &mut Conn, id: AccountId) -> Result<Option<Profile>> {
    Ok(volunteer_profiles::table.find(id).select(Profile::as_select()).first(conn).optional()?)
}

/// The skills of these people, each one's in the order given.
pub fn list_profile_skills(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Vec<ProfileSkill>>> {
    let rows: Vec<ProfileSkill> = profile_skills::table
        .filter(profile_skills::account_id.eq_any(ids))
        .order((profile_skills::position, profile_skills::skill))
        .select(ProfileSkill::as_select())
        .load(conn)?;
    let mut groups: HashMap<AccountId, Vec<ProfileSkill>> = HashMap::new();
    for row in rows {
        groups.entry(row.account_id).or_default().push(row);
    }
    Ok(groups)
}

/// The profiles of these people, in no particular order.
pub fn list_profiles_by_id(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Profile>> {
    let theirs = volunteer_profiles::table.filter(volunteer_profiles::account_id.eq_any(ids));
    Ok(theirs.select(Profile::as_select()).load(conn)?)
}

/// Every profile that its owner shows and that nobody hides, after this person, with what is known of the account, for loading
/// them all in a stream.
pub fn list_offers(conn: &mut Conn, after: Option<AccountId>, rows: i64) -> Result<Vec<(Profile, AccountGist)>> {
    let mut query = volunteer_profiles::table
        .inner_join(accounts::table)
        .filter(volunteer_profiles::visibility.ne(ProfileVisibility::Hidden))
        .filter(volunteer_profiles::suspended_at.is_null())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(volunteer_profiles::account_id.gt(after));
    }
    let rows = query.order(volunteer_profiles::account_id).limit(rows);
    Ok(rows.select((Profile::as_select(), AccountGist::as_select())).load(conn)?)
}

/// The same of these people, shown or not.
pub fn list_offers_by_id(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<(Profile, AccountGist)>> {
    Ok(volunteer_profiles::table
        .inner_join(accounts::table)
        .filter(volunteer_profiles::account_id.eq_any(ids))
        .order(volunteer_profiles::account_id)
        .select((Profile::as_select(), AccountGist::as_select()))
        .load(conn)?)
}

/// What these people can, in the order of their ids; those who can nothing are left out.
pub fn list_held(conn: &mut Conn, whose: Among<'_, AccountId>) -> Result<Vec<Held>> {
    let packed = sql::<Text>("string_agg((position * 10 + level) || ' ' || skill, '\n')");
    let query = profile_skills::table
        .group_by(profile_skills::account_id)
        .order(profile_skills::account_id)
        .select((profile_skills::account_id, packed));
    Ok(among!(query.into_boxed(), profile_skills::account_id, whose).load(conn)?)
}

/// Every profile, after this person, for loading them all in a stream.
pub fn list_profiles(conn: &mut Conn, after: Option<AccountId>, rows: i64) -> Result<Vec<Profile>> {
    let mut query = volunteer_profiles::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(volunteer_profiles::account_id.gt(after));
    }
    Ok(query.order(volunteer_profiles::account_id).limit(rows).select(Profile::as_select()).load(conn)?)
}

/// The profile, kept from others' changes until the transaction ends. Lock it after everything else.
pub fn lock_profile(conn: &mut Conn, id: AccountId) -> Result<Option<Profile>> {
    Ok(lock_row!(conn, volunteer_profiles::table.find(id).select(Profile::as_select()))?)
}

/// Hours a week that assignments of this person take; they are given under the profile's lock.
pub(super) fn promised_hours(conn: &mut Conn, id: AccountId) -> Result<f64> {
    let live = assignments::table.filter(assignments::account_id.eq(id)).filter(assignments::ended_at.is_null());
    let sum: Option<f64> = live.select(diesel::dsl::sum(assignments::hours_per_week)).first(conn)?;
    Ok(sum.unwrap_or(0.0))
}

pub(super) fn insert_profile(conn: &mut Conn, profile: &Profile, skills: &[ProfileSkill]) -> Result<()> {
    diesel::insert_into(volunteer_profiles::table).values(profile).execute(conn)?;
    insert_skills(conn, skills)
}

fn insert_skills(conn: &mut Conn, skills: &[ProfileSkill]) -> Result<()> {
    if !skills.is_empty() {
        each!(conn, c => diesel::insert_into(profile_skills::table).values(skills).execute(c))?;
    }
    Ok(())
}

/// Writes the whole row anew, and its skills.
pub(super) fn replace_profile(conn: &mut Conn, new: &Profile, skills: &[ProfileSkill]) -> Result<()> {
    use volunteer_profiles::dsl;
    diesel::update(dsl::volunteer_profiles.find(new.account_id))
        .set((
            dsl::hours_per_week.eq(new.hours_per_week),
            dsl::time_zone.eq(&new.time_zone),
            dsl::languages.eq(&new.languages),
            dsl::interests.eq(&new.interests),
            dsl::domains.eq(&new.domains),
            dsl::learning.eq(&new.learning),
            dsl::max_access_level.eq(new.max_access_level),
            dsl::available_from.eq(new.available_from),
            dsl::unavailable.eq(&new.unavailable),
            dsl::visibility.eq(new.visibility),
            dsl::version.eq(new.version),
            dsl::updated_at.eq(new.updated_at),
        ))
        .execute(conn)?;
    diesel::delete(profile_skills::table.filter(profile_skills::account_id.eq(new.account_id))).execute(conn)?;
    insert_skills(conn, skills)
}

pub(super) fn set_suspended(
    conn: &mut Conn,
    profile: &Allowed<Profile>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    diesel::update(volunteer_profiles::table.find(profile.account_id))
        .set((
            volunteer_profiles::suspended_at.eq(since),
            volunteer_profiles::version.eq(profile.version + 1),
            volunteer_profiles::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes the profile and its skills.
pub(super) fn delete_profile(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::delete(profile_skills::table.filter(profile_skills::account_id.eq(id))).execute(conn)?;
    diesel::delete(volunteer_profiles::table.find(id)).execute(conn)?;
    Ok(())
}
