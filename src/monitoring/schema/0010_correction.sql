-- A mention can be corrected to another unit. Every correction may say why.
alter table monitoring.correction add column reason text not null default '';

create or replace function monitoring.keep_correction() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into monitoring.correction (mention_id, branch_id, region_id, person_id, person, field, before, after, reason)
    select new.id, new.branch_id, new.region_id, person.id, person.name, change.field, change.before, change.after,
      coalesce(current_setting('anlan.reason', true), '')
    from access.person, (values ('sentiment', old.sentiment, new.sentiment), ('category', old.category, new.category),
      ('severity', old.severity::text, new.severity::text), ('triage', old.triage, new.triage)) change (field, before, after)
    where person.id = access.person_asking() and change.before <> change.after;
  new.corrected := new.corrected or found;
  return new;
end $$;

-- Gives a mention to the units that its post is really about, in the name of whoever corrects it. All of them lie where that person may
-- correct, the present unit as well as the new ones: so only who covers both passes a mention from one to the other. A definer's, for a
-- mention begins elsewhere with what the post was judged; it sees no further than the signed context says.
-- The mention itself goes to the first new unit that has none of this post; the others get one like it. Where each of them has one already,
-- it stays and is nobody's here. Answers null for a mention out of sight, else which mentions are new, and the places that changed.
create function monitoring.move_mention(moved bigint, wanted int[]) returns jsonb
  language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  asking constant text[] := access.context();
  mine int[];
  old monitoring.mention;
  target access.unit;
  goal access.unit;
  fresh bigint;
  added bigint[] := '{}';
  changed jsonb := '[]';
  names constant text := (select string_agg(name, '、' order by id) from access.unit where id = any (wanted));
begin
  if asking is null or asking[3] <> 'monitoring.correct' then raise insufficient_privilege using message = 'not for correcting'; end if;
  if asking[4] <> 'group' then
    select coalesce(array_agg(id), '{}') into mine from access.unit
      where case asking[4] when 'several' then id = any (asking[5]::int[]) when 'region' then region_id = asking[5]::int
        else branch_id = asking[5]::int end;
  end if;
  select * into old from monitoring.mention m where m.id = moved and (mine is null or m.branch_id = any (mine)) for update;
  if not found then return null; end if;
  if cardinality(wanted) = 0 or exists (select from unnest(wanted) w (id) left join access.unit u on u.id = w.id and u.branch_id = u.id and u.active
      where u.id is null or not (mine is null or u.id = any (mine))) then
    raise insufficient_privilege using message = 'a unit outside the scope';
  end if;
  changed := changed || jsonb_build_object('branchId', old.branch_id, 'regionId', old.region_id);

  for target in select u.* from access.unit u where u.id = any (wanted) order by array_position(wanted, u.id) loop
    if target.id = old.branch_id or exists (select from monitoring.mention m where m.post_id = old.post_id and m.branch_id = target.id) then
      continue;
    end if;
    changed := changed || jsonb_build_object('branchId', target.id, 'regionId', target.region_id);
    if goal.id is null and not old.branch_id = any (wanted) then
      goal := target;
      continue;
    end if;
    insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, corrected, heat, sentiment, category, triage,
        platform, kind, author, title, excerpt, url, folded, grams)
      values (old.post_id, target.id, target.region_id, old.published_at, old.severity, old.demo, true, old.heat, old.sentiment, old.category,
        old.triage, old.platform, old.kind, old.author, old.title, old.excerpt, old.url, old.folded,
        array_to_tsvector(array_append(array_remove(tsvector_to_array(old.grams), '@' || old.branch_id), '@' || target.id)))
      returning id into fresh;
    added := added || fresh;
    insert into monitoring.mention_rule (mention_id, rule_id, branch_id, region_id, published_at, spans)
      select fresh, r.rule_id, target.id, target.region_id, r.published_at, r.spans from monitoring.mention_rule r
        join monitoring.rule on rule.id = r.rule_id join access.unit place on place.id = rule.branch_id
        where r.mention_id = moved and (place.kind = 'headquarters' or place.id in (target.id, target.region_id));
    perform monitoring.keep_move(fresh, target.id, target.region_id, old.branch_id, names);
  end loop;

  if cardinality(added) > 0 or goal.id is not null or not old.branch_id = any (wanted) then
    perform monitoring.keep_move(moved, old.branch_id, old.region_id, old.branch_id, names);
  end if;
  if goal.id is not null then
    update monitoring.mention m set branch_id = goal.id, region_id = goal.region_id, corrected = true,
        grams = array_to_tsvector(array_append(array_remove(tsvector_to_array(m.grams), '@' || old.branch_id), '@' || goal.id))
      where m.id = moved;
    perform monitoring.keep_move(moved, goal.id, goal.region_id, old.branch_id, names);
    delete from monitoring.mention_rule r using monitoring.rule, access.unit place
      where r.mention_id = moved and rule.id = r.rule_id and place.id = rule.branch_id
        and not (place.kind = 'headquarters' or place.id in (goal.id, goal.region_id));
    update monitoring.mention_rule r set branch_id = goal.id, region_id = goal.region_id where r.mention_id = moved;
  elsif not old.branch_id = any (wanted) then
    update monitoring.mention m set category = 'irrelevant', sentiment = 'neutral', severity = 0, triage = 'none' where m.id = moved;
  end if;
  return jsonb_build_object('added', to_jsonb(added), 'changed', changed);
end $$;

-- A line of the history of corrections, at the place where it shall be read.
create function monitoring.keep_move(mention bigint, branch int, region int, from_unit int, to_units text) returns void
  language sql volatile set search_path = pg_catalog as $$
  insert into monitoring.correction (mention_id, branch_id, region_id, person_id, person, field, before, after, reason)
    select mention, branch, region, person.id, person.name, 'unit', unit.name, to_units, coalesce(current_setting('anlan.reason', true), '')
    from access.person, access.unit where person.id = access.person_asking() and unit.id = from_unit $$;

grant create on schema monitoring to anlan_definer;
grant update (branch_id, region_id, corrected, grams, sentiment, category, severity, triage) on monitoring.mention to anlan_definer;
grant update (branch_id, region_id), delete on monitoring.mention_rule to anlan_definer;
alter function monitoring.keep_correction owner to anlan_definer;
alter function monitoring.move_mention owner to anlan_definer;
alter function monitoring.keep_move owner to anlan_definer;
revoke create on schema monitoring from anlan_definer;
revoke execute on function monitoring.move_mention, monitoring.keep_move from public;
grant execute on function monitoring.move_mention to anlan_branch, anlan_region, anlan_group, anlan_several;
