create table organization_policies (
  organization_id uuid primary key not null references organizations (id),
  approval text not null constraint organization_policies_approval_known check (approval in ('auto', 'manager', 'list')),
  projects jsonb not null,
  licenses jsonb not null,
  kinds jsonb not null,
  cla_kinds jsonb not null,
  max_hours_per_person double precision
    constraint organization_policies_hours_in_range check (max_hours_per_person > 0 and max_hours_per_person <= 60),
  version bigint not null,
  updated_at timestamptz not null
);
