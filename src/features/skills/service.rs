//! Use cases of skills.

use super::model::NewSuggestion;
use super::problems::ALREADY_KNOWN;
use super::store;
use super::taxonomy::{Kind, Skill, Taxonomy};
use crate::features::accounts::policy::require_verified;
use crate::infra::Ctx;
use crate::kernel::{Actor, Check, Error, Fault, Line, Markdown, Result, SuggestionId};

/// The slug of a skill named in any of its ways; a fault with the nearest names when the taxonomy lacks it.
pub fn known_skill(text: &str) -> Result<String, Fault> {
    let taxonomy = Taxonomy::shipped();
    if let Some(found) = taxonomy.resolve(text) {
        return Ok(taxonomy.skill(found).slug.to_string());
    }
    let near: Vec<String> = taxonomy.suggest(text, 3).into_iter().map(|skill| format!("`{}`", skill.slug)).collect();
    let shown: String = text.chars().take(60).collect();
    let help = if near.is_empty() {
        "look it up at GET /api/v1/skills?q=, or suggest it at POST /api/v1/skills/suggestions".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Err(Fault::new("unknown_skill", format!("There is no skill {shown:?} in the taxonomy; {help}")))
}

/// Skills whose name or alias begins with the text.
pub(super) fn search(text: &str, kind: Option<Kind>, limit: usize) -> Vec<&'static Skill> {
    Taxonomy::shipped().search(text, kind, limit)
}

/// The skill with this slug or alias, or 404.
pub(super) fn get(text: &str) -> Result<&'static Skill> {
    let taxonomy = Taxonomy::shipped();
    let found = taxonomy.resolve(text).ok_or_else(|| Error::not_found("skill"))?;
    Ok(taxonomy.skill(found))
}

/// Notes a skill that somebody misses.
pub(super) async fn suggest(ctx: &Ctx, actor: &Actor, name: &str, note: Option<&str>) -> Result<SuggestionId> {
    require_verified(actor)?;
    let mut check = Check::default();
    let name = check.value("/name", Line::parse(name, 1, 50));
    let note = check.optional("/note", note.map(|note| Markdown::parse(note, 1000)));
    check.done()?;
    let (name, note) = (name?, note?);
    if let Ok(slug) = known_skill(name.as_str()) {
        return Err(Error::new(&ALREADY_KNOWN, format!("The taxonomy knows this as `{slug}`.")));
    }
    let suggestion = NewSuggestion {
        id: ctx.ids().make(),
        account_id: actor.account_id,
        name: name.into_string(),
        note: note.map(Markdown::into_string),
        created_at: ctx.now(),
    };
    let id = suggestion.id;
    ctx.store().write(move |conn| store::insert_suggestion(conn, &suggestion)).await?;
    Ok(id)
}
