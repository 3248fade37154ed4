-- A question that cannot be answered holds up nothing: the notice is shown and the mail goes out, rather than one odd row stopping the
-- bell of a person or the letters of everybody.
create or replace function delivery.holds_still(kind text, facts jsonb) returns boolean language plpgsql stable set search_path = pg_catalog as $$
declare asked regproc; answer boolean;
begin
  select still into asked from delivery.template where name = kind;
  if asked is null then return true; end if;
  execute format('select %s($1, $2)', asked) into answer using kind, facts;
  return coalesce(answer, true);
exception when others then
  raise warning 'whether a notice is still true cannot be asked: % (%)', kind, sqlstate;
  return true;
end $$;

-- Why a letter is not to be sent any more; null when it is. An event is for a webhook only as long as that hears of its unit: one that was
-- given to another unit is not told what waited.
create or replace function delivery.why_not(letter bigint) returns text language plpgsql stable set search_path = pg_catalog as $$
declare o delivery.outbox; p access.person; needed text[];
begin
  select * into o from delivery.outbox where id = letter;
  if o.channel = 'webhook' then
    return case when o.branch_id is not null and not exists (select from delivery.webhook hook where hook.id = o.webhook_id
      and hook.branch_id in (o.branch_id, o.region_id, (select unit.id from access.unit where kind = 'headquarters'))) then 'not_allowed' end;
  end if;
  select * into p from access.person where id = o.person_id;
  if not p.active then return 'account_closed'; end if;
  if coalesce(p.email, '') = '' then return 'no_address'; end if;
  select needs into needed from delivery.template where name = o.kind;
  if needed is not null and o.branch_id is not null and not delivery.may_hear(o.person_id, needed, o.branch_id, o.region_id) then return 'not_allowed'; end if;
  return case when not delivery.holds_still(o.kind, o.facts) then 'over' end;
end $$;
