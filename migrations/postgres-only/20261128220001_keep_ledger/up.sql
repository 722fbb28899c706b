-- What a pledge's hours did is added, and never changed: what was wrong is put right by another entry.
create function ledger_entries_are_kept() returns trigger language plpgsql as $$
begin
  raise exception 'ledger entries are append-only';
end
$$;
create trigger ledger_entries_kept before update or delete on ledger_entries
  for each row execute function ledger_entries_are_kept();
create trigger ledger_entries_not_truncated before truncate on ledger_entries
  for each statement execute function ledger_entries_are_kept();
