//! A volunteer's assignments and check-ins as a calendar. Pure.

use crate::features::assignments::{Assignment, AssignmentStatus};
use crate::features::needs::Need;
use crate::features::projects::Project;
use crate::http::calendar::{Calendar, Event, When};

/// The calendar of these assignments, at this site.
pub(super) fn calendar(site: &str, rows: &[(Assignment, Need, Project)]) -> Calendar {
    let events = rows.iter().flat_map(|row| [work(site, row), clock(site, row)]).flatten().collect();
    Calendar { name: "My assignments at Mainstay".to_owned(), events }
}

fn event(site: &str, row: &Assignment, name: &str, when: When, (summary, description): (String, String)) -> Event {
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    Event {
        uid: format!("{name}-{}@{host}", row.id),
        sequence: row.version,
        created: row.created_at,
        changed: row.updated_at,
        when,
        certain: row.status != AssignmentStatus::Onboarding,
        summary,
        description,
        url: format!("{site}/api/v1/assignments/{}", row.id),
    }
}

/// The days of the work: as agreed, or as they were; none of work that never began.
fn work(site: &str, (row, need, project): &(Assignment, Need, Project)) -> Option<Event> {
    let until = row.ended_at.map_or(row.ends_on, |at| at.date_naive().min(row.ends_on));
    if row.ended_at.is_some() && row.started_at.is_none() || until < row.starts_on {
        return None;
    }
    let summary = format!("{}: {} ({} h/week)", project.name, need.title, row.hours_per_week);
    let time = if row.pledge_id.is_some() { "in your employer's time" } else { "in your own time" };
    let description = format!("It is {}, {time}.\n{} hours a week.", row.status, row.hours_per_week);
    Some(event(site, row, "assignment", When::Days(row.starts_on, until), (summary, description)))
}

/// What is due next: it moves with each check-in, under the same name.
fn clock(site: &str, (row, need, project): &(Assignment, Need, Project)) -> Option<Event> {
    let (at, what, more) = match row.status {
        AssignmentStatus::Onboarding => {
            (row.next_check_in_at, "Begin", "By then the work has to begin, or the seat is given to somebody else.")
        }
        AssignmentStatus::Active | AssignmentStatus::Overdue => {
            (row.next_check_in_at, "Check in", "By then say how it goes; a line is enough.")
        }
        AssignmentStatus::Paused => (row.paused_until, "The pause is over", "From then on the work goes on."),
        _ => return None,
    };
    let summary = format!("{what}: {} ({})", need.title, project.name);
    Some(event(site, row, "check-in", When::At(at?), (summary, more.to_owned())))
}
