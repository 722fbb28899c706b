drop table proposals;
alter table needs drop column seats_taken;
