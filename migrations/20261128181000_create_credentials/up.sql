-- Keys that sign credentials. The private half goes when its time of signing is over; the public half stays as long as anything signed by it holds.
create table credential_keys (
  kid text primary key not null,
  public_key text not null,
  sealed text,
  created_at timestamptz not null,
  retires_at timestamptz not null,
  expires_at timestamptz not null,
  constraint credential_keys_times_in_order check (created_at < retires_at and retires_at < expires_at)
);

-- Lists of bits by which credentials are taken back.
create table status_lists (
  number bigint primary key not null,
  issued bigint not null constraint status_lists_issued_in_range check (issued between 0 and 131072)
);

-- Confirmed work as signed statements. The last part of its address is random, since whoever has the address may read it.
create table credentials (
  id uuid primary key not null,
  name text not null constraint credentials_name_key unique,
  assignment_id uuid not null references assignments (id),
  subject text not null constraint credentials_subject_known check (subject in ('volunteer', 'organization')),
  account_id uuid not null references accounts (id),
  organization_id uuid references organizations (id),
  project_id uuid not null references projects (id),
  minutes bigint not null constraint credentials_minutes_positive check (minutes > 0),
  automatic_minutes bigint not null,
  -- None once its person has left.
  jwt text,
  status_list bigint not null references status_lists (number),
  status_index bigint not null constraint credentials_index_in_range check (status_index between 0 and 131071),
  status text not null constraint credentials_status_known check (status in ('issued', 'superseded', 'revoked')),
  reason text,
  issued_at timestamptz not null,
  valid_until timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  version bigint not null,
  constraint credentials_automatic_in_range check (automatic_minutes between 0 and minutes),
  constraint credentials_organization_named check ((organization_id is not null) = (subject = 'organization')),
  constraint credentials_end_dated check ((ended_at is not null) = (status <> 'issued'))
);
create unique index credentials_place on credentials (status_list, status_index);
create unique index credentials_current on credentials (assignment_id, subject) where status = 'issued';
create index credentials_account on credentials (account_id, id);
create index credentials_organization on credentials (organization_id, id);
