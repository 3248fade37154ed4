-- A role that was no administrator's and becomes one's takes nobody's last one away: it had been refused as if it did.
create or replace function access.label_role() returns trigger language plpgsql volatile security definer set search_path = pg_catalog as $$
declare changed constant int := coalesce(new.role_id, old.role_id); kinds text[]; before text;
begin
  select coalesce(array_agg(distinct administrator), '{}') into kinds
    from access.role_right join access.administrator_right using ("right") where role_id = changed;
  if cardinality(kinds) > 1 then
    raise exception 'one role for % at once', array_to_string(kinds, ' and ') using errcode = 'AN012';
  end if;
  select administrator into before from access.role where id = changed;
  update access.role set administrator = kinds[1] where id = changed and administrator is distinct from kinds[1];
  if kinds[1] is not null and exists (
      select from access.grant mine join access.grant other using (person_id) join access.role on role.id = other.role_id
      where mine.role_id = changed and mine.withdrawn_at is null and (mine.valid_until is null or mine.valid_until > now())
        and other.withdrawn_at is null and (other.valid_until is null or other.valid_until > now())
        and role.administrator <> kinds[1]) then
    raise exception 'somebody would be two administrators' using errcode = 'AN012';
  end if;
  if before is not null and before is distinct from kinds[1] and exists (select from access.grant join access.unit on unit.id = "grant".unit_id
      where role_id = changed and unit.kind = 'headquarters' and withdrawn_at is null) then
    perform pg_advisory_xact_lock(845130019, ascii(before));
    if access.keepers_of(before) = 0 then
      raise exception 'the last % administrator', before using errcode = 'AN013', detail = before;
    end if;
  end if;
  return null;
end $$;
