-- A rule that wants more work than one may cause on one text is stopped there; its own people are told how often and when last.
alter table monitoring.rule add column stopped int not null default 0, add column stopped_at timestamptz(3);
grant update (stopped, stopped_at) on monitoring.rule to anlan_branch, anlan_region, anlan_group, anlan_several;

create function monitoring.note_stopped(rules int[]) returns void language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  -- Refuses whoever is not taking in.
  looking constant int[] := array(select id from monitoring.rules_in_force());
begin
  update monitoring.rule set stopped = least(rule.stopped::bigint + noted.times, 2147483647)::int, stopped_at = now()
    from (select id, count(*) as times from unnest(rules) given (id) group by id) noted
    where rule.id = noted.id and rule.id = any (looking);
end $$;
grant create on schema monitoring to anlan_definer;
grant update (stopped, stopped_at) on monitoring.rule to anlan_definer;
alter function monitoring.note_stopped owner to anlan_definer;
revoke create on schema monitoring from anlan_definer;
revoke execute on function monitoring.note_stopped from public;
grant execute on function monitoring.note_stopped to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
