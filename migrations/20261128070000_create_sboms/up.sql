create table sboms (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  product text not null,
  product_folded text not null,
  product_version text,
  format text not null constraint sboms_format_known check (format in ('cyclonedx', 'spdx')),
  format_version text not null,
  serial text,
  digest text not null,
  components integer not null constraint sboms_components_not_negative check (components >= 0),
  dependencies integer not null constraint sboms_dependencies_not_negative check (dependencies >= 0),
  warnings jsonb not null,
  uploaded_by uuid not null references accounts (id),
  replaces uuid,
  is_ready boolean not null,
  is_current boolean not null,
  created_at timestamptz not null
);
create index sboms_organization on sboms (organization_id, id);

create table sbom_components (
  sbom_id uuid not null references sboms (id),
  position integer not null,
  reference text not null,
  name text not null,
  version text,
  purl text,
  package text,
  repository_key text,
  license text,
  depth integer,
  primary key (sbom_id, position)
);
create index sbom_components_package on sbom_components (package);
create index sbom_components_repository on sbom_components (repository_key);

create table sbom_dependencies (
  sbom_id uuid not null references sboms (id),
  needing integer not null,
  needed integer not null,
  primary key (sbom_id, needing, needed)
);
