-- Agreed pairings: leases on somebody's hours.
create table assignments (
  id uuid primary key not null,
  -- None where a colleague took over.
  proposal_id uuid constraint assignments_proposal_key unique references proposals (id),
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
  cla text not null constraint assignments_cla_known check (cla in ('none', 'dco', 'individual', 'corporate')),
  license text,
  starts_on date not null,
  ends_on date not null,
  reserved_minutes bigint not null constraint assignments_reserved_not_negative check (reserved_minutes >= 0),
  confirmed_minutes bigint not null constraint assignments_confirmed_not_negative check (confirmed_minutes >= 0),
  started_at timestamptz,
  -- While onboarding: by when it has to start.
  next_check_in_at timestamptz,
  remind_at timestamptz,
  paused_until timestamptz,
  -- When it ends unless the volunteer goes on in their own time.
  notice_ends_at timestamptz,
  volunteer_done_at timestamptz,
  project_done_at timestamptz,
  -- The earliest of its clocks.
  due_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  reason_code text,
  reason text,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint assignments_dates_in_order check (ends_on >= starts_on),
  constraint assignments_employer_time_has_pledge check ((capacity = 'employer_time') = (pledge_id is not null)),
  constraint assignments_pledge_has_employer check (pledge_id is null or employer_id is not null),
  constraint assignments_end_dated check ((ended_at is not null) = (status in ('completed', 'released', 'ended_early'))),
  constraint assignments_clock_stops_at_the_end check (ended_at is null or due_at is null)
);
create unique index assignments_live_key on assignments (need_id, account_id)
  where status in ('onboarding', 'active', 'paused', 'overdue', 'suspended');
create index assignments_need on assignments (need_id, status);
create index assignments_account on assignments (account_id, id);
create index assignments_project on assignments (project_id, id);
create index assignments_pledge on assignments (pledge_id, id);
create index assignments_employer on assignments (employer_id, id);
create index assignments_due on assignments (due_at);

-- What has to be done before the work begins.
create table assignment_tasks (
  assignment_id uuid not null references assignments (id),
  task text not null constraint assignment_tasks_task_known check (task in ('cla', 'access', 'first_contact')),
  position smallint not null,
  done_at timestamptz,
  done_by uuid references accounts (id),
  primary key (assignment_id, task),
  constraint assignment_tasks_done_whole check ((done_at is null) = (done_by is null))
);

-- Every two weeks the volunteer says how it goes.
create table assignment_check_ins (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  account_id uuid not null references accounts (id),
  note text,
  on_track boolean,
  at timestamptz not null
);
create index assignment_check_ins_assignment on assignment_check_ins (assignment_id, id);

-- When somebody was at work: access of level L3 and more is earned by active days.
create table assignment_spells (
  assignment_id uuid not null references assignments (id),
  from_at timestamptz not null,
  until_at timestamptz,
  primary key (assignment_id, from_at),
  constraint assignment_spells_in_order check (until_at is null or until_at >= from_at)
);

-- What a volunteer was let into, and when it was taken back.
create table access_grants (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  what text not null,
  level smallint not null constraint access_grants_level_in_range check (level between 0 and 4),
  status text not null
    constraint access_grants_status_known check (status in ('asked', 'granted', 'refused', 'revoked')),
  asked_by uuid not null references accounts (id),
  asked_at timestamptz not null,
  granted_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  -- When the project is reminded that it has to be revoked.
  alert_at timestamptz,
  version bigint not null,
  constraint access_grants_granted_dated check (status not in ('granted', 'revoked') or granted_at is not null),
  constraint access_grants_end_dated check ((ended_at is not null) = (status in ('refused', 'revoked')))
);
create index access_grants_assignment on access_grants (assignment_id, id);
create index access_grants_alert on access_grants (alert_at);

create table access_approvals (
  access_id uuid not null references access_grants (id),
  account_id uuid not null references accounts (id),
  at timestamptz not null,
  primary key (access_id, account_id)
);

-- A colleague is asked to take over.
create table hand_overs (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  account_id uuid not null references accounts (id),
  asked_by uuid not null references accounts (id),
  status text not null
    constraint hand_overs_status_known check (status in ('asked', 'accepted', 'declined', 'withdrawn', 'expired')),
  next_id uuid references assignments (id),
  due_at timestamptz,
  created_at timestamptz not null,
  answered_at timestamptz,
  constraint hand_overs_answer_dated check ((answered_at is null) = (status = 'asked')),
  constraint hand_overs_accepted_goes_on check ((next_id is not null) = (status = 'accepted'))
);
create unique index hand_overs_open_key on hand_overs (assignment_id) where status = 'asked';
create index hand_overs_account on hand_overs (account_id, id);
create index hand_overs_due on hand_overs (due_at);
