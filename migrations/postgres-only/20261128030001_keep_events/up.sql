-- Events are added and chained once; nothing else ever happens to them.
create function events_are_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.seq is null and new.seq is not null and old.id = new.id and old.machine = new.machine and old.entity = new.entity
      and old.actor is not distinct from new.actor and old.from_state is not distinct from new.from_state
      and old.to_state = new.to_state and old.reason is not distinct from new.reason
      and old.request_id = new.request_id and old.at = new.at and (old.stamp is null or old.stamp = new.stamp)
    then
      return new;
    end if;
  end if;
  raise exception 'events are append-only';
end
$$;
create trigger events_kept before update or delete on events for each row execute function events_are_kept();
create trigger events_not_truncated before truncate on events for each statement execute function events_are_kept();
