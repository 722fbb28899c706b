create table project_invitations (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  role text not null constraint project_invitations_role_known check (role in ('lead', 'maintainer')),
  hash text not null constraint project_invitations_hash_key unique,
  invited_by uuid not null references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_as text constraint project_invitations_ended_as_known
    check (ended_as in ('accepted', 'declined', 'revoked', 'replaced')),
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  constraint project_invitations_end_dated check ((ended_as is null) = (ended_at is null))
);
create unique index project_invitations_open_key on project_invitations (project_id, account_id) where ended_at is null;
create index project_invitations_account on project_invitations (account_id, id);
create index project_invitations_project on project_invitations (project_id, id);

-- How often a lead was reminded that the proof is about to lapse: 1 a month before, 2 a week before.
alter table project_maintainers add column reminders smallint default 0 not null;
