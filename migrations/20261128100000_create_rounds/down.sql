drop table round_pairs;
drop table rounds;
