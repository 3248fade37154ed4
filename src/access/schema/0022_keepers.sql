-- Who keeps the keys: the three administrators are told apart by what their rights are, none of them is ever missing, nobody closes
-- people who stand above, and a login that got hold of a password sees nothing without somebody's signed context.

-- ── The three administrators by their rights ─────────────────────────────────────────────────────────────────────
-- Whoever holds one of these is that administrator, whatever the role is called.
create table access.administrator_right (
  "right"       text primary key,
  administrator text not null check (administrator in ('system', 'security', 'audit'))
);
insert into access.administrator_right values
  ('delivery.manage', 'system'), ('access.grant', 'security'), ('privacy.read_trail', 'audit');
alter table access.administrator_right enable row level security, force row level security;
create policy administrator_right_read on access.administrator_right for select
  to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker using (true);
grant select on access.administrator_right to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker, anlan_definer;

-- Keeps a role's label what its rights say, refuses a role that would be two administrators, and a change that would make a person two.
create function access.label_role() returns trigger language plpgsql volatile security definer set search_path = pg_catalog as $$
declare changed constant int := coalesce(new.role_id, old.role_id); kinds text[];
begin
  select coalesce(array_agg(distinct administrator), '{}') into kinds
    from access.role_right join access.administrator_right using ("right") where role_id = changed;
  if cardinality(kinds) > 1 then
    raise exception 'one role for % at once', array_to_string(kinds, ' and ') using errcode = 'AN012';
  end if;
  update access.role set administrator = kinds[1] where id = changed and administrator is distinct from kinds[1];
  if kinds[1] is not null and exists (
      select from access.grant mine join access.grant other using (person_id) join access.role on role.id = other.role_id
      where mine.role_id = changed and mine.withdrawn_at is null and (mine.valid_until is null or mine.valid_until > now())
        and other.withdrawn_at is null and (other.valid_until is null or other.valid_until > now())
        and role.administrator <> kinds[1]) then
    raise exception 'somebody would be two administrators' using errcode = 'AN012';
  end if;
  return null;
end $$;
create constraint trigger label_role after insert or update or delete on access.role_right
  deferrable initially immediate for each row execute function access.label_role();

update access.role set administrator = kind.administrator
  from (select role_id, min(administrator) as administrator from access.role_right join access.administrator_right using ("right") group by 1) kind
  where kind.role_id = role.id and role.administrator is distinct from kind.administrator;

-- ── None of the three is ever missing ────────────────────────────────────────────────────────────────────────────
-- People who are this administrator at headquarters, now and without an end.
create function access.keepers_of(wanted text) returns int language sql volatile security definer set search_path = pg_catalog as $$
  select count(distinct person.id)::int from access.grant join access.role on role.id = "grant".role_id
    join access.person on person.id = "grant".person_id join access.unit on unit.id = "grant".unit_id
    where role.administrator = wanted and unit.kind = 'headquarters' and person.active and "grant".withdrawn_at is null
      and "grant".valid_until is null and "grant".valid_from <= now() $$;

-- After somebody lost a grant or the account: whoever was the last of their kind stays.
create function access.keep_administrators() returns trigger language plpgsql volatile security definer set search_path = pg_catalog as $$
declare kind text;
begin
  for kind in
    select distinct role.administrator from access.grant join access.role on role.id = "grant".role_id join access.unit on unit.id = "grant".unit_id
    where role.administrator is not null and unit.kind = 'headquarters' and "grant".valid_until is null
      and case tg_table_name when 'grant' then "grant".id = old.id else "grant".person_id = old.id and "grant".withdrawn_at is null end
  loop
    -- Two who withdraw each other at once: the second looks after the first is done.
    perform pg_advisory_xact_lock(845130019, ascii(kind));
    if access.keepers_of(kind) = 0 then
      raise exception 'the last % administrator', kind using errcode = 'AN013', detail = kind;
    end if;
  end loop;
  return null;
end $$;
create trigger keep_administrators after update of withdrawn_at, valid_until on access.grant for each row
  when (old.withdrawn_at is null and old.valid_until is null and (new.withdrawn_at is not null or new.valid_until is not null))
  execute function access.keep_administrators();
create trigger keep_administrators after update of active on access.person for each row
  when (old.active and not new.active) execute function access.keep_administrators();

-- ── A grant begins now or later ──────────────────────────────────────────────────────────────────────────────────
create function access.refuse_past() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if session_user in ('anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several')
     and (new.valid_from < now() - interval '5 minutes' or new.valid_until <= now()) then
    raise exception 'a grant in the past' using errcode = 'AN014';
  end if;
  -- Administrators are appointed where all of them are seen: elsewhere a refusal would tell what somebody is out of sight.
  if session_user in ('anlan_branch', 'anlan_region', 'anlan_several')
     and exists (select from access.role where id = new.role_id and administrator is not null) then
    raise exception 'administrators are appointed by headquarters' using errcode = 'AN015';
  end if;
  return new;
