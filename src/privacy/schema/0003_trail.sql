-- The trail: who asked what, when, from where, and how it ended. Rows are only ever added.
create schema privacy;
grant usage on schema privacy to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker, anlan_trail;

create table privacy.trail (
  id          bigint generated always as identity primary key,
  at          timestamptz(3) not null default clock_timestamp(),
  person_id   int,
  address     text not null,
  ask         text not null,
  subject     text,
  tier        text,
  -- The unit of the asking right where there is one; for a right held in several places, headquarters' number.
  branch_id   int not null,
  region_id   int not null,
  outcome     text not null check (outcome in ('allowed', 'refused', 'failed')),
  code        text,
  writes      boolean not null,
  duration_ms real not null,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on privacy.trail (at desc, id desc);
create index on privacy.trail (branch_id, at desc, id desc);
create index on privacy.trail (region_id, at desc, id desc);
create index on privacy.trail (person_id, at desc, id desc);
create index on privacy.trail (subject, at desc) where subject is not null;

-- Fills in whose part of the tree a row belongs to, so that the program's two ways of writing need not know the tree.
create function privacy.place_trail() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  select unit.branch_id, unit.region_id into new.branch_id, new.region_id from access.unit
    where unit.id = coalesce(new.branch_id, (select person.branch_id from access.person where person.id = new.person_id));
  if new.branch_id is null then
    select unit.branch_id, unit.region_id into strict new.branch_id, new.region_id from access.unit where kind = 'headquarters';
  end if;
  return new;
end $$;
grant usage, create on schema privacy to anlan_definer;
alter function privacy.place_trail owner to anlan_definer;
revoke create on schema privacy from anlan_definer;
revoke execute on all functions in schema privacy from public;
create trigger place_trail before insert on privacy.trail for each row execute function privacy.place_trail();

-- Not even the owner changes what was written.
create function privacy.refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin raise exception 'the trail is only ever added to' using errcode = 'AN020'; end $$;
create trigger refuse_change before update or delete on privacy.trail for each row when (pg_trigger_depth() = 0) execute function privacy.refuse_change();
create trigger refuse_truncate before truncate on privacy.trail for each statement execute function privacy.refuse_change();

call access.protect('privacy.trail', 'select', 'privacy.read_trail');
-- A change leaves its row in its own transaction; the row can name nobody but the person whose context is signed.
create policy trail_append on privacy.trail for insert to anlan_branch, anlan_region, anlan_group, anlan_several
  with check (person_id = (select access.person_asking()));
create policy trail_collect on privacy.trail for insert to anlan_trail with check (true);
create policy trail_work on privacy.trail for insert to anlan_worker with check (true);
grant select on privacy.trail to anlan_branch, anlan_region, anlan_group, anlan_several;
grant insert (person_id, address, ask, subject, tier, branch_id, outcome, code, writes, duration_ms)
  on privacy.trail to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_trail, anlan_worker;
