drop table swarm_entries;
drop table swarm_steps;
drop table swarm_organizations;
drop table swarm_participants;
drop table swarms;
