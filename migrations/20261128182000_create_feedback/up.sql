-- What the two sides say of each other after an assignment has ended.
create table feedback (
  id uuid primary key not null,
  assignment_id uuid not null references assignments (id),
  side text not null constraint feedback_side_known check (side in ('volunteer', 'project')),
  account_id uuid not null references accounts (id),
  again boolean not null,
  text text,
  created_at timestamptz not null
);
create unique index feedback_once_a_side on feedback (assignment_id, side);
create index feedback_account on feedback (account_id, id);

-- Skills that a project saw at work: evidence in matching.
create table confirmed_skills (
  assignment_id uuid not null references assignments (id),
  skill text not null,
  account_id uuid not null references accounts (id),
  confirmed_on date not null,
  primary key (assignment_id, skill)
);
create index confirmed_skills_account on confirmed_skills (account_id, skill);
