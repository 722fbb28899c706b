drop table baseline_needs;
drop table baseline_assessments;
drop table project_baselines;
