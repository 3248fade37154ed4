-- Whether rows of this branch and region are within the scope of whoever asks in this transaction. False when nobody asks.
create function access.within(branch int, region int) returns boolean language sql stable parallel safe set search_path = pg_catalog as $$
  select coalesce(case c.parts[4]
    when 'group' then true
    when 'region' then region = c.parts[5]::int
    when 'branch' then branch = c.parts[5]::int
    when 'several' then branch = any (c.parts[5]::int[]) end, false)
  from (select access.context()) c (parts) $$;
revoke execute on function access.within from public;
grant execute on function access.within to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker, anlan_definer;
-- What runs as the worker on behalf of somebody who asks needs to know who that is.
grant execute on function access.context, access.asking_for to anlan_worker, anlan_definer;
