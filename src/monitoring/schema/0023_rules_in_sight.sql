-- Which rules matched a mention is seen of rules in sight only: what headquarters watches a branch for is not told by its matches.
create policy mention_rule_in_sight on monitoring.mention_rule as restrictive for select to anlan_branch, anlan_region, anlan_several
  using (exists (select from monitoring.rule where rule.id = mention_rule.rule_id));
