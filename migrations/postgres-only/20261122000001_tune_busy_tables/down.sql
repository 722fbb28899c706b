alter table changes reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
alter table jobs reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
