-- Only the program itself names the demo's feed, which may lie on this machine: at an address that a person wrote a source is like any other.
create function monitoring.end_demo() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  new.demo := false;
  return new;
end $$;
create trigger end_demo before update of url on monitoring.source
  for each row when (old.demo and new.url is distinct from old.url and current_user <> 'anlan_worker') execute function monitoring.end_demo();
revoke execute on function monitoring.end_demo from public;
