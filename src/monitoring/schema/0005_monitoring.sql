-- What the public says: where it comes from, each post once, one mention for each unit that a post concerns, and what is counted of them.
create schema monitoring;
grant usage on schema monitoring to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker, anlan_definer;

-- ── Sources ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- A source belongs to a unit: its people look after it, and what it brings in reaches that unit and those below it.
create table monitoring.source (
  id               int generated always as identity primary key,
  name             text not null check (name <> ''),
  kind             text not null check (kind in ('feed', 'webhook', 'file')),
  url              text,
  platform         text not null,
  branch_id        int not null,
  region_id        int not null,
  interval_seconds int not null check (interval_seconds between 1 and 86400),
  enabled          boolean not null default true,
  -- Set by the demo alone: its feed is on loopback, and what it brings in is marked.
  demo             boolean not null default false,
  created_at       timestamptz(3) not null default now(),
  -- The clock of a feed. A fetch holds the source until `leased_until`; one that was killed is done again after that.
  next_fetch_at    timestamptz(3),
  leased_until     timestamptz(3),
  etag             text,
  last_modified    text,
  content_hash     text,
  last_fetched_at  timestamptz(3),
  last_changed_at  timestamptz(3),
  last_item_at     timestamptz(3),
  failures         int not null default 0,
  problem          jsonb,
  taken_new        int not null default 0,
  taken_repeated   int not null default 0,
  taken_refused    int not null default 0,
  check ((kind = 'feed') = (url is not null)),
  unique (id, branch_id),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.source (branch_id);
create index on monitoring.source (region_id);
create index on monitoring.source (next_fetch_at) where next_fetch_at is not null;

-- What a webhook's signatures are checked with. Written once, read by the program alone.
create table monitoring.source_secret (
  source_id int not null,
  branch_id int not null,
  region_id int not null,
  secret    text not null,
  primary key (source_id, branch_id),
  foreign key (source_id, branch_id) references monitoring.source (id, branch_id) on update cascade on delete cascade,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);

-- ── Posts ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Each post once, as it was taken in. People reach it through its mentions and no other way.
create table monitoring.post (
  id           bigint generated always as identity primary key,
  source_id    int references monitoring.source (id) on delete set null,
  platform     text not null,
  kind         text not null,
  author       text not null,
  title        text not null,
  text         text not null,
  url          text,
  published_at timestamptz(3) not null,
  taken_in_at  timestamptz(3) not null default now(),
  likes        int not null,
  comments     int not null,
  shares       int not null,
  followers    int not null,
  -- What makes it this post: its number at the platform, else its address, else author, text and minute (key.ts).
  intake_key   uuid not null unique,
  -- Equal for texts that say the same in other punctuation, width or script.
  text_key     uuid not null,
  -- The units it concerned when it was taken in, sorted; none when it was not relevant.
  units        int[] not null,
  -- The first post that said this; its mentions carry the heat.
  repeat_of    bigint references monitoring.post (id),
  -- As judged when it was taken in: engine, labels, reasons. Corrections do not touch it.
  judgement    jsonb not null,
  demo         boolean not null
);
create index on monitoring.post (text_key, published_at) where repeat_of is null and units <> '{}';
create index on monitoring.post (repeat_of) where repeat_of is not null;
create index on monitoring.post (source_id);

-- ── Mentions ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- One row for each unit that a post concerns, holding all that a list shows and a filter asks, so that a page is one index scan.
create table monitoring.mention (
  id           bigint generated always as identity primary key,
  post_id      bigint not null references monitoring.post (id) on delete cascade,
  -- The unit: a branch, or a region or headquarters standing for itself.
  branch_id    int not null,
  region_id    int not null,
  published_at timestamptz(3) not null,
  taken_in_at  timestamptz(3) not null default now(),
  severity     smallint not null check (severity between 0 and 4),
  demo         boolean not null,
  corrected    boolean not null default false,
  heat         int not null,
  sentiment    text not null check (sentiment in ('negative', 'neutral', 'positive')),
  category     text not null,
  triage       text not null,
  platform     text not null,
  kind         text not null,
  author       text not null,
  title        text not null,
  excerpt      text not null,
  url          text,
  -- Author, title and the first 20,000 characters of the text, folded: what a search is verified on.
  folded       text not null,
  -- Their pairs of neighbouring characters, and `@<branch_id>`: what a search finds by.
  grams        tsvector not null,
  unique (post_id, branch_id),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index mention_branch on monitoring.mention (branch_id, published_at desc, id desc);
create index mention_region on monitoring.mention (region_id, published_at desc, id desc);
create index mention_newest on monitoring.mention (published_at desc, id desc);
create index mention_branch_severe on monitoring.mention (branch_id, published_at desc, id desc) where severity >= 3;
create index mention_region_severe on monitoring.mention (region_id, published_at desc, id desc) where severity >= 3;
create index mention_severe on monitoring.mention (published_at desc, id desc) where severity >= 3;
create index mention_grams on monitoring.mention using gin (grams);

-- ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Keyword rules of a unit; they look at the mentions of that unit and those below it.
create table monitoring.rule (
  id             int generated always as identity primary key,
  name           text not null check (name <> ''),
  expression     text not null,
  branch_id      int not null,
  region_id      int not null,
  severity_floor smallint not null default 0 check (severity_floor between 0 and 4),
  enabled        boolean not null default true,
  updated_at     timestamptz(3) not null default clock_timestamp(),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.rule (branch_id);
create index on monitoring.rule (region_id);

create table monitoring.mention_rule (
  mention_id   bigint not null references monitoring.mention (id) on delete cascade,
  rule_id      int not null references monitoring.rule (id) on delete cascade,
  branch_id    int not null,
  region_id    int not null,
  published_at timestamptz(3) not null,
  -- [{field, start, end}], UTF-16 offsets in the post.
  spans        jsonb not null,
  primary key (mention_id, rule_id),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.mention_rule (rule_id, published_at desc);
create index on monitoring.mention_rule (branch_id);
create index on monitoring.mention_rule (region_id);

-- ── Corrections ──────────────────────────────────────────────────────────────────────────────────────────────────
-- Written by the database itself whenever a judgement changes, so that none changes unseen.
create table monitoring.correction (
  id         bigint generated always as identity primary key,
  mention_id bigint not null references monitoring.mention (id) on delete cascade,
  branch_id  int not null,
  region_id  int not null,
  at         timestamptz(3) not null default clock_timestamp(),
  person_id  int not null,
  -- Whoever may see the mention may know who changed it, also where the person's own record is out of sight.
  person     text not null,
  field      text not null,
  before     text not null,
  after      text not null,
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.correction (mention_id);
create index on monitoring.correction (branch_id);
create index on monitoring.correction (region_id);

create function monitoring.keep_correction() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into monitoring.correction (mention_id, branch_id, region_id, person_id, person, field, before, after)
    select new.id, new.branch_id, new.region_id, person.id, person.name, change.field, change.before, change.after
    from access.person, (values ('sentiment', old.sentiment, new.sentiment), ('category', old.category, new.category),
      ('severity', old.severity::text, new.severity::text), ('triage', old.triage, new.triage)) change (field, before, after)
    where person.id = access.person_asking() and change.before <> change.after;
  new.corrected := new.corrected or found;
  return new;
end $$;
create trigger keep_correction before update of sentiment, category, severity, triage on monitoring.mention
  for each row execute function monitoring.keep_correction();

-- ── Roll-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────
-- Mentions counted by hour, and by the group's day for each platform and category. Kept by the statement that changes the mentions.
create table monitoring.volume_hour (
  branch_id int not null,
  region_id int not null,
  at        timestamptz(3) not null,
  negative  int not null,
  neutral   int not null,
  positive  int not null,
  primary key (branch_id, at),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.volume_hour (region_id, at);
create index on monitoring.volume_hour (at);

create table monitoring.volume_day (
  branch_id int not null,
  region_id int not null,
  day       date not null,
  -- 'all' with an empty key, 'platform' or 'category'.
  facet     text not null check (facet in ('all', 'platform', 'category')),
  key       text not null,
  negative  int not null,
  neutral   int not null,
  positive  int not null,
  primary key (branch_id, facet, day, key),
  foreign key (branch_id, region_id) references access.unit (id, region_id) on update cascade
);
create index on monitoring.volume_day (region_id, facet, day);
create index on monitoring.volume_day (facet, day);

create function monitoring.hour_of(moment timestamptz) returns timestamptz language sql immutable parallel safe
  return date_bin('1 hour', moment, '2000-01-01 00:00:00+00');

-- Rows are counted in one order, so that two statements at once wait for each other and never in a circle.
create function monitoring.roll_up() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  delta constant text := (case tg_op
    when 'INSERT' then 'select 1 as n, branch_id, region_id, published_at, sentiment, platform, category from added'
    when 'DELETE' then 'select -1 as n, branch_id, region_id, published_at, sentiment, platform, category from removed'
    else 'select 1 as n, branch_id, region_id, published_at, sentiment, platform, category from added union all
          select -1, branch_id, region_id, published_at, sentiment, platform, category from removed' end);
  counts constant text := $s$ coalesce(sum(n) filter (where sentiment = 'negative'), 0), coalesce(sum(n) filter (where sentiment = 'neutral'), 0),
    coalesce(sum(n) filter (where sentiment = 'positive'), 0) $s$;
  added_up constant text := $s$ set negative = volume.negative + excluded.negative, neutral = volume.neutral + excluded.neutral,
    positive = volume.positive + excluded.positive $s$;
begin
  execute format('insert into monitoring.volume_hour as volume (branch_id, region_id, at, negative, neutral, positive)
    select branch_id, max(region_id), monitoring.hour_of(published_at), %2$s from (%1$s) delta
      group by 1, 3 having (%2$s) <> (0, 0, 0) order by 1, 3
    on conflict (branch_id, at) do update %3$s', delta, counts, added_up);
  execute format('insert into monitoring.volume_day as volume (branch_id, region_id, day, facet, key, negative, neutral, positive)
    select branch_id, max(region_id), base.day_of(published_at), facet, key, %2$s from (%1$s) delta
      cross join lateral (values (''all'', ''''), (''platform'', platform), (''category'', category)) f (facet, key)
      group by 1, 3, 4, 5 having (%2$s) <> (0, 0, 0) order by 1, 4, 3, 5
    on conflict (branch_id, facet, day, key) do update %3$s', delta, counts, added_up);
  return null;
end $$;
create trigger roll_up_insert after insert on monitoring.mention referencing new table as added
  for each statement execute function monitoring.roll_up();
create trigger roll_up_update after update on monitoring.mention referencing old table as removed new table as added
  for each statement execute function monitoring.roll_up();
create trigger roll_up_delete after delete on monitoring.mention referencing old table as removed
  for each statement execute function monitoring.roll_up();

-- ── Storing ──────────────────────────────────────────────────────────────────────────────────────────────────────
-- The one way in (intake.ts): stores a batch of judged items and says what became of them. A definer's, for it must see whether a post
-- is there already whoever asks; a person's batch may concern only units where the person holds `monitoring.intake`, and whether
-- a post is there is answered to them from what they see and from what they took in themselves.
-- Plans are kept for the life of a connection, and one made while the tables were small would read them whole when they are not.
create function monitoring.store(batch jsonb, taken_from int, is_demo boolean) returns jsonb
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
  own_key uuid;
  fresh_id bigint;
  posts bigint[] := '{}';
  places int[] := '{}';
  repeats bigint[] := '{}';
  repeated int := 0;
  irrelevant int := 0;
  answer jsonb;
begin
  if session_user <> 'anlan_worker' then
    if asking is null or asking[3] <> 'monitoring.intake' then raise insufficient_privilege using message = 'not for intake'; end if;
    if asking[4] <> 'group' then
      salt := asking[4] || asking[5];
      select array_agg(id) into mine from access.unit
        where case asking[4] when 'several' then id = any (asking[5]::int[]) when 'region' then region_id = asking[5]::int
          else branch_id = asking[5]::int end;
      if exists (select from jsonb_array_elements(batch) i, jsonb_array_elements(i -> 'mentions') m
          where not (m ->> 'branch_id')::int = any (mine)) then
        raise insufficient_privilege using message = 'a unit outside the scope';
      end if;
    end if;
  end if;
  -- One writer at a time: whether a text was said before is then never a race. A batch takes a fraction of a second.
  perform pg_advisory_xact_lock(845130018);

  for item in
    select row_number() over () - 1 as place, i.* from jsonb_to_recordset(batch) as i (key uuid, text_key uuid, tells boolean, units int[],
      platform text, kind text, author text, title text, text text, url text, published_at timestamptz(3),
      likes int, comments int, shares int, followers int, judgement jsonb)
  loop
    own_key := case when salt = '' then item.key else md5(salt || item.key)::uuid end;
    if exists (select from monitoring.post p where p.intake_key = own_key)
       or (salt <> '' and exists (select from monitoring.post p where p.intake_key = item.key and p.units && mine)) then
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
    if known_id is not null then
      repeats := repeats || known_id;
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
      returning m.id, m.branch_id, m.region_id, m.heat, m.heat - heat.more as before),
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
    'new', cardinality(posts), 'repeated', repeated, 'irrelevant', irrelevant,
    -- What somebody must look at: whatever may spread or harm, complaints that want an answer, and what a keyword rule made that severe.
    'alerts', coalesce((select jsonb_agg(added.id order by added.id) from added join monitoring.post on post.id = added.post_id
      where severity >= 3 or severity = 2 and (sentiment = 'negative' or severity > (post.judgement ->> 'severity')::int)), '[]'),
    'heated', coalesce((select jsonb_agg(jsonb_build_object('id', id, 'heat', heat, 'before', before) order by id) from heated), '[]'),
    'units', coalesce((select jsonb_agg(jsonb_build_object('branchId', branch_id, 'regionId', region_id) order by branch_id)
      from (select branch_id, region_id from added union select branch_id, region_id from heated) changed), '[]')) into answer;
  return answer;
end $$;

-- The keyword rules that can apply to what this transaction takes in: all for the program and the group, else those of the units held
-- and of the units above them.
create function monitoring.rules_in_force() returns table (id int, expression text, branch_id int, region_id int, severity_floor smallint)
  language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  asking constant text[] := access.context();
  held int[];
begin
  if session_user <> 'anlan_worker' then
    if asking is null or asking[3] <> 'monitoring.intake' then raise insufficient_privilege using message = 'not for intake'; end if;
    if asking[4] <> 'group' then
      held := case when asking[4] = 'several' then asking[5]::int[] else array[asking[5]::int] end;
      held := held || array(select u.region_id from access.unit u where u.id = any (held))
        || array(select u.id from access.unit u where u.kind = 'headquarters')
        || array(select u.id from access.unit u where asking[4] = 'region' and u.region_id = asking[5]::int);
    end if;
  end if;
  return query select r.id, r.expression, r.branch_id, r.region_id, r.severity_floor from monitoring.rule r
    where r.enabled and (held is null or r.branch_id = any (held)) order by r.id;
end $$;

-- ── Searching ────────────────────────────────────────────────────────────────────────────────────────────────────
-- Policies would switch the text index off (docs/decisions/0005-search.md), so this sees everything and puts the scope of the signed
-- context, never of an argument, into its condition. Newest first: the latest rows are looked through, as common words are found there
-- at once; older ones come from the index. Answers with numbers only: what they stand for is read under the policies again.
create function monitoring.search(pieces text[], pairs text[], wanted jsonb, before_at timestamptz, before_id bigint, how_many int,
    looked_through int default 3000) returns table (id bigint, published_at timestamptz) language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  asking constant text[] := access.context();
  scope text;
  lexemes text;
  span text := '';
  wish text := '';
  said text;
  edge record;
  found_so_far int := 0;
begin
  if asking is null or cardinality(pieces) = 0 then return; end if;
  case asking[4]
    when 'group' then scope := 'true';
    when 'region' then
      scope := format('region_id = %s', asking[5]::int);
      select string_agg(format('''@%s''', unit.id), '|') into lexemes from access.unit where region_id = asking[5]::int and unit.branch_id = unit.id;
    when 'branch' then
      scope := format('branch_id = %s', asking[5]::int);
      lexemes := format('''@%s''', asking[5]::int);
    else
      scope := format('branch_id = any (%L::int[])', asking[5]::int[]);
      select string_agg(format('''@%s''', unit), '|') into lexemes from unnest(asking[5]::int[]) unit;
  end case;
  if wanted ? 'branchId' then
    scope := scope || format(' and branch_id = %s', (wanted ->> 'branchId')::int);
    lexemes := format('''@%s''', (wanted ->> 'branchId')::int);
  end if;
  if wanted ? 'regionId' then
    scope := scope || format(' and region_id = %s', (wanted ->> 'regionId')::int);
    if lexemes is null then
      select string_agg(format('''@%s''', unit.id), '|') into lexemes from access.unit
        where region_id = (wanted ->> 'regionId')::int and unit.branch_id = unit.id;
    end if;
  end if;
  if wanted ? 'since' then span := span || format(' and published_at >= %L::timestamptz', wanted ->> 'since'); end if;
  if wanted ? 'until' then span := span || format(' and published_at < %L::timestamptz', wanted ->> 'until'); end if;
  if before_id is not null then span := span || format(' and (published_at, id) < (%L::timestamptz, %s)', before_at, before_id); end if;
  select coalesce(string_agg(format(' and %I = %L', key, value), ''), '') into wish from jsonb_each_text(wanted)
    where key in ('sentiment', 'category', 'platform', 'triage');
  if wanted ? 'minSeverity' then wish := wish || format(' and severity >= %s', (wanted ->> 'minSeverity')::int); end if;
  if wanted ? 'ruleId' then
    wish := wish || format(' and exists (select from monitoring.mention_rule r where r.mention_id = mention.id and r.rule_id = %s)',
      (wanted ->> 'ruleId')::int);
  end if;
  select string_agg(format(' and position(%L in folded) > 0', piece), '') into said from unnest(pieces) piece;

  execute format('select mention.id, mention.published_at from monitoring.mention where %s%s
    order by mention.published_at desc, mention.id desc offset %s limit 1', scope, span, looked_through - 1) into edge;
  return query execute format('select mention.id, mention.published_at::timestamptz from (
      select * from monitoring.mention where %s%s order by published_at desc, id desc limit %s) mention
    where true%s%s order by mention.published_at desc, mention.id desc limit %s', scope, span, looked_through, wish, said, how_many);
  get diagnostics found_so_far = row_count;
  if edge.id is null or found_so_far >= how_many then return; end if;
  -- A word of two characters is a pair itself: the index alone is the truth.
  select coalesce(string_agg(format(' and position(%L in folded) > 0', piece), ''), '') into said
    from unnest(pieces) piece where not piece = any (pairs);
  return query execute format('select mention.id, mention.published_at::timestamptz from monitoring.mention
    where %s%s and (published_at, id) < (%L::timestamptz, %s)%s%s%s order by mention.published_at desc, mention.id desc limit %s',
    scope, span, edge.published_at, edge.id, wish, said,
    case when cardinality(pairs) = 0 then '' else format(' and grams @@ %L::tsquery', concat_ws('&',
      (select string_agg('''' || replace(replace(pair, '\', '\\'), '''', '''''') || '''', '&') from unnest(pairs) pair), '(' || lexemes || ')')) end,
    how_many - found_so_far);
end $$;

-- ── Policies and grants ──────────────────────────────────────────────────────────────────────────────────────────
call access.protect('monitoring.source', 'select');
call access.protect('monitoring.source', 'insert', 'monitoring.manage_sources');
call access.protect('monitoring.source', 'update', 'monitoring.manage_sources');
call access.protect('monitoring.source', 'delete', 'monitoring.manage_sources');
grant select, delete, insert (name, kind, url, platform, branch_id, region_id, interval_seconds, enabled, next_fetch_at),
  update (name, url, platform, interval_seconds, enabled, next_fetch_at, failures, problem, etag, last_modified, content_hash)
  on monitoring.source to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select, delete, insert (name, kind, url, platform, branch_id, region_id, interval_seconds, enabled, next_fetch_at, demo),
  update (name, url, platform, interval_seconds, enabled, next_fetch_at, leased_until, etag, last_modified, content_hash, last_fetched_at,
    last_changed_at, last_item_at, failures, problem, taken_new, taken_repeated, taken_refused)
  on monitoring.source to anlan_worker;

-- No tier reads a secret.
call access.protect('monitoring.source_secret', 'insert', 'monitoring.manage_sources');
create policy source_secret_read on monitoring.source_secret for select to anlan_worker using (true);
grant insert (source_id, branch_id, region_id, secret) on monitoring.source_secret
  to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
grant select on monitoring.source_secret to anlan_worker;

alter table monitoring.post enable row level security, force row level security;
create policy post_read on monitoring.post for select to anlan_branch, anlan_region, anlan_group, anlan_several
  using (exists (select from monitoring.mention where mention.post_id = coalesce(post.repeat_of, post.id)));
create policy post_work on monitoring.post for select to anlan_worker using (true);
grant select on monitoring.post to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

call access.protect('monitoring.mention', 'select');
call access.protect('monitoring.mention', 'update', 'monitoring.correct');
grant select, update (sentiment, category, severity, triage) on monitoring.mention to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select on monitoring.mention to anlan_worker;

call access.protect('monitoring.rule', 'select');
call access.protect('monitoring.rule', 'insert', 'monitoring.manage_rules');
call access.protect('monitoring.rule', 'update', 'monitoring.manage_rules');
call access.protect('monitoring.rule', 'delete', 'monitoring.manage_rules');
grant select, delete, insert (name, expression, branch_id, region_id, severity_floor, enabled),
  update (name, expression, branch_id, region_id, severity_floor, enabled, updated_at)
  on monitoring.rule to anlan_branch, anlan_region, anlan_group, anlan_several;
grant select on monitoring.rule to anlan_worker;

call access.protect('monitoring.mention_rule', 'select');
call access.protect('monitoring.correction', 'select');
call access.protect('monitoring.volume_hour', 'select');
call access.protect('monitoring.volume_day', 'select');
grant select on monitoring.mention_rule, monitoring.correction, monitoring.volume_hour, monitoring.volume_day
  to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;

-- The functions that must see everything belong to a role that nobody can log in as.
grant usage on schema base, access to anlan_definer;
grant execute on function access.person_asking to anlan_definer;
grant create on schema monitoring to anlan_definer;
grant select, insert on monitoring.post, monitoring.mention, monitoring.mention_rule, monitoring.correction to anlan_definer;
grant select, insert, update on monitoring.volume_hour, monitoring.volume_day to anlan_definer;
grant update (heat) on monitoring.mention to anlan_definer;
grant select on monitoring.rule to anlan_definer;
alter function monitoring.keep_correction owner to anlan_definer;
alter function monitoring.roll_up owner to anlan_definer;
alter function monitoring.store owner to anlan_definer;
alter function monitoring.rules_in_force owner to anlan_definer;
alter function monitoring.search owner to anlan_definer;
revoke create on schema monitoring from anlan_definer;
revoke execute on function monitoring.keep_correction, monitoring.roll_up, monitoring.store, monitoring.rules_in_force, monitoring.search from public;
grant execute on function monitoring.store, monitoring.rules_in_force to anlan_branch, anlan_region, anlan_group, anlan_several, anlan_worker;
grant execute on function monitoring.search to anlan_branch, anlan_region, anlan_group, anlan_several;
