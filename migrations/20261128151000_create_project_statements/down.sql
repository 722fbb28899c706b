drop table project_statements;
