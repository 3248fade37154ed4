-- When a limit was last changed, so that nobody overwrites what they did not see.
alter table response.clock_policy add updated_at timestamptz(3) not null default now();
grant update (updated_at) on response.clock_policy to anlan_group, anlan_worker;
