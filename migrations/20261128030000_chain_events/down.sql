drop table audit_heads;
drop index events_unchained;
drop index events_seq;
alter table events drop column link;
alter table events drop column previous;
alter table events drop column seq;
alter table events drop column stamp;
