-- The names of the rules that these mentions matched, as far as whoever asks may see the rules. A list asks it with every page of
-- mentions; in a function its plan stays in the connection, which costs a tenth of planning it each time.
create function monitoring.rules_matched(mentions bigint[]) returns table (mention_id bigint, name text)
  language plpgsql stable set search_path = pg_catalog set plan_cache_mode = force_generic_plan as $$
begin
  return query select matched.mention_id, rule.name from monitoring.mention_rule matched join monitoring.rule on rule.id = matched.rule_id
    where matched.mention_id = any (mentions) order by rule.id;
end $$;
revoke execute on function monitoring.rules_matched from public;
grant execute on function monitoring.rules_matched to anlan_branch, anlan_region, anlan_group, anlan_several;
