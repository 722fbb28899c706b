create table passkeys (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  name text not null,
  credential_id text not null constraint passkeys_credential_id_key unique,
  public_key text not null,
  sign_count bigint not null constraint passkeys_sign_count_in_range check (sign_count between 0 and 4294967295),
  user_verified boolean not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  aaguid text,
  transports jsonb not null,
  version bigint not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_account on passkeys (account_id, id);

create table passkey_challenges (
  hash text primary key not null,
  purpose text not null constraint passkey_challenges_purpose_known check (purpose in ('register', 'sign_in', 'second_factor')),
  account_id uuid references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);
create index passkey_challenges_account on passkey_challenges (account_id);
