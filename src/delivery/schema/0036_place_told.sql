-- What an ask tells is of one unit that there is, named by both of its numbers: with a number left out a comparison is neither true nor
-- false, and a guard that asks for what is wrong lets it pass. These ask for what is right.
create or replace function delivery.is_plain(facts jsonb, branch int) returns boolean language sql stable set search_path = pg_catalog as $$
  select jsonb_typeof(facts) = 'object' and count(*) <= 16 and coalesce(bool_and(coalesce(key ~ '^[a-z_]{1,24}$' and case jsonb_typeof(value)
      when 'number' then true
      when 'boolean' then true
      when 'string' then value #>> '{}' ~ '^[a-z0-9_.-]{0,64}$'
        or key = 'unit' and value #>> '{}' = (select unit.name from access.unit where unit.id = branch)
      else false end, false)), true)
  from jsonb_each(case when jsonb_typeof(facts) = 'object' then facts else '{}' end) $$;

create or replace function delivery.refuse_beyond(rights text[], branch int, region int, facts jsonb, path text) returns void
  language plpgsql stable set search_path = pg_catalog as $$
begin
  if (access.asking_for(variadic rights) and access.within(branch, region)
      and exists (select from access.unit u where u.id = branch and u.branch_id = branch and u.region_id = region)
      and delivery.is_plain(facts, branch) and path ~ '^/[a-z]{1,24}(/[0-9]{1,12})?$') is not true then
    raise exception 'not for this ask to tell' using errcode = 'insufficient_privilege';
  end if;
end $$;

create or replace function delivery.notify(persons int[], held text, unit int, template text, facts jsonb, path text, severity int, demo boolean,
    mail boolean, about_branch int, about_region int) returns int language plpgsql volatile security definer set search_path = pg_catalog as $$
declare told int[]; known delivery.template;
begin
  perform delivery.refuse_stranger();
  select t.* into known from delivery.template t where t.name = notify.template;
  if delivery.is_ask() then
    if known.name is null then raise exception 'no such notice' using errcode = 'insufficient_privilege'; end if;
    perform delivery.refuse_beyond(known.senders, about_branch, about_region, facts, path);
    if ((held is null or held = any (known.needs)) and cardinality(persons) <= 50
        and (unit is null or unit in (about_branch, about_region, (select u.id from access.unit u where u.kind = 'headquarters')))) is not true then
      raise exception 'not for this ask to tell' using errcode = 'insufficient_privilege';
    end if;
    mail := mail and known.mail;
  end if;
  select coalesce(array_agg(id order by id), '{}') into told
    from (select unnest(persons) union select delivery.holders(held, unit)) wanted (id)
    where id is distinct from (access.context())[2]::int
      and (known.name is null or about_branch is null or delivery.may_hear(id, known.needs, about_branch, about_region));
  insert into delivery.notice (person_id, template, facts, path, severity, demo, branch_id, region_id)
    select id, template, facts, path, severity, demo, about_branch, about_region from unnest(told) id;
  perform base.announce_person('delivery.notice', id) from unnest(told) id;
  if mail and not demo then
    insert into delivery.outbox (channel, person_id, kind, facts, path, severity, branch_id, region_id)
      select 'mail', person.id, template, facts, path, severity, about_branch, about_region from access.person
      where person.id = any (told) and person.active and person.email <> '' order by person.id;
  end if;
  return cardinality(told);
end $$;
