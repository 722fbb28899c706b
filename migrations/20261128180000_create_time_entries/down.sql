drop table time_entries;
