alter table organizations add column suspended_at timestamptz;
alter table volunteer_profiles add column suspended_at timestamptz;

create table suspensions (
  id uuid primary key not null,
  subject_kind text not null constraint suspensions_subject_kind_known
    check (subject_kind in ('project', 'organization', 'volunteer', 'account')),
  subject_id uuid not null,
  reason text not null,
  suspended_by uuid not null references accounts (id),
  suspended_at timestamptz not null,
  -- The hash of the token that was mailed to those concerned: it appeals once.
  appeal_hash text not null constraint suspensions_appeal_hash_key unique,
  appealed_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references accounts (id),
  ended_reason text,
  constraint suspensions_end_whole check ((ended_at is null) = (ended_by is null))
);
create unique index suspensions_open_key on suspensions (subject_kind, subject_id) where ended_at is null;
create index suspensions_subject on suspensions (subject_id);

create table reports (
  id uuid primary key not null,
  kind text not null constraint reports_kind_known check (kind in ('report', 'appeal')),
  subject_kind text not null constraint reports_subject_kind_known
    check (subject_kind in ('project', 'need', 'organization', 'volunteer', 'account')),
  subject_id uuid not null,
  code text constraint reports_code_known check (code in
    ('spam', 'impersonation', 'malicious', 'harassment', 'misleading', 'not_open_source', 'personal_data', 'other')),
  text text not null,
  -- Who reported or appealed; none for an appeal by the mailed token alone.
  author_id uuid references accounts (id),
  suspension_id uuid references suspensions (id),
  status text not null constraint reports_status_known check (status in ('open', 'dismissed', 'upheld')),
  opened_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references accounts (id),
  decision text,
  version bigint not null,
  constraint reports_fit_their_kind check (
    (kind = 'report' and code is not null and author_id is not null and suspension_id is null)
    or (kind = 'appeal' and code is null and suspension_id is not null)
  ),
  constraint reports_decided_whole check (
    (status = 'open') = (decided_at is null) and (decided_at is null) = (decided_by is null)
    and (decided_at is null) = (decision is null)
  )
);
create unique index reports_open_key on reports (author_id, subject_kind, subject_id)
  where status = 'open' and kind = 'report';
create unique index reports_suspension_key on reports (suspension_id) where suspension_id is not null;
create index reports_author on reports (author_id, id);
create index reports_status on reports (status, id);
