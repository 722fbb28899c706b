//! The columns of the two files: one table each, read by the parser and printed by `--help`.

/// A column that may stand in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in the header line.
    pub(super) name: &'static str,
    /// Other names that people give it.
    pub(super) aliases: &'static [&'static str],
    /// Whether there is no doing without it.
    pub(super) required: bool,
}

const fn must(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, required: true }
}

const fn may(name: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, required: false }
}

/// Columns of the needs.
pub(super) const NEEDS: &[Column] = &[
    must("id", &["need", "need_id"]),
    may("title", &["name"]),
    may("project", &["project_name"]),
    may("kind", &[]),
    may("skills", &[]),
    may("required_skills", &["required"]),
    may("optional_skills", &["optional"]),
    must("hours_per_week", &["hours", "weekly_hours"]),
    may("min_hours_per_week", &["min_hours"]),
    may("weeks", &[]),
    may("seats", &["seats_left"]),
    may("urgency", &[]),
    may("time_zones", &["time_zone", "timezone", "timezones"]),
    may("overlap_hours", &[]),
    may("domains", &["domain", "tags"]),
    may("criticality", &[]),
    may("systemic_risk", &["risk"]),
    may("opened_on", &["opened"]),
    may("last_applied_on", &[]),
    may("pending_applications", &["pending"]),
    may("starts_on", &["starts"]),
    may("apply_until", &["deadline"]),
    may("review_hours_left", &[]),
    may("access_level", &["access"]),
    may("visibility", &[]),
    may("languages", &["language"]),
    may("license", &["licence"]),
    may("cla", &[]),
    may("ai_policy", &[]),
    may("maintainers", &["maintainer"]),
];

/// Columns of the volunteers.
pub(super) const VOLUNTEERS: &[Column] = &[
    must("handle", &["volunteer", "id", "name"]),
    must("skills", &[]),
    may("confirmed", &["confirmed_skills"]),
    may("learning", &[]),
    must("hours_per_week", &["hours", "weekly_hours"]),
    may("committed_hours_per_week", &["committed_hours", "committed"]),
    may("min_hours_per_week", &["min_hours"]),
    may("time_zone", &["timezone", "zone", "time_zones"]),
    may("interests", &["interest"]),
    may("languages", &["language"]),
    may("available_from", &[]),
    may("unavailable", &["away"]),
    may("max_access_level", &["max_access"]),
    may("earned_access_level", &["earned_access"]),
    may("vetted", &[]),
    may("open_proposals", &[]),
    may("uses_ai", &[]),
    may("blocked_projects", &[]),
];

/// What `--help` says of the files.
pub(super) const HELP: &str = "\
The files: CSV with a header line, in UTF-8, separated by commas, semicolons or tabs, quoted with \"; columns in any order.
Lists within a cell are separated by ; or | or , (quote the cell where that is also the separator of columns).
A skill is NAME:LEVEL with a level of 1 (beginner) to 5 (expert), 3 when left out. Dates are YYYY-MM-DD.

needs.csv (* must be there; so must skills or required_skills):
  id*                   its name, once in the file
  title, project        as shown
  kind                  triage, code_review, bug_fixing, security_audit, fuzzing, documentation, … as in the API
  skills                rust:3!;fuzzing:2 where ! marks what is required
  required_skills, optional_skills   the same in two columns, without !
  hours_per_week*, min_hours_per_week, weeks (none: without an end), seats (1)
  urgency               low, normal (when left out), high, critical
  time_zones            IANA names, e.g. Europe/Berlin; none: it doesn't matter
  overlap_hours         wanted common working hours a day (4)
  domains               the project's fields and tags
  criticality, systemic_risk         0 to 1
  opened_on (today), last_applied_on, pending_applications (0)
  starts_on, apply_until
  review_hours_left     hours a week the maintainers can still spend on helpers
  access_level          0 (read) to 4 (admin)
  visibility            public, vetted
  languages             en;de (any of them)
  license               an SPDX expression
  cla                   none, dco, individual, corporate
  ai_policy             welcome, disclose, forbidden
  maintainers           handles, who are not matched with their own project

volunteers.csv:
  handle*               once in the file
  skills*               rust:4;c:3
  confirmed             rust:2025-11-30, skills proven by confirmed work, with the day
  learning              skills without a level
  hours_per_week*, committed_hours_per_week (0), min_hours_per_week
  time_zone             an IANA name
  interests             kinds of need and domains
  languages             en;de
  available_from        a day
  unavailable           2026-08-01..2026-08-14
  max_access_level, earned_access_level   0 to 4
  vetted, uses_ai       yes, no
  open_proposals        a number
  blocked_projects      projects not to be matched with

Examples:
  mainstay match --needs needs.csv --volunteers volunteers.csv
  mainstay match --needs needs.csv --volunteers volunteers.csv --top 20 --format csv > matches.csv
  mainstay match --needs needs.csv --volunteers volunteers.csv --format json --date 2026-03-02

Exit codes: 0 fine, 1 failed (a file can't be read or has faults), 2 called wrongly.";
