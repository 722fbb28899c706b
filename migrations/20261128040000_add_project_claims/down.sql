drop index project_maintainers_verified;
drop table project_disputes;
drop table project_claims;
