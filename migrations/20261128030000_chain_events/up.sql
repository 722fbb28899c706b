-- The audit log: each event is stamped in its transaction (hash) and chained to the one before it soon after (seq, previous, link).
alter table events add column stamp text;
alter table events add column seq bigint;
alter table events add column previous text;
alter table events add column link text;
create unique index events_seq on events (seq) where seq is not null;
create index events_unchained on events (id) where seq is null;

-- How far the chain goes; whoever chains locks this row.
create table audit_heads (
  id integer primary key not null,
  seq bigint not null,
  link text not null,
  stamp text not null,
  constraint audit_heads_one_check check (id = 1),
  constraint audit_heads_seq_check check (seq >= 0)
);
insert into audit_heads (id, seq, link, stamp) values (1, 0, '', '');
