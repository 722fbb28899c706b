-- What projects say that they will come to depend on.
create table planned_dependencies (
  project_id uuid not null references projects (id),
  needed_id uuid not null references projects (id),
  note text,
  declared_by uuid not null references accounts (id),
  declared_at timestamptz not null,
  primary key (project_id, needed_id),
  constraint planned_dependencies_of_another check (project_id <> needed_id)
);
create index planned_dependencies_needed on planned_dependencies (needed_id);
create index planned_dependencies_account on planned_dependencies (declared_by);

-- How a project would stand if everything came as planned; none where that changes nothing.
alter table project_risks add column planned_reach double precision;
alter table project_risks add column planned_risk double precision;
