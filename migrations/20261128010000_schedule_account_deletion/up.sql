-- When an account is anonymised whose owner asked for it; none while nobody did.
alter table accounts add column deletes_at timestamptz;
create index accounts_deletion on accounts (deletes_at) where deletes_at is not null;
