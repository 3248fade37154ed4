-- A change's row names the person asking, the tier of the ask, and a unit within its scope or the person's own; not where it likes.
create function privacy.is_place_of_ask(tier text, branch int, region int) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select tier is not distinct from (access.context())[4]
    and (access.within(branch, region) or branch = (select person.branch_id from access.person where person.id = access.person_asking())) $$;
grant usage, create on schema privacy to anlan_definer;
grant execute on function access.person_asking to anlan_definer;
alter function privacy.is_place_of_ask owner to anlan_definer;
revoke create on schema privacy from anlan_definer;
revoke execute on function privacy.is_place_of_ask from public;
grant execute on function privacy.is_place_of_ask to anlan_branch, anlan_region, anlan_group, anlan_several;
create policy trail_in_place on privacy.trail as restrictive for insert to anlan_branch, anlan_region, anlan_group, anlan_several
  with check (privacy.is_place_of_ask(tier, branch_id, region_id));

