-- What is sent asks at the moment of sending whether it is still true and still allowed; each receiver is a lane of its own.

-- ── What may be told ─────────────────────────────────────────────────────────────────────────────────────────────
-- Every kind of notice: under which rights an ask may send it (the program sends any), which rights over the unit it speaks of a receiver
-- needs one of, and the function of (kind, facts) that says whether it is still true.
create table delivery.template (
  name    text primary key check (name ~ '^[a-z_]+$'),
  senders text[] not null default '{}',
  needs   text[] not null check (cardinality(needs) > 0),
  mail    boolean not null default false,
  still   regproc
);
alter table delivery.template enable row level security, force row level security;
create policy template_read on delivery.template for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker using (true);
grant select on delivery.template to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker, anlan_definer;
insert into delivery.template (name, senders, needs, mail)
  select name, '{response.handle,response.take_over}', '{response.read,response.handle,response.take_over}', mail
  from unnest('{case_opened,case_grown,case_raised,case_escalated,case_left,case_passed_up,case_taken_over,case_handed_back,case_reopened,
      case_reminder,case_noted,case_repeated,case_returned,case_resumed,case_lowered,case_emptied,case_ended,case_to_close}'::text[],
    '{t,f,t,t,f,t,f,t,t,t,f,t,t,f,f,f,f,f}'::boolean[]) t (name, mail);
insert into delivery.template (name, needs, mail) values
  ('webhook_off', '{delivery.manage}', true), ('clock_jumped', '{delivery.manage}', true);

-- The unit that a notice or a letter speaks of. Older rows have none.
alter table delivery.notice add branch_id int, add region_id int,
  add foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade;
create index on delivery.notice (branch_id);
alter table delivery.outbox add branch_id int, add region_id int,
  add foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade,
  -- A webhook's own count of its letters, in the order in which things happened.
  add sequence bigint,
  add tried_at timestamptz(3),
  drop constraint outbox_state_check,
  -- dropped: no longer true, or no longer for this receiver.
  add constraint outbox_state_check check (state in ('waiting', 'sent', 'failed', 'dropped'));
create index on delivery.outbox (branch_id);
create index on delivery.outbox (webhook_id, id) where channel = 'webhook' and sequence is null;
create index on delivery.outbox (channel, id desc) where state = 'failed';

alter table delivery.webhook
  add sequence bigint not null default 0,
  -- While a secret is changed both count until this moment.
  add secret_before text,
  add secret_before_until timestamptz(3),
  -- Since when nothing arrived; why the program switched it off.
  add failing_since timestamptz(3),
  add off_reason text check (off_reason in ('gone', 'dead'));
grant select (sequence, secret_before_until, failing_since, off_reason), update (failing_since, off_reason)
  on delivery.webhook to anlan_branch, anlan_region, anlan_group, anlan_several;
grant update (sequence, secret_before, secret_before_until, failing_since, off_reason, enabled) on delivery.webhook to anlan_worker;
grant update (sequence, tried_at) on delivery.outbox to anlan_worker;

-- ── Guards of what an ask may do beyond its own rows ─────────────────────────────────────────────────────────────
create function delivery.is_ask() returns boolean language sql stable set search_path = pg_catalog
  return session_user like 'anlan\_%' and session_user <> 'anlan_worker';

-- Whether somebody holds one of these rights over a unit now.
create function delivery.may_hear(person int, needs text[], branch int, region int) returns boolean language sql stable set search_path = pg_catalog as $$
  select exists (
    select from access.grant held join access.role_right using (role_id) join access.unit on unit.id = held.unit_id
      join access.person on person.id = held.person_id
    where held.person_id = may_hear.person and person.active and role_right.right = any (needs) and held.withdrawn_at is null
      and held.valid_from <= now() and (held.valid_until is null or held.valid_until > now())
      and (unit.kind = 'headquarters' or unit.id in (branch, region))) $$;

-- Whether facts hold numbers, codes and the name of that unit, and no words.
create function delivery.is_plain(facts jsonb, branch int) returns boolean language sql stable set search_path = pg_catalog as $$
  select jsonb_typeof(facts) = 'object' and count(*) <= 16 and coalesce(bool_and(key ~ '^[a-z_]{1,24}$' and case jsonb_typeof(value)
      when 'number' then true
      when 'boolean' then true
      when 'string' then value #>> '{}' ~ '^[a-z0-9_.-]{0,64}$'
        or key = 'unit' and value #>> '{}' = (select unit.name from access.unit where unit.id = branch)
      else false end), true)
  from jsonb_each(case when jsonb_typeof(facts) = 'object' then facts else '{}' end) $$;

