-- How the system reaches people and other systems: the bell in the console, e-mail, signed webhooks.
-- What is sent is written in the transaction of the change it tells of, and names numbers, units and severities, never a post's words.
create schema delivery;
grant usage on schema delivery to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

-- ── Notices: the bell ────────────────────────────────────────────────────────────────────────────────────────────
create table delivery.notice (
  id         bigint generated always as identity primary key,
  person_id  int not null references access.person (id) on delete cascade,
  template   text not null check (template ~ '^[a-z_]+$'),
  facts      jsonb not null,
  path       text not null check (path ~ '^/'),
  severity   smallint not null check (severity between 0 and 4),
  demo       boolean not null default false,
  created_at timestamptz(3) not null default clock_timestamp(),
  read_at    timestamptz(3)
);
create index on delivery.notice (person_id, created_at desc, id desc);
create index on delivery.notice (person_id) where read_at is null;
create index on delivery.notice (created_at);

-- ── Webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- One of a branch hears of the branch, one of a region of the region and its branches, one of headquarters of all.
create table delivery.webhook (
  id           int generated always as identity primary key,
  name         text not null check (name <> ''),
  url          text not null check (url ~ '^https?://'),
  secret       text not null check (length(secret) >= 32),
  min_severity smallint not null check (min_severity between 0 and 4),
  enabled      boolean not null default true,
  branch_id    int not null,
  region_id    int not null,
  created_at   timestamptz(3) not null default clock_timestamp(),
  last_at      timestamptz(3),
  last_outcome text,
  -- Failures in a row.
  failures     int not null default 0,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on delivery.webhook (branch_id);
create index on delivery.webhook (region_id);

-- ── The outbox ───────────────────────────────────────────────────────────────────────────────────────────────────
-- What leaves the house, sent at least once: `key` lets a receiver drop what it already has. Who sends a row leases it by moving
-- `next_try_at` on, so that a killed sender's rows fall due again.
create table delivery.outbox (
  id          bigint generated always as identity primary key,
  channel     text not null check (channel in ('mail', 'webhook')),
  person_id   int references access.person (id) on delete cascade,
  webhook_id  int references delivery.webhook (id) on delete cascade,
  -- A mail's template, a webhook's event.
  kind        text not null,
  facts       jsonb not null,
  path        text not null check (path ~ '^/'),
  severity    smallint not null,
  key         uuid not null unique default gen_random_uuid(),
  state       text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  tries       int not null default 0,
  problem     text,
  created_at  timestamptz(3) not null default clock_timestamp(),
  next_try_at timestamptz(3) not null default clock_timestamp(),
  ended_at    timestamptz(3),
  check ((channel = 'mail') = (person_id is not null)),
  check ((channel = 'webhook') = (webhook_id is not null)),
  check ((state = 'waiting') = (ended_at is null))
);
create index on delivery.outbox (severity desc, id) where state = 'waiting';
create index on delivery.outbox (webhook_id);
create index on delivery.outbox (person_id);
create index on delivery.outbox (ended_at);

-- A token bucket a channel, shared by all senders: receivers that are hurried shut the door (group robots take 20 a minute).
create table delivery.bucket (
  channel     text primary key,
  tokens      double precision not null,
  refilled_at timestamptz not null default clock_timestamp()
);

-- Takes one token when there is one. Buckets start full.
create function delivery.take_token(wanted text, capacity int, per_minute int) returns boolean language plpgsql volatile set search_path = pg_catalog as $$
begin
  insert into delivery.bucket (channel, tokens) values (wanted, capacity) on conflict do nothing;
  update delivery.bucket
    set tokens = least(capacity, tokens + extract(epoch from clock_timestamp() - refilled_at) * per_minute / 60.0) - 1, refilled_at = clock_timestamp()
    where channel = wanted and least(capacity, tokens + extract(epoch from clock_timestamp() - refilled_at) * per_minute / 60.0) >= 1;
  return found;
end $$;

-- ── What rooms above call, inside their own transactions ─────────────────────────────────────────────────────────
-- Somebody asking within the tiers cannot see who holds a right elsewhere, but the system can tell those people.
create function delivery.holders(held text, unit int) returns setof int language sql stable set search_path = pg_catalog as $$
  select distinct person.id from access.grant join access.role_right using (role_id) join access.person on person.id = "grant".person_id
  where "grant".unit_id = unit and role_right.right = held and person.active and "grant".withdrawn_at is null
    and "grant".valid_from <= now() and ("grant".valid_until is null or "grant".valid_until > now()) $$;

-- Whether anybody holds this right on exactly this unit now.
create function delivery.on_duty(held text, unit int) returns boolean language sql stable security definer set search_path = pg_catalog
  as $$ select exists (select from delivery.holders(held, unit)) $$;

create function delivery.refuse_stranger() returns void language plpgsql stable set search_path = pg_catalog as $$
begin
  if session_user like 'anlan\_%' and session_user <> 'anlan_worker' and access.context() is null then
    raise exception 'nobody is asking' using errcode = 'AN001';
  end if;
end $$;

-- Tells these people and those who hold the right on the unit, but not whoever is asking. `mail` also writes to those with an address,
-- unless it is a demo, which never leaves the house. Returns how many were told.
create function delivery.notify(persons int[], held text, unit int, template text, facts jsonb, path text, severity int, demo boolean, mail boolean)
  returns int language plpgsql volatile security definer set search_path = pg_catalog as $$
declare told int[];
begin
  perform delivery.refuse_stranger();
  select coalesce(array_agg(id order by id), '{}') into told
    from (select unnest(persons) union select delivery.holders(held, unit)) wanted (id)
    where id is distinct from (access.context())[2]::int;
  insert into delivery.notice (person_id, template, facts, path, severity, demo)
    select id, template, facts, path, severity, demo from unnest(told) id;
  perform base.announce_person('delivery.notice', id) from unnest(told) id;
  if mail and not demo then
    insert into delivery.outbox (channel, person_id, kind, facts, path, severity)
      select 'mail', person.id, template, facts, path, severity from access.person
      where person.id = any (told) and person.active and person.email <> '' order by person.id;
  end if;
  return cardinality(told);
end $$;

-- Queues an event for every webhook that hears of this unit. Returns how many.
create function delivery.emit(branch int, region int, event text, facts jsonb, path text, severity int) returns int
  language plpgsql volatile security definer set search_path = pg_catalog as $$
declare queued int;
begin
  perform delivery.refuse_stranger();
  insert into delivery.outbox (channel, webhook_id, kind, facts, path, severity)
    select 'webhook', webhook.id, event, facts, path, severity from delivery.webhook
    where enabled and min_severity <= severity
      and branch_id in (branch, region, (select unit.id from access.unit where kind = 'headquarters')) order by webhook.id;
  get diagnostics queued = row_count;
  return queued;
end $$;

-- ── Policies and grants ──────────────────────────────────────────────────────────────────────────────────────────
-- A notice is the person's own; not even headquarters reads another's.
alter table delivery.notice enable row level security, force row level security;
create policy notice_own on delivery.notice for select to anlan_branch, anlan_region, anlan_group, anlan_several
  using (person_id = (select access.person_asking()));
create policy notice_mark on delivery.notice for update to anlan_branch, anlan_region, anlan_group, anlan_several
  using (person_id = (select access.person_asking()) and (select access.asking_for('delivery.read')))
  with check (person_id = (select access.person_asking()) and (select access.asking_for('delivery.read')));
create policy notice_work on delivery.notice for all to anlan_worker using (true) with check (true);
grant select, update (read_at) on delivery.notice to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select, delete on delivery.notice to anlan_worker;

call access.protect('delivery.webhook', 'select', 'delivery.manage');
call access.protect('delivery.webhook', 'insert', 'delivery.manage');
call access.protect('delivery.webhook', 'update', 'delivery.manage');
call access.protect('delivery.webhook', 'delete', 'delivery.manage');
-- The secret goes in and is never read back, but by the sender.
grant select (id, name, url, min_severity, enabled, branch_id, region_id, created_at, last_at, last_outcome, failures), delete,
  insert (name, url, secret, min_severity, enabled, branch_id, region_id), update (name, url, min_severity, enabled, branch_id, region_id, failures)
  on delivery.webhook to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select, update (last_at, last_outcome, failures) on delivery.webhook to anlan_worker;

alter table delivery.outbox enable row level security, force row level security;
create policy outbox_work on delivery.outbox for all to anlan_worker using (true) with check (true);
-- How mail fares is told to who manages it, without saying whose mail: the column grants leave the person out.
create policy outbox_mail on delivery.outbox for select to anlan_group using (channel = 'mail' and (select access.asking_for('delivery.manage')));
grant select (channel, state, problem, created_at, ended_at) on delivery.outbox to anlan_group;
grant select, update (state, tries, problem, next_try_at, ended_at), delete on delivery.outbox to anlan_worker;

alter table delivery.bucket enable row level security, force row level security;
create policy bucket_work on delivery.bucket for all to anlan_worker using (true) with check (true);
grant select, insert, update on delivery.bucket to anlan_worker;

grant usage, create on schema delivery to anlan_definer;
grant usage on schema base to anlan_definer;
grant insert on delivery.notice, delivery.outbox to anlan_definer;
grant select on delivery.webhook to anlan_definer;
alter function delivery.holders owner to anlan_definer;
alter function delivery.on_duty owner to anlan_definer;
alter function delivery.refuse_stranger owner to anlan_definer;
alter function delivery.notify owner to anlan_definer;
alter function delivery.emit owner to anlan_definer;
revoke create on schema delivery from anlan_definer;
revoke execute on all functions in schema delivery from public;
grant execute on function delivery.on_duty, delivery.notify, delivery.emit
  to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
grant execute on function delivery.take_token, delivery.holders to anlan_worker;
