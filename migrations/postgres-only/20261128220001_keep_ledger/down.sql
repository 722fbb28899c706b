drop trigger ledger_entries_not_truncated on ledger_entries;
drop trigger ledger_entries_kept on ledger_entries;
drop function ledger_entries_are_kept();
