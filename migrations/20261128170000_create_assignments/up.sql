-- Agreed pairings: leases on somebody's hours.
create table assignments (
  id uuid primary key not null,
  proposal_id uuid not null constraint assignments_proposal_key unique references proposals (id),
  need_id uuid not null references needs (id),
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  status text not null constraint assignments_status_known
    check (status in ('onboarding', 'active', 'paused', 'overdue', 'suspended', 'completed', 'released', 'ended_early')),
  capacity text not null constraint assignments_capacity_known check (capacity in ('own_time', 'employer_time')),
  pledge_id uuid references pledges (id),
  employer_id uuid references organizations (id),
  hours_per_week double precision not null
    constraint assignments_hours_in_range check (hours_per_week > 0 and hours_per_week <= 60),
  access_level smallint not null constraint assignments_access_in_range check (access_level between 0 and 4),
  cla text not null,
  license text,
  starts_on date not null,
  ends_on date not null,
  reserved_minutes bigint not null constraint assignments_reserved_not_negative check (reserved_minutes >= 0),
  confirmed_minutes bigint not null constraint assignments_confirmed_not_negative check (confirmed_minutes >= 0),
  started_at timestamptz,
  next_check_in_at timestamptz,
  paused_until timestamptz,
  volunteer_done_at timestamptz,
  project_done_at timestamptz,
  due_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  reason_code text,
  reason text,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint assignments_dates_in_order check (ends_on >= starts_on),
  constraint assignments_pledge_has_employer check (pledge_id is null or employer_id is not null)
);
create unique index assignments_live_key on assignments (need_id, account_id)
  where status in ('onboarding', 'active', 'paused', 'overdue', 'suspended');
create index assignments_account on assignments (account_id, id);
create index assignments_project on assignments (project_id, id);
create index assignments_pledge on assignments (pledge_id, id);
create index assignments_due on assignments (due_at);
create index assignments_check_in on assignments (next_check_in_at);
