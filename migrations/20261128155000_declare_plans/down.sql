alter table project_risks drop column planned_risk;
alter table project_risks drop column planned_reach;
drop table planned_dependencies;
