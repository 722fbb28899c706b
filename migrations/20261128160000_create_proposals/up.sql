-- Everybody who holds a seat of a need: invited, accepted, offered, or at work.
alter table needs add column seats_taken integer not null default 0
  constraint needs_seats_never_oversold check (seats_taken >= 0 and seats_taken <= seats);

-- Pairings that are not agreed yet.
create table proposals (
  id uuid primary key not null,
  need_id uuid not null references needs (id),
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  origin text not null constraint proposals_origin_known check (origin in ('application', 'invitation', 'recommendation')),
  round_id uuid references rounds (id),
  status text not null constraint proposals_status_known
    check (status in ('submitted', 'employer_pending', 'under_review', 'accepted', 'converted',
                      'declined', 'withdrawn', 'expired', 'waitlisted', 'offered', 'superseded')),
  capacity text not null constraint proposals_capacity_known check (capacity in ('own_time', 'employer_time')),
  pledge_id uuid references pledges (id),
  employer_id uuid references organizations (id),
  hours_per_week double precision not null
    constraint proposals_hours_in_range check (hours_per_week > 0 and hours_per_week <= 60),
  message text not null,
  need_revision integer not null,
  holds_seat boolean not null,
  volunteer_agreed_at timestamptz,
  project_agreed_at timestamptz,
  employer_agreed_at timestamptz,
  employer_agreed_by uuid references accounts (id),
  final_word boolean not null,
  assignment_id uuid,
  reason_code text,
  reason text,
  due_at timestamptz,
  remind_at timestamptz,
  ended_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint proposals_employer_time_has_pledge
    check ((capacity = 'employer_time') = (pledge_id is not null) and (pledge_id is null) = (employer_id is null)),
  constraint proposals_seat_only_while_live
    check (not holds_seat or status in ('submitted', 'employer_pending', 'under_review', 'accepted', 'offered'))
);
create unique index proposals_live_key on proposals (need_id, account_id)
  where status in ('submitted', 'employer_pending', 'under_review', 'accepted', 'waitlisted', 'offered');
create index proposals_need on proposals (need_id, status, id);
create index proposals_project on proposals (project_id, id);
create index proposals_account on proposals (account_id, id);
create index proposals_employer on proposals (employer_id, status, id);
create index proposals_due on proposals (due_at);
create index proposals_reminders on proposals (remind_at);
