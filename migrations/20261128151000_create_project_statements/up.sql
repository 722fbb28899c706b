-- What documents from elsewhere say of a project: its Scorecards and its SECURITY-INSIGHTS, each kept with its date.
create table project_statements (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  kind text not null constraint project_statements_kind_known check (kind in ('scorecard', 'security_insights')),
  as_of timestamptz not null,
  facts jsonb not null,
  imported_by uuid references accounts (id),
  is_current boolean not null,
  created_at timestamptz not null
);
create unique index project_statements_current on project_statements (project_id, kind) where is_current;
create index project_statements_account on project_statements (imported_by);
