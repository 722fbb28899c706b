-- Work logged on assignments, confirmed by the project.
create table time_entries (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  need_id uuid not null references needs (id),
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  pledge_id uuid references pledges (id),
  employer_id uuid references organizations (id),
  worked_on date not null,
  minutes integer not null constraint time_entries_minutes_in_range check (minutes between -960 and 960 and minutes <> 0),
  note text not null,
  link text,
  import_key text,
  reverses uuid references time_entries (id),
  status text not null constraint time_entries_status_known
    check (status in ('submitted', 'confirmed', 'disputed', 'adjusted', 'rejected')),
  confirmed_minutes integer not null,
  confirmed_auto boolean not null,
  confirmed_by uuid references accounts (id),
  reason text,
  due_at timestamptz,
  decided_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index time_entries_import_key on time_entries (account_id, import_key) where import_key is not null;
create unique index time_entries_reversed_once on time_entries (reverses) where reverses is not null;
create index time_entries_assignment on time_entries (assignment_id, id);
create index time_entries_day on time_entries (account_id, worked_on);
create index time_entries_employer on time_entries (employer_id, worked_on);
create index time_entries_project on time_entries (project_id, worked_on);
create index time_entries_due on time_entries (due_at);
