create table feed_tokens (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  name text not null,
  hash text not null constraint feed_tokens_hash_key unique,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index feed_tokens_account on feed_tokens (account_id, id);
