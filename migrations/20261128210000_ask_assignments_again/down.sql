drop table assignment_terms;
