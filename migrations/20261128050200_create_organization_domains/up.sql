create table organization_domains (
  id uuid primary key not null,
  organization_id uuid not null references organizations (id),
  domain text not null,
  token text not null,
  status text not null constraint organization_domains_status_known
    check (status in ('pending', 'verified', 'failing', 'lapsed', 'removed')),
  method text constraint organization_domains_method_known check (method in ('dns_txt', 'well_known_file')),
  verified_at timestamptz,
  checked_at timestamptz,
  check_at timestamptz,
  failing_since timestamptz,
  added_by uuid not null references accounts (id),
  created_at timestamptz not null,
  version bigint not null,
  constraint organization_domains_verified_dated
    check (status not in ('verified', 'failing') or (verified_at is not null and check_at is not null))
);
create unique index organization_domains_own_key on organization_domains (organization_id, domain)
  where status <> 'removed';
create unique index organization_domains_held_key on organization_domains (domain)
  where status in ('verified', 'failing');
create index organization_domains_due on organization_domains (check_at);