end $$;
-- Before `place_grant`, which looks at what the person holds elsewhere.
create trigger begin_now before insert on access.grant for each row execute function access.refuse_past();

-- ── Nobody closes people who stand above ─────────────────────────────────────────────────────────────────────────
-- Whether this person holds anything, now or later, that reaches beyond where the person asking may grant. True for who may not grant at all.
create function access.stands_above(asked int) returns boolean language plpgsql stable security definer set search_path = pg_catalog as $$
declare granting record;
begin
  select * into granting from access.scope_of((access.context())[2]::int, 'access.grant');
  if granting.tier is null then return true; end if;
  return granting.tier <> 'group' and exists (select from access.grant
    where person_id = asked and withdrawn_at is null and (valid_until is null or valid_until > now())
      and case granting.tier when 'branch' then "grant".unit_id <> granting.units[1]
                             when 'region' then region_id <> granting.units[1]
                             else not "grant".branch_id = any (granting.units) end);
end $$;
create policy person_not_above on access.person as restrictive for update to anlan_branch, anlan_region, anlan_several
  using (not access.stands_above(id));

-- ── Headquarters, too, sees nothing without a signed context ─────────────────────────────────────────────────────
create function access.entered() returns boolean language sql stable parallel safe set search_path = pg_catalog
  as $$ select access.context() is not null $$;

do $$
declare policy record;
begin
  for policy in select schemaname, tablename, policyname, cmd from pg_policies
    where roles = '{anlan_group}' and cmd in ('SELECT', 'DELETE') and qual = 'true'
  loop
    execute format('alter policy %I on %I.%I using ((select access.entered()))', policy.policyname, policy.schemaname, policy.tablename);
  end loop;
end $$;

create or replace procedure access.protect(target regclass, command text, variadic rights text[] default '{}') language plpgsql as $$
declare
  noun text := (select relname from pg_class where oid = target);
  may text := case when cardinality(rights) = 0 then '' else format(' and (select access.asking_for(variadic %L::text[]))', rights) end;
  tiers text[][] := array[
    ['branch',  'branch_id = (select access.unit_asking())'],
    ['region',  'region_id = (select access.unit_asking())'],
    ['group',   '(select access.entered())'],
    ['several', 'branch_id = any (nullif(current_setting(''anlan.units'', true), '''')::int[]) and (select access.units_signed())']];
  tier text; scope text;
begin
  if command <> 'select' and cardinality(rights) = 0 then raise exception 'a writing policy of % names its rights', noun; end if;
  execute format('alter table %s enable row level security, force row level security', target);
  for i in 1 .. array_length(tiers, 1) loop
    tier := tiers[i][1];
    scope := tiers[i][2] || may;
    execute format('create policy %I on %s for %s to anlan_%s %s', noun || '_' || command || '_' || tier, target, command, tier,
      case command when 'insert' then format('with check (%s)', scope)
                   when 'update' then format('using (%1$s) with check (%1$s)', scope)
                   else format('using (%s)', scope) end);
  end loop;
  execute format('create policy %I on %s for %s to anlan_worker %s', noun || '_' || command || '_worker', target, command,
    case command when 'insert' then 'with check (true)' when 'update' then 'using (true) with check (true)' else 'using (true)' end);
end $$;

-- ── Locks that outlive a transaction are for the program's own hands ─────────────────────────────────────────────
-- Only a superuser may say so; on a server of the hospital's own the connection is cleared of them when it comes back.
do $$
declare lock regprocedure;
begin
  for lock in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(try_)?advisory_lock' loop
    execute format('revoke execute on function %s from public', lock);
    execute format('grant execute on function %s to anlan_worker', lock);
  end loop;
exception when insufficient_privilege then
  null;
end $$;

grant create on schema access to anlan_definer;
grant update (administrator) on access.role to anlan_definer;
alter function access.label_role owner to anlan_definer;
alter function access.keepers_of owner to anlan_definer;
alter function access.keep_administrators owner to anlan_definer;
alter function access.stands_above owner to anlan_definer;
revoke create on schema access from anlan_definer;
revoke execute on function access.label_role, access.keepers_of, access.keep_administrators, access.refuse_past, access.stands_above, access.entered from public;
grant execute on function access.stands_above, access.entered to anlan_branch, anlan_region, anlan_group, anlan_several;
