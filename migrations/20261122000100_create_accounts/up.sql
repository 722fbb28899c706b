create table accounts (
  id uuid primary key not null,
  email text not null,
  email_folded text not null constraint accounts_email_folded_key unique,
  email_verified_at timestamptz,
  handle text not null constraint accounts_handle_key unique,
  display_name text not null,
  password_hash text,
  status text not null constraint accounts_status_known check (status in ('active', 'suspended', 'deleted')),
  consented_at timestamptz not null,
  mfa_enabled_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table account_roles (
  account_id uuid not null references accounts (id),
  role text not null constraint account_roles_role_known check (role in ('coordinator', 'moderator', 'admin')),
  granted_at timestamptz not null,
  granted_by uuid references accounts (id),
  primary key (account_id, role)
);

create table sessions (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  user_agent text,
  address text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_reason text,
  second_factor_at timestamptz
);
create index sessions_account on sessions (account_id, id);

create table refresh_tokens (
  hash text primary key not null,
  session_id uuid not null references sessions (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table mail_tokens (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  purpose text not null constraint mail_tokens_purpose_known check (purpose in ('verify_email', 'reset_password', 'change_email')),
  hash text not null constraint mail_tokens_hash_key unique,
  email text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index mail_tokens_account on mail_tokens (account_id);

create table signing_keys (
  kid text primary key not null,
  sealed text not null,
  created_at timestamptz not null,
  retires_at timestamptz not null,
  expires_at timestamptz not null
);

create table events (
  id uuid primary key not null,
  machine text not null,
  entity uuid not null,
  actor uuid references accounts (id),
  from_state text,
  to_state text not null,
  reason text,
  request_id text not null,
  at timestamptz not null
);
create index events_entity on events (entity, id);
