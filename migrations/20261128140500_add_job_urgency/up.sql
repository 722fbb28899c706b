-- What can't wait behind thousands of digests: call-outs go first.
alter table jobs add column urgent boolean not null default false;
create index jobs_urgent on jobs (run_at, id) where urgent and dead_at is null;
