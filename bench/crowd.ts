import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { request } from 'undici'
import { findServer } from '../src/words/open.ts'
import type { Place } from '../web/touch.ts'
import { type Browser, openBrowser } from './crowd-http.ts'
import { openNews } from './crowd-news.ts'
import { nothingSeen, openPage, openWork, type Seen } from './crowd-page.ts'
import { type ServedHouse, serveHouse } from './house.ts'
import { quantile, type Row, round } from './row.ts'

const warmMs = 20_000
const measureMs = Number(process.env.CROWD_SECONDS ?? 20) * 1000

interface Setting {
  readonly people: number
  readonly items: number
  readonly split: boolean
}

const settings: readonly Setting[] = [
  { people: 50, items: 100, split: false },
  { people: 200, items: 100, split: false },
  { people: 400, items: 100, split: false },
  { people: 200, items: 100, split: true },
  { people: 400, items: 100, split: true },
]

/** `CROWD=200:100:one` measures that setting alone. */
const wanted = (): readonly Setting[] => {
  const only = process.env.CROWD?.split(':')
  return only ? [{ people: Number(only[0]), items: Number(only[1]), split: only[2] === 'split' }] : settings
}

/**
 * So many people at work, each with a page open, while posts come in: how long asks take, how fresh pages are, how long the loop waits.
 * Server, database and the crowd itself share this machine.
 */
export async function* benchCrowd(): AsyncGenerator<Row> {
  for (const split of [false, true]) {
    const here = wanted().filter((setting) => setting.split === split)
    if (here.length === 0) continue
    const house = await serveHouse({}, undefined, split)
    try {
      for (const setting of here) yield* measure(house, setting)
    } finally {
      await house.stop()
      await house.remove()
    }
  }
}

async function* measure(house: ServedHouse, { people, items, split }: Setting): AsyncGenerator<Row> {
  const { staff, places, source } = await prepare(house)
  const branches = places.filter(({ kind }) => kind === 'branch')
  const news = openNews({ url: house.url, sourceId: source.id, secret: source.secret, branches })
  let seen = nothingSeen()
  const live: Seen = new Proxy(seen, { get: (_, key) => Reflect.get(seen, key), set: (_, key, to) => Reflect.set(seen, key, to) })
  const endings: (() => void)[] = []
  const browsers: Browser[] = []
  for (let nr = 0; nr < people; nr++) {
    const one = staff[nr % staff.length] as Person
    const browser = openBrowser(house.url, one.token, nr)
    browsers.push(browser)
    endings.push(openPage(browser, nr, live, news, one.branchId, places), openWork(browser, nr, live))
    if (nr % 20 === 19) await sleep(50)
  }
  endings.push(news.start(items))
  await sleep(warmMs)
  seen = nothingSeen()
  const before = {
    ...usage(house.pid),
    own: process.cpuUsage(),
    lag: await lagOf(house),
    brought: news.brought,
    at: performance.now(),
  }
  await sleep(measureMs)
  const seconds = (performance.now() - before.at) / 1000
  const after = usage(house.pid)
  const own = process.cpuUsage(before.own)
  const lagMs = (await lagOf(house)) * 1000
  const brought = news.brought - before.brought
  for (const end of endings) end()
  for (const browser of browsers) browser.close()
  if (brought === 0) throw new Error('no post came in: nothing is known of how fresh pages are')
  const { asks, freshness, begun, failed, refused, events } = seen
  const name = `crowd.${people}x${items}${split ? '.split' : ''}`
  const against = `${people} people and pages, ${round(brought / seconds, 1)} items/s, ${asks.length} asks, ${events} events, ${begun} reads by pages of which ${failed} failed; ${refused} asks and ${news.refused} items refused; CPU of ${round(seconds, 0)} s: server ${round(after.server - before.server, 1)}, database ${round(after.database - before.database, 1)}, crowd ${round((own.user + own.system) / 1e6, 1)}`
  yield { name: `${name}.ask.p50`, value: round(quantile(asks, 0.5)), unit: 'ms', against }
  yield { name: `${name}.ask.p95`, value: round(quantile(asks, 0.95)), unit: 'ms', ...(people === 200 && { bar: '< 150' }) }
  yield { name: `${name}.ask.p99`, value: round(quantile(asks, 0.99)), unit: 'ms' }
  yield {
    name: `${name}.fresh.p95`,
    value: round(quantile(freshness, 0.95) / 1000),
    unit: 's',
    ...(people === 200 && { bar: '< 2' }),
  }
  yield { name: `${name}.loop.p99`, value: round(lagMs), unit: 'ms', ...(people === 200 && { bar: '< 100' }) }
  yield { name: `${name}.reads`, value: Math.round(begun / seconds), unit: '1/s' }
}

