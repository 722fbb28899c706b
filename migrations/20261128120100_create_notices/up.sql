create table notices (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  news_id uuid not null,
  topic text not null,
  title text not null,
  path text not null,
  at timestamptz not null,
  read_at timestamptz,
  cadence text not null constraint notices_cadence_known check (cadence in ('at_once', 'daily', 'weekly', 'none')),
  mail_due_at timestamptz,
  mailed_at timestamptz
);
create unique index notices_once on notices (account_id, news_id);
create index notices_account on notices (account_id, id);
create index notices_mail_due on notices (mail_due_at);
create table notification_preferences (
  account_id uuid primary key not null references accounts (id),
  topics jsonb not null,
  quiet_from text,
  quiet_until text,
  time_zone text,
  unread_digests integer not null constraint notification_preferences_digests_counted check (unread_digests >= 0),
  last_digest_at timestamptz,
  version bigint not null,
  updated_at timestamptz not null,
  constraint notification_preferences_quiet_whole check ((quiet_from is null) = (quiet_until is null))
);
