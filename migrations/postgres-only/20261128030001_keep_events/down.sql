drop trigger events_not_truncated on events;
drop trigger events_kept on events;
drop function events_are_kept();
