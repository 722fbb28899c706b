-- How far a project meets the baseline; made of its current assessments, and kept beside them for lists.
create table project_baselines (
  project_id uuid primary key not null references projects (id),
  level smallint not null constraint project_baselines_level_in_range check (level between 0 and 3),
  met integer not null constraint project_baselines_met_not_negative check (met >= 0),
  applicable integer not null,
  version bigint not null,
  updated_at timestamptz not null,
  constraint project_baselines_met_within_applicable check (met <= applicable)
);

-- Every answer that was ever given; the current ones are what counts.
create table baseline_assessments (
  id uuid primary key not null,
  project_id uuid not null references projects (id),
  requirement text not null,
  status text not null
    constraint baseline_assessments_status_known check (status in ('met', 'unmet', 'not_applicable', 'unknown')),
  evidence_url text,
  note text,
  assessed_on date not null,
  source text not null
    constraint baseline_assessments_source_known check (source in ('person', 'scorecard', 'security_insights')),
  assessed_by uuid references accounts (id),
  is_current boolean not null,
  asked_again_at timestamptz,
  created_at timestamptz not null
);
create unique index baseline_assessments_current on baseline_assessments (project_id, requirement) where is_current;
create index baseline_assessments_project on baseline_assessments (project_id, id);
create index baseline_assessments_account on baseline_assessments (assessed_by);

-- Which need was stated to meet which requirement.
create table baseline_needs (
  need_id uuid primary key not null references needs (id),
  project_id uuid not null references projects (id),
  requirement text not null,
  created_at timestamptz not null
);
create index baseline_needs_project on baseline_needs (project_id, requirement);
