import { cpus } from 'node:os'
import { benchConsole } from '../../bench/console.ts'
import { benchCrowd } from '../../bench/crowd.ts'
import { benchIntake } from '../../bench/intake.ts'
import { benchJudge } from '../../bench/judge.ts'
import { benchLists } from '../../bench/lists.ts'
import { benchPauses } from '../../bench/pauses.ts'
import type { Row } from '../../bench/row.ts'
import { benchServed } from '../../bench/served.ts'
import { print, readArgs, say, UsageFault } from './talk.ts'

/** The parts, each a group of figures. Every new part adds a line here. */
const parts: Readonly<Record<string, () => AsyncIterable<Row> | Iterable<Row>>> = {
  judge: benchJudge,
  intake: benchIntake,
  lists: benchLists,
  served: benchServed,
  console: benchConsole,
  crowd: benchCrowd,
  pauses: benchPauses,
}

const usage = `npx anlan bench [${Object.keys(parts).join(' | ')}]
  每行一个 JSON:{name, value, unit, ratio, against, bar}。在临时数据目录中进行，不碰现有数据。
  One JSON object a line, measured on throw-away data.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, {})
  if (!given) return 0
  const wanted = given.positionals.length > 0 ? given.positionals : Object.keys(parts)
  for (const name of wanted) if (!Object.hasOwn(parts, name)) throw new UsageFault(usage)
  say(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}`)
  const started = performance.now()
  for (const name of wanted) {
    const from = performance.now()
    for await (const row of parts[name]?.() ?? []) print(row)
    print({ name: `bench.${name}`, value: Number(((performance.now() - from) / 1000).toFixed(1)), unit: 's' })
  }
  print({ name: 'bench', value: Number(((performance.now() - started) / 1000).toFixed(1)), unit: 's', bar: '< 600' })
  return 0
}
