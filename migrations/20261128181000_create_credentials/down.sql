drop table credentials;
drop table status_lists;
drop table credential_keys;
