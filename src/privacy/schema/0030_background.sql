-- A page that reads again by itself: its person looked at nothing. Who looked can be told only when such rows are told apart.
alter table privacy.trail add column background boolean not null default false;
grant insert (background) on privacy.trail to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_trail, anlan_worker;
