drop table risk_runs;
drop table project_risks;
drop table dependency_graphs;
