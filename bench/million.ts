import type pg from 'pg'
import { pairsOf, searched } from '../src/engines/index.ts'
import { writtenPosts } from './posts.ts'

/**
 * Fills the stream with `count` mentions over a year, branches of very different size, made from the posts written for this project.
 * Goes past triggers and indexes while loading, as nothing else could make two million rows in a minute or two.
 */
export async function loadMentions(admin: pg.Client, count: number): Promise<void> {
  await admin.query(
    `set session_replication_role = replica; set maintenance_work_mem = '1GB'; set synchronous_commit = off; set max_parallel_maintenance_workers = 2`,
  )
  await admin.query(
    'create temp table sample (n int primary key, platform text, author text, title text, excerpt text, folded text, grams tsvector)',
  )
  for (const [n, { platform, author, title, text }] of writtenPosts().entries()) {
    const excerpt = text.slice(0, 60)
    const said = searched(`${author}\n\n\n${title}\n\n\n${excerpt}`)
    await admin.query('insert into sample values ($1, $2, $3, $4, $5, $6, array_to_tsvector($7))', [
      n,
      platform,
      author,
      title,
      excerpt,
      said,
      pairsOf(said),
    ])
  }
  await admin.query(
    `create temp table place as select row_number() over (order by id) - 1 as n, id, region_id from access.unit where kind = 'branch'`,
  )
  const indexes = await admin.query<{
    name: string
    made: string
  }>(`select c.relname as name, pg_get_indexdef(c.oid) as made from pg_index i
    join pg_class c on c.oid = i.indexrelid where i.indrelid = 'monitoring.mention'::regclass and not i.indisprimary and not i.indisunique`)
  for (const { name } of indexes.rows) await admin.query(`drop index monitoring.${name}`)
  await admin.query(`insert into monitoring.post (platform, kind, author, title, text, published_at, likes, comments, shares, followers, intake_key, text_key, units, judgement, demo)
    select 'weibo', 'post', '', '', '', now(), 0, 0, 0, 0, gen_random_uuid(), '00000000-0000-0000-0000-000000000000', '{}', '{}', true from generate_series(1, ${count})`)
  // The share of a branch falls with its number: the largest holds about a seventh, the smallest under one per cent.
  await admin.query(`insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform, kind,
      author, title, excerpt, url, folded, grams)
    select g.id, place.id, place.region_id, now() - make_interval(secs => ((g.id * 7919) % 31000000)), (case when g.id % 97 = 0 then 3 when g.id % 11 = 0 then 2 else g.id % 2 end)::smallint, true, 1,
      (array['negative', 'neutral', 'positive', 'neutral'])[1 + g.id % 4], (array['fees', 'attitude', 'access', 'environment', 'praise', 'information', 'medical_safety'])[1 + g.id % 7],
      'none', sample.platform, 'post', sample.author, sample.title, sample.excerpt, null, sample.folded, sample.grams || ('''@' || place.id || '''')::tsvector
    from (select id, floor(30 * power(((id * 104729) % 1000003) / 1000003.0, 2))::int as place, ((id * 15485863) % 2300)::int as sample from monitoring.post order by id desc limit ${count}) g
    join place on place.n = g.place join sample on sample.n = g.sample`)
  for (const { made } of indexes.rows) await admin.query(made)
  await admin.query(`insert into monitoring.volume_hour select branch_id, region_id, monitoring.hour_of(published_at), count(*) filter (where sentiment = 'negative'),
    count(*) filter (where sentiment = 'neutral'), count(*) filter (where sentiment = 'positive') from monitoring.mention group by 1, 2, 3 on conflict do nothing`)
  await admin.query(`insert into monitoring.volume_day select branch_id, region_id, base.day_of(published_at), facet, key, count(*) filter (where sentiment = 'negative'),
    count(*) filter (where sentiment = 'neutral'), count(*) filter (where sentiment = 'positive')
    from monitoring.mention cross join lateral (values ('all', ''), ('platform', platform), ('category', category)) f (facet, key) group by 1, 2, 3, 4, 5 on conflict do nothing`)
  await admin.query('reset session_replication_role; drop table sample; drop table place')
  await admin.query('vacuum analyze monitoring.mention, monitoring.post, monitoring.volume_hour, monitoring.volume_day')
}
