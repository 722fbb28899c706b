drop table events;
drop table signing_keys;
drop table mail_tokens;
drop table refresh_tokens;
drop table sessions;
drop table account_roles;
drop table accounts;
