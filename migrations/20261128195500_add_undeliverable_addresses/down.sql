alter table accounts drop column undeliverable_why;
alter table accounts drop column undeliverable_since;
