-- Where projects can be funded; no payment is ever handled here.
create table project_funding_links (
  project_id uuid not null references projects (id),
  position smallint not null,
  platform text not null,
  url text not null,
  primary key (project_id, position)
);

-- What organizations promise in money, for their reports.
create table money_pledges (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  project_id uuid references projects (id),
  amount_minor bigint not null constraint money_pledges_amount_positive check (amount_minor > 0),
  currency text not null,
  period text not null constraint money_pledges_period_known check (period in ('once', 'monthly', 'quarterly', 'yearly')),
  starts_on date not null,
  ends_on date,
  note text,
  status text not null
    constraint money_pledges_status_known check (status in ('planned', 'active', 'fulfilled', 'cancelled')),
  recorded_by uuid not null references accounts (id),
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint money_pledges_dates_in_order check (ends_on is null or ends_on >= starts_on)
);
create index money_pledges_organization on money_pledges (organization_id, id);
create index money_pledges_account on money_pledges (recorded_by);
