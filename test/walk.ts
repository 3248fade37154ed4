import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Row, round } from '../bench/row.ts'
import { listenForEnd } from '../src/words/end.ts'
import { alertTimes, findFaults, untilQuiet } from './walk/check.ts'
import { killPostmaster, strike } from './walk/faults.ts'
import { answers, dice, openWalk, type Walk } from './walk/house.ts'
import { openOthers, type Promised, setScene, startLoad } from './walk/load.ts'

const usage = `npm run walk -- [--kills N] [--minutes M] [--seed S] [--restarts N]
  Takes items in by feed, webhook and ask, lets clocks strike and letters go out while server, worker, database server and connections
  are killed at random; then looks whether every item, alert, escalation, letter and trail row is there, and once.
  --kills     faults to make (200)            --minutes  end after so many minutes, however many faults there were (no limit)
  --restarts  only restart PostgreSQL, so often, and measure how long asks go unanswered    --seed  the same walk again
  --verbose   tells each fault
  On standard output come the figures alone, one JSON object a line.`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    minutes: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    restarts: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
const say = (line: string) => void process.stderr.write(`${line}\n`)
const row = (figure: Row) => void process.stdout.write(`${JSON.stringify(figure)}\n`)
const pick = dice(Number(values.seed))
const wanted = Number(values.restarts ?? values.kills)

void listenForEnd().happened.then(() => process.exit(130))
const others = await openOthers()
const walk = await openWalk(others.ports)
let faults: string[] = []
try {
  const scene = await setScene(walk, others)
  while (!(await answers(`${walk.url}/healthz`))) await sleep(100)
  say(`seed ${values.seed}`)
  const load = startLoad(walk, others, scene, pick)
  await sleep(2_000)
  const until = performance.now() + Number(values.minutes) * 60_000
  const waits: number[] = []
  const made = new Map<string, number>()
  let kills = 0
  for (; kills < wanted && performance.now() < until; kills++) {
    const what = values.restarts ? await killPostmaster(walk, 'SIGINT') : await strike(walk, pick)
    made.set(what, (made.get(what) ?? 0) + 1)
    if (values.verbose) say(`${kills + 1} ${what}`)
    if (values.restarts) waits.push(await untilAnswered(walk))
    // Most faults meet a server at work, some one that is still starting: on a busy machine there would be little work else.
    if (!values.restarts && pick() < 0.75) await untilWorking(load.promised)
    await sleep(values.restarts ? 500 : 150 + pick() * 1_500)
  }
  say(`${kills} of ${wanted} faults: ${[...made].map(([what, n]) => `${what} ${n}`).join(', ')}`)
  await load.end()
  const left = await untilQuiet(walk, load.promised, 90)
  faults = [
    ...left.map((what) => `stuck: ${what}`),
    ...(await findFaults(walk, others, load.promised)),
    ...walk.programs.flatMap(({ ended }) => ended),
  ]
  const { alerts, p50, p99, longest } = await alertTimes(walk)
  const { items, changes } = load.promised
  if (kills >= 20 && changes.length === 0) faults.push('nobody got a change through, so that nothing is known of changes')
  say(
    `${items.size} items, ${alerts} alerts, ${changes.length} changes by people, ${others.mails.size} mails, ${others.events.size} events`,
  )
  say(`from stored to alert: p50 ${p50.toFixed(2)} s, p99 ${p99.toFixed(1)} s, longest ${longest.toFixed(1)} s`)
  if (waits.length > 0) say(`asks answered after the database was back: longest ${Math.max(...waits).toFixed(1)} s`)
  const name = values.restarts ? 'restarts' : 'walk'
  const against = `${kills} faults, ${items.size} items, ${alerts} alerts, ${changes.length} changes by people, ${others.mails.size} mails, ${others.events.size} events`
  row({ name: `${name}.faults`, value: faults.length, unit: 'lost, doubled, stuck or ended', against, bar: '0' })
  row({ name: `${name}.alert.p99`, value: round(p99, 1), unit: 's', against: 'from stored to alert', bar: '< 30' })
  if (waits.length > 0)
    row({
      name: 'restarts.answered',
      value: round(Math.max(...waits), 1),
      unit: 's',
      against: 'longest, after the database was back',
      bar: '< 5',
    })
} finally {
  await walk.close()
  others.close()
}
for (const fault of faults) say(`✖ ${fault}`)
say(faults.length === 0 ? 'nothing lost, nothing doubled, nothing stuck' : `${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)

/** Until somebody outside got an item or a change acknowledged again. What never comes back is found at the end. */
async function untilWorking({ items, changes }: Promised): Promise<void> {
  const before = items.size + changes.length
  // The feed's items count as promised by themselves; two more are of other ways.
  for (let tries = 0; tries < 300 && items.size + changes.length < before + 3; tries++) await sleep(100)
}

/** Seconds from the database taking connections again to the first ask answered. */
async function untilAnswered({ url, ask, postmaster }: Walk): Promise<number> {
  const before = await postmaster()
  for (let looks = 0; looks < 100 && (await postmaster()) === before; looks++) await sleep(50)
  await ask('select 1')
  const back = performance.now()
  while (!(await answers(`${url}/healthz`))) await sleep(50)
  return (performance.now() - back) / 1_000
}
