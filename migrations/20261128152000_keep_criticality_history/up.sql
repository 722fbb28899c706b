-- Every score and decision on how critical a project is, with what it was made of.
create table project_criticality_scores (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  score double precision
    constraint project_criticality_scores_score_in_range check (score >= 0 and score <= 1),
  tier smallint not null constraint project_criticality_scores_tier_known check (tier between 1 and 3),
  algorithm text not null,
  as_of timestamptz not null,
  inputs jsonb,
  is_decision boolean not null,
  reason text,
  decided_by uuid references accounts (id),
  created_at timestamptz not null
);
create index project_criticality_scores_project on project_criticality_scores (project_id, id);
create index project_criticality_scores_account on project_criticality_scores (decided_by);

-- Objections of projects to how critical they are said to be.
create table criticality_contests (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  status text not null
    constraint criticality_contests_status_known check (status in ('open', 'upheld', 'rejected', 'withdrawn')),
  reason text not null,
  evidence_url text,
  tier_wanted smallint constraint criticality_contests_tier_known check (tier_wanted between 1 and 3),
  opened_by uuid not null references accounts (id),
  opened_at timestamptz not null,
  answer text,
  answered_by uuid references accounts (id),
  answered_at timestamptz,
  version bigint not null,
  constraint criticality_contests_answered check ((status in ('upheld', 'rejected')) = (answer is not null))
);
create unique index criticality_contests_open on criticality_contests (project_id) where status = 'open';
create index criticality_contests_project on criticality_contests (project_id, id);
create index criticality_contests_account on criticality_contests (opened_by);
