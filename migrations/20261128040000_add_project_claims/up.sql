create table project_claims (
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  token text not null,
  claimed_at timestamptz not null,
  checked_at timestamptz,
  proven_at timestamptz,
  method text constraint project_claims_method_known check (method in ('repository_file', 'site_file', 'dns')),
  evidence text,
  disputing boolean not null,
  primary key (project_id, account_id)
);
create index project_claims_account on project_claims (account_id);

create table project_disputes (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  opened_by uuid not null references accounts (id),
  opened_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references accounts (id),
  kept uuid references accounts (id),
  reason text,
  constraint project_disputes_decided_whole check (
    (decided_at is null and decided_by is null and kept is null and reason is null)
    or (decided_at is not null and decided_by is not null and kept is not null and reason is not null)
  )
);
create unique index project_disputes_open_key on project_disputes (project_id) where decided_at is null;
create index project_maintainers_verified on project_maintainers (role, verified_at);
