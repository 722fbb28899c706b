create table swarms (
  id uuid primary key not null,
  status text not null constraint swarms_status_known
    check (status in ('called', 'forming', 'active', 'contained', 'resolved', 'reviewed', 'cancelled')),
  title text not null,
  advisory_id uuid not null references advisories (id),
  project_id uuid references projects (id),
  details text not null,
  terms text not null,
  terms_version integer not null constraint swarms_terms_version_positive check (terms_version > 0),
  embargo_until timestamptz,
  called_by uuid not null references accounts (id),
  report jsonb,
  version bigint not null,
  called_at timestamptz not null,
  first_responder_at timestamptz,
  planned_at timestamptz,
  contained_at timestamptz,
  fixed_at timestamptz,
  released_at timestamptz,
  resolved_at timestamptz,
  reviewed_at timestamptz,
  cancelled_at timestamptz,
  updated_at timestamptz not null
);
create index swarms_advisory on swarms (advisory_id);
create index swarms_project on swarms (project_id);

create table swarm_participants (
  id uuid primary key not null,
  swarm_id uuid not null references swarms (id),
  account_id uuid not null references accounts (id),
  role text not null constraint swarm_participants_role_known check (role in
    ('finder', 'analyst', 'remediation_developer', 'reviewer', 'release', 'coordinator', 'communication', 'contact')),
  status text not null constraint swarm_participants_status_known check (status in ('invited', 'signatory', 'declined')),
  origin text not null constraint swarm_participants_origin_known
    check (origin in ('caller', 'maintainer', 'on_call', 'matched', 'invited', 'notified')),
  organization_id uuid references organizations (id),
  terms_version integer,
  finding text not null constraint swarm_participants_finding_known
    check (finding in ('not_checked', 'checking', 'affected', 'not_affected', 'fixed')),
  note text,
  invited_at timestamptz not null,
  answered_at timestamptz,
  found_at timestamptz,
  constraint swarm_participants_one_each unique (swarm_id, account_id),
  constraint swarm_participants_signed_terms check (status <> 'signatory' or terms_version is not null)
);
create index swarm_participants_account on swarm_participants (account_id, swarm_id);

create table swarm_organizations (
  swarm_id uuid not null references swarms (id),
  organization_id uuid not null references organizations (id),
  finding text not null constraint swarm_organizations_finding_known
    check (finding in ('not_checked', 'checking', 'affected', 'not_affected', 'fixed')),
  products integer not null,
  found_at timestamptz not null,
  notified_at timestamptz,
  answered_at timestamptz,
  primary key (swarm_id, organization_id)
);

create table swarm_steps (
  id uuid primary key not null,
  swarm_id uuid not null references swarms (id),
  title text not null,
  details text not null,
  owner_id uuid not null references accounts (id),
  due_at timestamptz not null,
  status text not null constraint swarm_steps_status_known check (status in ('open', 'done', 'dropped')),
  created_at timestamptz not null,
  closed_at timestamptz
);
create index swarm_steps_swarm on swarm_steps (swarm_id, id);

create table swarm_entries (
  id uuid primary key not null,
  swarm_id uuid not null references swarms (id),
  account_id uuid references accounts (id),
  kind text not null constraint swarm_entries_kind_known check (kind in
    ('called', 'state', 'participant', 'terms', 'plan', 'finding', 'notice', 'milestone', 'report', 'note')),
  text text not null,
  at timestamptz not null
);
create index swarm_entries_swarm on swarm_entries (swarm_id, id);
