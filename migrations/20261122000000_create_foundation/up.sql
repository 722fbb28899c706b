-- Work to be done later, at least once each: mail, webhooks, sweeps, long computations.
create table jobs (
  id uuid primary key not null,
  kind text not null,
  payload jsonb not null,
  unique_key text unique,
  attempts integer not null,
  run_at timestamptz not null,
  leased_until timestamptz,
  last_error text,
  dead_at timestamptz,
  created_at timestamptz not null,
  constraint jobs_attempts_check check (attempts >= 0),
  constraint jobs_dead_check check (dead_at is null or leased_until is null)
);
create index jobs_due on jobs (run_at, id) where dead_at is null;
create index jobs_dead on jobs (id) where dead_at is not null;

-- Which entities changed, written in the changing transaction; every node follows it to keep its indexes current.
create table changes (
  id uuid primary key not null,
  tick bigint not null,
  kind text not null,
  entity uuid not null
);
create index changes_tick on changes (tick);

-- Answers kept for requests that are sent again.
create table idempotency_keys (
  id uuid primary key not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  state text not null,
  status integer,
  headers jsonb,
  body text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint idempotency_keys_state_check check (state in ('running', 'done')),
  constraint idempotency_keys_done_check check (state = 'running' or status is not null),
  constraint idempotency_keys_once unique (scope, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);
