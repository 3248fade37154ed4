-- Several people ask the same at the same moment: which of them hold the right of this transaction exactly where it is held here, in the
-- very snapshot that is then read. The ticket is the program's; nobody else can ask this of other people.
create function access.share(ticket text) returns int[] language plpgsql volatile security definer set search_path = pg_catalog as $$
declare asking constant text[] := access.context(); body constant text := left(ticket, -65); key access.context_key; parts text[];
begin
  select * into key from access.context_key;
  parts := string_to_array(body, '|');
  if asking is null or parts[1] is distinct from 'share' or access.mac(key, body) is distinct from right(ticket, 64)
     or parts[2] is distinct from pg_backend_pid()::text or parts[3]::bigint < extract(epoch from clock_timestamp()) then
    raise exception 'context refused' using errcode = 'AN001';
  end if;
  return array(
    select kept.id from unnest(parts[4]::int[], parts[5]::int[]) kept (id, epoch)
      join access.person on person.id = kept.id and person.epoch = kept.epoch and person.active
      cross join lateral access.scope_of(kept.id, asking[3]) held
      where held.tier = asking[4]
        and case held.tier when 'several' then held.units::text when 'group' then '' else held.units[1]::text end = asking[5]);
end $$;
grant create on schema access to anlan_definer;
alter function access.share owner to anlan_definer;
revoke create on schema access from anlan_definer;
revoke execute on function access.share from public;
grant execute on function access.share to anlan_branch, anlan_region, anlan_group, anlan_several;
