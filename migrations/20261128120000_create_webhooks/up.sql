create table webhooks (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  url text not null,
  description text not null,
  topics jsonb not null,
  secret text not null,
  previous_secret text,
  previous_until timestamptz,
  status text not null constraint webhooks_status_known check (status in ('active', 'paused', 'disabled', 'removed')),
  failing_since timestamptz,
  created_by uuid not null references accounts (id),
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint webhooks_previous_dated check ((previous_secret is null) = (previous_until is null))
);
create index webhooks_organization on webhooks (organization_id, id);
create table webhook_deliveries (
  id uuid primary key not null,
  webhook_id uuid not null references webhooks (id),
  news_id uuid not null,
  topic text not null,
  body text not null,
  status text not null constraint webhook_deliveries_status_known check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null constraint webhook_deliveries_attempts_counted check (attempts >= 0),
  tries integer not null constraint webhook_deliveries_tries_counted check (tries >= 0),
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  response_code integer,
  response_excerpt text,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint webhook_deliveries_pending_dated check ((status = 'pending') = (next_attempt_at is not null))
);
create unique index webhook_deliveries_once on webhook_deliveries (webhook_id, news_id);
create index webhook_deliveries_ended on webhook_deliveries (updated_at);
