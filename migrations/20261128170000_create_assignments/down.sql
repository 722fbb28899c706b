drop table hand_overs;
drop table access_approvals;
drop table access_grants;
drop table assignment_spells;
drop table assignment_check_ins;
drop table assignment_tasks;
drop table assignments;
