-- Work logged on assignments, confirmed by the project. What was said is never changed; the columns of minutes say what it counts for.
create table time_entries (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  need_id uuid not null references needs (id),
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  -- Both where it was the employer's time.
  pledge_id uuid references pledges (id),
  employer_id uuid references organizations (id),
  worked_on date not null,
  minutes integer not null constraint time_entries_minutes_in_range check (minutes between -960 and 960 and minutes <> 0),
  -- By the clock on the person's wall.
  started_at text,
  ended_at text,
  note text not null,
  links jsonb not null,
  import_key text,
  reverses uuid references time_entries (id),
  status text not null constraint time_entries_status_known
    check (status in ('submitted', 'confirmed', 'disputed', 'adjusted', 'rejected', 'reversed', 'reversing')),
  confirmed_minutes integer not null,
  confirmed_auto boolean not null,
  -- What of it stands in the pledge's ledger.
  delivered_minutes integer not null,
  pledged_minutes integer not null,
  decided_by uuid references accounts (id),
  reason text,
  due_at timestamptz,
  decided_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint time_entries_employer_has_pledge check ((pledge_id is null) = (employer_id is null)),
  constraint time_entries_own_time_is_in_no_ledger
    check (pledge_id is not null or (delivered_minutes = 0 and pledged_minutes = 0)),
  constraint time_entries_pending_counts_nothing
    check (status not in ('submitted', 'disputed', 'rejected') or (confirmed_minutes = 0 and pledged_minutes = 0)),
  constraint time_entries_counts_no_more_than_logged check (
    (minutes > 0 and confirmed_minutes between 0 and minutes and pledged_minutes between 0 and confirmed_minutes)
    or (minutes < 0 and confirmed_minutes between minutes and 0 and pledged_minutes between confirmed_minutes and 0)),
  constraint time_entries_below_zero_reverses check ((minutes < 0) = (reverses is not null)),
  constraint time_entries_reversing_reverses check ((status = 'reversing') = (reverses is not null)),
  constraint time_entries_due_while_submitted check ((due_at is not null) = (status = 'submitted')),
  constraint time_entries_times_whole check ((started_at is null) = (ended_at is null))
);
create unique index time_entries_import_key on time_entries (account_id, import_key) where import_key is not null;
create unique index time_entries_reversed_once on time_entries (reverses) where reverses is not null;
create index time_entries_assignment on time_entries (assignment_id, id);
create index time_entries_day on time_entries (account_id, worked_on);
create index time_entries_employer on time_entries (employer_id, worked_on);
create index time_entries_project on time_entries (project_id, worked_on);
create index time_entries_due on time_entries (due_at);
