//! What is held of a person as a volunteer, and what becomes of it when the person leaves.

use super::{VOLUNTEER_CHANGED, store};
use crate::features::accounts::personal::{Part, Sections, no_ties};
use crate::infra::Ctx;
use crate::infra::db::{Conn, feed};
use crate::kernel::{AccountId, RequestId, Result};
use serde_json::{Value, json};

/// Volunteer profiles' share of personal data.
pub const PERSONAL: Part = Part { export, ties: no_ties, erase };

fn export(conn: &mut Conn, account: AccountId) -> Result<Sections> {
    let Some(profile) = store::find_profile(conn, account)? else { return Ok(vec![("profile", Value::Null)]) };
    let skills = store::list_profile_skills(conn, &[account])?.remove(&account).unwrap_or_default();
    let skills: Vec<Value> = skills
        .iter()
        .map(|held| {
            json!({"skill": held.skill, "level": held.level, "years": held.years, "evidence_url": held.evidence_url})
        })
        .collect();
    let profile = json!({
        "skills": skills,
        "hours_per_week": profile.hours_per_week,
        "time_zone": profile.time_zone,
        "languages": profile.languages.0,
        "interests": profile.interests.0,
        "domains": profile.domains.0,
        "learning": profile.learning.0,
        "max_access_level": profile.max_access_level,
        "available_from": profile.available_from,
        "unavailable": profile.unavailable.0,
        "visibility": profile.visibility,
        "created_at": profile.created_at,
        "updated_at": profile.updated_at,
    });
    Ok(vec![("profile", profile)])
}

fn erase(conn: &mut Conn, ctx: &Ctx, account: AccountId, _: &RequestId) -> Result<()> {
    store::delete_profile(conn, account)?;
    feed::note(conn, ctx.ids(), VOLUNTEER_CHANGED, account)
}
