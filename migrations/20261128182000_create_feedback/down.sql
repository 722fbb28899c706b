drop table confirmed_skills;
drop table feedback;
