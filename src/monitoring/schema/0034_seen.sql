-- When a source was last changed, by a person or by moving elsewhere for good, so that nobody overwrites what they did not see. Fetching
-- is no change.
alter table monitoring.source add updated_at timestamptz(3) not null default now();
grant update (updated_at) on monitoring.source to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
