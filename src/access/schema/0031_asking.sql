-- What policies ask of the context, once for each table of each statement. In PL/pgSQL, whose compiled form stays in the connection: as
-- SQL functions they were planned anew in every statement, and `unit_asking` proved the context twice.
create or replace function access.person_asking() returns int language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
  return (access.context())[2]::int;
end $$;
create or replace function access.unit_asking() returns int language plpgsql stable parallel safe set search_path = pg_catalog as $$
declare parts constant text[] := access.context();
begin
  return case when parts[4] in ('branch', 'region') then parts[5]::int end;
end $$;
create or replace function access.units_signed() returns boolean language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
  return coalesce((access.context())[5] = current_setting('anlan.units', true), false);
end $$;
create or replace function access.asking_for(variadic rights text[]) returns boolean language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
  return coalesce((access.context())[3] = any (rights), false);
end $$;
create or replace function access.entered() returns boolean language plpgsql stable parallel safe set search_path = pg_catalog as $$
begin
  return access.context() is not null;
end $$;
