create table organizations (
  id uuid primary key not null,
  slug text not null constraint organizations_slug_key unique,
  name text not null,
  search text not null,
  kind text not null
    constraint organizations_kind_known check (kind in ('company', 'foundation', 'government', 'academic', 'community')),
  description text not null,
  homepage_url text,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table memberships (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  account_id uuid not null references accounts (id),
  role text not null constraint memberships_role_known check (role in ('owner', 'manager', 'member')),
  from_at timestamptz not null,
  until_at timestamptz,
  constraint memberships_dates_in_order check (until_at is null or until_at >= from_at)
);
create unique index memberships_current_key on memberships (organization_id, account_id) where until_at is null;
create index memberships_account on memberships (account_id);

create table projects (
  id uuid primary key not null,
  slug text not null constraint projects_slug_key unique,
  name text not null,
  name_folded text not null,
  search text not null,
  description text not null,
  repository_url text not null,
  repository_key text not null constraint projects_repository_key_key unique,
  homepage_url text,
  license text,
  review_hours_per_week double precision not null
    constraint projects_review_hours_in_range check (review_hours_per_week >= 0 and review_hours_per_week <= 1000),
  ai_policy text not null constraint projects_ai_policy_known check (ai_policy in ('welcome', 'disclose', 'forbidden')),
  cla text not null constraint projects_cla_known check (cla in ('none', 'dco', 'individual', 'corporate')),
  status text not null constraint projects_status_known
    check (status in ('unclaimed', 'claim_pending', 'listed', 'dormant', 'suspended', 'archived', 'opted_out')),
  criticality_score double precision
    constraint projects_criticality_in_range check (criticality_score >= 0 and criticality_score <= 1),
  criticality_tier smallint constraint projects_tier_in_range check (criticality_tier between 1 and 3),
  criticality_algorithm text,
  criticality_as_of timestamptz,
  criticality_curated boolean not null,
  systemic_risk double precision constraint projects_risk_in_range check (systemic_risk >= 0 and systemic_risk <= 1),
  source text not null
    constraint projects_source_known check (source in ('member', 'curated', 'up_for_grabs', 'critical_projects')),
  sample boolean not null,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index projects_status on projects (status, id);
create index projects_name on projects (name_folded, id);

create table project_packages (
  project_id uuid not null references projects (id),
  package text not null,
  position smallint not null,
  purl text not null,
  ecosystem text not null,
  primary key (project_id, package)
);
create index project_packages_package on project_packages (package);
create index project_packages_ecosystem on project_packages (ecosystem, project_id);

create table project_skills (
  project_id uuid not null references projects (id),
  skill text not null,
  position smallint not null,
  is_language boolean not null,
  primary key (project_id, skill)
);
create index project_skills_skill on project_skills (skill);

create table project_maintainers (
  project_id uuid not null references projects (id),
  account_id uuid not null references accounts (id),
  role text not null constraint project_maintainers_role_known check (role in ('lead', 'maintainer')),
  verified_at timestamptz,
  since timestamptz not null,
  primary key (project_id, account_id)
);
create index project_maintainers_account on project_maintainers (account_id);

create table needs (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  title text not null,
  search text not null,
  kind text not null,
  description text not null,
  size text not null constraint needs_size_known check (size in ('session', 'small', 'medium', 'ongoing')),
  hours_per_week double precision not null
    constraint needs_hours_in_range check (hours_per_week > 0 and hours_per_week <= 60),
  weeks integer not null constraint needs_weeks_in_range check (weeks between 1 and 104),
  seats integer not null constraint needs_seats_in_range check (seats between 1 and 100),
  urgency text not null constraint needs_urgency_known check (urgency in ('low', 'normal', 'high', 'critical')),
  access_level smallint not null constraint needs_access_in_range check (access_level between 0 and 4),
  visibility text not null constraint needs_visibility_known check (visibility in ('public', 'vetted')),
  time_zones jsonb not null,
  overlap_hours double precision constraint needs_overlap_in_range check (overlap_hours >= 0 and overlap_hours <= 8),
  starts_on date,
  apply_until date,
  links jsonb not null,
  response_days integer not null constraint needs_response_in_range check (response_days between 1 and 30),
  sample_note text,
  status text not null constraint needs_status_known
    check (status in ('draft', 'open', 'in_progress', 'fulfilled', 'closed', 'paused', 'expired', 'cancelled')),
  revision integer not null,
  version bigint not null,
  opened_at timestamptz,
  renew_by timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index needs_project on needs (project_id, id);
create index needs_status on needs (status, id);
create index needs_renewal on needs (renew_by);

create table need_skills (
  need_id uuid not null references needs (id),
  skill text not null,
  position smallint not null,
  level smallint not null constraint need_skills_level_in_range check (level between 1 and 5),
  required boolean not null,
  primary key (need_id, skill)
);
create index need_skills_skill on need_skills (skill);

create table volunteer_profiles (
  account_id uuid primary key not null references accounts (id),
  hours_per_week double precision not null
    constraint profiles_hours_in_range check (hours_per_week >= 0 and hours_per_week <= 60),
  time_zone text not null,
  languages jsonb not null,
  interests jsonb not null,
  domains jsonb not null,
  learning jsonb not null,
  max_access_level smallint not null constraint profiles_access_in_range check (max_access_level between 0 and 4),
  available_from date,
  unavailable jsonb not null,
  visibility text not null constraint profiles_visibility_known check (visibility in ('public', 'members', 'hidden')),
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table profile_skills (
  account_id uuid not null references volunteer_profiles (account_id),
  skill text not null,
  position smallint not null,
  level smallint not null constraint profile_skills_level_in_range check (level between 1 and 5),
  years double precision constraint profile_skills_years_in_range check (years >= 0 and years <= 80),
  evidence_url text,
  primary key (account_id, skill)
);
create index profile_skills_skill on profile_skills (skill);

create table pledges (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  hours_per_week double precision not null
    constraint pledges_hours_in_range check (hours_per_week > 0 and hours_per_week <= 10000),
  starts_on date not null,
  ends_on date not null,
  approval text not null constraint pledges_approval_known check (approval in ('auto', 'manager', 'list')),
  focus jsonb not null,
  max_hours_per_person double precision not null,
  on_call boolean not null,
  status text not null constraint pledges_status_known
    check (status in ('draft', 'active', 'paused', 'exhausted', 'ended', 'withdrawn')),
  withdraws_at timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint pledges_dates_in_order check (ends_on >= starts_on)
);
create index pledges_organization on pledges (organization_id, id);

create table pledge_balances (
  pledge_id uuid primary key not null references pledges (id),
  granted_minutes bigint not null,
  reserved_minutes bigint not null,
  delivered_minutes bigint not null,
  confirmed_minutes bigint not null,
  constraint pledge_balances_not_negative
    check (granted_minutes >= 0 and reserved_minutes >= 0 and delivered_minutes >= 0 and confirmed_minutes >= 0),
  constraint pledge_balances_never_overdrawn check (reserved_minutes + confirmed_minutes <= granted_minutes)
);

create table ledger_entries (
  id uuid primary key not null,
  pledge_id uuid not null references pledges (id),
  kind text not null constraint ledger_entries_kind_known
    check (kind in ('grant', 'reserve', 'release', 'deliver', 'confirm', 'expire', 'adjust')),
  minutes bigint not null,
  reference uuid,
  note text,
  at timestamptz not null
);
create index ledger_entries_pledge on ledger_entries (pledge_id, id);

create table skill_suggestions (
  id uuid primary key not null,
  account_id uuid not null references accounts (id),
  name text not null,
  note text,
  created_at timestamptz not null
);