-- Refuses what an ask may not tell: other words than numbers and codes, another page than one of ours, a unit out of its scope.
create function delivery.refuse_beyond(rights text[], branch int, region int, facts jsonb, path text) returns void
  language plpgsql stable set search_path = pg_catalog as $$
begin
  if not access.asking_for(variadic rights) or not access.within(branch, region) or not delivery.is_plain(facts, branch)
     or path !~ '^/[a-z]{1,24}(/[0-9]{1,12})?$' then
    raise exception 'not for this ask to tell' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- Whether anybody holds this right on exactly this unit now. An ask learns it of its own units, the region above them and headquarters.
create or replace function delivery.on_duty(held text, unit int) returns boolean language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform delivery.refuse_stranger();
  if delivery.is_ask() and not (
      exists (select from delivery.template where held = any (needs) and access.asking_for(variadic senders))
      and exists (select from access.unit u where u.id = unit and (u.kind = 'headquarters' or access.within(u.branch_id, u.region_id)
        or u.kind = 'region' and exists (select from access.unit below where below.region_id = u.id and access.within(below.branch_id, below.region_id))))) then
    raise exception 'not for this ask to know' using errcode = 'insufficient_privilege';
  end if;
  return exists (select from delivery.holders(held, unit));
end $$;

drop function delivery.notify(int[], text, int, text, jsonb, text, int, boolean, boolean);
-- Tells these people and those who hold the right on the unit, but not whoever is asking, and nobody who may not see the unit it is about.
-- `mail` also writes to those with an address, unless it is a demo, which never leaves the house. Returns how many were told.
create function delivery.notify(persons int[], held text, unit int, template text, facts jsonb, path text, severity int, demo boolean, mail boolean,
    about_branch int, about_region int) returns int language plpgsql volatile security definer set search_path = pg_catalog as $$
declare told int[]; known delivery.template;
begin
  perform delivery.refuse_stranger();
  select t.* into known from delivery.template t where t.name = notify.template;
  if delivery.is_ask() then
    if known.name is null then raise exception 'no such notice' using errcode = 'insufficient_privilege'; end if;
    perform delivery.refuse_beyond(known.senders, about_branch, about_region, facts, path);
    if held is not null and not held = any (known.needs) or cardinality(persons) > 50
       or unit is not null and unit not in (about_branch, about_region, (select u.id from access.unit u where u.kind = 'headquarters')) then
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

-- Queues an event for every webhook that hears of this unit, also for those that rest. Returns how many.
create or replace function delivery.emit(branch int, region int, event text, facts jsonb, path text, severity int) returns int
  language plpgsql volatile security definer set search_path = pg_catalog as $$
declare queued int;
begin
  perform delivery.refuse_stranger();
  if delivery.is_ask() then
    perform delivery.refuse_beyond('{response.handle,response.take_over}', branch, region, facts, path);
    if event !~ '^case\.[a-z_]{1,40}$' then raise exception 'no such event' using errcode = 'insufficient_privilege'; end if;
  end if;
  insert into delivery.outbox (channel, webhook_id, kind, facts, path, severity, branch_id, region_id)
    select 'webhook', webhook.id, event, facts, path, severity, branch, region from delivery.webhook
    where min_severity <= severity
      and branch_id in (branch, region, (select unit.id from access.unit where kind = 'headquarters')) order by webhook.id;
  get diagnostics queued = row_count;
  return queued;
end $$;

-- ── At the moment of sending and of showing ──────────────────────────────────────────────────────────────────────
create function delivery.holds_still(kind text, facts jsonb) returns boolean language plpgsql stable set search_path = pg_catalog as $$
declare asked regproc; answer boolean;
begin
  select still into asked from delivery.template where name = kind;
  if asked is null then return true; end if;
  execute format('select %s($1, $2)', asked) into answer using kind, facts;
  return coalesce(answer, true);
end $$;

-- Why a mail is not to be sent any more; null when it is.
create function delivery.why_not(letter bigint) returns text language plpgsql stable set search_path = pg_catalog as $$
declare o delivery.outbox; p access.person; needed text[];
begin
  select * into o from delivery.outbox where id = letter;
  if o.channel <> 'mail' then return null; end if;
  select * into p from access.person where id = o.person_id;
  if not p.active then return 'account_closed'; end if;
  if coalesce(p.email, '') = '' then return 'no_address'; end if;
  select needs into needed from delivery.template where name = o.kind;
  if needed is not null and o.branch_id is not null and not delivery.may_hear(o.person_id, needed, o.branch_id, o.region_id) then return 'not_allowed'; end if;
  return case when not delivery.holds_still(o.kind, o.facts) then 'over' end;
