create schema monitoring;
grant usage on schema monitoring to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
