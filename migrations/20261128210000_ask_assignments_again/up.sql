-- What the two sides of an assignment were last told that the project asks of contributors.
create table assignment_terms (
  assignment_id uuid primary key not null references assignments (id),
  cla text not null constraint assignment_terms_cla_known check (cla in ('none', 'dco', 'individual', 'corporate')),
  ai_policy text not null constraint assignment_terms_ai_policy_known check (ai_policy in ('welcome', 'disclose', 'forbidden'))
);
insert into assignment_terms (assignment_id, cla, ai_policy)
  select assignments.id, assignments.cla, projects.ai_policy
  from assignments join projects on projects.id = assignments.project_id;
