drop index jobs_urgent;
alter table jobs drop column urgent;
