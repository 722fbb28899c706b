drop table reports;
drop table suspensions;
alter table volunteer_profiles drop column suspended_at;
alter table organizations drop column suspended_at;
