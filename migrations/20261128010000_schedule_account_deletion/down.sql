drop index accounts_deletion;
alter table accounts drop column deletes_at;
