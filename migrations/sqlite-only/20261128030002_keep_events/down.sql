drop trigger events_not_changed;
drop trigger events_not_deleted;
