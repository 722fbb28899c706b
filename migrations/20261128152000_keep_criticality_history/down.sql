drop table criticality_contests;
drop table project_criticality_scores;
