-- Which version of the terms was agreed to; none for accounts made before that was kept.
alter table accounts add column consented_terms text;
