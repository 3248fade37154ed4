create schema response;
grant usage on schema response to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
