-- Whether somebody stands above is told of people in sight; of others the answer says neither that they are there nor what they hold.
create or replace function access.stands_above(asked int) returns boolean language plpgsql stable security definer set search_path = pg_catalog as $$
declare granting record;
begin
  if not exists (select from access.person p where p.id = asked and access.within(p.branch_id, p.region_id)) then return true; end if;
  select * into granting from access.scope_of((access.context())[2]::int, 'access.grant');
  if granting.tier is null then return true; end if;
  return granting.tier <> 'group' and exists (select from access.grant
    where person_id = asked and withdrawn_at is null and (valid_until is null or valid_until > now())
      and case granting.tier when 'branch' then "grant".unit_id <> granting.units[1]
                             when 'region' then region_id <> granting.units[1]
                             else not "grant".branch_id = any (granting.units) end);
end $$;

-- A session of a clock that was ahead is over (session.ts), and is not shown as open.
create or replace function access.sessions_of(person int)
  returns table (number bigint, opened_at timestamptz, seen_at timestamptz, address text, agent text)
  language sql stable security definer set search_path = pg_catalog as $$
  select s.number, s.opened_at, s.seen_at, s.address, s.agent from access.session s
  where s.person_id = person and access.looks_after(person) and s.expires_at > now() and s.seen_at > now() - interval '60 minutes'
    and greatest(s.opened_at, s.seen_at) < now() + interval '5 minutes'
  order by s.seen_at desc
$$;

-- The worker makes first passwords for those who have none; what the others' are is the door's alone to read.
revoke select on access.credential from anlan_worker;
grant select (person_id) on access.credential to anlan_worker;
