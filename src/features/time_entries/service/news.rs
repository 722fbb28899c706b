//! Who learns of what happens to logged work.

use crate::features::accounts;
use crate::features::projects;
use crate::features::time_entries::model::{TimeEntry, TimeEntryStatus};
use crate::infra::Ctx;
use crate::infra::db::Conn;
use crate::infra::outbox::{self, News};
use crate::kernel::{AccountId, AssignmentId, ProjectId, Result, Topic};
use serde_json::json;

/// Tells the other side, and the employer's webhooks, where an entry stands now. What was done stays between the two sides.
pub(super) fn tell(conn: &mut Conn, ctx: &Ctx, entry: &TimeEntry, by: Option<AccountId>) -> Result<()> {
    let (topic, what) = match entry.status {
        TimeEntryStatus::Submitted => (Topic::TimeEntrySubmitted, "were logged"),
        TimeEntryStatus::Confirmed => (Topic::TimeEntryConfirmed, "are confirmed"),
        TimeEntryStatus::Disputed => (Topic::TimeEntryDisputed, "are disputed"),
        TimeEntryStatus::Adjusted => (Topic::TimeEntryAdjusted, "were adjusted"),
        TimeEntryStatus::Rejected => (Topic::TimeEntryRejected, "do not count"),
        TimeEntryStatus::Reversed => (Topic::TimeEntryReversed, "were taken back"),
        // It stands beside the one that it undoes, of which this tells.
        TimeEntryStatus::Reversing => return Ok(()),
    };
    let volunteer = accounts::get_account(conn, entry.account_id)?.display_name;
    let project = projects::get_project(conn, entry.project_id)?.name;
    let title = format!("{} minutes of {volunteer} for {project} on {} {what}.", entry.minutes, entry.worked_on);
    let data = json!({
        "id": entry.id, "assignment": entry.assignment_id, "status": entry.status, "worked_on": entry.worked_on,
        "minutes": entry.minutes, "confirmed_minutes": entry.confirmed_minutes, "automatic": entry.confirmed_auto,
    });
    let news = News::new(topic, title, format!("/time-entries/{}", entry.id), data).by(by);
    let news = match entry.status {
        TimeEntryStatus::Submitted => news.to_maintainers(entry.project_id),
        TimeEntryStatus::Reversed => news.to(entry.account_id).to_maintainers(entry.project_id),
        _ => news.to(entry.account_id),
    };
    let news = entry.employer_id.into_iter().fold(news, News::to_webhooks);
    outbox::announce(conn, ctx, news)
}

/// Tells a project once of all that was logged by one table.
pub(super) fn tell_of_table(
    conn: &mut Conn,
    ctx: &Ctx,
    (assignment, project): (AssignmentId, ProjectId),
    rows: usize,
    by: AccountId,
) -> Result<()> {
    let volunteer = accounts::get_account(conn, by)?.display_name;
    let name = projects::get_project(conn, project)?.name;
    let title = format!("{volunteer} logged {rows} entries of work for {name}.");
    let data = json!({"assignment": assignment, "entries": rows});
    let path = format!("/assignments/{assignment}/time-entries");
    let news = News::new(Topic::TimeEntrySubmitted, title, path, data).by(Some(by));
    outbox::announce(conn, ctx, news.to_maintainers(project))
}
