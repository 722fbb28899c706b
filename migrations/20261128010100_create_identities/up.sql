-- Accounts at providers of OpenID Connect by which people sign in.
create table identities (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  issuer text not null,
  subject text not null,
  email text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  constraint identities_subject_key unique (issuer, subject)
);
create index identities_account on identities (account_id, id);
