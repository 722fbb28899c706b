alter table accounts drop column consented_terms;
