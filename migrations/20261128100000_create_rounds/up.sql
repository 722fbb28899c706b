-- Runs of the allocation over everybody's hours, with their inputs, so that each can be explained and repeated.
create table rounds (
  id uuid primary key not null,
  -- 1 while it waits or runs: so that there is one at a time.
  slot smallint constraint rounds_one_at_a_time unique,
  status text not null
    constraint rounds_status_known check (status in ('queued', 'running', 'done', 'published', 'failed', 'cancelled')),
  policy text not null constraint rounds_policy_known check (policy in ('total', 'critical_first', 'floor')),
  floor_hours double precision constraint rounds_floor_in_range check (floor_hours > 0 and floor_hours <= 168),
  repeats uuid references rounds (id),
  requested_by uuid references accounts (id),
  progress smallint not null constraint rounds_progress_in_range check (progress between 0 and 100),
  inputs text,
  outcome jsonb,
  failure text,
  version bigint not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  published_at timestamptz,
  constraint rounds_slot_only_while_active check ((slot is not null) = (status in ('queued', 'running'))),
  constraint rounds_done_has_outcome check (status not in ('done', 'published') or outcome is not null)
);
create index rounds_finished on rounds (finished_at);

create table round_pairs (
  round_id uuid not null references rounds (id),
  position integer not null,
  need_id uuid not null references needs (id),
  account_id uuid not null references accounts (id),
  hours_per_week double precision not null constraint round_pairs_hours_positive check (hours_per_week > 0),
  score double precision not null constraint round_pairs_score_in_range check (score >= 0 and score <= 100),
  reasons jsonb not null,
  primary key (round_id, position)
);
