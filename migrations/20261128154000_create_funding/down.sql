drop table money_pledges;
drop table project_funding_links;
