-- Rows of these tables live for seconds: leave room for in-place updates, and vacuum long before the defaults would.
alter table jobs set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
alter table changes set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
