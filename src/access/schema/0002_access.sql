-- Who belongs where and who may do what there. The tiers of the group are decided here and nowhere else.
create schema access;
grant usage on schema access to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker, anlan_trail;

-- ── Units ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- headquarters → region → branch → department. `branch_id` and `region_id` are what scoped rows carry:
-- a branch and its departments carry the branch and its region; a region and headquarters stand for themselves.
create table access.unit (
  id        int generated always as identity primary key,
  code      text not null unique check (code ~ '^[a-z0-9][a-z0-9_.-]{0,63}$'),
  name      text not null check (name <> ''),
  kind      text not null check (kind in ('headquarters', 'region', 'branch', 'department')),
  parent_id int references access.unit (id) on delete restrict,
  branch_id int not null,
  region_id int not null,
  city      text,
  campus    text,
  aliases   text[] not null default '{}',
  doctors   jsonb  not null default '[]',
  active    boolean not null default true,
  check ((kind = 'headquarters') = (parent_id is null)),
  unique (id, region_id)
);
create index on access.unit (parent_id);
create unique index on access.unit ((true)) where kind = 'headquarters';

-- Fills branch and region from the place in the tree and refuses a place that does not fit.
create function access.place_unit() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare parent access.unit;
begin
  if new.parent_id is not null then select * into parent from access.unit where id = new.parent_id; end if;
  if (new.kind = 'region' and parent.kind is distinct from 'headquarters')
     or (new.kind = 'branch' and parent.kind is distinct from 'region')
     or (new.kind = 'department' and coalesce(parent.kind, '') not in ('headquarters', 'region', 'branch')) then
    raise exception 'a % cannot stand under a %', new.kind, coalesce(parent.kind, 'nothing') using errcode = 'AN010';
  end if;
  new.branch_id := case when new.kind = 'department' then parent.branch_id else new.id end;
  new.region_id := case new.kind when 'branch' then parent.id when 'department' then parent.region_id else new.id end;
  return new;
end $$;
create trigger place_unit before insert or update of parent_id, kind on access.unit for each row execute function access.place_unit();

-- When a branch moves to another region its departments move with it. Rows of other rooms follow by their foreign keys.
create function access.move_departments() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if new.kind = 'branch' and new.region_id is distinct from old.region_id then
    update access.unit set region_id = new.region_id where parent_id = new.id and kind = 'department';
    update access.person set epoch = epoch + 1;
  end if;
  return null;
end $$;

-- ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────
create table access.person (
  id        int generated always as identity primary key,
  login     text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  name      text not null check (name <> ''),
  title     text not null default '',
  unit_id   int not null references access.unit (id) on delete restrict,
  branch_id int not null,
  region_id int not null,
  email     text,
  active    boolean not null default true,
  -- Raised whenever what this person may do changes: contexts signed before are void from then on.
  epoch     int not null default 1,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on access.person (branch_id);
create index on access.person (region_id);
create index on access.person (unit_id);

create function access.place_person() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  select unit.branch_id, unit.region_id into strict new.branch_id, new.region_id from access.unit where id = new.unit_id;
  return new;
end $$;
create trigger place_person before insert or update of unit_id on access.person for each row execute function access.place_person();
create trigger move_departments after update of parent_id, region_id on access.unit for each row execute function access.move_departments();

-- What proves a person at the door. Only the door reads it.
create table access.credential (
  person_id     int primary key references access.person (id) on delete cascade,
  password_hash text not null,
  changed_at    timestamptz not null default now()
);

-- Wrong tries at the door, counted for names that nobody has just as for those that somebody has, so that counting tells nothing.
create table access.attempt (
  login_hash   bytea primary key check (length(login_hash) = 32),
  failures     int not null,
  locked_until timestamptz,
  at           timestamptz not null default now()
);

create table access.session (
  token_hash bytea primary key check (length(token_hash) = 32),
  person_id  int not null references access.person (id) on delete cascade,
  opened_at  timestamptz not null default now(),
  seen_at    timestamptz not null default now(),
  expires_at timestamptz not null
);
create index on access.session (person_id);

-- ── Roles and grants ─────────────────────────────────────────────────────────────────────────────────────────────
create table access.role (
  id    int generated always as identity primary key,
  code  text not null unique check (code ~ '^[a-z][a-z_]*$'),
  name  text not null,
  name_en text not null,
  -- The three administrators 三员: nobody holds two of them.
  administrator text check (administrator in ('system', 'security', 'audit'))
);

create table access.role_right (
  role_id int  not null references access.role (id) on delete cascade,
  "right" text not null check ("right" ~ '^[a-z]+\.[a-z_]+$'),
  primary key (role_id, "right")
);
create index on access.role_right ("right");

create table access.grant (
  id           int generated always as identity primary key,
  person_id    int not null references access.person (id) on delete cascade,
  role_id      int not null references access.role (id) on delete restrict,
  unit_id      int not null references access.unit (id) on delete restrict,
  valid_from   timestamptz not null default now(),
  valid_until  timestamptz check (valid_until > valid_from),
  reason       text not null default '',
  granted_by   int references access.person (id),
  granted_at   timestamptz not null default now(),
  withdrawn_at timestamptz,
  withdrawn_by int references access.person (id),
  -- Where the grant counts, so that an administrator sees the grants of the own part of the tree.
  branch_id    int not null,
  region_id    int not null,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade,
  check (granted_by is distinct from person_id)
);
create unique index grant_once on access.grant (person_id, role_id, unit_id) where withdrawn_at is null;
create index on access.grant (branch_id);
create index on access.grant (region_id);

-- A grant stands on headquarters, a region or a branch: rows are scoped by branch, so a department could not be kept apart.
create function access.place_grant() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare unit access.unit; held text; wanted text;
begin
  -- One change of a person's grants at a time, so that two cannot together give what each alone may not.
  perform from access.person where id = new.person_id for update;
  select * into strict unit from access.unit where id = new.unit_id;
  if unit.kind = 'department' then raise exception 'a grant stands on a branch or above' using errcode = 'AN011'; end if;
  new.branch_id := unit.branch_id;
  new.region_id := unit.region_id;
  select administrator into wanted from access.role where id = new.role_id;
  if wanted is not null and new.withdrawn_at is null then
    select role.administrator into held from access.grant join access.role on role.id = "grant".role_id
      where "grant".person_id = new.person_id and "grant".withdrawn_at is null and "grant".id is distinct from new.id
        and (valid_until is null or valid_until > now()) and role.administrator is not null and role.administrator <> wanted limit 1;
    if held is not null then raise exception 'already the % administrator', held using errcode = 'AN012'; end if;
  end if;
  return new;
end $$;
create trigger place_grant before insert or update on access.grant for each row execute function access.place_grant();

create function access.raise_epoch() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if tg_table_name = 'grant' then
    update access.person set epoch = epoch + 1 where id = coalesce(new.person_id, old.person_id);
  elsif tg_table_name = 'role_right' then
    update access.person set epoch = epoch + 1
      where id in (select person_id from access.grant where role_id = coalesce(new.role_id, old.role_id) and withdrawn_at is null);
  elsif tg_table_name = 'person' then
    new.epoch := old.epoch + 1;
    return new;
  end if;
  return null;
end $$;
create trigger raise_epoch after insert or update or delete on access.grant for each row execute function access.raise_epoch();
create trigger raise_epoch after insert or update or delete on access.role_right for each row execute function access.raise_epoch();
create trigger raise_epoch before update of active on access.person for each row execute function access.raise_epoch();

-- Where a person holds a right now: the tier whose login answers, and the unit numbers that it may show.
-- 'group': all. 'region' or 'branch': that one. 'several': branch numbers, sorted, in which a region counts with all of its branches.
create function access.scope_of(asker int, wanted text, out tier text, out units int[])
  language plpgsql stable parallel safe security definer set search_path = pg_catalog as $$
declare roots access.unit[];
begin
  select array_agg(distinct unit) into roots
    from access.grant join access.role_right using (role_id) join access.unit on unit.id = "grant".unit_id
    where "grant".person_id = asker and role_right.right = wanted and "grant".withdrawn_at is null
      and "grant".valid_from <= now() and ("grant".valid_until is null or "grant".valid_until > now())
      and exists (select from access.person where person.id = asker and person.active);
  if roots is null then return; end if;
  if exists (select from unnest(roots) r where r.kind = 'headquarters') then
    tier := 'group'; units := '{}'; return;
  end if;
  -- A branch inside a region that is held as a whole adds nothing.
  select array_agg(r) into roots from unnest(roots) r
    where r.kind = 'region' or not exists (select from unnest(roots) above where above.kind = 'region' and above.id = r.region_id);
  if cardinality(roots) = 1 then
    tier := roots[1].kind; units := array[roots[1].id]; return;
  end if;
  tier := 'several';
  select array_agg(unit.id order by unit.id) into units from access.unit
    where unit.kind in ('region', 'branch')
      and exists (select from unnest(roots) r where r.id = unit.id or (r.kind = 'region' and unit.region_id = r.id));
end $$;

-- ── The signed context ───────────────────────────────────────────────────────────────────────────────────────────
-- The key's two HMAC pads (RFC 2104), written by the program at start. Nobody but the owner of the functions below reads them.
create table access.context_key (
  one  boolean primary key default true check (one),
  ipad bytea not null check (length(ipad) = 64),
  opad bytea not null check (length(opad) = 64)
);

-- HMAC of RFC 2104.
create function access.mac(key access.context_key, body text) returns text language sql stable parallel safe
  return encode(sha256(key.opad || sha256(key.ipad || convert_to(body, 'UTF8'))), 'hex');

-- The parts of this transaction's context: version, person, right, tier, units, epoch, expiry, server process, start of the transaction.
-- Null unless all of it holds: the signature, the expiry, the tier of the login that asks, that it was entered in this very transaction,
-- and that nothing about the person changed since.
create function access.context() returns text[] language plpgsql stable parallel safe security definer set search_path = pg_catalog as $$
declare token text := current_setting('anlan.context', true); body text; parts text[]; key access.context_key;
begin
  if token is null or length(token) < 70 then return null; end if;
  body := left(token, -65);
  select * into key from access.context_key;
  if access.mac(key, 'entered|' || body) is distinct from right(token, 64) then return null; end if;
  parts := string_to_array(body, '|');
  if parts[7]::bigint < extract(epoch from clock_timestamp()) or session_user <> 'anlan_' || parts[4]
     or parts[9] is distinct from extract(epoch from now())::text then return null; end if;
  if not exists (select from access.person where id = parts[2]::int and epoch = parts[6]::int and active) then return null; end if;
  return parts;
end $$;

create function access.person_asking() returns int language sql stable parallel safe set search_path = pg_catalog
  as $$ select (access.context())[2]::int $$;
create function access.unit_asking() returns int language sql stable parallel safe set search_path = pg_catalog
  as $$ select case when (c.parts)[4] in ('branch', 'region') then (c.parts)[5]::int end from (select access.context()) c(parts) $$;
-- True when the bare array in `anlan.units` is the one that was signed.
create function access.units_signed() returns boolean language sql stable parallel safe set search_path = pg_catalog
  as $$ select coalesce((access.context())[5] = current_setting('anlan.units', true), false) $$;
-- True when this transaction was opened for one of these rights. Writing policies ask it, so that reading rights write nothing.
create function access.asking_for(variadic rights text[]) returns boolean language sql stable parallel safe set search_path = pg_catalog
  as $$ select coalesce((access.context())[3] = any (rights), false) $$;

-- Opens the context and gives the second opinion: what the program signed must be what the grants say in this very snapshot.
-- The program's ticket opens nothing by itself and is good in one server process only; what policies believe is signed anew here and
-- holds in this transaction alone.
create function access.enter(ticket text, units text) returns void language plpgsql volatile security definer set search_path = pg_catalog as $$
declare body text := left(ticket, -65); key access.context_key; parts text[]; now_held record;
begin
  select * into key from access.context_key;
  if access.mac(key, body) is distinct from right(ticket, 64) or (string_to_array(body, '|'))[8] is distinct from pg_backend_pid()::text then
    raise exception 'context refused' using errcode = 'AN001';
  end if;
  body := body || '|' || extract(epoch from now());
  perform set_config('anlan.context', body || '|' || access.mac(key, 'entered|' || body), true), set_config('anlan.units', units, true);
  parts := access.context();
  if parts is null then raise exception 'context refused' using errcode = 'AN001'; end if;
  select * into now_held from access.scope_of(parts[2]::int, parts[3]);
  if now_held.tier is distinct from parts[4]
     or (case when now_held.tier = 'several' then now_held.units::text when now_held.tier = 'group' then '' else now_held.units[1]::text end) is distinct from parts[5]
     or (parts[4] = 'several' and units is distinct from parts[5]) then
    raise exception 'context refused' using errcode = 'AN001';
  end if;
end $$;

-- Gives a table with `branch_id` and `region_id` the policies of the four tiers and of the worker.
-- Equality on one column is the only form that costs nothing at ten million rows (docs/decisions/0003-policies.md).
-- Reading: by scope. Writing: by scope and only in a transaction opened for one of `rights`.
create procedure access.protect(target regclass, command text, variadic rights text[] default '{}') language plpgsql as $$
declare
  noun text := (select relname from pg_class where oid = target);
  may text := case when cardinality(rights) = 0 then '' else format(' and (select access.asking_for(variadic %L::text[]))', rights) end;
  tiers text[][] := array[
    ['branch',  'branch_id = (select access.unit_asking())'],
    ['region',  'region_id = (select access.unit_asking())'],
    ['group',   'true'],
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
revoke execute on procedure access.protect from public;

-- ── Policies and grants of this room ─────────────────────────────────────────────────────────────────────────────
-- The tree of units is no secret inside the group.
alter table access.unit enable row level security, force row level security;
create policy unit_read on access.unit for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker using (true);
create policy unit_work on access.unit for all to anlan_worker using (true) with check (true);
grant select on access.unit to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door;
grant select, insert, update on access.unit to anlan_worker;

call access.protect('access.person', 'select');
call access.protect('access.person', 'update', 'access.grant');
create policy person_not_oneself on access.person as restrictive for update to anlan_branch, anlan_region, anlan_group, anlan_several
  using (id <> (select access.person_asking()));
create policy person_work on access.person for insert to anlan_worker with check (true);
create policy person_door on access.person for select to anlan_door using (true);
grant select on access.person to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker;
grant update (active) on access.person to anlan_branch, anlan_region, anlan_group, anlan_several;
grant insert (login, name, title, unit_id, email, active), update (name, title, unit_id, email, active) on access.person to anlan_worker;

alter table access.credential enable row level security, force row level security;
create policy credential_door on access.credential for all to anlan_door using (true) with check (true);
create policy credential_work on access.credential for all to anlan_worker using (true) with check (true);
grant select, update (password_hash, changed_at) on access.credential to anlan_door;
grant select, insert on access.credential to anlan_worker;

alter table access.attempt enable row level security, force row level security;
create policy attempt_door on access.attempt for all to anlan_door using (true) with check (true);
grant select, insert, update, delete on access.attempt to anlan_door;

alter table access.session enable row level security, force row level security;
create policy session_door on access.session for all to anlan_door using (true) with check (true);
grant select, insert, update, delete on access.session to anlan_door;

alter table access.role enable row level security, force row level security;
create policy role_read on access.role for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker using (true);
create policy role_work on access.role for all to anlan_worker using (true) with check (true);
grant select on access.role to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door;
grant select, insert, update on access.role to anlan_worker;

alter table access.role_right enable row level security, force row level security;
create policy role_right_read on access.role_right for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker using (true);
create policy role_right_work on access.role_right for all to anlan_worker using (true) with check (true);
grant select on access.role_right to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door;
grant select, insert, update, delete on access.role_right to anlan_worker;

call access.protect('access.grant', 'select');
call access.protect('access.grant', 'insert', 'access.grant');
call access.protect('access.grant', 'update', 'access.grant');
-- Whoever grants or withdraws does so in the own name, for somebody else, and only for people in sight: a number out of sight and a number
-- that nobody has are refused alike.
create policy grant_in_own_name on access.grant as restrictive for insert to anlan_branch, anlan_region, anlan_group, anlan_several
  with check (granted_by = (select access.person_asking()) and exists (select from access.person where person.id = "grant".person_id));
create policy grant_withdraw_once on access.grant as restrictive for update to anlan_branch, anlan_region, anlan_group, anlan_several
  using (person_id <> (select access.person_asking()) and withdrawn_at is null)
  with check (withdrawn_by = (select access.person_asking()) and withdrawn_at is not null);
create policy grant_door on access.grant for select to anlan_door using (true);
grant select on access.grant to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker;
grant insert (person_id, role_id, unit_id, valid_from, valid_until, reason, granted_by), update (withdrawn_at, withdrawn_by)
  on access.grant to anlan_branch, anlan_region, anlan_group, anlan_several;
grant insert (person_id, role_id, unit_id, valid_from, valid_until, reason, granted_by), update (withdrawn_at) on access.grant to anlan_worker;

alter table access.context_key enable row level security, force row level security;

-- The functions that must see everything belong to a role that nobody can log in as.
grant usage, create on schema access to anlan_definer;
grant select on access.unit, access.grant, access.role, access.role_right, access.context_key, access.person to anlan_definer;
grant update on access.person, access.unit to anlan_definer;
alter function access.place_unit owner to anlan_definer;
alter function access.place_person owner to anlan_definer;
alter function access.place_grant owner to anlan_definer;
alter function access.move_departments owner to anlan_definer;
alter function access.raise_epoch owner to anlan_definer;
alter function access.scope_of owner to anlan_definer;
alter function access.mac owner to anlan_definer;
alter function access.context owner to anlan_definer;
alter function access.enter owner to anlan_definer;
revoke create on schema access from anlan_definer;
revoke execute on all functions in schema access from public;
grant execute on function access.context, access.person_asking, access.unit_asking, access.units_signed, access.asking_for, access.enter
  to anlan_branch, anlan_region, anlan_group, anlan_several;
grant execute on function access.scope_of to anlan_door, anlan_worker;
