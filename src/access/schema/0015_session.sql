-- Sessions that their person recognises and ends, browsers that are known again, and wrong tries counted by where they come from.

alter table access.session
  add column number     bigint generated always as identity unique,
  add column address    text   not null default '',
  add column agent      text   not null default '',
  -- Tries in vain at this account between the sign-in before and this one, to be told to its person.
  add column tried      int    not null default 0,
  add column tried_at   timestamptz,
  add column tried_from text[] not null default '{}';

-- A browser in which somebody signed in before. Others' wrong tries do not lock it out.
create table access.device (
  token_hash bytea primary key check (length(token_hash) = 32),
  person_id  int  not null references access.person (id) on delete cascade,
  agent      text not null,
  seen_at    timestamptz not null default now()
);
create index on access.device (person_id);
alter table access.device enable row level security, force row level security;
create policy device_door on access.device for all to anlan_door using (true) with check (true);
grant select, insert, update, delete on access.device to anlan_door;

-- Wrong tries at the door, counted for names that nobody has just as for those that somebody has, so that counting tells nothing.
-- `place` is an address, a known browser, or '' for everything that comes from places unknown.
drop table access.attempt;
create table access.attempt (
  login_hash   bytea not null check (length(login_hash) = 32),
  place        text  not null,
  address      text  not null,
  failures     int   not null,
  locks        int   not null default 0,
  untold       int   not null default 0,
  locked_until timestamptz,
  at           timestamptz not null default now(),
  primary key (login_hash, place)
);
create index on access.attempt (at);
alter table access.attempt enable row level security, force row level security;
create policy attempt_door on access.attempt for all to anlan_door using (true) with check (true);
grant select, insert, update, delete on access.attempt to anlan_door;

-- A closed account has no sessions and no known browsers; opening it again brings none back.
create function access.end_closed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from access.session where person_id = new.id;
  delete from access.device where person_id = new.id;
  return null;
end $$;
create trigger end_closed after update of active on access.person for each row when (old.active and not new.active)
  execute function access.end_closed();

-- Whether whoever asks looks after this person's account: opened for `access.grant`, and the person's place is in its scope.
create function access.looks_after(person int) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select access.asking_for('access.grant') and exists (
    select from access.person p, access.context() parts where p.id = person and case parts[4]
      when 'group' then true
      when 'region' then p.region_id = parts[5]::int
      when 'branch' then p.branch_id = parts[5]::int
      when 'several' then p.branch_id = any (parts[5]::int[])
      else false end)
$$;

-- Somebody's open sessions, for those who look after the account; nothing for anybody else.
create function access.sessions_of(person int)
  returns table (number bigint, opened_at timestamptz, seen_at timestamptz, address text, agent text)
  language sql stable security definer set search_path = pg_catalog as $$
  select s.number, s.opened_at, s.seen_at, s.address, s.agent from access.session s
  where s.person_id = person and access.looks_after(person) and s.expires_at > now() and s.seen_at > now() - interval '60 minutes'
  order by s.seen_at desc
$$;

-- Ends one of them, or all. Answers how many.
create function access.end_sessions_of(person int, one bigint) returns int language sql volatile security definer set search_path = pg_catalog as $$
  with ended as (
    delete from access.session s where s.person_id = person and access.looks_after(person) and (one is null or s.number = one) returning 1)
  select count(*)::int from ended
$$;

grant usage, create on schema access to anlan_definer;
grant select, delete on access.session, access.device to anlan_definer;
grant execute on function access.asking_for to anlan_definer;
alter function access.end_closed owner to anlan_definer;
alter function access.looks_after owner to anlan_definer;
alter function access.sessions_of owner to anlan_definer;
alter function access.end_sessions_of owner to anlan_definer;
revoke create on schema access from anlan_definer;
revoke execute on function access.end_closed, access.looks_after, access.sessions_of, access.end_sessions_of from public;
grant execute on function access.sessions_of, access.end_sessions_of to anlan_branch, anlan_region, anlan_group, anlan_several;
