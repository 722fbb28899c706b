//! What is scarce.

use crate::features::matching::Matcher;
use crate::features::matching::shortages::Shortage;
use crate::infra::Ctx;
use crate::kernel::{Cursor, Error, Limit, Page, Result};
use uuid::Uuid;

/// The scarce skills, the scarcest first.
pub(in crate::features::matching) async fn list_shortages(
    ctx: &Ctx,
    matcher: &Matcher,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page<Shortage>> {
    matcher.refresh(ctx).await?;
    let all = matcher.shortages().await?;
    let from = match after {
        None => 0,
        Some(after) => {
            let place = all.iter().position(|one| one.skill.slug() == after.key);
            let gone =
                || Error::field("?cursor", "invalid_cursor", "This cursor's place is gone; start again without it.");
            place.ok_or_else(gone)? + 1
        }
    };
    let rows = all.iter().skip(from).take(limit.rows() + 1).cloned().collect();
    Ok(Page::cut(rows, limit, |one: &Shortage| Cursor { key: one.skill.slug().to_owned(), id: Uuid::nil() }))
}
