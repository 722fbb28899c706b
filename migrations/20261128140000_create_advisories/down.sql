drop table exploit_predictions;
drop table exploited_vulnerabilities;
drop table advisory_names;
drop table advisory_packages;
drop table advisories;
