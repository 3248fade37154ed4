-- The facts that a person's ask may record: under which rights, and which function of the payload says that all it names lies within the
-- scope of who asks. The program itself (the worker's login) records any.
create table base.fact (
  name   text primary key check (name ~ '^[a-z]+\.[a-z_]+$'),
  rights text[] not null check (cardinality(rights) > 0),
  within regproc not null
);
alter table base.fact enable row level security, force row level security;
create policy fact_work on base.fact for select to anlan_worker using (true);
grant select on base.fact to anlan_worker;

create or replace function base.record_fact(fact text, payload json) returns void language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare known base.fact; inside boolean;
begin
  if fact !~ '^[a-z]+\.[a-z_]+$' or length(payload::text) > 20000 then
    raise exception 'not a fact: %', left(fact, 80) using errcode = 'invalid_parameter_value';
  end if;
  if session_user like 'anlan\_%' and session_user <> 'anlan_worker' then
    if access.context() is null then raise exception 'nobody is asking' using errcode = 'AN001'; end if;
    select f.* into known from base.fact f where f.name = record_fact.fact;
    if known.name is null or not access.asking_for(variadic known.rights) then
      raise exception 'no fact of this ask' using errcode = 'insufficient_privilege';
    end if;
    execute format('select %s($1)', known.within) into inside using payload::jsonb;
    if inside is not true then raise exception 'a fact beyond the scope' using errcode = 'insufficient_privilege'; end if;
  end if;
  perform graphile_worker.add_job('fact', json_build_object('fact', fact, 'payload', payload));
end $$;
