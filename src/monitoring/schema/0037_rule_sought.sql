-- Search, too, tells of rules in sight only, whoever calls it.
create or replace function monitoring.search(pieces text[], pairs text[], wanted jsonb, before_at timestamptz, before_id bigint, how_many int,
    looked_through int default 3000) returns table (id bigint, published_at timestamptz) language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  asking constant text[] := access.context();
  scope text;
  lexemes text;
  span text := '';
  wish text := '';
  said text;
  unsaid text;
  edge record;
  found_so_far int := 0;
begin
  if asking is null or cardinality(pieces) = 0 then return; end if;
  case asking[4]
    when 'group' then scope := 'true';
    when 'region' then
      scope := format('region_id = %s', asking[5]::int);
      select string_agg(format('''@%s''', unit.id), '|') into lexemes from access.unit where region_id = asking[5]::int and unit.branch_id = unit.id;
    when 'branch' then
      scope := format('branch_id = %s', asking[5]::int);
      lexemes := format('''@%s''', asking[5]::int);
    else
      scope := format('branch_id = any (%L::int[])', asking[5]::int[]);
      select string_agg(format('''@%s''', unit), '|') into lexemes from unnest(asking[5]::int[]) unit;
  end case;
  if wanted ? 'branchId' then
    scope := scope || format(' and branch_id = %s', (wanted ->> 'branchId')::int);
    lexemes := format('''@%s''', (wanted ->> 'branchId')::int);
  end if;
  if wanted ? 'regionId' then
    scope := scope || format(' and region_id = %s', (wanted ->> 'regionId')::int);
    if lexemes is null then
      select string_agg(format('''@%s''', unit.id), '|') into lexemes from access.unit
        where region_id = (wanted ->> 'regionId')::int and unit.branch_id = unit.id;
    end if;
  end if;
  if wanted ? 'since' then span := span || format(' and published_at >= %L::timestamptz', wanted ->> 'since'); end if;
  if wanted ? 'until' then span := span || format(' and published_at < %L::timestamptz', wanted ->> 'until'); end if;
  if before_id is not null then span := span || format(' and (published_at, id) < (%L::timestamptz, %s)', before_at, before_id); end if;
  select coalesce(string_agg(format(' and %I = %L', key, value), ''), '') into wish from jsonb_each_text(wanted)
    where key in ('sentiment', 'category', 'platform', 'triage');
  if wanted ? 'minSeverity' then wish := wish || format(' and severity >= %s', (wanted ->> 'minSeverity')::int); end if;
  if wanted ? 'ruleId' then
    -- A rule out of sight finds nothing, as one that is not there.
    if not exists (select from monitoring.rule where rule.id = (wanted ->> 'ruleId')::int and access.within(rule.branch_id, rule.region_id)) then
      return;
    end if;
    wish := wish || format(' and exists (select from monitoring.mention_rule r where r.mention_id = mention.id and r.rule_id = %s)',
      (wanted ->> 'ruleId')::int);
  end if;
  select string_agg(format(' and position(%L in folded) > 0', piece), '') into said from unnest(pieces) piece;
  select coalesce(string_agg(format(' and position(%L in folded) = 0', piece), ''), '') into unsaid
    from jsonb_array_elements_text(coalesce(wanted -> 'unwanted', '[]')) piece;
  said := said || unsaid;

  execute format('select mention.id, mention.published_at from monitoring.mention where %s%s
    order by mention.published_at desc, mention.id desc offset %s limit 1', scope, span, looked_through - 1) into edge;
  return query execute format('select mention.id, mention.published_at::timestamptz from (
      select * from monitoring.mention where %s%s order by published_at desc, id desc limit %s) mention
    where true%s%s order by mention.published_at desc, mention.id desc limit %s', scope, span, looked_through, wish, said, how_many);
  get diagnostics found_so_far = row_count;
  if edge.id is null or found_so_far >= how_many then return; end if;
  -- A word of two characters is a pair itself: the index alone is the truth.
  select coalesce(string_agg(format(' and position(%L in folded) > 0', piece), ''), '') into said
    from unnest(pieces) piece where not piece = any (pairs);
  said := said || unsaid;
  return query execute format('select mention.id, mention.published_at::timestamptz from monitoring.mention
    where %s%s and (published_at, id) < (%L::timestamptz, %s)%s%s%s order by mention.published_at desc, mention.id desc limit %s',
    scope, span, edge.published_at, edge.id, wish, said,
    case when cardinality(pairs) = 0 then '' else format(' and grams @@ %L::tsquery', concat_ws('&',
      (select string_agg('''' || replace(replace(pair, '\', '\\'), '''', '''''') || '''', '&') from unnest(pairs) pair), '(' || lexemes || ')')) end,
    how_many - found_so_far);
end $$;
