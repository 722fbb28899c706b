-- What a pledge's hours did is added, and never changed: what was wrong is put right by another entry.
create trigger ledger_entries_not_deleted before delete on ledger_entries
begin
  select raise(abort, 'ledger entries are append-only');
end;
create trigger ledger_entries_not_changed before update on ledger_entries
begin
  select raise(abort, 'ledger entries are append-only');
end;
