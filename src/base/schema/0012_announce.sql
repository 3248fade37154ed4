-- What changed, for whom and how much: `count` new rows, the numbers of those that changed (none where they are many or not known), and
-- the highest severity among them before or after. Identical words of one transaction are said once.
create function base.announce(topic text, branch_id int, region_id int, count int, severity int, ids bigint[]) returns void language sql volatile
  as $$ select pg_notify('anlan_change', json_strip_nulls(json_build_object('topic', topic, 'branchId', branch_id, 'regionId', region_id,
    'count', count, 'severity', severity, 'ids', case when cardinality(ids) <= 50 then ids end))::text) $$;
