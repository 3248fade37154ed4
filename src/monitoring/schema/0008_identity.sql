-- A post is known by its number and its words together: other words under one number are a later wording of the same post, which is
-- judged again and keeps what it said before, or another post (docs/decisions/0008-identity.md).

-- When the present words came; null while they are the first.
alter table monitoring.post add column worded_at timestamptz(3);

-- What a post said before it said what it says now. Seen by whoever may see the post.
create table monitoring.wording (
  -- The number under which it came, and its words: whoever brings them again brings nothing new.
  identity     uuid not null,
  content      uuid not null,
  post_id      bigint not null references monitoring.post (id) on delete cascade,
  title        text not null,
  text         text not null,
  judgement    jsonb not null,
  worded_at    timestamptz(3) not null,
  replaced_at  timestamptz(3) not null default now(),
  primary key (identity, content)
);
create index on monitoring.wording (post_id, replaced_at);
alter table monitoring.wording enable row level security, force row level security;
create policy wording_read on monitoring.wording for select to anlan_branch, anlan_region, anlan_group, anlan_several
  using (exists (select from monitoring.post where post.id = wording.post_id));
create policy wording_work on monitoring.wording for select to anlan_worker using (true);
grant select on monitoring.wording to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

-- Posts that share a number with an earlier one. Only storing asks for them.
create table monitoring.namesake (
  identity uuid not null,
  post_id  bigint not null references monitoring.post (id) on delete cascade,
  primary key (identity, post_id)
);
create index on monitoring.namesake (post_id);
alter table monitoring.namesake enable row level security, force row level security;
create policy namesake_work on monitoring.namesake for select to anlan_worker using (true);
grant select on monitoring.namesake to anlan_worker;

alter table monitoring.source add column taken_updated int not null default 0, add column taken_irrelevant int not null default 0;
grant update (taken_updated, taken_irrelevant) on monitoring.source to anlan_worker;