interface Person {
  readonly token: string
  /** Null for those who see more than a branch. */
  readonly branchId: number | null
}

/** Sessions as signing in makes them, without two hundred passwords; and a webhook to bring posts in by. */
async function prepare(
  house: ServedHouse,
): Promise<{ staff: Person[]; places: (Place & { name: string })[]; source: { id: number; secret: string } }> {
  const { adminUrl } = await findServer({ ANLAN_DATA: house.data } as never)
  const admin = new pg.Client({ connectionString: adminUrl })
  admin.on('error', () => undefined)
  await admin.connect()
  const { rows: people } = await admin.query<{ id: number; branchId: number | null }>(`
    select person.id, case when held.tier = 'branch' then held.units[1] end as "branchId"
    from access.person cross join lateral access.scope_of(person.id, 'monitoring.read') held
    where person.active and held.tier in ('branch', 'region', 'group')
      and (select tier from access.scope_of(person.id, 'response.read')) is not null order by md5(person.login)`)
  const staff: Person[] = []
  for (const { id, branchId } of people) {
    const token = randomBytes(32).toString('base64url')
    await admin.query(
      `insert into access.session (token_hash, person_id, expires_at) values ($1, $2, now() + interval '2 hours')`,
      [createHash('sha256').update(token).digest(), id],
    )
    staff.push({ token, branchId })
  }
  const { rows: places } = await admin.query<Place & { name: string }>(
    'select id, name, kind, branch_id as "branchId", region_id as "regionId" from access.unit order by id',
  )
  await admin.end()
  const publicity = await house.signIn('hq.publicity')
  const unitId = places.find(({ kind }) => kind === 'headquarters')?.id
  const source = await publicity('monitoring.save_source', {
    name: `测量用来源 ${Date.now()}`,
    kind: 'webhook',
    platform: 'weibo',
    unitId,
  })
  const { id, webhookSecret } = source as { id: number; webhookSecret: string }
  return { staff, places, source: { id, secret: webhookSecret } }
}

/** The loop's delay since it was asked last, 99 of 100. */
async function lagOf(house: ServedHouse): Promise<number> {
  const reply = await request(`${house.url}/metrics`)
  const text = await reply.body.text()
  return Number(/^anlan_nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1] ?? Number.NaN)
}

/** Seconds of CPU that the server's process and its database have used. */
function usage(server: number): { server: number; database: number } {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8')
        const parts = text
          .slice(text.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number)
        const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [1, 11, 12, 13, 14].map((at) => parts[at] ?? 0)
        const program = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
        return [{ pid: Number(name), parent, program, own: user + system, children: childUser + childSystem }]
      } catch {
        return []
      }
    })
  const served = stats.filter(({ pid, parent, program }) => (pid === server || parent === server) && program !== 'postgres')
  const master = stats.find(
    ({ program, parent }) => program === 'postgres' && (parent === server || served.some(({ pid }) => pid === parent)),
  )
  const ofDatabase = stats.filter(({ pid, parent }) => master && (pid === master.pid || parent === master.pid))
  const sum = (of: typeof stats) => of.reduce((all, { own }) => all + own, 0) / 100
  return { server: sum(served), database: sum(ofDatabase) + (master?.children ?? 0) / 100 }
}
