-- Open pages hear of mentions by the statement that changes them, so that no way of changing forgets it, once for each unit.
create function monitoring.announce_added() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform base.announce('monitoring.mention', branch_id, region_id, count(*)::int, max(severity)::int, '{}'::bigint[])
    from added group by branch_id, region_id order by branch_id;
  return null;
end $$;

create function monitoring.announce_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform base.announce('monitoring.mention', branch_id, region_id, 0, max(severity)::int, array_agg(distinct id))
    from (select id, branch_id, region_id, severity from added union all select id, branch_id, region_id, severity from removed) changed
    group by branch_id, region_id order by branch_id;
  return null;
end $$;

create trigger tell_added after insert on monitoring.mention referencing new table as added
  for each statement execute function monitoring.announce_added();
create trigger tell_changed after update on monitoring.mention referencing old table as removed new table as added
  for each statement execute function monitoring.announce_changed();
revoke execute on function monitoring.announce_added, monitoring.announce_changed from public;