-- ── Problems of a source ─────────────────────────────────────────────────────────────────────────────────────────
-- Every refusal, cut and guess, for the people who look after the source: the latest of them, and of each kind how many there were.
create table monitoring.source_problem (
  id        bigint generated always as identity primary key,
  source_id int not null,
  branch_id int not null,
  region_id int not null,
  code      text not null,
  -- The number or address of the item, or its place in what was sent.
  item      text not null,
  detail    text not null,
  times     int not null default 1,
  first_at  timestamptz(3) not null default now(),
  last_at   timestamptz(3) not null default now(),
  unique (source_id, code, item),
  foreign key (source_id, branch_id) references monitoring.source (id, branch_id) on update cascade on delete cascade,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.source_problem (source_id, last_at);
create index on monitoring.source_problem (branch_id);
create index on monitoring.source_problem (region_id);

create table monitoring.source_problem_count (
  source_id int not null,
  branch_id int not null,
  region_id int not null,
  code      text not null,
  zh        text not null,
  en        text not null,
  total     int not null,
  last_at   timestamptz(3) not null default now(),
  primary key (source_id, code),
  foreign key (source_id, branch_id) references monitoring.source (id, branch_id) on update cascade on delete cascade,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.source_problem_count (branch_id);
create index on monitoring.source_problem_count (region_id);

call access.protect('monitoring.source_problem', 'select');
call access.protect('monitoring.source_problem_count', 'select');
create policy source_problem_work on monitoring.source_problem for all to anlan_worker using (true) with check (true);
create policy source_problem_count_work on monitoring.source_problem_count for all to anlan_worker using (true) with check (true);
grant select on monitoring.source_problem, monitoring.source_problem_count to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select, insert, update, delete on monitoring.source_problem, monitoring.source_problem_count to anlan_worker;

-- ── Storing ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- SHA-256 over title and text, as key.ts makes it: nobody shall be able to hide words behind others by a made collision.
create function monitoring.content_of(title text, said text) returns uuid language sql immutable parallel safe
  return substr(encode(sha256(convert_to(title || E'\n' || said, 'UTF8')), 'hex'), 1, 32)::uuid;

-- Places, from 0, of those that are here word for word.
create function monitoring.known(keys uuid[], contents uuid[]) returns setof bigint language sql stable
  set search_path = pg_catalog set enable_seqscan = off as $$
  select given.place - 1 from unnest(keys, contents) with ordinality given (key, content, place)
    join monitoring.post on post.intake_key = given.key
    where monitoring.content_of(post.title, post.text) = given.content
      or exists (select from monitoring.post other where other.intake_key = md5(given.key::text || given.content::text)::uuid)
      or exists (select from monitoring.wording where wording.identity = given.key and wording.content = given.content)
$$;
revoke execute on function monitoring.known from public;
grant execute on function monitoring.known to anlan_worker;

-- How alike two texts are, from 0 to 1: the pairs of neighbouring characters that they share, in their first thousand.
create function monitoring.alikeness(one text, other text) returns real language sql immutable parallel safe set search_path = pg_catalog as $$
  with pairs as (
    select side, sign || lead(sign) over (partition by side order by place) as pair
    from (values (1, one), (2, other)) said (side, words),
      unnest(string_to_array(regexp_replace(left(words, 1000), '\s', '', 'g'), null)) with ordinality c (sign, place)),
  counted as (select pair, count(*) filter (where side = 1) as here, count(*) filter (where side = 2) as there from pairs where pair is not null group by pair)
  select coalesce(2 * sum(least(here, there)) / nullif(sum(here + there), 0), case when one = other then 1 else 0 end)::real from counted
$$;

-- Of the posts under one number, the one of which an item is a later wording; null when it is another post. It is one when the words are
-- much alike and the author the same, or when it stands at the same address under the same title or moment.
create function monitoring.earlier_wording(identity uuid, item jsonb) returns bigint language sql stable set search_path = pg_catalog as $$
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
      else share >= 0.7 and (p.author = i.author or p.author = '' or i.author = '') end
    order by share desc, p.id limit 1
$$;

-- Gives a post other words: what it said is kept, its mentions are judged as the item was, and units that it now concerns get theirs.
-- What a person corrected stays as corrected, unless the new words are more severe than the old ones were. Says what became of it.
-- `pending`: its mentions are yet to be made, by whoever calls.
create function monitoring.reword(target bigint, identity uuid, item jsonb, is_demo boolean, pending boolean) returns jsonb
  language plpgsql volatile set search_path = pg_catalog as $$
declare
  old monitoring.post;
  answer jsonb;
begin
  select * into strict old from monitoring.post where id = target for update;
  insert into monitoring.wording (identity, content, post_id, title, text, judgement, worded_at)
    values (reword.identity, monitoring.content_of(old.title, old.text), target, old.title, old.text, old.judgement,
      coalesce(old.worded_at, old.taken_in_at)) on conflict do nothing;
  update monitoring.post p set title = i.title, text = i.text, author = i.author, url = coalesce(i.url, p.url), text_key = i.text_key,
      judgement = i.judgement, worded_at = now(), repeat_of = null, published_at = case when pending then i.published_at else p.published_at end, likes = i.likes, comments = i.comments, shares = i.shares,
      followers = i.followers, units = array(select unnest(i.units) union select m.branch_id from monitoring.mention m where m.post_id = target order by 1)
    from jsonb_to_record(item) as i (title text, text text, author text, url text, text_key uuid, judgement jsonb, likes int, comments int,
      shares int, followers int, units int[], published_at timestamptz(3))
    where p.id = target;
  if pending then return jsonb_build_object('alerts', '[]'::jsonb, 'units', '[]'::jsonb, 'changed', '[]'::jsonb); end if;
  with i as (
    select * from jsonb_to_record(item) as i (sentiment text, category text, triage text, author text, title text, excerpt text, url text,
      folded text, grams text, judgement jsonb, mentions jsonb, platform text, kind text)),
  judged as (select m.branch_id, m.severity, m.rules from i, jsonb_to_recordset(i.mentions) as m (branch_id int, severity int, rules jsonb)),
  changed as (
    update monitoring.mention m set author = i.author, title = i.title, excerpt = i.excerpt, url = coalesce(i.url, m.url), folded = i.folded,
        grams = array_to_tsvector(string_to_array(i.grams, ' ') || ('@' || m.branch_id)),
        sentiment = case when before.corrected then m.sentiment else i.sentiment end,
        category = case when before.corrected then m.category else i.category end,
        triage = case when before.corrected then m.triage else i.triage end,
        severity = case when not before.corrected then before.judged
          when before.judged > (old.judgement ->> 'severity')::int then greatest(m.severity, before.judged) else m.severity end
      from i, (
        select b.id, b.severity, b.sentiment, b.corrected, coalesce(judged.severity, (i.judgement ->> 'severity')::int) as judged
        from monitoring.mention b cross join i left join judged using (branch_id) where b.post_id = target for update of b) before
      where m.id = before.id
      returning m.id, m.branch_id, m.region_id, m.published_at, m.severity, m.sentiment, before.severity as former, before.sentiment as felt),
  added as (
    insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform,
        kind, author, title, excerpt, url, folded, grams)
      select target, unit.id, unit.region_id, old.published_at, judged.severity, is_demo, 1, i.sentiment, i.category, i.triage,
        i.platform, i.kind, i.author, i.title, i.excerpt, i.url, i.folded, array_to_tsvector(string_to_array(i.grams, ' ') || ('@' || unit.id))
      from i, judged join access.unit on unit.id = judged.branch_id and unit.branch_id = unit.id
      where not exists (select from monitoring.mention m where m.post_id = target and m.branch_id = unit.id)
      returning id, branch_id, region_id, published_at, severity, sentiment),
  whole as (select id, branch_id, region_id, published_at, severity, sentiment, former, felt from changed
    union all select id, branch_id, region_id, published_at, severity, sentiment, -1, '' from added),
  unmatched as (delete from monitoring.mention_rule r using changed where r.mention_id = changed.id
    and not exists (select from judged, jsonb_to_recordset(judged.rules) as j (rule_id int) where judged.branch_id = changed.branch_id and j.rule_id = r.rule_id)),
  matched as (
    insert into monitoring.mention_rule as r (mention_id, rule_id, branch_id, region_id, published_at, spans)
      select whole.id, j.rule_id, whole.branch_id, whole.region_id, whole.published_at, j.spans
      from whole join judged using (branch_id) cross join lateral jsonb_to_recordset(judged.rules) as j (rule_id int, spans jsonb)
      where exists (select from monitoring.rule where rule.id = j.rule_id)
    on conflict (mention_id, rule_id) do update set spans = excluded.spans)
  select jsonb_build_object(
    'repeat_of', old.repeat_of, 'changed', coalesce((select jsonb_agg(id order by id) from changed), '[]'),
    'alerts', coalesce((select jsonb_agg(id) from whole where severity > former and (severity >= 3
      or severity = 2 and (sentiment = 'negative' or severity > (item -> 'judgement' ->> 'severity')::int))
      or severity = 2 and former = 2 and sentiment = 'negative' and felt <> 'negative'), '[]'),
    'units', coalesce((select jsonb_agg(jsonb_build_object('branchId', branch_id, 'regionId', region_id)) from whole), '[]')) into answer;
  return answer;
end $$;
revoke execute on function monitoring.content_of, monitoring.alikeness, monitoring.earlier_wording, monitoring.reword from public;

-- As before, and: other words under a known number are a later wording or another post; what concerns units out of scope is refused by
-- `units` too; old news that shall call nobody is marked `quiet`.
create or replace function monitoring.store(batch jsonb, taken_from int, is_demo boolean) returns jsonb
  language plpgsql volatile security definer set search_path = pg_catalog set enable_seqscan = off as $$
declare
  asking constant text[] := access.context();
  mine int[];
  salt text := '';
  item record;
  known_id bigint;
  known_url text;
  known_author text;
  known_platform text;
  known_title text;
  known_text text;
  own_key uuid;
  twin_key uuid;
  target bigint;
  fresh_id bigint;
  is_namesake boolean;
  posts bigint[] := '{}';
  places int[] := '{}';
  repeats bigint[] := '{}';
  loud bigint[] := '{}';
  repeated int := 0;
  updated int := 0;
  irrelevant int := 0;
  reworded jsonb;
  late_alerts jsonb := '[]';
  late_units jsonb := '[]';
  late_changes jsonb := '[]';
  answer jsonb;
begin
  if session_user <> 'anlan_worker' then
    if asking is null or asking[3] <> 'monitoring.intake' then raise insufficient_privilege using message = 'not for intake'; end if;
    if asking[4] <> 'group' then
      salt := asking[4] || asking[5];
      select array_agg(id) into mine from access.unit
        where case asking[4] when 'several' then id = any (asking[5]::int[]) when 'region' then region_id = asking[5]::int
          else branch_id = asking[5]::int end;
      if exists (select from jsonb_array_elements(batch) i where exists (select from jsonb_array_elements(i -> 'mentions') m
            where not (m ->> 'branch_id')::int = any (mine))
          or exists (select from jsonb_array_elements(i -> 'units') u where not u::int = any (mine))) then
        raise insufficient_privilege using message = 'a unit outside the scope';
      end if;
    end if;
  end if;
  -- One writer at a time: whether a text was said before is then never a race. A batch takes a fraction of a second.
  perform pg_advisory_xact_lock(845130018);

  for item in
    select row_number() over () - 1 as place, i.* from jsonb_to_recordset(batch) as i (key uuid, content uuid, numbered boolean, quiet boolean,
      text_key uuid, tells boolean, units int[], platform text, kind text, author text, title text, text text, url text,
      published_at timestamptz(3), likes int, comments int, shares int, followers int, judgement jsonb)
  loop
    own_key := case when salt = '' then item.key else md5(salt || item.key)::uuid end;
    is_namesake := false;
    select p.title, p.text into known_title, known_text from monitoring.post p where p.intake_key = own_key;
    if found then
      twin_key := md5(own_key::text || item.content::text)::uuid;
      if known_title = item.title and known_text = item.text
         or exists (select from monitoring.post p where p.intake_key = twin_key)
         or exists (select from monitoring.wording w where w.identity = own_key and w.content = item.content) then
        repeated := repeated + 1;
        continue;
      end if;
      target := case when item.numbered then monitoring.earlier_wording(own_key, batch -> item.place::int) end;
      if target is not null then
        reworded := monitoring.reword(target, own_key, batch -> item.place::int, is_demo, target = any (posts));
        updated := updated + 1;
        -- It says what only it says now, so it is no longer heat of another.
        known_id := (reworded ->> 'repeat_of')::bigint;
        if known_id = any (repeats) then
          repeats := repeats[:array_position(repeats, known_id) - 1] || repeats[array_position(repeats, known_id) + 1:];
        elsif known_id is not null then
          update monitoring.mention set heat = heat - 1 where post_id = known_id and heat > 1;
        end if;
        if target = any (posts) then
          -- Its mentions are yet to be made: they are made of these words.
          places[array_position(posts, target)] := item.place::int;
        elsif not item.quiet then late_alerts := late_alerts || (reworded -> 'alerts');
        end if;
        late_units := late_units || (reworded -> 'units');
        late_changes := late_changes || (reworded -> 'changed');
        continue;
      end if;
      own_key := twin_key;
      is_namesake := true;
    elsif salt <> '' and exists (select from monitoring.post p where p.intake_key = item.key and p.units && mine
        and p.title = item.title and p.text = item.text) then
      repeated := repeated + 1;
      continue;
    end if;
    known_id := null;
    if item.tells and item.units <> '{}' then
      select p.id, p.url, p.author, p.platform into known_id, known_url, known_author, known_platform from monitoring.post p
        where p.text_key = item.text_key and p.repeat_of is null and p.units = item.units and p.units <> '{}' and p.demo = is_demo
          and p.published_at between item.published_at - interval '30 days' and item.published_at + interval '30 days'
        order by p.id desc limit 1;
      -- The same words by the same author at the same address: this very post, come in another way.
      if known_id is not null and known_url = item.url and known_author = item.author and known_platform = item.platform then
        repeated := repeated + 1;
        continue;
      end if;
    end if;
    insert into monitoring.post (source_id, platform, kind, author, title, text, url, published_at, likes, comments, shares, followers,
        intake_key, text_key, units, repeat_of, judgement, demo)
      values (taken_from, item.platform, item.kind, item.author, item.title, item.text, item.url, item.published_at, item.likes,
        item.comments, item.shares, item.followers, own_key, item.text_key, item.units, known_id, item.judgement, is_demo)
      returning id into fresh_id;
    if is_namesake then
      insert into monitoring.namesake (identity, post_id)
        values (case when salt = '' then item.key else md5(salt || item.key)::uuid end, fresh_id);
    end if;
    if known_id is not null then
      repeats := repeats || known_id;
      if not item.quiet then loud := loud || known_id; end if;
      repeated := repeated + 1;
    elsif item.units = '{}' then
      irrelevant := irrelevant + 1;
    else
      posts := posts || fresh_id;
      places := places || item.place::int;
    end if;
  end loop;

  with heat as (select post_id, count(*)::int as more from unnest(repeats) r (post_id) group by 1),
  heated as (
    update monitoring.mention m set heat = m.heat + heat.more from heat where m.post_id = heat.post_id
      returning m.id, m.post_id, m.branch_id, m.region_id, m.heat, m.heat - heat.more as before),
  fresh as (select f.post_id, batch -> f.place as item from unnest(posts, places) f (post_id, place)),
  added as (
    insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform,
        kind, author, title, excerpt, url, folded, grams)
      select fresh.post_id, unit.id, unit.region_id, i.published_at, m.severity, is_demo,
        1 + coalesce((select more from heat where heat.post_id = fresh.post_id), 0), i.sentiment, i.category, i.triage,
        i.platform, i.kind, i.author, i.title, i.excerpt, i.url, i.folded, array_to_tsvector(string_to_array(i.grams, ' ') || ('@' || unit.id))
      from fresh
      cross join lateral jsonb_to_record(fresh.item) as i (published_at timestamptz(3), sentiment text, category text, triage text,
        platform text, kind text, author text, title text, excerpt text, url text, folded text, grams text, mentions jsonb)
      cross join lateral jsonb_to_recordset(i.mentions) as m (branch_id int, severity int)
      join access.unit on unit.id = m.branch_id and unit.branch_id = unit.id
      returning id, post_id, branch_id, region_id, published_at, severity, sentiment),
  matched as (
    insert into monitoring.mention_rule (mention_id, rule_id, branch_id, region_id, published_at, spans)
      select added.id, r.rule_id, added.branch_id, added.region_id, added.published_at, r.spans
      from added join fresh using (post_id)
      cross join lateral jsonb_to_recordset(fresh.item -> 'mentions') as m (branch_id int, rules jsonb)
      cross join lateral jsonb_to_recordset(m.rules) as r (rule_id int, spans jsonb)
      where m.branch_id = added.branch_id and exists (select from monitoring.rule where rule.id = r.rule_id))
  select jsonb_build_object(
    'new', cardinality(posts), 'repeated', repeated, 'updated', updated, 'irrelevant', irrelevant, 'changed', late_changes,
    -- What somebody must look at: whatever may spread or harm, complaints that want an answer, and what a keyword rule made that severe.
    'alerts', late_alerts || coalesce((select jsonb_agg(added.id order by added.id) from added join fresh using (post_id)
      where (severity >= 3 or severity = 2 and (sentiment = 'negative' or severity > (fresh.item -> 'judgement' ->> 'severity')::int))
        and not (fresh.item -> 'quiet')::boolean), '[]'),
    'heated', coalesce((select jsonb_agg(jsonb_build_object('id', id, 'heat', heat, 'before', before, 'loud', post_id = any (loud)) order by id)
      from heated), '[]'),
    'units', coalesce((select jsonb_agg(jsonb_build_object('branchId', branch_id, 'regionId', region_id) order by branch_id)
      from (select branch_id, region_id from added union select branch_id, region_id from heated
        union select (unit ->> 'branchId')::int, (unit ->> 'regionId')::int from jsonb_array_elements(late_units) unit) changed), '[]')) into answer;
  return answer;
end $$;

-- Storing changes a judgement because the words changed; that is no correction by whoever brought them.
drop trigger keep_correction on monitoring.mention;
create trigger keep_correction before update of sentiment, category, severity, triage on monitoring.mention
  for each row when (current_user <> 'anlan_definer') execute function monitoring.keep_correction();

grant select, insert on monitoring.wording, monitoring.namesake to anlan_definer;
grant update on monitoring.post to anlan_definer;
grant update (author, title, excerpt, url, folded, grams, sentiment, category, severity, triage) on monitoring.mention to anlan_definer;
grant update (spans), delete on monitoring.mention_rule to anlan_definer;
grant execute on function monitoring.content_of, monitoring.alikeness, monitoring.earlier_wording, monitoring.reword to anlan_definer;
grant execute on function monitoring.content_of to anlan_worker;
