alter table project_maintainers drop column reminders;
drop table project_invitations;
