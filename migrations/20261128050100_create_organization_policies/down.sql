drop table organization_policies;