end $$;

-- Whether one of the asking person's own notices is over.
create function delivery.is_over(notice bigint) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select coalesce((select not delivery.holds_still(n.template, n.facts) from delivery.notice n
    where n.id = is_over.notice and n.person_id = access.person_asking()), false) $$;

-- ── Failed letters, and new secrets ──────────────────────────────────────────────────────────────────────────────
-- Who manages webhooks sees how their letters fare; mail is headquarters' to see.
drop policy outbox_mail on delivery.outbox;
create policy outbox_group on delivery.outbox for select to anlan_group using ((select access.asking_for('delivery.manage')));
create policy outbox_hook on delivery.outbox for select to anlan_branch, anlan_region, anlan_several
  using (webhook_id in (select id from delivery.webhook) and (select access.asking_for('delivery.manage')));
grant select (id, channel, webhook_id, kind, path, severity, state, tries, problem, sequence, created_at, next_try_at, ended_at) on delivery.outbox
  to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select (person_id) on delivery.outbox to anlan_group;

create function delivery.send_again(letters bigint[]) returns int language plpgsql volatile security definer set search_path = pg_catalog as $$
declare many int;
begin
  perform delivery.refuse_stranger();
  if not access.asking_for('delivery.manage') then raise exception 'not for this ask' using errcode = 'insufficient_privilege'; end if;
  update delivery.outbox o set state = 'waiting', tries = 0, problem = null, ended_at = null, next_try_at = clock_timestamp()
    where o.id = any (letters) and o.state = 'failed' and (o.channel = 'mail' and (access.context())[4] = 'group'
      or exists (select from delivery.webhook hook where hook.id = o.webhook_id and access.within(hook.branch_id, hook.region_id)));
  get diagnostics many = row_count;
  return many;
end $$;

-- Gives a webhook a new secret; the one before counts beside it until the moment answered. Null when there is no such webhook in scope.
create function delivery.rotate_secret(hook int, fresh text, hours int) returns timestamptz language plpgsql volatile security definer set search_path = pg_catalog as $$
declare until timestamptz;
begin
  perform delivery.refuse_stranger();
  if not access.asking_for('delivery.manage') then raise exception 'not for this ask' using errcode = 'insufficient_privilege'; end if;
  update delivery.webhook set secret_before = secret, secret_before_until = clock_timestamp() + make_interval(hours => hours), secret = fresh
    where id = hook and access.within(branch_id, region_id) returning secret_before_until into until;
  return until;
end $$;

-- Takes one token when there is one. Buckets start full. A clock that went back costs nothing: no time has passed then.
create or replace function delivery.take_token(wanted text, capacity int, per_minute int) returns boolean language plpgsql volatile set search_path = pg_catalog as $$
declare taken boolean;
begin
  insert into delivery.bucket (channel, tokens) values (wanted, capacity) on conflict do nothing;
  update delivery.bucket b set tokens = f.tokens - case when f.tokens >= 1 then 1 else 0 end, refilled_at = clock_timestamp()
    from (select channel, least(capacity, tokens + greatest(0, extract(epoch from clock_timestamp() - refilled_at)) * per_minute / 60.0) as tokens
      from delivery.bucket where channel = wanted for update) f
    where b.channel = f.channel returning f.tokens >= 1 into taken;
  return taken;
end $$;

grant usage, create on schema delivery to anlan_definer;
grant select, update on delivery.outbox to anlan_definer;
grant select on delivery.notice to anlan_definer;
grant update (secret, secret_before, secret_before_until) on delivery.webhook to anlan_definer;
alter function delivery.on_duty owner to anlan_definer;
alter function delivery.notify owner to anlan_definer;
alter function delivery.emit owner to anlan_definer;
alter function delivery.is_over owner to anlan_definer;
alter function delivery.send_again owner to anlan_definer;
alter function delivery.rotate_secret owner to anlan_definer;
revoke create on schema delivery from anlan_definer;
revoke execute on all functions in schema delivery from public;
grant execute on function delivery.is_ask, delivery.may_hear, delivery.is_plain, delivery.refuse_beyond, delivery.holds_still to anlan_definer;
grant execute on function delivery.may_hear, delivery.holds_still, delivery.why_not to anlan_worker;
grant execute on function delivery.notify, delivery.emit, delivery.on_duty to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
grant execute on function delivery.is_over, delivery.send_again, delivery.rotate_secret to anlan_branch, anlan_region, anlan_group, anlan_several;
