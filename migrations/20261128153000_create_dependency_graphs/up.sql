-- Graphs of who depends on whom, as they were imported; the newest of each name counts.
create table dependency_graphs (
  id uuid primary key not null,
  name text not null,
  ecosystem text,
  digest text not null,
  nodes integer not null constraint dependency_graphs_nodes_positive check (nodes > 0),
  edges integer not null constraint dependency_graphs_edges_not_negative check (edges >= 0),
  document text not null,
  imported_by uuid references accounts (id),
  is_current boolean not null,
  created_at timestamptz not null
);
create unique index dependency_graphs_current on dependency_graphs (name) where is_current;

-- What a project's systemic risk was worked out from, and how.
create table project_risks (
  project_id uuid primary key not null references projects (id),
  risk double precision not null constraint project_risks_risk_in_range check (risk >= 0 and risk <= 1),
  reach double precision not null constraint project_risks_reach_not_negative check (reach >= 0),
  page_rank double precision not null,
  place integer not null constraint project_risks_place_positive check (place > 0),
  direct_place integer not null,
  rings jsonb not null,
  reason text not null,
  is_orphan boolean not null,
  graph text,
  run_id uuid not null
);

-- Each time that the risks of all projects were worked out.
create table risk_runs (
  id uuid primary key not null,
  nodes integer not null,
  edges integer not null,
  shared_edges integer not null,
  critical integer not null,
  projects integer not null,
  document text not null,
  created_at timestamptz not null
);
