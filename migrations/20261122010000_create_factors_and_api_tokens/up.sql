create table totp_factors (
  account_id uuid primary key not null references accounts (id),
  sealed text not null,
  last_step bigint not null,
  confirmed_at timestamptz,
  created_at timestamptz not null
);

create table recovery_codes (
  hash text primary key not null,
  account_id uuid not null references accounts (id),
  created_at timestamptz not null,
  used_at timestamptz
);
create index recovery_codes_account on recovery_codes (account_id);

create table sign_in_challenges (
  hash text primary key not null,
  account_id uuid not null references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_challenges_account on sign_in_challenges (account_id);

create table factor_failures (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  at timestamptz not null
);
create index factor_failures_account on factor_failures (account_id, at);

create table api_tokens (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  name text not null,
  hash text not null constraint api_tokens_hash_key unique,
  scopes jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_account on api_tokens (account_id, id);
