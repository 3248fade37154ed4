-- As before, but: under another address, other words and another title are another post, however alike they are. Feeds give one number to
-- all that they say, and reports of one kind differ in a name or a number only.
create or replace function monitoring.earlier_wording(identity uuid, item jsonb) returns bigint language sql stable set search_path = pg_catalog as $$
  select p.id from (
      select id from monitoring.post where intake_key = earlier_wording.identity
      union (select n.post_id from monitoring.namesake n where n.identity = earlier_wording.identity order by n.post_id desc limit 20)) family
    join monitoring.post p on p.id = family.id
    cross join lateral jsonb_to_record(item) as i (title text, text text, url text, author text, dated boolean, published_at timestamptz(3))
    cross join lateral (select monitoring.alikeness(p.title || E'\n' || p.text, i.title || E'\n' || i.text) as share) alike
    where case
      when p.url = i.url then share >= 0.7 or i.title <> '' and p.title = i.title or i.dated and p.published_at = i.published_at
      when p.url is null and i.url is null then (share >= 0.7 or i.dated and p.published_at = i.published_at and i.author <> '')
        and (p.author = i.author or p.author = '' or i.author = '')
      else share >= 0.7 and (p.author = i.author or p.author = '' or i.author = '')
        and (p.url is null or i.url is null or p.text = i.text or i.title <> '' and p.title = i.title) end
    order by share desc, p.id limit 1
$$;
