create table advisories (
  id uuid primary key not null,
  osv_id text not null constraint advisories_osv_id_unique unique,
  modified timestamptz not null,
  published timestamptz,
  withdrawn timestamptz,
  summary text not null,
  search text not null,
  severity text constraint advisories_severity_known check (severity in ('none', 'low', 'medium', 'high', 'critical')),
  base_score double precision constraint advisories_score_range check (base_score between 0 and 10),
  vector text,
  record jsonb not null,
  digest text not null,
  judgment jsonb,
  embargo_until timestamptz,
  created_by uuid references accounts (id),
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index advisories_modified on advisories (modified, id);

create table advisory_packages (
  advisory_id uuid not null references advisories (id),
  position integer not null,
  ecosystem text not null,
  name text not null,
  package text,
  primary key (advisory_id, position)
);
create index advisory_packages_package on advisory_packages (package, advisory_id);
create index advisory_packages_ecosystem on advisory_packages (ecosystem, advisory_id);

create table advisory_names (
  advisory_id uuid not null references advisories (id),
  name text not null,
  primary key (advisory_id, name)
);
create index advisory_names_name on advisory_names (name, advisory_id);

create table exploited_vulnerabilities (
  cve text primary key not null,
  title text not null,
  vendor text not null,
  product text not null,
  added_on date not null,
  due_on date,
  required_action text not null,
  ransomware boolean not null
);

create table exploit_predictions (
  cve text primary key not null,
  probability double precision not null constraint exploit_predictions_probability_range check (probability between 0 and 1),
  percentile double precision not null constraint exploit_predictions_percentile_range check (percentile between 0 and 1),
  as_of date not null
);
