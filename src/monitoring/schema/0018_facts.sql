-- Facts about mentions that an ask may record: of mentions within its scope, or that this very transaction wrote for another unit (a
-- correction), and no words.
create function monitoring.mentions_within(payload jsonb) returns boolean language sql stable set search_path = pg_catalog as $$
  select count(*) > 0 and bool_and(mention.id is not null and (access.within(mention.branch_id, mention.region_id)
      or coalesce(mention.xmin = pg_current_xact_id_if_assigned()::xid, false)))
    and not exists (select from jsonb_object_keys(payload) key where key not in ('mentionIds', 'before', 'corrected'))
    and not jsonb_path_exists(payload, '$.** ? (@.type() == "string")')
  from (select jsonb_array_elements_text(payload -> 'mentionIds')::bigint as id) wanted
  left join monitoring.mention using (id) $$;
revoke execute on function monitoring.mentions_within from public;
grant execute on function monitoring.mentions_within to anlan_worker;

insert into base.fact (name, rights, within) values
  ('monitoring.mentions_stored', '{monitoring.intake,monitoring.correct}', 'monitoring.mentions_within'),
  ('monitoring.mentions_heated', '{monitoring.intake}', 'monitoring.mentions_within'),
  ('monitoring.mentions_changed', '{monitoring.correct,monitoring.intake}', 'monitoring.mentions_within');
