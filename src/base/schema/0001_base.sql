-- What every room stands on: facts that start jobs, and the word that something changed for open pages.
create schema base;
grant usage on schema base to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker, anlan_trail;

-- The hour in which a post counts is the hour of the group's clock, not of the server's.
create function base.day_of(moment timestamptz) returns date language sql immutable parallel safe
  return (moment at time zone 'Asia/Shanghai')::date;

-- Tells open pages, once this transaction commits, that something changed. Holds ids only; the server decides who hears it.
create function base.announce(topic text, branch_id int, region_id int) returns void language sql volatile
  as $$ select pg_notify('anlan_change', json_build_object('topic', topic, 'branchId', branch_id, 'regionId', region_id)::text) $$;

-- The same for one person's own pages, such as the bell.
create function base.announce_person(topic text, person_id int) returns void language sql volatile
  as $$ select pg_notify('anlan_change', json_build_object('topic', topic, 'personId', person_id)::text) $$;

-- Records that something happened. The worker hands a fact to each room that subscribed to it (jobs.ts), exactly once a subscriber.
-- Runs as the worker's login, the only one that may touch the queue; the payload holds ids, never personal data.
create function base.record_fact(fact text, payload json) returns void language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  if fact !~ '^[a-z]+\.[a-z_]+$' or length(payload::text) > 20000 then
    raise exception 'not a fact: %', left(fact, 80) using errcode = 'invalid_parameter_value';
  end if;
  perform graphile_worker.add_job('fact', json_build_object('fact', fact, 'payload', payload));
end $$;
alter function base.record_fact owner to anlan_worker;
revoke execute on function base.record_fact from public;
grant execute on function base.record_fact to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

-- Settings of this installation that the program itself keeps, such as whether it shows the demo.
create table base.setting (
  name  text primary key,
  value jsonb not null
);
alter table base.setting enable row level security, force row level security;
create policy setting_read on base.setting for select to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door, anlan_worker using (true);
create policy setting_work on base.setting for all to anlan_worker using (true) with check (true);
grant select on base.setting to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_door;
grant select, insert, update on base.setting to anlan_worker;

-- Which workers live. Jobs held by one that has said nothing for 15 seconds are freed (base/job.ts).
create table base.worker (
  id      text primary key,
  seen_at timestamptz not null
);
alter table base.worker enable row level security, force row level security;
create policy worker_work on base.worker for all to anlan_worker using (true) with check (true);
grant select, insert, update, delete on base.worker to anlan_worker;
