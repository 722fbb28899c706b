-- Events are added and chained once; nothing else ever happens to them.
create trigger events_not_deleted before delete on events
begin
  select raise(abort, 'events are append-only');
end;
create trigger events_not_changed before update on events
when not (old.seq is null and new.seq is not null and old.id = new.id and old.machine = new.machine and old.entity = new.entity
  and old.actor is new.actor and old.from_state is new.from_state and old.to_state = new.to_state and old.reason is new.reason
  and old.request_id = new.request_id and old.at = new.at and (old.stamp is null or old.stamp = new.stamp))
begin
  select raise(abort, 'events are append-only');
end;
