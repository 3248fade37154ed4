create schema delivery;
grant usage on schema delivery to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
