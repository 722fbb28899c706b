alter table accounts add column undeliverable_since timestamptz;
alter table accounts add column undeliverable_why text;
