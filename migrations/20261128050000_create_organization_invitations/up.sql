create table organization_invitations (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  email text not null,
  email_folded text not null,
  role text not null constraint organization_invitations_role_known check (role in ('owner', 'manager', 'member')),
  hash text not null constraint organization_invitations_hash_key unique,
  invited_by uuid not null references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_as text constraint organization_invitations_ended_as_known
    check (ended_as in ('accepted', 'declined', 'revoked', 'replaced')),
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  constraint organization_invitations_end_dated check ((ended_as is null) = (ended_at is null))
);
create unique index organization_invitations_open_key on organization_invitations (organization_id, email_folded)
  where ended_at is null;
create index organization_invitations_email on organization_invitations (email_folded, created_at);
create index organization_invitations_organization on organization_invitations (organization_id, id);
